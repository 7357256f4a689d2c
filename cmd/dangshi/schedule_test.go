package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/robfig/cron/v3"

	"dangshi/bot/sandbox"
	"dangshi/quiz"
	"dangshi/store/storetest"
)

func mustSchedule(t *testing.T, log io.Writer, jobs ...job) *schedule {
	t.Helper()
	s, err := newSchedule(slog.New(slog.NewTextHandler(log, nil)), jobs...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// diary writes down which job ran for which instant.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (d *diary) job(name, spec string, then func(context.Context) error) job {
	return job{name: name, spec: spec, run: func(ctx context.Context, due time.Time) error {
		d.mu.Lock()
		d.lines = append(d.lines, name+due.In(quiz.Zone).Format(" 02 15:04:05.000"))
		d.mu.Unlock()
		return then(ctx)
	}}
}

func (d *diary) check(t *testing.T, want ...string) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.Equal(d.lines, want) {
		t.Errorf("it went\n%q, want\n%q", d.lines, want)
	}
}

func nothing(context.Context) error { return nil }

// unmoved keeps the offset of a clock that is never moved: a real store cannot
// be reached from a bubble of synctest.
type unmoved struct{}

func (unmoved) ClockOffset(context.Context) (time.Duration, error)  { return 0, nil }
func (unmoved) SetClockOffset(context.Context, time.Duration) error { return nil }

// onBothClocks runs test in a bubble, where it is 2000-01-01 08:00 in Shanghai,
// with each of the two ways in which jobs are started.
func onBothClocks(t *testing.T, test func(t *testing.T, start func(context.Context, *schedule) (stop func()))) {
	t.Run("wall", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			test(t, func(ctx context.Context, s *schedule) func() { return s.start(ctx) })
		})
	})
	t.Run("sandbox", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			test(t, func(ctx context.Context, s *schedule) func() {
				clock, err := sandbox.NewClock(ctx, time.Now, unmoved{})
				if err != nil {
					t.Fatal(err)
				}
				return s.startSandbox(ctx, clock)
			})
		})
	})
}

func TestJobsRunWhenDue(t *testing.T) {
	onBothClocks(t, func(t *testing.T, start func(context.Context, *schedule) func()) {
		var d diary
		stop := start(t.Context(), mustSchedule(t, io.Discard,
			d.job("push", "30 9 * * *", nothing), d.job("paper", "0 8,9,11 * * *", nothing)))
		time.Sleep(2 * time.Hour)
		stop()
		time.Sleep(2 * time.Hour)
		d.check(t, "paper 01 09:00:00.000", "push 01 09:30:00.000") // at eight it was started
	})
}

// TestFaultsStayInTheirJob: after a panic, an error or neither the other jobs
// run, and so does the same one the next time.
func TestFaultsStayInTheirJob(t *testing.T) {
	onBothClocks(t, func(t *testing.T, start func(context.Context, *schedule) func()) {
		var d diary
		var log bytes.Buffer
		stop := start(t.Context(), mustSchedule(t, &log,
			d.job("panics", "0 9,10 * * *", func(context.Context) error { panic("o-a-member said 你好") }),
			d.job("fails", "1 9,10 * * *", func(context.Context) error { return errors.New("no luck") }),
			d.job("works", "2 9,10 * * *", nothing)))
		time.Sleep(2*time.Hour + 10*time.Minute)
		stop()
		d.check(t,
			"panics 01 09:00:00.000", "fails 01 09:01:00.000", "works 01 09:02:00.000",
			"panics 01 10:00:00.000", "fails 01 10:01:00.000", "works 01 10:02:00.000")
		if got := log.String(); strings.Count(got, "job=panics") != 2 || strings.Count(got, "no luck") != 2 || strings.Contains(got, "o-a-member") {
			t.Errorf("the log is\n%.500s…", got)
		}
	})
}

// TestStopWaitsForJobs, and does not cancel them.
func TestStopWaitsForJobs(t *testing.T) {
	onBothClocks(t, func(t *testing.T, start func(context.Context, *schedule) func()) {
		var d diary
		leave := make(chan struct{})
		var cancelled error
		stop := start(t.Context(), mustSchedule(t, io.Discard,
			d.job("long", "0 9 * * *", func(ctx context.Context) error { <-leave; cancelled = ctx.Err(); return nil })))
		time.Sleep(time.Hour + time.Minute)
		stopped := make(chan struct{})
		go func() { stop(); close(stopped) }()
		synctest.Wait()
		select {
		case <-stopped:
			t.Error("stop left a job behind")
		default:
		}
		close(leave)
		<-stopped
		if cancelled != nil {
			t.Errorf("the job was cut off: %v", cancelled)
		}
		d.check(t, "long 01 09:00:00.000")
	})
}

