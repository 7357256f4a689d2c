package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"dangshi/bot/sandbox"
	"dangshi/quiz"
)

// job is something periodic. It bears being run twice and on every replica.
type job struct {
	name string
	spec string // five fields of cron, in Asia/Shanghai
	run  func(ctx context.Context, at time.Time) error
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
	for _, times := range s.times {
		if next := times.Next(t.In(quiz.Zone)); !next.After(until) && (!ok || next.Before(at)) {
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

func (s *schedule) do(ctx context.Context, j job, at time.Time) {
	if err := j.run(ctx, at); err != nil {
		s.logger.ErrorContext(ctx, "job failed", "job", j.name, "error", err)
	}
}

// start runs the jobs by the wall clock until stop is called, which waits for
// those under way.
func (s *schedule) start(ctx context.Context) (stop func(), err error) {
	logger := cron.PrintfLogger(slog.NewLogLogger(s.logger.Handler(), slog.LevelError))
	// Recover stands inside: the other way round a panic would leave the job
	// marked as running for good.
	c := cron.New(cron.WithLocation(quiz.Zone), cron.WithChain(cron.SkipIfStillRunning(cron.DiscardLogger), cron.Recover(logger)))
	for _, j := range s.jobs {
		if _, err := c.AddFunc(j.spec, func() { s.do(ctx, j, time.Now()) }); err != nil {
			return nil, err
		}
	}
	c.Start()
	return func() { <-c.Stop().Done() }, nil
}

// startSandbox runs the jobs by the sandbox's clock, which may be moved, here or
// by another replica, until stop is called.
func (s *schedule) startSandbox(ctx context.Context, clock *sandbox.Clock) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { clock.Follow(ctx) })
	running.Go(func() {
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				clock.Tick(ctx, s)
			}
		}
	})
	return func() { cancel(); running.Wait() }
}
