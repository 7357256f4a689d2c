package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// clockTries bounds how often a move of the clock is tried again because
// another replica moved it at the same time.
const clockTries = 100

// ClockOffset is by how much the sandbox's clock is ahead of wall time; 0 where
// it was never moved. Errors: quiz.ErrUnavailable.
func (s *Store) ClockOffset(ctx context.Context) (time.Duration, error) {
	return clockOffset(ctx, s.client)
}

func clockOffset(ctx context.Context, c redis.Cmdable) (time.Duration, error) {
	ns, err := c.Get(ctx, clockKey()).Int64()
	if errors.Is(err, redis.Nil) {
		return 0, nil
	}
	return time.Duration(ns), unavailable(err)
}

// SetClockOffset keeps it, unless one as large is kept already: the clock never
// goes back, whichever replica moves it and however late its write comes.
// Errors: quiz.ErrConflict if others kept moving the clock meanwhile,
// quiz.ErrUnavailable, quiz.ErrUnknown.
func (s *Store) SetClockOffset(ctx context.Context, offset time.Duration) error {
	grow := func(tx *redis.Tx) error {
		kept, err := clockOffset(ctx, tx)
		if err != nil || kept >= offset {
			return err
		}
		_, err = tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
			return p.Set(ctx, clockKey(), int64(offset), 0).Err()
		})
		return err
	}
	for range clockTries {
		err := s.client.Watch(ctx, grow, clockKey())
		if errors.Is(err, quiz.ErrUnavailable) {
			return err // of the read: nothing was written
		}
		if !errors.Is(err, redis.TxFailedErr) {
			return outcome(err)
		}
	}
	return fmt.Errorf("%w: the clock was moved by others %d times", quiz.ErrConflict, clockTries)
}

func unixTime(seconds int64) time.Time { return time.Unix(seconds, 0) }
