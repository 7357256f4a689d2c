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
// never written with anything else. most bounds all of them together, in bytes; uploads
// at the same moment may go beyond it by one file each. Errors: ErrMediaFull,
// quiz.ErrUnavailable where nothing was written, quiz.ErrUnknown.
func (s *Store) KeepMedia(ctx context.Context, name string, data []byte, most int64) error {
	if !content.IsMediaName(name) {
		return errName
	}
	sizes, err := s.client.HGetAll(ctx, mediaSizesKey()).Result()
	if err != nil {
		return unavailable(err)
	}
	if _, there := sizes[name]; there {
		return nil
	}
	total := int64(len(data))
	for _, text := range sizes {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return err
		}
		total += n
	}
	if total > most {
		return ErrMediaFull
	}
	// One transaction: a file that is not counted would take room unseen.
	_, err = s.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.Set(ctx, mediaKey(name), data, 0)
		p.HSet(ctx, mediaSizesKey(), name, len(data))
		return nil
	})
	return outcome(err)
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
