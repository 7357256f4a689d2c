package store

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// draftLife is how long a draft is kept after it was written last.
const draftLife = time.Hour

// Draft reads what somebody has begun and not yet stored, such as a file that is
// looked through before it is loaded; nil with an empty version: there is none any
// more. Errors: quiz.ErrUnavailable.
func (s *Store) Draft(ctx context.Context, owner string) (value []byte, v quiz.Version, err error) {
	value, err = s.client.Get(ctx, draftKey(hashed(owner))).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, "", nil
	}
	return value, draftVersion(value), unavailable(err)
}

// draftVersion is the SHA-1 by which draft.lua knows a draft again.
func draftVersion(value []byte) quiz.Version {
	if len(value) == 0 {
		return ""
	}
	sum := sha1.Sum(value)
	return quiz.Version(hex.EncodeToString(sum[:]))
}

// KeepDraft keeps one for draftLife in the place of the one that was read, "": of none.
// There is one for each owner. Errors: quiz.ErrConflict where another one is there;
// quiz.ErrUnavailable where nothing was written, quiz.ErrUnknown.
func (s *Store) KeepDraft(ctx context.Context, owner string, value []byte, expected quiz.Version) error {
	answer, err := s.run(ctx, s.draft, []string{draftKey(hashed(owner))}, string(expected), value, draftLife.Milliseconds())
	if err == nil && answer != int64(1) {
		err = quiz.ErrConflict
	}
	return err
}

// DropDraft forgets the one that was read. Errors as of KeepDraft.
func (s *Store) DropDraft(ctx context.Context, owner string, expected quiz.Version) error {
	return s.KeepDraft(ctx, owner, nil, expected)
}