// overslept was due once, before it was asked for the first time: the machine
// was asleep.
type overslept struct {
	due   time.Time
	asked bool
}

func (o *overslept) Next(time.Time) time.Time {
	if o.asked {
		return time.Time{} // never again
	}
	o.asked = true
	return o.due
}

func TestLateJobGetsItsInstant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d diary
		s := mustSchedule(t, io.Discard, d.job("push", "30 7 * * *", nothing))
		s.times = []cron.Schedule{&overslept{due: time.Date(2000, 1, 1, 7, 30, 0, 0, quiz.Zone)}}
		stop := s.start(t.Context())
		time.Sleep(time.Second)
		stop()
		d.check(t, "push 01 07:30:00.000")
	})
}

func TestFaultySchedule(t *testing.T) {
	if _, err := newSchedule(slog.New(slog.DiscardHandler), job{name: "push", spec: "30 25 * * *"}); err == nil || !strings.Contains(err.Error(), "push") {
		t.Errorf("a 25th hour: %v", err)
	}
}

// TestIdleInstants: what has nothing to do for a while is not visited meanwhile,
// and misses nothing.
func TestIdleInstants(t *testing.T) {
	begin := time.Date(2026, 3, 1, 8, 0, 0, 0, quiz.Zone)
	wanted := []time.Time{begin.Add(12 * time.Hour), begin.Add(12*time.Hour + 5*time.Minute), begin.Add(36 * time.Hour)}
	s := mustSchedule(t, io.Discard,
		job{name: "paper", spec: "0 0 * * *", run: func(context.Context, time.Time) error { return nil }},
		job{name: "reminders", spec: "*/5 * * * *", run: func(context.Context, time.Time) error { return nil }, idle: func(at time.Time) time.Time {
			for _, w := range wanted {
				if w.After(at) {
					return w
				}
			}
			return at.AddDate(1, 0, 0)
		}})
	midnight := time.Date(2026, 3, 2, 0, 0, 0, 0, quiz.Zone)
	want := []time.Time{wanted[0], wanted[1], midnight, wanted[2]}
	at, until := begin, begin.Add(36*time.Hour)
	for i := 0; ; i++ {
		next, ok := s.Next(at, until)
		if !ok {
			if i != len(want) {
				t.Errorf("%d instants, want %d", i, len(want))
			}
			return
		}
		if i >= len(want) || !next.Equal(want[i]) {
			t.Fatalf("instant %d is %s, want %v", i, next, want)
		}
		at = next
	}
}

// TestClockOfAllReplicas: what one replica moves the other follows.
func TestClockOfAllReplicas(t *testing.T) {
	s := defaults()
	s.RedisURL = "redis://" + storetest.Miniredis(t).Addr()
	a, b := start(t, s), start(t, s)
	advance(t, a, "72h")
	eventually(t, "the other replica's clock", func() bool { return time.Until(b.bot.Now()) > 71*time.Hour })
}

// TestStopDuringAMove: the work under way is finished, and the move is answered
// with where the clock stands.
func TestStopDuringAMove(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	settings := defaults()
	settings.RedisURL = "redis://" + storetest.Miniredis(t).Addr()
	a := &app{Settings: settings, ctx: ctx, out: io.Discard, errs: io.Discard, logger: slog.New(slog.DiscardHandler), serves: true}
	data, err := a.openData(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	service, err := a.newService(data, listener.Addr())
	if err != nil {
		t.Fatal(err)
	}
	var d diary
	entered, leave := make(chan struct{}, 9), make(chan struct{})
	*service.schedule = *mustSchedule(t, io.Discard, d.job("long", "0 0 * * *", func(ctx context.Context) error {
		entered <- struct{}{}
		<-leave
		return data.Ping(ctx)
	}))
	ended := make(chan error, 1)
	go func() { ended <- service.serve(ctx, listener) }()
	status := make(chan int, 1)
	go func() {
		resp, err := http.Post("http://"+listener.Addr().String()+"/sandbox/clock", "application/json", strings.NewReader(`{"advance":"240h"}`))
		if err != nil {
			status <- 0
			return
		}
		resp.Body.Close()
		status <- resp.StatusCode
	}()
	<-entered
	cancel()
	// Another move waits for its turn until the clock is stopped, which the server that
	// closes sees to in a goroutine of its own.
	waiting, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	if _, err := service.clock().Advance(waiting, 0, service.schedule); !errors.Is(err, sandbox.ErrStopped) {
		t.Errorf("a move after the end: %v", err)
	}
	close(leave)
	if got := <-status; got != http.StatusServiceUnavailable {
		t.Errorf("the move was answered with %d", got)
	}
	if err := <-ended; err != nil {
		t.Errorf("serve ended with %v", err)
	}
	if len(d.lines) != 1 {
		t.Errorf("ran %q", d.lines)
	}
}
