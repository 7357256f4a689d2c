package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"dangshi/quiz"
)

// claimLife is how long a claim holds without being renewed: so long after the death
// of a process another one may take over what it was doing. It is longer than a
// failover of Redis takes, in which nobody can renew anything.
const claimLife = 20 * time.Second

// claimBeats is how often a claim is renewed in its life.
const claimBeats = 4

// ErrClaimLost means that the right to do something alone was lost while it was done:
// Redis could not be reached for too long, or has forgotten it. Another process may be
// at it.
var ErrClaimLost = errors.New("the claim was lost: another process may have taken over")

// Alone does what no other process of these data is doing under the same name; ran is
// false where one is. A claim with a short life lies in Redis meanwhile, and is renewed
// for as long as do runs: where the process dies, at whatever line, others may begin
// when that life is over, by Redis' clock, after 20 s at most.
//
// The context of do ends where the claim is lost, and the error is then ErrClaimLost.
// A claim saves work and guards nothing: a process that was halted for longer than its
// claim lives goes on beside the one that took over, so that what do writes must be
// compared with what was read, or bear being written twice. Errors: those of do;
// quiz.ErrUnavailable, quiz.ErrUnknown where it was not begun.
func (s *Store) Alone(ctx context.Context, name string, do func(ctx context.Context) error) (ran bool, err error) {
	if err := checkName(name); err != nil {
		return false, err
	}
	c := claim{s, claimKey(name), fmt.Sprintf("%s %d %s", rand.Text(), time.Now().Unix(), s.holder)}
	if taken, err := c.take(ctx); err != nil || !taken {
		return false, err
	}
	defer c.leave(ctx)
	held, lost := context.WithCancelCause(ctx)
	over := make(chan struct{})
	go func() {
		defer close(over)
		c.keep(held, lost)
	}()
	defer func() {
		lost(nil)
		<-over // the last beat is not sent after the claim was given back
	}()
	err = do(held)
	if err != nil && errors.Is(context.Cause(held), ErrClaimLost) {
		err = fmt.Errorf("%w: %w", ErrClaimLost, err)
	}
	return true, err
}

// Claimant says who is doing something alone, as of Options.Holder, and since when, by
// that process' clock; ok is false where nobody is. One that has died is named for as long
// as its claim lives. Errors: quiz.ErrUnavailable.
func (s *Store) Claimant(ctx context.Context, name string) (holder string, since time.Time, ok bool, err error) {
	has, err := s.client.Get(ctx, claimKey(name)).Result()
	_, rest, ok := strings.Cut(has, " ")
	at, holder, _ := strings.Cut(rest, " ")
	seconds, e := strconv.ParseInt(at, 10, 64)
	if ok && e != nil { // an older program does not say since when
		return rest, time.Now(), ok, nil
	}
	return holder, time.Unix(seconds, 0), ok, unavailable(err)
}

// claim is one process' right; who names it, and no other one.
type claim struct {
	store    *Store
	key, who string
}

// ask asks for a claim, for so long; see claim.lua. What may have been done already is
// found out by asking again.
func (c claim) ask(ctx context.Context, life time.Duration, how string) (granted bool, err error) {
	for range maxSteps {
		var answer any
		answer, err = c.store.run(ctx, c.store.claiming, []string{c.key}, c.who, life.Milliseconds(), how)
		if !errors.Is(err, quiz.ErrUnknown) || ctx.Err() != nil {
			return answer == int64(1), err
		}
	}
	return false, err
}

// take begins a claim. A crash behind it, and a write that was given up as unknown,
// leave one that nobody renews.
func (c claim) take(ctx context.Context) (taken bool, err error) {
	return c.ask(ctx, c.store.claimLife, "take")
}

// keep renews the claim until ctx ends, or ends it by lost. Before the claim can have
// run out unseen the work is told to stop.
func (c claim) keep(ctx context.Context, lost context.CancelCauseFunc) {
	every := c.store.claimLife / claimBeats
	tick := time.NewTicker(every)
	defer tick.Stop()
	sure := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		asked := time.Now()
		beat, cancel := context.WithTimeout(ctx, every)
		kept, err := c.ask(beat, c.store.claimLife, "")
		cancel()
		switch {
		case err == nil && !kept, err != nil && time.Since(sure) > c.store.claimLife-every:
			lost(ErrClaimLost)
			return
		case err == nil:
			sure = asked
		}
	}
}

// leave gives the claim back. Where that fails it runs out by itself.
func (c claim) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.store.timeout)
	defer cancel()
	_, _ = c.ask(ctx, 0, "")
}
