package store

import (
	"sync"
	"testing"
	"time"
)

func TestClockOffset(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, other := openTest(t, url), openTest(t, url)
		for i, step := range []struct {
			by        *Store
			set, want time.Duration
		}{
			{s, 0, 0},
			{s, time.Hour, time.Hour},
			{other, 24 * time.Hour, 24 * time.Hour},
			{s, 2 * time.Hour, 24 * time.Hour}, // a replica that had not heard of it
			{s, 2*366*24*time.Hour + 1, 2*366*24*time.Hour + 1},
			{other, 2 * 366 * 24 * time.Hour, 2*366*24*time.Hour + 1}, // one nanosecond, beyond 2^53 of them
		} {
			if err := step.by.SetClockOffset(t.Context(), step.set); err != nil {
				t.Fatal(err)
			}
			for _, s := range []*Store{s, other} {
				if got := get[time.Duration](t)(s.ClockOffset(t.Context())); got != step.want {
					t.Errorf("step %d: set to %d it is %d, want %d", i, step.set, got, step.want)
				}
			}
		}
	})
}

// TestClockOffsetMovedAtOnce: of replicas that move the clock at the same time
// the farthest wins, and nobody ever sees it go back.
func TestClockOffsetMovedAtOnce(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		const replicas, moves = 4, 40
		var wg sync.WaitGroup
		for r := range replicas {
			s := openTest(t, url)
			wg.Go(func() {
				for m := range moves {
					mine := time.Duration(m*replicas+r) * time.Minute
					if err := s.SetClockOffset(t.Context(), mine); err != nil {
						t.Errorf("replica %d, move %d: %v", r, m, err)
					} else if kept, err := s.ClockOffset(t.Context()); err != nil || kept < mine {
						t.Errorf("replica %d set it to %s and finds %s, %v", r, mine, kept, err)
					}
				}
			})
		}
		wg.Wait()
		if got := get[time.Duration](t)(openTest(t, url).ClockOffset(t.Context())); got != (replicas*moves-1)*time.Minute {
			t.Errorf("at last it is %s", got)
		}
	})
}
