package store

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
)

// ClockOffset is by how much the sandbox's clock is ahead of wall time; 0 where
// it was never moved. Errors: quiz.ErrUnavailable.
func (s *Store) ClockOffset(ctx context.Context) (time.Duration, error) {
	ns, err := s.client.Get(ctx, clockKey()).Int64()
	if errors.Is(err, redis.Nil) {
		return 0, nil
	}
	return time.Duration(ns), unavailable(err)
}

// SetClockOffset keeps it. Errors: quiz.ErrUnavailable, quiz.ErrUnknown.
func (s *Store) SetClockOffset(ctx context.Context, offset time.Duration) error {
	return outcome(s.client.Set(ctx, clockKey(), int64(offset), 0).Err())
}
