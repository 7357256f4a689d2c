package store

import (
	"context"
	"time"
)

// Token gives what is kept under a name, such as the account's access token,
// which all replicas share; empty where there is none or its time is over. It
// must not be logged. Errors: quiz.ErrUnavailable.
func (s *Store) Token(ctx context.Context, name string) (string, error) {
	if err := checkName(name); err != nil {
		return "", err
	}
	value, err := s.client.Get(ctx, tokenKey(name)).Result()
	return value, unavailable(err)
}

// KeepToken keeps a token for ttl, by Redis' clock; what lives no longer than 0
// is not stored, and one that is there stays. It is never part of a backup.
// Errors: quiz.ErrUnavailable where nothing was written, quiz.ErrUnknown.
func (s *Store) KeepToken(ctx context.Context, name, value string, ttl time.Duration) error {
	if err := checkName(name); err != nil || ttl <= 0 {
		return err
	}
	return outcome(s.client.Set(ctx, tokenKey(name), value, max(ttl, time.Millisecond)).Err())
}

// DropToken forgets a token, as after WeChat has refused it. Errors:
// quiz.ErrUnavailable where it is still there, quiz.ErrUnknown.
func (s *Store) DropToken(ctx context.Context, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	return outcome(s.client.Del(ctx, tokenKey(name)).Err())
}
