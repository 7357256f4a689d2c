package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"dangshi/quiz"
)

// ErrRuled means that just this is already in force: there is nothing to publish.
var ErrRuled = errors.New("the question is already graded like this")

// ErrRulingMoved means that the question was ruled upon since the regrade was
// planned, or a season closed: the plan, and what was previewed, is old.
var ErrRulingMoved = errors.New("the question was ruled upon meanwhile")

// Regrade is a correction of a wrong key that can be previewed and published.
type Regrade struct {
	Correction quiz.Correction
	Seasons    []quiz.Season // in whose papers the question was asked
	Times      []AskedIn     // these papers
	Closed     []string      // seasons that are closed, which it leaves alone: their honours were published
	Work       string        // of the console, which tells how far it is, also where another process goes on; empty: none does
}

// PublishRegrade makes a correction the rule wherever the question was asked:
//
//  1. it is staged in the ledger of rulings; what commits then store says what it
//     will change;
//  2. every member is replayed into new boards, and the record says what will
//     change for whom it does;
//  3. one step adds it to the history and moves all readers to the new boards;
//  4. the old boards are deleted.
//
// Until step 3 everything is as before: grading, records, boards, ranks; after it
// all is as if the key had been right from the start. A kill at any moment leaves
// one of the two, and this call or ResumeRegrade goes on. One that was begun
// before is finished first. Errors: ErrRuled, ErrRulingMoved, ErrRekeying,
// ErrSuperseded (another process goes on with it), quiz.ErrUnavailable; after quiz.ErrUnknown the same
// call finds out.
func (s *Store) PublishRegrade(ctx context.Context, r Regrade, o RebuildOptions) error {
	if _, err := s.ResumeRegrade(ctx, o); err != nil {
		return err
	}
	if err := s.stage(ctx, r); err != nil {
		return err
	}
	_, err := s.ResumeRegrade(ctx, o)
	return err
}

// stage writes the intention. A crash before it leaves nothing, one after it a
// regrade that is resumed.
func (s *Store) stage(ctx context.Context, r Regrade) error {
	l, err := s.readLedger(ctx)
	if err != nil {
		return err
	}
	if err := l.takes(r.Correction); err != nil {
		return err
	}
	for _, season := range r.Seasons {
		if _, closed := l.Closed[season.ID]; closed {
			return ErrRulingMoved
		}
	}
	return s.intend(ctx, l, staged{Correction: r.Correction, Seasons: r.Seasons, Work: r.Work})
}

// intend writes into the ledger, as it was read, what is to be replayed. Members
// are not moved meanwhile: the moves that Rekey notes first are looked at in the same
// step, and after it Rekey finds this. Errors: ErrRekeying, ErrSuperseded.
func (s *Store) intend(ctx context.Context, l ledger, st staged) error {
	moves, err := s.notRekeying(ctx)
	if err != nil {
		return err
	}
	// A Rebuild that is under way must not end: it knows nothing of this.
	t := turns{}
	for _, season := range st.Seasons {
		if t[season.ID], _, err = s.claim(ctx, season.ID, 0); err != nil {
			return err
		}
	}
	next := l
	next.Staged = &st
	done, err := s.switchOver(ctx, l.version, &next, turnover{claims: t.over().claims, moves: &moves})
	if err != nil || done {
		return err
	}
	if _, err := s.notRekeying(ctx); err != nil {
		return err
	}
	return ErrSuperseded
}

// takes reports whether c can be the next ruling.
func (l ledger) takes(c quiz.Correction) error {
	now, ruled := l.rulings().Of(c.AskedAs)
	switch {
	case l.Staged != nil:
		return ErrSuperseded
	case ruled && now.Equal(c.Ruling), !ruled && c.Before.Equal(c.Ruling):
		return ErrRuled
	case ruled && !now.Equal(c.Before):
		return ErrRulingMoved
	}
	return nil
}

// Staged is a correction, or a day that is being voided, which was begun and is not
// finished.
type Staged struct {
	Correction quiz.Correction
	Void       *Voiding // instead of a correction
	Work       string   // see Regrade
}

// Staged is what was begun and is not finished; ok is false where nothing is. Errors:
// quiz.ErrUnavailable.
func (s *Store) Staged(ctx context.Context) (st Staged, ok bool, err error) {
	l, err := s.readLedger(ctx)
	if err != nil || l.Staged == nil {
		return st, false, err
	}
	return Staged{l.Staged.Correction, l.Staged.Void, l.Staged.Work}, true, nil
}

// ResumeRegrade goes on with a regrade, or with a day that is being voided, to its
// end; resumed is false where there was none. Errors as of PublishRegrade.
func (s *Store) ResumeRegrade(ctx context.Context, o RebuildOptions) (resumed bool, err error) {
	l, err := s.readLedger(ctx)
	if err != nil || l.Staged == nil {
		return false, err
	}
	if l.Staged.Void != nil {
		return true, s.resumeVoid(ctx, l, o)
	}
	if !l.Staged.Published {
		if l, err = s.publish(ctx, l, o); err != nil || l.Staged == nil {
			return true, err
		}
	}
	seen, err := s.versions(ctx)
	if err != nil {
		return true, err
	}
	t := turns{}
	for _, season := range l.Staged.Seasons {
		t[season.ID] = seen.board(season.ID)
	}
	if err := s.turnAll(ctx, t, o); err != nil {
		return true, err
	}
	next := l
	next.Staged = nil
	c := l.Staged.Correction
	line := Audited{At: unixTime(c.At), By: c.By, Did: "bank.regrade", On: c.Question, Why: c.Why, More: fmt.Sprintf("revision %d", c.Revision)}
	done, err := s.switchOver(ctx, l.version, &next, turnover{line: line})
	if err == nil && !done {
		err = s.superseded(ctx)
	}
	return true, err
}

// publish replays and publishes what is staged, and gives the ledger after it.
func (s *Store) publish(ctx context.Context, l ledger, o RebuildOptions) (ledger, error) {
	t, err := s.refill(ctx, l.Staged.Seasons, o, refilling{ruling: len(l.History) + 1})
	if err != nil {
		return l, err
	}
	next := l
	next.History = append(slices.Clip(l.History), l.Staged.Correction)
	done := *l.Staged
	done.Published = true
	next.Staged = &done
	written, err := s.switchOver(ctx, l.version, &next, t.over())
	if err == nil && !written {
		err = ErrSuperseded
	}
	if err != nil {
		return l, err
	}
	return s.readLedger(ctx)
}

// superseded is the error where somebody else has changed the ledger: none where
// all is done.
func (s *Store) superseded(ctx context.Context) error {
	switch l, err := s.readLedger(ctx); {
	case err != nil:
		return err
	case l.Staged != nil:
		return fmt.Errorf("%w: it goes on with the regrade", ErrSuperseded)
	}
	return nil
}
