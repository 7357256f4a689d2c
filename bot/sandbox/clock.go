// Package sandbox stands in for WeChat where no account is set: so that the
// product can be tried out, and tested, on one machine.
package sandbox

import (
	"cmp"
	"context"
	"errors"
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

	turn     chan struct{} // holds one value while somebody moves the clock or runs what is due
	done     time.Time     // what was due up to this instant has been done; guarded by turn
	stopping chan struct{} // closed by Stop
	stop     sync.Once

	mu     sync.Mutex
	offset time.Duration // guarded by mu
}

// ErrStopped says that the process is ending.
var ErrStopped = errors.New("the sandbox's clock has been stopped")

// NewClock makes a clock that runs ahead of wall by the offset that is kept.
func NewClock(ctx context.Context, wall func() time.Time, kept Kept) (*Clock, error) {
	c := &Clock{wall: wall, kept: kept, turn: make(chan struct{}, 1), stopping: make(chan struct{})}
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
// work is done. One move is made at a time. ctx bounds only the waiting for its
// turn: a move that has begun goes on when whoever asked for it has gone, and
// ends early only when the clock is stopped (ErrStopped) or cannot be kept.
//
// A crash on the way leaves the clock at the last instant reached. What was due
// then is not run again by the clock, nor is what falls due while no process
// runs: the wall clock of a real account does neither. A job makes up for what
// it missed by itself, as the push does until noon from its ledger, and after a
// crash it finds the clock where it was, not where the move would have ended.
func (c *Clock) Advance(ctx context.Context, d time.Duration, due Due) (time.Time, error) {
	if err := c.take(ctx); err != nil {
		return c.Now(), err
	}
	defer c.release()
	ctx = context.WithoutCancel(ctx)
	if err := c.Refresh(ctx); err != nil {
		return c.Now(), err
	}
	target := c.Now().Add(d)
	reach := func(at time.Time) error { return c.set(ctx, at) }
	if err := c.run(ctx, due, target, reach); err != nil {
		return c.Now(), err
	}
	if err := c.set(ctx, target); err != nil {
		return c.Now(), err
	}
	c.done = target
	return target, nil
}

// Tick runs what has fallen due by the clock's own running, or by another
// replica's move, unless the clock is stopped. A job under way is not cancelled
// with ctx.
func (c *Clock) Tick(ctx context.Context, due Due) {
	if c.take(ctx) != nil {
		return
	}
	defer c.release()
	reached := func(time.Time) error { return nil }
	_ = c.run(context.WithoutCancel(ctx), due, c.Now(), reached) // stopped: what is left is made up for
}

// run does what is due until then; reach is called before the work of each
// instant.
func (c *Clock) run(ctx context.Context, due Due, until time.Time, reach func(time.Time) error) error {
	for {
		at, ok := due.Next(c.done, until)
		if !ok {
			return nil
		}
		if c.stopped() {
			return ErrStopped
		}
		if err := reach(at); err != nil {
			return err
		}
		due.Run(ctx, at)
		c.done = at
	}
}

// Stop waits for the work of the instant under way, and lets nothing more begin.
// It may be called more than once, and always waits.
func (c *Clock) Stop() {
	c.stop.Do(func() { close(c.stopping) })
	c.turn <- struct{}{}
	c.release()
}

// take waits for a turn until ctx ends or the clock is stopped.
func (c *Clock) take(ctx context.Context) error {
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	case <-c.stopping:
		return ErrStopped
	}
	// Of several that are ready select takes any.
	if err := ctx.Err(); err != nil || c.stopped() {
		c.release()
		return cmp.Or(err, ErrStopped)
	}
	return nil
}

func (c *Clock) release() { <-c.turn }

func (c *Clock) stopped() bool {
	select {
	case <-c.stopping:
		return true
	default:
		return false
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
