package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"dangshi/bot/sandbox"
)

// shelf keeps the offset as the store does.
type shelf struct {
	mu                  sync.Mutex
	offset              time.Duration
	readFails, setFails error
}

func (s *shelf) ClockOffset(context.Context) (time.Duration, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.offset, s.readFails
}

func (s *shelf) SetClockOffset(_ context.Context, offset time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.setFails == nil {
		s.offset = max(s.offset, offset)
	}
	return s.setFails
}

// every is due at each multiple of a duration and writes down when it ran.
type every struct {
	d   time.Duration
	ran []string
	now func() time.Time
}

func (e *every) Next(t, until time.Time) (time.Time, bool) {
	next := t.Truncate(e.d).Add(e.d)
	return next, !next.After(until)
}

func (e *every) Run(_ context.Context, at time.Time) {
	e.ran = append(e.ran, fmt.Sprintf("%s at %s", at.Format("02 15:04"), e.now().Format("02 15:04")))
}

// began is the wall time at which most tests begin.
var began = time.Date(2026, 3, 1, 10, 30, 0, 0, time.UTC)

// clockAt makes a clock over *wall.
func clockAt(t *testing.T, wall *time.Time, kept sandbox.Kept) *sandbox.Clock {
	t.Helper()
	c, err := sandbox.NewClock(t.Context(), func() time.Time { return *wall }, kept)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAdvanceVisitsEachInstantInOrder(t *testing.T) {
	wall := began
	var kept shelf
	clock := clockAt(t, &wall, &kept)
	due := &every{d: 6 * time.Hour, now: clock.Now}

	now, err := clock.Advance(t.Context(), 20*time.Hour, due)
	if err != nil || !now.Equal(wall.Add(20*time.Hour)) || kept.offset != 20*time.Hour {
		t.Fatalf("moved to %s, kept %s, %v", now, kept.offset, err)
	}
	want := "01 12:00 at 01 12:00, 01 18:00 at 01 18:00, 02 00:00 at 02 00:00, 02 06:00 at 02 06:00"
	if got := strings.Join(due.ran, ", "); got != want {
		t.Errorf("ran %s, want %s", got, want)
	}

	due.ran = nil
	clock.Tick(t.Context(), due) // it is 06:30: all that was due is done
	wall = wall.Add(6 * time.Hour)
	clock.Tick(t.Context(), due)
	if got := strings.Join(due.ran, ", "); got != "02 12:00 at 02 12:30" {
		t.Errorf("by itself it ran %s", got)
	}

	if again := clockAt(t, &wall, &kept); !again.Now().Equal(clock.Now()) {
		t.Errorf("after a restart it is %s, not %s", again.Now(), clock.Now())
	}
}

func TestAdvanceThatCannotBeKept(t *testing.T) {
	wall := began
	kept := shelf{setFails: errors.New("away")}
	clock := clockAt(t, &wall, &kept)
	due := &every{d: 6 * time.Hour, now: clock.Now}
	for _, d := range []time.Duration{24 * time.Hour, time.Minute} { // with work on the way, and without
		now, err := clock.Advance(t.Context(), d, due)
		if !errors.Is(err, kept.setFails) || len(due.ran) != 0 || !now.Equal(began) || !clock.Now().Equal(began) {
			t.Errorf("moved to %s and ran %v although the time could not be kept, %v", now, due.ran, err)
		}
	}
	kept.setFails = nil
	if _, err := clock.Advance(t.Context(), 2*time.Hour, due); err != nil || len(due.ran) != 1 {
		t.Errorf("later it ran %v, %v", due.ran, err)
	}
}

// morning is due at 7:30 and, like the push, keeps a ledger.
type morning struct {
	sent   map[string]bool
	dies   string // the day on which the process dies before anything is sent
	events []string
}

func (m *morning) Next(t, until time.Time) (time.Time, bool) {
	next := t.Truncate(24 * time.Hour).Add(7*time.Hour + 30*time.Minute)
	if !next.After(t) {
		next = next.Add(24 * time.Hour)
	}
	return next, !next.After(until)
}

func (m *morning) Run(_ context.Context, at time.Time) {
	m.events = append(m.events, at.Format("02 15:04 due"))
	if at.Format("02") == m.dies {
		runtime.Goexit()
	}
	m.send(at)
}

func (m *morning) send(at time.Time) {
	if day := at.Format("02"); !m.sent[day] && at.Hour() < 12 && at.Format("15:04") >= "07:30" {
		m.sent[day] = true
		m.events = append(m.events, at.Format("02 15:04 sent"))
	}
}

// TestCrashOnTheWay: the clock stays where the work was not done, so that the
// job can still make up for it, and does not run it by itself.
func TestCrashOnTheWay(t *testing.T) {
	wall := began
	var kept shelf
	due := &morning{sent: map[string]bool{}, dies: "03"}
	died := make(chan struct{})
	before := clockAt(t, &wall, &kept)
	go func() {
		defer close(died)
		_, err := before.Advance(context.Background(), 72*time.Hour, due)
		t.Error("the move ended", err)
	}()
	<-died

	wall, due.dies = wall.Add(5*time.Minute), ""
	after := clockAt(t, &wall, &kept)
	after.Tick(t.Context(), due)
	due.events = append(due.events, after.Now().Format("02 15:04 started again"))
	due.send(after.Now())
	if _, err := after.Advance(t.Context(), 24*time.Hour, due); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"02 07:30 due", "02 07:30 sent",
		"03 07:30 due", "03 07:35 started again", "03 07:35 sent",
		"04 07:30 due", "04 07:30 sent",
	}
	if !slices.Equal(due.events, want) {
		t.Errorf("it went\n%q, want\n%q", due.events, want)
	}
}

