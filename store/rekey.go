package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"dangshi/content"
	"dangshi/quiz"
)

// Where an account moves to another subject, every openid changes. Rekeying moves
// what is kept of a member from the old openid to the new one. The two lie in
// different slots, so that no script can do it in one step. It goes in an order in
// which a kill at any moment leaves nobody lost, and the next run knows from the
// keys themselves how far each member is:
//
//	ready     only the old id has a record
//	copied    the new id has it, too, and says so: Member.Former names the old one
//	deleted   only the new id has it; perhaps it is not on the boards yet
//	moved     and the boards have it
//
// A member stands on a board under the old id or the new one, for a moment under
// none, never under both. The old id leaves a mark among the tombstones, so that
// an older dump does not bring the member back a second time.

// Fate is how far the move of one member is, or why there is none.
type Fate uint8

// The fates of moves.
const (
	Unmoved  Fate = iota // neither id has a record of the other's: nothing to move
	Ready                // the old id has a record, the new one has none
	Copied               // a run before was killed between copy and deletion
	Moved                // the new id has the record
	Conflict             // both have records of their own
	Erased               // the member was erased under the new id: what the old one has goes as well
)

// RekeyPlan is what a rekeying would do, or has done.
type RekeyPlan struct {
	Before    *RekeyRun // the run that has made these moves before: nothing was looked at
	Count     [6]int    // by Fate
	Conflicts []RekeyConflict
}

// RekeyConflict is a move that cannot be made: the new id has a record of its own.
type RekeyConflict struct {
	Index    int // among the moves
	Old, New quiz.Member
}

// RekeyOptions say how Rekey goes about it.
type RekeyOptions struct {
	Act           Act         // who, when and why
	SkipConflicts bool        // leave members alone whose new id has a record of its own
	Progress      func(n int) // is told how many moves were looked at; may be nil
}

// Why a rekeying is not done.
var (
	ErrRekeyConflicts = errors.New("some new openids have records of their own")
	ErrClosing        = errors.New("the close of a season is under way")
)

// rekeyWorkers is how many members are moved at the same time: each costs some
// round trips.
const rekeyWorkers = 16

// PlanRekey looks at all moves and writes nothing. Errors: quiz.ErrUnavailable,
// ErrRecord.
func (s *Store) PlanRekey(ctx context.Context, moves []content.Move, progress func(int)) (RekeyPlan, error) {
	var plan RekeyPlan
	var mu sync.Mutex
	err := s.eachMove(ctx, moves, progress, func(ctx context.Context, i int) error {
		p, err := s.readPair(ctx, moves[i], nil)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		plan.note(i, p)
		return nil
	})
	plan.sort()
	return plan, err
}

func (plan *RekeyPlan) note(i int, p pair) {
	plan.Count[p.fate]++
	if p.fate == Conflict {
		plan.Conflicts = append(plan.Conflicts, RekeyConflict{i, p.old.Member, p.new.Member})
	}
}

func (plan *RekeyPlan) sort() {
	slices.SortFunc(plan.Conflicts, func(a, b RekeyConflict) int { return a.Index - b.Index })
}

// Rekey makes the moves; it may be killed at any moment and called again, until it
// gives no error. Where there are conflicts it does nothing, unless they are to be
// skipped. The result counts what was found before each move. Errors:
//
//	ErrRekeyConflicts    nothing was done, or those that came about meanwhile
//	                     were left alone: see the plan
//	ErrRegrading         nothing was done
//	ErrClosing           nothing was done
//	quiz.ErrUnavailable, quiz.ErrUnknown, ErrRecord: call it again
func (s *Store) Rekey(ctx context.Context, moves []content.Move, o RekeyOptions) (RekeyPlan, error) {
	run := RekeyRun{File: movesDigest(moves), Moves: len(moves), By: o.Act.By, Begun: o.Act.At.Unix()}
	before, again, err := s.rekeyRun(ctx, run.File)
	if err != nil {
		return RekeyPlan{}, err
	}
	if again && before.Finished != 0 {
		return RekeyPlan{Before: &before}, s.moveWinners(ctx, moves)
	}
	if err := s.mayRekey(ctx, again); err != nil {
		return RekeyPlan{}, err
	}
	plan, err := s.PlanRekey(ctx, moves, nil)
	if err == nil && len(plan.Conflicts) > 0 && !o.SkipConflicts {
		err = ErrRekeyConflicts
	}
	if err != nil {
		return plan, err
	}
	if err := s.saveRekeyRun(ctx, run, Audited{}); err != nil {
		return RekeyPlan{}, err
	}
	// Only now does a close that begins see it: look once more.
	if err := s.mayRekey(ctx, again); err != nil {
		if !again {
			err = errors.Join(err, s.dropRekeyRun(ctx, run.File))
		}
		return RekeyPlan{}, err
	}
	r, err := s.newRekeying(ctx, moves)
	if err != nil {
		return RekeyPlan{}, err
	}
	err = s.eachMove(ctx, moves, o.Progress, r.move)
	r.plan.sort()
	switch {
	case err != nil:
		return r.plan, err
	case len(r.plan.Conflicts) > 0 && !o.SkipConflicts:
		return r.plan, ErrRekeyConflicts
	}
	return r.plan, s.finishRekey(ctx, run, r.plan, o.Act)
}

// mayRekey looks whether members may be moved now; again: some were perhaps moved
// already, and a close waits for the rest.
func (s *Store) mayRekey(ctx context.Context, again bool) error {
	l, err := s.readLedger(ctx)
	if err == nil {
		err = staging(l) // what is replayed meanwhile would pass over who moves
	}
	if err != nil || again {
		return err
	}
	return s.notClosing(ctx) // and so would the freeze of a close
}

// eachMove hands every move to one of some workers, and ends with the first error.
func (s *Store) eachMove(ctx context.Context, moves []content.Move, progress func(int), do func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next, done := make(chan int), counter{report: progress}
	var all sync.WaitGroup
	for range min(rekeyWorkers, len(moves)) {
		all.Go(func() {
			for i := range next {
				if err := do(ctx, i); err != nil {
					cancel(fmt.Errorf("move %d: %w", i+1, err))
					return
				}
				done.add(1)
			}
		})
	}
	for i := range moves {
		select {
		case next <- i:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(next)
	all.Wait()
	return context.Cause(ctx)
}
