package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// Act is who changes something of a member, when and why, as the audit log keeps
// it.
type Act struct {
	By  string
	Why string
	At  time.Time
}

// ErrNames means that a text which is kept for ever names the member.
var ErrNames = errors.New("这段文字会一直留在操作记录里，请不要写学员的姓名或 openid")

// mustNotName refuses a reason that an erasure could not take away.
func (a Act) mustNotName(id string, m quiz.Member) error {
	for _, text := range []string{m.Name, m.Claim.Name, id} {
		if text != "" && strings.Contains(content.Fold(a.Why), content.Fold(text)) {
			return ErrNames
		}
	}
	return nil
}

// maxSteps bounds how often a change by staff is stepped again: each conflict
// means that a message of the member was counted meanwhile.
const maxSteps = 20

// stepMember makes a change that needs no paper, as a message of the member would:
// one versioned commit, again where something came in between. Errors:
// quiz.ErrUnavailable, ErrRecord.
func (s *Store) stepMember(ctx context.Context, id string, ev quiz.Event, at time.Time) (before, after quiz.Member, changed bool, err error) {
	for range maxSteps {
		loaded, err := s.Load(ctx, id, 0)
		if err != nil {
			return before, after, changed, err
		}
		rulings, err := s.Rulings(ctx)
		if err != nil {
			return before, after, changed, err
		}
		r := loaded.Record
		if now := r.Member.Amended(rulings.Published()); !changed {
			before = now
		}
		var out quiz.Outcome
		after, out = quiz.Step(r.Member, ev, quiz.Situation{ID: r.Member.Self(id), Now: at, Rulings: rulings})
		if !out.Changed {
			return before, after, changed, nil
		}
		r.Member = after
		switch _, err = s.Commit(ctx, id, quiz.Change{Record: r}); {
		case err == nil:
			return before, after, true, nil
		case errors.Is(err, quiz.ErrUnknown):
			changed = true // perhaps: the next look finds it done, or does it
		case !errors.Is(err, quiz.ErrConflict):
			return before, after, false, err
		}
	}
	return before, after, false, fmt.Errorf("%w: the member keeps changing the record", quiz.ErrUnavailable)
}

// Unbind takes a wrong name, branch or both out of a member's binding and notes
// it in the audit log under the member's pseudonym of the season. It gives the
// member as it was; changed is false where there was nothing to take out. The
// member is told with the next message. Errors: quiz.ErrUnavailable, ErrNames,
// ErrRecord.
func (s *Store) Unbind(ctx context.Context, season, id string, what quiz.Unbound, act Act) (before quiz.Member, changed bool, err error) {
	loaded, err := s.Load(ctx, id, 0)
	if err != nil {
		return quiz.Member{}, false, err
	}
	if err := act.mustNotName(id, loaded.Record.Member); err != nil {
		return loaded.Record.Member, false, err
	}
	before, _, changed, err = s.stepMember(ctx, id, quiz.Unbind{Unbound: what}, act.At)
	if err != nil || !changed {
		return before, false, err
	}
	more := "name and branch"
	switch {
	case !what.Branch:
		more = "name"
	case !what.Name:
		more = "branch"
	}
	return before, true, s.Audit(ctx, act.line(s, "member.unbind", season, before.Self(id), more))
}

// line is an act upon a member as a line of the audit log.
func (a Act) line(s *Store, did, season string, member quiz.Self, more string) Audited {
	return Audited{At: a.At, By: a.By, Did: did, On: quiz.Pseudonym(s.pin.Secret, season, member), Why: a.Why, More: more}
}
