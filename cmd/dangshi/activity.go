package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"dangshi/quiz"
)

// flushActivity is how often a replica hands over what it has counted: as much is
// lost where it is killed. activityPatience bounds one time.
const (
	flushActivity    = 3 * time.Second
	activityPatience = 2 * time.Second
)

// activity counts what goes on in this replica, in memory: no message waits for
// Redis because of it.
type activity struct {
	add    func(context.Context, ...quiz.ActivityDay) error
	logger *slog.Logger

	mu   sync.Mutex
	days []quiz.ActivityDay // not handed over yet; mostly one
}

// happened counts something; it is part of bot.Config.
func (a *activity) happened(at time.Time, what quiz.Activity) {
	if what == (quiz.Activity{}) {
		return
	}
	day := quiz.DayOf(at)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.of(day).Count(at, what)
}

// of is a day that is counted; a.mu is held.
func (a *activity) of(day quiz.Day) *quiz.ActivityDay {
	for i := range a.days {
		if a.days[i].Day == day {
			return &a.days[i]
		}
	}
	a.days = append(a.days, quiz.ActivityDay{Day: day})
	return &a.days[len(a.days)-1]
}

// flush hands over what was counted since the last time, though who asked for it, by
// opening a page, may go meanwhile: what is cut off may have arrived. What certainly did not
// arrive is kept for the next time; what may have arrived is not sent again, since it
// would be counted twice.
func (a *activity) flush(ctx context.Context) {
	a.mu.Lock()
	days := a.days
	a.days = nil
	a.mu.Unlock()
	if len(days) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), activityPatience)
	defer cancel()
	err := a.add(ctx, days...)
	if err == nil {
		return
	}
	a.logger.Warn("figures of the day not handed over", "error", err)
	if !errors.Is(err, quiz.ErrUnavailable) {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, d := range days {
		a.of(d.Day).Join(d)
	}
}

// run flushes until ctx ends, and once more then.
func (a *activity) run(ctx context.Context) {
	ticker := time.NewTicker(flushActivity)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			a.flush(context.WithoutCancel(ctx))
			return
		case <-ticker.C:
			a.flush(ctx)
		}
	}
}