func TestNewClockThatCannotBeRead(t *testing.T) {
	away := errors.New("away")
	if _, err := sandbox.NewClock(t.Context(), time.Now, &shelf{readFails: away}); !errors.Is(err, away) {
		t.Errorf("a clock without its offset: %v", err)
	}
}

// TestReplicasHaveOneTime: what one replica moves the other hears of.
func TestReplicasHaveOneTime(t *testing.T) {
	wall := began
	var kept shelf
	a, b := clockAt(t, &wall, &kept), clockAt(t, &wall, &kept)
	due := &every{d: 6 * time.Hour, now: b.Now}
	if _, err := a.Advance(t.Context(), 12*time.Hour, &every{d: time.Hour, now: a.Now}); err != nil {
		t.Fatal(err)
	}
	if !b.Now().Equal(began) {
		t.Fatal("b heard of the move before it read the offset: the test shows nothing")
	}
	for i, step := range []struct {
		readFails error
		stored    time.Duration
		want      time.Duration
	}{
		{nil, 12 * time.Hour, 12 * time.Hour},
		{errors.New("away"), 13 * time.Hour, 12 * time.Hour},
		{nil, 0, 12 * time.Hour}, // a read from before the move: it never goes back
	} {
		kept.readFails, kept.offset = step.readFails, step.stored
		if err := b.Refresh(t.Context()); !errors.Is(err, step.readFails) {
			t.Errorf("step %d: %v", i, err)
		}
		if got := b.Now().Sub(wall); got != step.want {
			t.Errorf("step %d: it is ahead by %s, want %s", i, got, step.want)
		}
	}
	b.Tick(t.Context(), due)
	if got := strings.Join(due.ran, ", "); got != "01 12:00 at 01 22:30, 01 18:00 at 01 22:30" {
		t.Errorf("what the other's move made due: %s", got)
	}

	// A move goes on from where the others are.
	kept.offset = 20 * time.Hour
	now, err := b.Advance(t.Context(), time.Hour, due)
	if err != nil || now.Sub(wall) != 21*time.Hour || kept.offset != 21*time.Hour {
		t.Errorf("moved to %s, kept %s, %v", now, kept.offset, err)
	}
	kept.readFails = errors.New("away")
	if _, err := b.Advance(t.Context(), time.Hour, due); err == nil || b.Now().Sub(wall) != 21*time.Hour {
		t.Errorf("moved to %s from an unknown time, %v", b.Now(), err)
	}
}

func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept shelf
		clock, err := sandbox.NewClock(t.Context(), time.Now, &kept)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go clock.Follow(ctx)
		time.Sleep(time.Minute) // of the bubble's time
		if err := kept.SetClockOffset(ctx, time.Hour); err != nil {
			t.Fatal(err)
		}
		time.Sleep(1100 * time.Millisecond)
		if got := time.Until(clock.Now()); got != time.Hour {
			t.Errorf("a second after the move it is ahead by %s", got)
		}
		cancel() // the bubble's end finds a goroutine that goes on
	})
}
