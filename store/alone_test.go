package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"dangshi/quiz"
	"dangshi/store/storetest"
)

// TestAlone: of several processes one does it; another one may once that is done, has
// failed, or is dead for as long as a claim lives.
func TestAlone(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, ctx := openTest(t, url), t.Context()
		s.holder = "here/1"
		other := openTest(t, url)
		failed := errors.New("failed")
		nothing := func(context.Context) error { t.Error("two at a time"); return nil }
		ran, err := s.Alone(ctx, "regrade", func(ctx context.Context) error {
			if ran, err := other.Alone(ctx, "regrade", nothing); ran || err != nil {
				t.Errorf("beside another one: %v, %v", ran, err)
			}
			if ran, err := s.Alone(ctx, "regrade", nothing); ran || err != nil {
				t.Errorf("twice in one process: %v, %v", ran, err)
			}
			if ran, err := other.Alone(ctx, "close", func(context.Context) error { return nil }); !ran || err != nil {
				t.Errorf("something else: %v, %v", ran, err)
			}
			if holder, since, ok, err := other.Claimant(ctx, "regrade"); holder != "here/1" || !ok || err != nil || time.Since(since).Abs() > time.Hour {
				t.Errorf("it is %q, %v, %v", holder, ok, err)
			}
			if left := get[time.Duration](t)(s.client.PTTL(ctx, claimKey("regrade")).Result()); left <= 0 || left > claimLife {
				t.Errorf("the claim is for %v", left)
			}
			return failed
		})
		if !ran || !errors.Is(err, failed) || errors.Is(err, ErrClaimLost) {
			t.Errorf("%v, %v", ran, err)
		}
		if holder, _, ok, err := other.Claimant(ctx, "regrade"); ok || err != nil {
			t.Errorf("%q is at it after all, %v", holder, err)
		}
		func() {
			defer func() { recover() }()
			_, _ = s.Alone(ctx, "regrade", func(context.Context) error { panic("in the middle") })
		}()
		if ran, err := other.Alone(ctx, "regrade", func(context.Context) error { return nil }); !ran || err != nil {
			t.Errorf("after a panic: %v, %v", ran, err)
		}
		// A process that died: nobody renews its claim, nor gives it back.
		dead := claim{s, claimKey("regrade"), "token there/2"}
		if !get[bool](t)(dead.take(ctx)) {
			t.Fatal("it is not taken")
		}
		if ran, err := other.Alone(ctx, "regrade", nothing); ran || err != nil {
			t.Errorf("while the claim of a dead one lives: %v, %v", ran, err)
		}
		must(t, s.client.Del(ctx, claimKey("regrade")).Err()) // it has run out
		ran, err = other.Alone(ctx, "regrade", func(ctx context.Context) error {
			dead.leave(ctx) // it was only halted, and gives back what is another one's
			if _, _, ok, err := s.Claimant(ctx, "regrade"); !ok || err != nil {
				t.Errorf("it gave back what is another one's: %v", err)
			}
			return nil
		})
		if !ran || err != nil {
			t.Errorf("after a dead one: %v, %v", ran, err)
		}
		if _, err := s.Alone(ctx, "a name", nothing); !errors.Is(err, errName) {
			t.Error(err)
		}
	})
}

// TestClaimBeats: it is renewed while the work goes on, and the work is told where it
// was lost.
func TestClaimBeats(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, ctx := openTest(t, url), t.Context()
		s.claimLife = 4 * time.Second // it is lost where Redis does not answer for half of it
		key := claimKey("close")
		lost := func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}
		ran, err := s.Alone(ctx, "close", func(ctx context.Context) error {
			must(t, s.client.PExpire(ctx, key, time.Hour).Err())
			for ctx.Err() == nil && get[time.Duration](t)(s.client.PTTL(t.Context(), key).Result()) > s.claimLife {
				time.Sleep(time.Millisecond)
			}
			if ctx.Err() != nil {
				t.Error("it was lost before it was taken away")
			}
			must(t, s.client.Set(ctx, key, "another's", 0).Err()) // who took over what was lost unseen
			return lost(ctx)
		})
		if !ran || !errors.Is(err, ErrClaimLost) || !errors.Is(err, context.Canceled) {
			t.Errorf("%v, %v", ran, err)
		}
		if has := get[string](t)(s.client.Get(ctx, key).Result()); has != "another's" {
			t.Errorf("the other one's claim is %q", has)
		}
		stopping, stop := context.WithCancel(ctx)
		must(t, s.client.Del(ctx, key).Err())
		ran, err = s.Alone(stopping, "close", func(ctx context.Context) error { stop(); return lost(ctx) })
		if !ran || errors.Is(err, ErrClaimLost) {
			t.Errorf("a work that was stopped: %v, %v", ran, err)
		}
		if n := get[int64](t)(s.client.Exists(ctx, key).Result()); n != 0 {
			t.Error("who was stopped has left the claim behind")
		}
	})
}

// TestAloneThroughBrokenConnections: whatever is lost on the way, there are never two
// at a time, and a claim that may have been taken is not one's own enemy.
func TestAloneThroughBrokenConnections(t *testing.T) {
	proxy := storetest.FlakyProxy(t, servers.Redis(t).Addr, 7)
	s, err := Open(t.Context(), Options{URL: proxy.URL, Sandbox: true})
	must(t, err)
	defer s.Close()
	proxy.SetRates(0.1, 0.2)
	c := claim{s, claimKey("tally"), "me here/1"}
	for range 60 {
		for step, do := range []func() (bool, error){
			func() (bool, error) { return c.take(t.Context()) },
			func() (bool, error) { return c.ask(t.Context(), claimLife, "") },
		} {
			if ok, err := do(); err == nil && !ok {
				t.Fatalf("step %d is refused to who has the claim", step)
			} else if err != nil && !errors.Is(err, quiz.ErrUnavailable) && !errors.Is(err, quiz.ErrUnknown) {
				t.Fatal(err)
			}
		}
	}
	proxy.SetRates(0, 0)
	if cuts := proxy.Cuts(); cuts.Before == 0 || cuts.After == 0 {
		t.Errorf("nothing was broken: %+v", cuts)
	}
	c.leave(t.Context())
	if _, _, ok, err := s.Claimant(t.Context(), "tally"); ok || err != nil {
		t.Errorf("it was not given back: %v, %v", ok, err)
	}
}
