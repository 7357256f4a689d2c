package store

import (
	"context"
	"errors"
	"strconv"

	"github.com/redis/go-redis/v9"

	"dangshi/content"
)

// ErrMediaFull means that what was uploaded takes as much room as it may.
var ErrMediaFull = errors.New("there is no room left for pictures and audio")

// isMedia reports whether a key holds an uploaded file: it never changes and may be
// large.
func isMedia(key string) bool {
	_, name, _, _ := parseKey(key)
	return name == "media"
}

// KeepMedia keeps an uploaded file under a name that says what it holds, so that it is
// never written with anything else. most bounds all of them together, in bytes. Errors:
// ErrMediaFull, quiz.ErrUnavailable where nothing was written, quiz.ErrUnknown.
func (s *Store) KeepMedia(ctx context.Context, name string, data []byte, most int64) error {
	if !content.IsMediaName(name) {
		return errName
	}
	answer, err := s.run(ctx, s.keep, []string{mediaKey(name), mediaSizesKey(), mediaIdleKey()}, name, data, most)
	if err == nil && answer != int64(1) {
		err = ErrMediaFull
	}
	return err
}

// UseMedia says that an uploaded file is about to be used; ok is false where it is not
// there any more. Errors: quiz.ErrUnavailable, quiz.ErrUnknown.
func (s *Store) UseMedia(ctx context.Context, name string) (ok bool, err error) {
	if !content.IsMediaName(name) {
		return false, nil
	}
	p := s.client.TxPipeline()
	p.HDel(ctx, mediaIdleKey(), name)
	there := p.HExists(ctx, mediaSizesKey(), name)
	_, err = p.Exec(ctx)
	return there.Val(), outcome(err)
}

// MediaRoom is how much room uploaded files take, in bytes. Errors:
// quiz.ErrUnavailable.
func (s *Store) MediaRoom(ctx context.Context) (used int64, err error) {
	sizes, err := s.client.HVals(ctx, mediaSizesKey()).Result()
	if err != nil {
		return 0, unavailable(err)
	}
	for _, text := range sizes {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return 0, err
		}
		used += n
	}
	return used, nil
}

// Media is an uploaded file; nil where there is none. Errors: quiz.ErrUnavailable.
func (s *Store) Media(ctx context.Context, name string) ([]byte, error) {
	if !content.IsMediaName(name) {
		return nil, nil
	}
	data, err := s.client.Get(ctx, mediaKey(name)).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	return data, unavailable(err)
}
