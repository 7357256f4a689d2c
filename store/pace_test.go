package store

import (
	"testing"
	"time"
)

// TestPace: no more calls are granted than the pace allows, to however many ask, and
// none while it is held.
func TestPace(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		ctx := t.Context()
		if wait := get[time.Duration](t)(s.Pace(ctx, "custom", 100, 1)); wait != 0 {
			t.Errorf("the first calls wait for %s", wait)
		}
		wait := get[time.Duration](t)(s.Pace(ctx, "custom", 1, 1))
		if wait <= 0 || wait > 100*time.Second {
			t.Errorf("the next one waits for %s", wait)
		}
		if again := get[time.Duration](t)(s.Pace(ctx, "custom", 1, 1)); again <= 0 || again > wait {
			t.Errorf("asked again it waits for %s, before for %s", again, wait)
		}
		if other := get[time.Duration](t)(s.Pace(ctx, "notice", 1, 1)); other != 0 {
			t.Errorf("another kind waits for %s", other)
		}
		must(t, s.HoldPace(ctx, "custom", time.Hour))
		must(t, s.HoldPace(ctx, "custom", time.Minute)) // which takes nothing back
		if held := get[time.Duration](t)(s.Pace(ctx, "custom", 1, 1000)); held < 50*time.Minute || held > time.Hour {
			t.Errorf("held for an hour it waits for %s", held)
		}
		must(t, s.client.Del(ctx, paceKey("fast")).Err())
		for range 20 { // what is granted passes by
			for {
				wait := get[time.Duration](t)(s.Pace(ctx, "fast", 10, 1_000_000))
				if wait == 0 {
					break
				}
				time.Sleep(wait)
			}
		}
		if _, err := s.Pace(ctx, "custom", 0, 1); err == nil {
			t.Error("no calls were granted")
		}
	})
}
