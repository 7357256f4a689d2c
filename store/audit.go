package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
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

// text is a line as the log has it; one of nothing is empty: none.
func (a Audited) text() ([]byte, error) {
	if a.Did == "" {
		return nil, nil
	}
	return json.Marshal(a)
}

// auditPage is how many lines are read at once.
const auditPage = 1000

// Audit adds a line. A change that lies in the same slot writes its line in the same step
// (saveNoted, put.lua). Where it lies elsewhere, with a member or at WeChat, the line comes
// first, see Announce: a crash in between leaves a line of what was about to be done,
// never a change without its line. Errors: quiz.ErrUnavailable where nothing was written,
// quiz.ErrUnknown.
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

// Announce writes the line of a change before it is made, and another one where it then
// was not: that do has failed is not to be read as that it was done. What may have been
// done stays as it was announced. Errors: those of do; where the line was not written,
// nothing was done.
func (s *Store) Announce(ctx context.Context, line Audited, do func() error) error {
	a := announcement{store: s}
	if err := a.make(ctx, line); err != nil {
		return err
	}
	return a.end(ctx, do())
}

// announcement is the line of a change that is about to be made.
type announcement struct {
	store *Store
	line  Audited // its word is empty: it is not written yet
}

// make writes the line, once. Errors: quiz.ErrUnavailable, quiz.ErrUnknown: the change is
// not to be made.
func (a *announcement) make(ctx context.Context, line Audited) error {
	if a.line.Did != "" {
		return nil
	}
	a.line = line
	return a.store.Audit(ctx, line)
}

// errUnneeded means that there was nothing to change.
var errUnneeded = errors.New("there was nothing to change")

// end takes an announcement back where the change was certainly not made, and gives the
// error of the change.
func (a *announcement) end(ctx context.Context, err error) error {
	if a.line.Did == "" || err == nil || errors.Is(err, quiz.ErrUnknown) {
		return err
	}
	line := a.line
	line.More = strings.TrimSpace(line.More + " (not done)")
	return errors.Join(err, a.store.AuditDone(ctx, line))
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
