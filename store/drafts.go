package store

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
)

// draftLife is how long a draft is kept after it was written last.
const draftLife = time.Hour

// Draft reads what somebody has begun and not yet stored, such as a file that is
// looked through before it is loaded; nil: there is none any more. Errors:
// quiz.ErrUnavailable.
func (s *Store) Draft(ctx context.Context, owner string) ([]byte, error) {
	value, err := s.client.Get(ctx, draftKey(hashed(owner))).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	return value, unavailable(err)
}

// KeepDraft keeps one for draftLife, in the place of the one before: there is one for
// each owner. Errors: quiz.ErrUnavailable where nothing was written, quiz.ErrUnknown.
func (s *Store) KeepDraft(ctx context.Context, owner string, value []byte) error {
	return outcome(s.client.Set(ctx, draftKey(hashed(owner)), value, draftLife).Err())
}

// DropDraft forgets one. Errors: quiz.ErrUnavailable, quiz.ErrUnknown.
func (s *Store) DropDraft(ctx context.Context, owner string) error {
	return outcome(s.client.Del(ctx, draftKey(hashed(owner))).Err())
}
