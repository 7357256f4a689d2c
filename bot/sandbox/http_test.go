package sandbox_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"dangshi/bot/sandbox"
)

// served is a clock behind a real server.
type served struct {
	clock *sandbox.Clock
	kept  shelf
	url   string
	came  chan struct{} // a value for each request that came
	gone  chan struct{} // a value for each request whose client went away
	ended chan struct{} // a value for each request that was handled
}

// The server's deadline for writing is much shorter than work that sleeps for slow.
const (
	deadline = 50 * time.Millisecond
	slow     = 4 * deadline
)

// serve starts one.
func serve(t *testing.T, due sandbox.Due) *served {
	t.Helper()
	wall := began
	s := &served{came: make(chan struct{}, 99), gone: make(chan struct{}, 99), ended: make(chan struct{}, 99)}
	s.clock = clockAt(t, &wall, &s.kept)
	h := sandbox.ClockHandler(s.clock, due)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.came <- struct{}{}
		stop := context.AfterFunc(r.Context(), func() { s.gone <- struct{}{} })
		h.ServeHTTP(w, r)
		// The handler may see the end of the context before AfterFunc does: stop
		// then keeps its function from running at all.
		if stop() && r.Context().Err() != nil {
			s.gone <- struct{}{}
		}
		s.ended <- struct{}{}
	}))
	server.Config.WriteTimeout = deadline
	server.Start()
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// post gives status and text, or an error as text.
func (s *served) post(ctx context.Context, body string) (int, string) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, strings.NewReader(body))
	if err != nil {
		return 0, err.Error()
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(text)
}

// hourly is due at each full hour.
type hourly struct {
	every
	work func(ctx context.Context)
}

func newHourly(work func(context.Context)) *hourly {
	return &hourly{every{d: time.Hour, now: func() time.Time { return began }}, work}
}

func (h *hourly) Run(ctx context.Context, at time.Time) {
	h.work(ctx)
	h.every.Run(ctx, at)
}

func TestClockHandler(t *testing.T) {
	s := serve(t, newHourly(func(context.Context) {}))
	for _, c := range []struct {
		body   string
		status int
		says   string
	}{
		{`{"advance":"24h"}`, 200, `{"now":"2026-03-02T10:30:00Z"}`},
		{`{"advance":"90m"}` + "\n", 200, `{"now":"2026-03-02T12:00:00Z"}`},
		{`{"advance":"0s"}`, 200, `{"now":"2026-03-02T12:00:00Z"}`},
		{`{"advance":"-1h"}`, 400, "24h"},
		{`{"advance":"99999h"}`, 400, "24h"},
		{`{"advance":24}`, 400, "advance"},
		{`{"advence":"24h"}`, 400, "advance"},
		{`{"advance":"24h"}{"advance":"24h"}`, 400, "advance"},
		{``, 400, "advance"},
		{strings.Repeat(" ", 2000), 400, "advance"},
	} {
		if status, text := s.post(t.Context(), c.body); status != c.status || !strings.Contains(text, c.says) {
			t.Errorf("%s: %d %s, want %d %s", c.body, status, text, c.status, c.says)
		}
	}
	if resp, err := http.Get(s.url); err != nil || resp.StatusCode != http.StatusMethodNotAllowed || resp.Header.Get("Allow") != "POST" {
		t.Errorf("GET: %v, %v", resp, err)
	}
	if want := began.Add(25*time.Hour + 30*time.Minute); !s.clock.Now().Equal(want) {
		t.Errorf("it is %s, want %s", s.clock.Now(), want)
	}
}

// TestLongMoveIsAnswered: also one that waits for its turn for longer than the
// server gives to a request.
func TestLongMoveIsAnswered(t *testing.T) {
	entered := make(chan struct{}, 9)
	s := serve(t, newHourly(func(context.Context) { entered <- struct{}{}; time.Sleep(slow) }))
	type answer struct {
		status int
		text   string
	}
	first := make(chan answer)
	go func() {
		status, text := s.post(t.Context(), `{"advance":"1h"}`)
		first <- answer{status, text}
	}()
	<-entered
	second, text := s.post(t.Context(), `{"advance":"1h"}`)
	if a := <-first; a.status != 200 || !strings.Contains(a.text, "11:30:00") {
		t.Errorf("the first: %v", a)
	}
	if second != 200 || !strings.Contains(text, "12:30:00") {
		t.Errorf("the second: %d %s", second, text)
	}
}

// TestClientGoesAway: a move that has begun is made to its end; one that waits
// is not begun.
func TestClientGoesAway(t *testing.T) {
	entered, leave := make(chan struct{}, 9), make(chan struct{})
	var cancelled error
	due := newHourly(func(ctx context.Context) {
		entered <- struct{}{}
		<-leave
		cancelled = ctx.Err()
	})
	s := serve(t, due)
	moving, goAway := context.WithCancel(t.Context())
	go s.post(moving, `{"advance":"2h"}`)
	<-entered
	waiting, giveUp := context.WithCancel(t.Context())
	go s.post(waiting, `{"advance":"100h"}`)
	<-s.came
	<-s.came

	goAway()
	<-s.gone
	giveUp()
	<-s.gone
	<-s.ended // the one that waited
	close(leave)
	<-s.ended
	if len(due.ran) != 2 || cancelled != nil || s.kept.offset != 2*time.Hour {
		t.Errorf("ran %v (%v), the clock is ahead by %s", due.ran, cancelled, s.kept.offset)
	}
}

// TestStop: the work under way is finished, and nothing more begins.
func TestStop(t *testing.T) {
	entered, leave := make(chan struct{}, 9), make(chan struct{})
	due := newHourly(func(context.Context) { entered <- struct{}{}; <-leave })
	s := serve(t, due)
	answer := make(chan string)
	go func() {
		_, text := s.post(t.Context(), `{"advance":"100h"}`)
		answer <- text
	}()
	<-entered
	stopped := make(chan int)
	for range 2 {
		go func() { s.clock.Stop(); stopped <- len(due.ran) }()
	}
	select {
	case <-stopped:
		t.Error("Stop did not wait for the work under way")
	case <-time.After(deadline):
	}
	close(leave)
	for range 2 {
		if ran := <-stopped; ran != 1 {
			t.Errorf("stopped when %d were done", ran)
		}
	}
	if text := <-answer; !strings.Contains(text, "停止") || !strings.Contains(text, "2026-03-01T11:00:00Z") {
		t.Errorf("the move was answered %q", text)
	}
	if status, text := s.post(t.Context(), `{"advance":"100h"}`); status != 503 || !strings.Contains(text, "停止") {
		t.Errorf("a move after the stop: %d %s", status, text)
	}
	s.clock.Tick(t.Context(), due)
	if len(due.ran) != 1 {
		t.Errorf("ran %v", due.ran)
	}
}

// TestNothingBegins although it is nobody's turn.
func TestNothingBegins(t *testing.T) {
	wall := began
	clock := clockAt(t, &wall, &shelf{})
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	refused := func(ctx context.Context, want error) {
		t.Helper()
		for range 50 { // which of several ready cases is taken is drawn
			if now, err := clock.Advance(ctx, time.Minute, newHourly(nil)); !errors.Is(err, want) || !now.Equal(began) {
				t.Fatalf("moved to %s, %v; want %v", now, err, want)
			}
		}
	}
	refused(gone, context.Canceled)
	clock.Stop()
	refused(t.Context(), sandbox.ErrStopped)
}
