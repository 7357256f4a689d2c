// Package sandbox stands in for WeChat where no account is set: so that the
// product can be tried out, and tested, on one machine.
package sandbox

import (
	"context"
	"sync"
	"time"
)

// Kept is where the clock's offset lasts: one for all replicas on the same data.
type Kept interface {
	// ClockOffset is by how much the clock is ahead of wall time; 0 where it was
	// never moved.
	ClockOffset(ctx context.Context) (time.Duration, error)
	// SetClockOffset keeps it, unless one as large is kept already.
	SetClockOffset(ctx context.Context, offset time.Duration) error
}

// staleness is for how long, at most, a replica does not hear that another one
// moved the clock, besides the time that the reading takes. While it cannot be
// read, the last one known holds.
const staleness = time.Second

// Clock is the product's clock in the sandbox: wall time plus an offset that
// only grows. The offset is kept, so the clock survives a restart, and followed,
// so all replicas have the same time.
//
// Each replica runs what falls due by itself, also when another one moved the
// clock: the same work may run twice, even at the same time, and on a replica
// that did not make the move the clock may be past the due instant already.
// Jobs bear that.
type Clock struct {
	wall func() time.Time
	kept Kept

	moving sync.Mutex // one move at a time
	done   time.Time  // what was due up to this instant has been done; guarded by moving
	mu     sync.Mutex
	offset time.Duration
}

// NewClock makes a clock that runs ahead of wall by the offset that is kept.
func NewClock(ctx context.Context, wall func() time.Time, kept Kept) (*Clock, error) {
	c := &Clock{wall: wall, kept: kept}
	if err := c.Refresh(ctx); err != nil {
		return nil, err
	}
	c.done = c.Now()
	return c, nil
}

// Now is the sandbox's time. It costs no round trip: see Follow.
func (c *Clock) Now() time.Time {
	return c.wall().Round(0).Add(c.ahead()) // civil time: the offset outlives this process
}

func (c *Clock) ahead() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.offset
}

// Refresh reads the offset again: another replica may have moved the clock.
func (c *Clock) Refresh(ctx context.Context) error {
	offset, err := c.kept.ClockOffset(ctx)
	if err != nil {
		return err
	}
	c.grow(offset)
	return nil
}

// Follow refreshes the clock once a second until ctx ends. It is quiet where
// the offset cannot be read: the same store carries everything else.
func (c *Clock) Follow(ctx context.Context) {
	ticker := time.NewTicker(staleness)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			_ = c.Refresh(ctx)
		}
	}
}

// grow takes an offset over unless the clock is farther already: a read that
// began before a move may end after it.
func (c *Clock) grow(offset time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset = max(c.offset, offset)
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
// work is done.
//
// A crash on the way leaves the clock at the last instant reached. What was due
// then is not run again by the clock, nor is what falls due while no process
// runs: the wall clock of a real account does neither. A job makes up for what
// it missed by itself, as the push does until noon from its ledger, and after a
// crash it finds the clock where it was, not where the move would have ended.
func (c *Clock) Advance(ctx context.Context, d time.Duration, due Due) (time.Time, error) {
	c.moving.Lock()
	defer c.moving.Unlock()
	if err := c.Refresh(ctx); err != nil {
		return c.Now(), err
	}
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
	if err := c.set(ctx, target); err != nil {
		return c.Now(), err
	}
	c.done = target
	return target, nil
}

// Tick runs what has fallen due by the clock's own running, or by another
// replica's move.
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
// due instant takes time, too. It is kept first: a clock that was seen there and
// then lost the move would go back.
func (c *Clock) set(ctx context.Context, t time.Time) error {
	offset := t.Sub(c.wall())
	if offset <= c.ahead() {
		return nil
	}
	if err := c.kept.SetClockOffset(ctx, offset); err != nil {
		return err
	}
	c.grow(offset)
	return nil
}
