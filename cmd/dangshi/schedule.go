package main

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"dangshi/bot/sandbox"
	"dangshi/quiz"
)

// job is something periodic. It bears being run twice, on every replica, and at a
// time later than the instant at which it was due.
type job struct {
	name string
	spec string // five fields of cron, in Asia/Shanghai
	run  func(ctx context.Context, due time.Time) error

	// idle tells of the instants of spec that there is nothing to do: the first one
	// after t at which there may be something, which need not be one of spec. It is
	// asked when the sandbox's clock is moved, where looking at every instant of a
	// year takes minutes. nil: there may always be.
	idle func(t time.Time) (until time.Time)
}

// schedule are the jobs with their parsed times; it is what falls due when the
// sandbox's clock is moved.
type schedule struct {
	jobs   []job
	times  []cron.Schedule
	logger *slog.Logger
}

func newSchedule(logger *slog.Logger, jobs ...job) (*schedule, error) {
	s := &schedule{jobs: jobs, logger: logger}
	for _, j := range jobs {
		t, err := cron.ParseStandard(j.spec)
		if err != nil {
			return nil, fmt.Errorf("schedule of %s: %w", j.name, err)
		}
		s.times = append(s.times, t)
	}
	return s, nil
}

// Next is part of sandbox.Due.
func (s *schedule) Next(t, until time.Time) (at time.Time, ok bool) {
	for i, times := range s.times {
		next := times.Next(t.In(quiz.Zone))
		if idle := s.jobs[i].idle; idle != nil && !next.After(until) {
			if from := idle(t); from.After(next) {
				next = times.Next(from.Add(-time.Nanosecond).In(quiz.Zone))
			}
		}
		if !next.After(until) && (!ok || next.Before(at)) {
			at, ok = next, true
		}
	}
	return at, ok
}

// Run is part of sandbox.Due.
func (s *schedule) Run(ctx context.Context, at time.Time) {
	for i, j := range s.jobs {
		if s.times[i].Next(at.Add(-time.Second).In(quiz.Zone)).Equal(at) {
			s.do(ctx, j, at)
		}
	}
}

// do runs one job. Its panic is its own: it neither ends the process nor keeps
// the job from running next time.
func (s *schedule) do(ctx context.Context, j job, at time.Time) {
	defer func() {
		if v := recover(); v != nil {
			// Its own words are left out, since they may quote a member.
			s.logger.ErrorContext(ctx, "job panicked", "job", j.name, "type", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
		}
	}()
	if err := j.run(ctx, at); err != nil {
		s.logger.ErrorContext(ctx, "job failed", "job", j.name, "error", err)
	}
}

// start runs the jobs by the wall clock until stop is called, which waits for
// those under way without cancelling them.
func (s *schedule) start(ctx context.Context) (stop func()) {
	c := cron.New(cron.WithLocation(quiz.Zone), cron.WithChain(cron.SkipIfStillRunning(cron.DiscardLogger)))
	for i, j := range s.jobs {
		var id cron.EntryID
		id = c.Schedule(s.times[i], cron.FuncJob(func() {
			// Prev is when this run was due. By now it may be later, by hours
			// where the machine was asleep.
			s.do(ctx, j, c.Entry(id).Prev)
		}))
	}
	c.Start()
	return func() { <-c.Stop().Done() }
}

// startSandbox runs the jobs by the sandbox's clock, which may be moved, here or
// by another replica. Stop waits for those under way without cancelling them,
// and ends a move of the clock at the instant that it has reached.
func (s *schedule) startSandbox(ctx context.Context, clock *sandbox.Clock) (stop func()) {
	watching, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { clock.Follow(watching) })
	running.Go(func() {
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		for {
			select {
			case <-watching.Done():
				return
			case <-ticker.C:
				clock.Tick(ctx, s)
			}
		}
	})
	return func() {
		cancel()
		clock.Stop()
		running.Wait()
	}
}
