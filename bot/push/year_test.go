package push_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"dangshi/bot/push"
	"dangshi/bot/sandbox"
	"dangshi/bot/sandbox/fakeapi"
	"dangshi/quiz"
	"dangshi/store"
	"dangshi/store/storetest"
)

// TestYear: a year by the sandbox's clock, in moves of hours to days, on the real
// store, which also keeps the clock and what the simulated WeChat knows. Programs
// die at random, at whatever they are doing, and others are started a while later;
// WeChat loses calls and answers. No day is lost and none is sent twice, and
// WeChat's report on each has found it.
func TestYear(t *testing.T) {
	t.Run("embedded", func(t *testing.T) {
		e, err := store.StartEmbedded(t.Context(), t.TempDir(), store.EmbeddedOptions{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := e.Close(); err != nil {
				t.Error(err)
			}
		})
		liveFor(t, e.URL(), 60)
	})
	t.Run("redis", func(t *testing.T) { liveFor(t, servers.Redis(t).URL, storetest.Rounds(365)) })
}

func liveFor(t *testing.T, url string, days int) {
	seed := rand.Uint64()
	y := &year{station: newStationOn(t, url, false, true), rng: rand.New(rand.NewPCG(seed, 0)), down: map[quiz.Day]time.Duration{}}
	first := quiz.DayOf(y.Now())
	for quiz.DayOf(y.Now()) < first+quiz.Day(days) {
		y.live(y.fate())
		y.rest()
	}
	y.wechat.ClearFaults()
	y.live(nil)
	lived := int(quiz.DayOf(y.Now())-first) + 1
	y.eachOnce(first, lived)
	y.eachTold(lived)
	if y.deaths < days/4 {
		t.Errorf("only %d programs died", y.deaths)
	}
	t.Logf("%d days, %d programs, %d of them died, seed %d", lived, y.programs, y.deaths, seed)
}

// year is a station in the sandbox.
type year struct {
	*station
	rng              *rand.Rand
	programs, deaths int
	down             map[quiz.Day]time.Duration // for how long nobody ran, by day
}

// live runs one program: its clock begins where the one before was, it makes up for
// what was missed, and somebody moves the clock a few times.
func (y *year) live(fate func(string) doom) {
	y.t.Helper()
	y.programs++
	p := y.process(fmt.Sprint("program ", y.programs))
	clock, err := sandbox.NewClock(y.t.Context(), y.Wall, mortalClock{p})
	if err != nil {
		y.t.Fatal(err)
	}
	y.follow(clock)
	p.fate = fate
	due := dueHere{p, parse(y.t, p.push.Specs()...)}
	err = p.do(func(ctx context.Context, push *push.Push) error {
		_ = push.Start(ctx) // what came of it stands in the ledger
		for range 1 + y.rng.IntN(5) {
			if _, err := clock.Advance(ctx, time.Duration(1+y.rng.IntN(50))*time.Hour, due); err != nil {
				return err
			}
		}
		if noon := (quiz.DayOf(clock.Now())).Start().Add(12 * time.Hour); fate == nil && clock.Now().Before(noon) {
			_, err := clock.Advance(ctx, noon.Sub(clock.Now()), due)
			return err
		}
		return nil
	})
	if err != nil {
		y.t.Fatal(err)
	}
	if p.dead.Load() {
		y.deaths++
	}
}

// fate lets a program die at one of its next points.
func (y *year) fate() func(string) doom {
	left, end := y.rng.IntN(120), doom(1+y.rng.IntN(2))
	return func(string) doom {
		if left--; left == 0 {
			return end
		}
		return lives
	}
}

// rest lets some time pass in which nobody runs, never all of a morning, and lets
// WeChat be out of sorts now and then.
func (y *year) rest() {
	for _, path := range []string{massPath, tokenPath} {
		if y.rng.IntN(10) == 0 {
			y.wechat.Fail(fakeapi.Fault{Path: path, Drop: true, After: y.rng.IntN(2) == 0, Times: 1 + y.rng.IntN(3)})
		}
	}
	d := time.Duration(y.rng.IntN(300)) * time.Second
	if y.rng.IntN(10) == 0 {
		d = time.Duration(y.rng.IntN(120)) * time.Minute
	}
	today := quiz.DayOf(y.Now())
	if y.down[today]+d < 3*time.Hour {
		y.down[today] += d
		_ = y.sleep(y.t.Context(), d)
	}
}

// eachTold looks at what the ledger says of the days until today.
func (y *year) eachTold(days int) {
	y.t.Helper()
	all, err := y.operator().Status(y.t.Context(), days)
	if err != nil {
		y.t.Fatal(err)
	}
	for _, d := range all {
		if d.Outcome != push.DaySent || len(d.Sends) != 1 || d.Sends[0].Counts == nil || d.Sends[0].Counts.Sent != 3 {
			y.t.Errorf("the ledger says %+v", d)
		}
	}
}

// mortalClock is where a program keeps its clock.
type mortalClock struct{ *process }

func (c mortalClock) ClockOffset(ctx context.Context) (time.Duration, error) {
	return c.store.ClockOffset(ctx)
}

func (c mortalClock) SetClockOffset(ctx context.Context, offset time.Duration) error {
	return c.point("clock", func() error { return c.store.SetClockOffset(ctx, offset) })
}

// dueHere is what a program's clock runs.
type dueHere struct {
	*process
	schedules
}

func (d dueHere) Run(ctx context.Context, at time.Time) {
	_ = d.push.Run(ctx, at) // what came of it stands in the ledger
}
