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

// Work is what is told of a work, nil where there is nothing, and whether somebody is
// at it: see AtWork. Errors: quiz.ErrUnavailable.
func (s *Store) Work(ctx context.Context, id string) (value []byte, going bool, err error) {
	if checkName(id) != nil {
		return nil, false, nil // it comes from an address
	}
	both, err := s.client.MGet(ctx, workKey(id), claimKey(WorkClaim(id))).Result()
	if err != nil {
		return nil, false, unavailable(err)
	}
	if text, ok := both[0].(string); ok {
		value = []byte(text)
	}
	return value, both[1] != nil, nil
}

// AtWork is Alone for a work of the console.
func (s *Store) AtWork(ctx context.Context, id string, do func(ctx context.Context) error) (ran bool, err error) {
	return s.Alone(ctx, WorkClaim(id), do)
}

// WorkClaim is the name under which a work is done alone, see Claimant.
func WorkClaim(id string) string { return "work:" + id }
