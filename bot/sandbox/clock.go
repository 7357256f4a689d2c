// Package sandbox stands in for WeChat where no account is set: so that the
// product can be tried out, and tested, on one machine.
package sandbox

import (
	"context"
	"sync"
	"time"
)

// Clock is the product's clock in the sandbox: wall time plus an offset that
// only grows. The offset is kept, so the clock survives a restart.
type Clock struct {
	wall func() time.Time
	keep func(ctx context.Context, offset time.Duration) error

	moving sync.Mutex // one move at a time
	done   time.Time  // what was due up to this instant has been done; guarded by moving
	mu     sync.Mutex
	offset time.Duration
}

// NewClock makes a clock that runs offset ahead of wall. keep stores a new offset.
func NewClock(wall func() time.Time, offset time.Duration, keep func(context.Context, time.Duration) error) *Clock {
	return &Clock{wall: wall, offset: offset, keep: keep, done: wall().Add(offset)}
}

// Now is the sandbox's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.wall().Add(c.offset)
}

// Due is what happens at certain instants, such as the daily push.
type Due interface {
	// Next is the first instant after t, and no later than until, at which
	// something is due; ok is false if nothing is.
	Next(t, until time.Time) (at time.Time, ok bool)
	// Run does what is due at that instant, to its end.
	Run(ctx context.Context, at time.Time)
}

// Advance moves the clock by d, stopping at each due instant in order until its
// work is done. A crash on the way leaves the clock at the last instant reached,
// whose work may be done again: what is due bears that.
func (c *Clock) Advance(ctx context.Context, d time.Duration, due Due) (time.Time, error) {
	c.moving.Lock()
	defer c.moving.Unlock()
	target := c.Now().Add(d)
	for {
		at, ok := due.Next(c.done, target)
		if !ok {
			break
		}
		if err := c.set(ctx, at); err != nil {
			return c.Now(), err
		}
		due.Run(ctx, at)
		c.done = at
	}
	c.done = target
	return target, c.set(ctx, target)
}

// Tick runs what has fallen due by the clock's own running.
func (c *Clock) Tick(ctx context.Context, due Due) {
	c.moving.Lock()
	defer c.moving.Unlock()
	now := c.Now()
	for {
		at, ok := due.Next(c.done, now)
		if !ok {
			return
		}
		due.Run(ctx, at)
		c.done = at
	}
}

// set moves the clock to t unless it is there or later already: the work at a
// due instant takes time, too.
func (c *Clock) set(ctx context.Context, t time.Time) error {
	c.mu.Lock()
	offset := t.Sub(c.wall())
	if offset <= c.offset {
		c.mu.Unlock()
		return nil
	}
	c.offset = offset
	c.mu.Unlock()
	return c.keep(ctx, offset)
}
