package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"dangshi/quiz"
)

// Audited is one line of the audit log: a change that somebody made, or a list
// with names that left the organisation. It holds no openid and no name of a
// member: erasing one leaves the log alone.
type Audited struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`            // who, as given: an account of the console, or a name on the command line
	Did  string    `json:"did"`           // what, as a word of the program: season.close, board.prizes …
	On   string    `json:"on,omitempty"`  // of what: a season, a question's id, a member's pseudonym
	Why  string    `json:"why,omitempty"` // the reason given
	More string    `json:"more,omitempty"`
}

// auditPage is how many lines are read at once.
const auditPage = 1000

// Audit adds a line. Whoever makes a change calls it once the change is stored: a
// crash in between leaves a change without its line, never a line without its
// change. Errors: quiz.ErrUnavailable where nothing was written, quiz.ErrUnknown.
func (s *Store) Audit(ctx context.Context, a Audited) error {
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	_, err = s.run(ctx, s.append, []string{auditKey()}, text, 0)
	return err
}

// auditTime bounds AuditDone.
const auditTime = 3 * time.Second

// AuditDone is Audit for a change that somebody has asked for and that is stored. Who
// asked may have gone by now: hanging up must not keep the line out. Errors:
// quiz.ErrUnknown, also where only the line was not written: the change was made.
func (s *Store) AuditDone(ctx context.Context, a Audited) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), auditTime)
	defer cancel()
	err := s.Audit(ctx, a)
	if errors.Is(err, quiz.ErrUnavailable) {
		err = fmt.Errorf("%w: %s is done, and not in the audit log: %v", quiz.ErrUnknown, a.Did, err)
	}
	return err
}

// EachAudited hands out the audit log, newest line first, until take says false.
// Errors: quiz.ErrUnavailable; one that cannot be read names its place.
func (s *Store) EachAudited(ctx context.Context, take func(Audited) bool) error {
	return s.EachAuditedBefore(ctx, 0, func(_ int64, a Audited) bool { return take(a) })
}

// EachAuditedBefore is EachAudited from before a place on, with the place of each
// line, counted from 1 at the oldest: a place stays a line's for ever. 0: from the
// newest line on.
func (s *Store) EachAuditedBefore(ctx context.Context, before int64, take func(place int64, a Audited) bool) error {
	// Counted from the beginning: lines that come meanwhile shift nothing.
	end, err := s.client.LLen(ctx, auditKey()).Result()
	if err != nil {
		return unavailable(err)
	}
	if before > 0 {
		end = min(end, before-1)
	}
	for ; end > 0; end -= auditPage {
		from := max(end-auditPage, 0)
		lines, err := s.client.LRange(ctx, auditKey(), from, end-1).Result()
		if err != nil {
			return unavailable(err)
		}
		for i := len(lines) - 1; i >= 0; i-- {
			var a Audited
			if err := json.Unmarshal([]byte(lines[i]), &a); err != nil {
				return fmt.Errorf("line %d of the audit log: %w", from+int64(i)+1, err)
			}
			if !take(from+int64(i)+1, a) {
				return nil
			}
		}
	}
	return nil
}
