package push

import (
	"context"
	"errors"
	"slices"

	"dangshi/quiz"
)

// A run knows whom it has dealt with by their ids, in order. Where members are given
// other ids in the middle of it (member rekey), one may come again further behind, and
// another is passed over. So it stands still while that is done, and does not go on
// afterwards: who was not sent to by then gets nothing that day.

const movedAway = "推送途中搬过 openid，其余的人今天不再发"

// unmoved reports that the ids are those with which the run was begun. A move that
// begins behind it meets a batch of the old ids at most, with which the run ends.
func (r *run) unmoved(ctx context.Context) error {
	var moves string
	err := r.patiently(ctx, func() (err error) {
		moves, err = r.Roll.Moves(ctx)
		return err
	})
	if err != nil {
		return moving(err)
	}
	if moves != r.moves {
		return &closedError{movedAway}
	}
	return nil
}

// moving is the error of Moves as a run has it.
func moving(err error) error {
	if errors.Is(err, quiz.ErrUnavailable) {
		return err
	}
	return &failure{reason: err.Error(), cause: err}
}

// Unfinished reports whether the push of a day is being sent to members one by one, or
// is to be gone on with: their ids must not change now. Errors: quiz.ErrUnavailable.
func Unfinished(ctx context.Context, l Ledger, day quiz.Day) (bool, error) {
	d := desk{ledger: l}
	set, _, err := read[Setting](ctx, d, stateName)
	if err != nil || !set.On {
		return false, err
	}
	today, _, err := read[Day](ctx, d, day.String())
	if err != nil || today.Outcome != Open {
		return false, err
	}
	return slices.ContainsFunc(today.Sends, func(s Send) bool {
		return s.Each != nil && (s.State == Sending || s.State == Planned && s.Begun)
	}), nil
}
