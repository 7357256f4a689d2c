package main

import (
	"context"
	"errors"
	"strings"
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

// TestWhatIsToldOfATurn: who waits is told who is at it and since when, from time to time
// how long, and what to do where it takes too long.
func TestWhatIsToldOfATurn(t *testing.T) {
	since := time.Date(2026, 7, 1, 1, 0, 0, 0, time.UTC)
	var w waiting
	for _, c := range []struct {
		who   string
		after time.Duration
		want  string
		long  bool
	}{
		{"a/1", 2 * time.Minute, "（a/1）从 2026-07-01 09:00 起", false},
		{"a/1", 2*time.Minute + tellTurn - 1, "", false},
		{"a/1", 2*time.Minute + tellTurn, "做了 3 分钟", false},
		{"b/2", 2*time.Minute + tellTurn + 1, "（b/2）从", false},
		{"b/2", maxTurnMinutes*time.Minute + tellTurn, "看看进程 b/2，停掉它", true},
		{"b/2", maxTurnMinutes*time.Minute + tellTurn + time.Second, "", false},
	} {
		line, long := w.say(c.who, since, since.Add(c.after))
		if !strings.Contains(line, c.want) || (line == "") != (c.want == "") || long != c.long {
			t.Errorf("%s after %v: %q, %v", c.who, c.after, line, long)
		}
	}
}
