package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"dangshi/content"
)

// SweepMedia takes away what was uploaded and no item has used for so long: neither an
// item as it is, nor a revision of it that can be brought back. A crash leaves it to the
// next call; two at once do no harm. It gives how many files were taken away. Errors:
// quiz.ErrUnavailable, quiz.ErrUnknown.
func (s *Store) SweepMedia(ctx context.Context, now time.Time, idle time.Duration) (removed int, err error) {
	for range maxPuts {
		done, n, err := s.sweepMedia(ctx, now, now.Add(-idle))
		if err != nil || done {
			return n, err
		}
	}
	return 0, errRestless
}

// sweepMedia is one try: done is false where the library was changed meanwhile.
func (s *Store) sweepMedia(ctx context.Context, now, before time.Time) (done bool, removed int, err error) {
	seen, err := s.askVersions(ctx)
	if err != nil {
		return false, 0, err
	}
	sizes, err := s.client.HKeys(ctx, mediaSizesKey()).Result()
	if err != nil || len(sizes) == 0 {
		return true, 0, unavailable(err)
	}
	since, err := s.client.HGetAll(ctx, mediaIdleKey()).Result()
	if err != nil {
		return false, 0, unavailable(err)
	}
	used, err := s.usedMedia(ctx)
	if err != nil {
		return false, 0, err
	}
	keys := []string{mediaSizesKey(), mediaIdleKey(), versionKey()}
	var unused, gone []any
	for _, name := range sizes {
		if used[name] || !content.IsMediaName(name) {
			continue
		}
		unused = append(unused, name)
		if at, err := strconv.ParseInt(since[name], 10, 64); err == nil && at <= before.Unix() {
			keys, gone = append(keys, mediaKey(name)), append(gone, name)
		}
	}
	args := append([]any{versionLibrary, seen[versionLibrary], now.Unix(), before.Unix(), len(unused)}, append(unused, gone...)...)
	answer, err := s.run(ctx, s.sweep, keys, args...)
	n, _ := answer.(int64)
	return n >= 0, max(int(n), 0), err
}

// mediaNameLength is that of every name of an uploaded file.
const mediaNameLength = 32 + len(".jpg")

// usedMedia are the names of the uploaded files that stand in items or in what they were
// before, which can be brought back. The texts are searched as they are kept, so that an
// entry that cannot be read uses what it names, too.
func (s *Store) usedMedia(ctx context.Context) (map[string]bool, error) {
	used := map[string]bool{}
	for _, from := range [][2]string{{shelfItems.key, "*"}, {pagesKey(), shelfItems.prefix + "*"}} {
		for cursor := uint64(0); ; {
			page, next, err := s.client.HScan(ctx, from[0], cursor, from[1], 500).Result()
			if err != nil {
				return nil, unavailable(err)
			}
			for _, text := range page {
				for _, after := range strings.Split(text, content.MediaPath)[1:] {
					if name := after[:min(len(after), mediaNameLength)]; content.IsMediaName(name) {
						used[name] = true
					}
				}
			}
			if cursor = next; cursor == 0 {
				break
			}
		}
	}
	return used, nil
}
