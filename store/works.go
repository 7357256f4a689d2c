package store

import (
	"context"
	"time"
)

// KeepWork keeps what is told of a work of the console, for so long by Redis' clock.
// Errors: quiz.ErrUnavailable where nothing was written, quiz.ErrUnknown.
func (s *Store) KeepWork(ctx context.Context, id string, value []byte, life time.Duration) error {
	if err := checkName(id); err != nil {
		return err
	}
	return outcome(s.client.Set(ctx, workKey(id), value, life).Err())
}

// Work is what is told of a work; nil where there is none. Errors:
// quiz.ErrUnavailable.
func (s *Store) Work(ctx context.Context, id string) ([]byte, error) {
	if checkName(id) != nil {
		return nil, nil // it comes from an address
	}
	value, err := s.client.Get(ctx, workKey(id)).Result()
	if err := unavailable(err); err != nil || value == "" {
		return nil, err
	}
	return []byte(value), nil
}
