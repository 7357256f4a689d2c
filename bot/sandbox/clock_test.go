package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"dangshi/bot/sandbox"
)

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

func TestAdvanceVisitsEachInstantInOrder(t *testing.T) {
	wall := time.Date(2026, 3, 1, 10, 30, 0, 0, time.UTC)
	var kept time.Duration
	clock := sandbox.NewClock(func() time.Time { return wall }, 0, func(_ context.Context, d time.Duration) error { kept = d; return nil })
	due := &every{d: 6 * time.Hour, now: clock.Now}

	now, err := clock.Advance(t.Context(), 20*time.Hour, due)
	if err != nil || !now.Equal(wall.Add(20*time.Hour)) || kept != 20*time.Hour {
		t.Fatalf("moved to %s, kept %s, %v", now, kept, err)
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

	again := sandbox.NewClock(func() time.Time { return wall }, kept, nil)
	if !again.Now().Equal(clock.Now()) {
		t.Errorf("after a restart it is %s, not %s", again.Now(), clock.Now())
	}
}

func TestAdvanceThatCannotBeKept(t *testing.T) {
	wall := time.Date(2026, 3, 1, 10, 30, 0, 0, time.UTC)
	clock := sandbox.NewClock(func() time.Time { return wall }, 0, func(context.Context, time.Duration) error { return errors.New("away") })
	due := &every{d: 6 * time.Hour, now: clock.Now}
	if _, err := clock.Advance(t.Context(), 24*time.Hour, due); err == nil || len(due.ran) != 0 {
		t.Errorf("ran %v although the time could not be kept, %v", due.ran, err)
	}
}

func TestClockHandler(t *testing.T) {
	wall := time.Date(2026, 3, 1, 10, 30, 0, 0, time.UTC)
	clock := sandbox.NewClock(func() time.Time { return wall }, 0, func(context.Context, time.Duration) error { return nil })
	h := sandbox.LoopbackOnly(sandbox.ClockHandler(clock, &every{d: time.Hour, now: clock.Now}))
	for _, c := range []struct {
		method, from, body string
		status             int
		says               string
	}{
		{"POST", "127.0.0.1:9", `{"advance":"24h"}`, 200, `{"now":"2026-03-02T10:30:00Z"}`},
		{"POST", "[::1]:9", `{"advance":"90m"}`, 200, `{"now":"2026-03-02T12:00:00Z"}`},
		{"POST", "[::ffff:127.0.0.1]:9", `{"advance":"0s"}`, 200, `{"now":"2026-03-02T12:00:00Z"}`},
		{"POST", "192.0.2.1:9", `{"advance":"24h"}`, 403, "本机"},
		{"GET", "127.0.0.1:9", ``, 405, "POST"},
		{"POST", "127.0.0.1:9", `{"advance":"-1h"}`, 400, "24h"},
		{"POST", "127.0.0.1:9", `{"advance":"99999h"}`, 400, "24h"},
		{"POST", "127.0.0.1:9", `{"advance":24}`, 400, "advance"},
		{"POST", "127.0.0.1:9", `{"advence":"24h"}`, 400, "advance"},
		{"POST", "127.0.0.1:9", strings.Repeat(" ", 2000), 400, "advance"},
	} {
		r := httptest.NewRequest(c.method, "/sandbox/clock", strings.NewReader(c.body))
		r.RemoteAddr = c.from
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s %s from %s: %d %s, want %d %s", c.method, c.body, c.from, w.Code, w.Body, c.status, c.says)
		}
	}
}
