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
	return s.stepNoted(ctx, id, ev, at, nil)
}

// stepNoted is stepMember that is noted in the audit log before it is written there, in
// another slot; line is nil where it is not.
func (s *Store) stepNoted(ctx context.Context, id string, ev quiz.Event, at time.Time, line func(after quiz.Member) Audited) (before, after quiz.Member, changed bool, err error) {
	noted := announcement{store: s}
	before, after, changed, err = s.steps(ctx, id, ev, at, func(after quiz.Member) error {
		if line == nil {
			return nil
		}
		return noted.make(ctx, line(after))
	})
	switch {
	case changed: // or perhaps
	case err == nil:
		if err = noted.end(ctx, errUnneeded); errors.Is(err, errUnneeded) {
			err = nil
		}
	default:
		err = noted.end(ctx, err)
	}
	return before, after, changed && err == nil, err
}

// steps makes the change; announce is called before each try to write it. changed is true
// also where it may have been written before an error.
func (s *Store) steps(ctx context.Context, id string, ev quiz.Event, at time.Time, announce func(after quiz.Member) error) (before, after quiz.Member, changed bool, err error) {
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
		if err := announce(after); err != nil {
			return before, after, changed, err
		}
		r.Member = after
		switch _, err = s.Commit(ctx, id, quiz.Change{Record: r, Board: out.Board}); {
		case err == nil:
			return before, after, true, nil
		case errors.Is(err, quiz.ErrUnknown):
			changed = true // perhaps: the next look finds it done, or does it
		case !errors.Is(err, quiz.ErrConflict):
			return before, after, changed, err
		}
	}
	return before, after, changed, fmt.Errorf("%w: the member keeps changing the record", quiz.ErrUnavailable)
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
	more := "name and branch"
	switch {
	case !what.Branch:
		more = "name"
	case !what.Name:
		more = "branch"
	}
	before, _, changed, err = s.stepNoted(ctx, id, quiz.Unbind{Unbound: what}, act.At, func(after quiz.Member) Audited {
		return act.line(s, "member.unbind", season, after.Self(id), more)
	})
	return before, changed, err
}

// Correct writes another name and branch into a member's binding, if it is still what
// staff saw, and notes it in the audit log. changed is false where it was the same
// before. Errors: quiz.ErrConflict where it is another one by now; quiz.ErrUnavailable,
// ErrNames, ErrRecord.
func (s *Store) Correct(ctx context.Context, season, id string, from, to quiz.Binding, act Act) (changed bool, err error) {
	if err := act.mustNotName(id, quiz.Member{Name: from.Name, Claim: to}); err != nil {
		return false, err
	}
	more := "name and branch"
	switch {
	case from.Branch == to.Branch:
		more = "name"
	case from.Name == to.Name:
		more = "branch"
	}
	_, after, changed, err := s.stepNoted(ctx, id, quiz.Correct{From: from, To: to}, act.At, func(after quiz.Member) Audited {
		return act.line(s, "member.correct", season, after.Self(id), more)
	})
	switch {
	case err != nil:
		return false, err
	case quiz.Binding{Name: after.Name, Branch: after.Branch} != to:
		return false, quiz.ErrConflict
	}
	return changed, nil
}

// SetRanked takes a member off the ranking of the season that is running, or puts them
// back, at their wish, and notes it in the audit log. changed is false where it was so
// before. Errors: quiz.ErrUnavailable, ErrNames, ErrRecord, ErrStranger.
func (s *Store) SetRanked(ctx context.Context, season, id string, ranked bool, act Act) (changed bool, err error) {
	loaded, err := s.Load(ctx, id, 0)
	switch {
	case err != nil:
		return false, err
	case !loaded.Record.Member.Known():
		return false, ErrStranger
	}
	if err := act.mustNotName(id, loaded.Record.Member); err != nil {
		return false, err
	}
	_, _, changed, err = s.stepNoted(ctx, id, quiz.Rank{Out: !ranked, Season: season}, act.At, func(after quiz.Member) Audited {
		return act.line(s, "member.rank", season, after.Self(id), map[bool]string{true: "in", false: "out"}[ranked])
	})
	return changed, err
}

// EraseFor is Erase by staff at the wish of a member, noted in the audit log under the
// pseudonym, by which nobody is found any more; first, see Audit. Errors: ErrStranger where nothing is kept, as after a call that was
// quiz.ErrUnknown and did it; quiz.ErrUnavailable, quiz.ErrUnknown, ErrNames.
func (s *Store) EraseFor(ctx context.Context, season, id string, act Act) error {
	noted := announcement{store: s}
	return noted.end(ctx, s.eraseFor(ctx, season, id, act, &noted))
}

func (s *Store) eraseFor(ctx context.Context, season, id string, act Act, noted *announcement) error {
	for range maxSteps {
		loaded, err := s.Load(ctx, id, 0)
		switch {
		case err != nil:
			return err
		case !loaded.Record.Member.Known():
			return ErrStranger
		}
		member := loaded.Record.Member
		if err := act.mustNotName(id, member); err != nil {
			return err
		}
		if err := noted.make(ctx, act.line(s, "member.erase", season, member.Self(id), "")); err != nil {
			return err
		}
		if err = s.Erase(ctx, id, loaded.Record.Version, 0, ""); !errors.Is(err, quiz.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("%w: the member keeps changing the record", quiz.ErrUnavailable)
}

// NoteHandedOut notes in the audit log that everything kept of a member is about to leave
// as a file. Errors: ErrStranger, ErrNames, quiz.ErrUnavailable, quiz.ErrUnknown.
func (s *Store) NoteHandedOut(ctx context.Context, season, id string, act Act) error {
	loaded, err := s.Load(ctx, id, 0)
	switch {
	case err != nil:
		return err
	case !loaded.Record.Member.Known():
		return ErrStranger
	}
	if err := act.mustNotName(id, loaded.Record.Member); err != nil {
		return err
	}
	return s.Audit(ctx, act.line(s, "member.data", season, loaded.Record.Member.Self(id), ""))
}

// line is an act upon a member as a line of the audit log.
func (a Act) line(s *Store, did, season string, member quiz.Self, more string) Audited {
	return Audited{At: a.At, By: a.By, Did: did, On: quiz.Pseudonym(s.pin.Secret, season, member), Why: a.Why, More: more}
}
