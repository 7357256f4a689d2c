package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"dangshi/quiz"
)

// TestTakeOverEach: what fails is left alone for a while and puts off nothing else; the
// sweep of the start is asked for until it succeeded.
func TestTakeOverEach(t *testing.T) {
	faults := []error{quiz.ErrUnavailable, errors.New("broken"), nil, nil}
	failing, sweeps := 0, []bool{}
	regrade := &leftover{resume: func(context.Context) error { failing++; return errors.New("it fails each time") }}
	closing := &leftover{resume: sweeping(func(_ context.Context, sweep bool) error {
		sweeps = append(sweeps, sweep)
		return faults[len(sweeps)-1]
	})}
	at := time.Unix(0, 0)
	for _, after := range []time.Duration{0, takeOverEvery, 2 * takeOverEvery, takeOverEvery + takeOverAgain, 2*takeOverEvery + takeOverAgain} {
		for _, l := range []*leftover{regrade, closing} {
			l.look(t.Context(), at.Add(after))
		}
	}
	if failing != 2 || len(sweeps) != 4 || !sweeps[0] || !sweeps[1] || !sweeps[2] || sweeps[3] {
		t.Errorf("the one that fails was tried %d times, the sweeps are %v", failing, sweeps)
	}
}
