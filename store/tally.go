package store

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// CountTally counts the branches of a season, as things stand on the day of now,
// and keeps the result for Tally. It reads every member, page by page, and is
// meant for the background; who answers meanwhile is counted before or after it.
// Members with a damaged record are left out. Errors: quiz.ErrUnavailable; after
// quiz.ErrUnknown the call may be made again.
func (s *Store) CountTally(ctx context.Context, season quiz.Season, now time.Time) error {
	rulings, err := s.Rulings(ctx)
	if err != nil {
		return err
	}
	c := tallying{store: s, published: rulings.Published(), today: quiz.DayOf(now), seen: map[uint64]bool{}, tally: quiz.Tally{At: now.Unix(), Season: season.ID}}
	if err := s.eachPage(ctx, func(ids []string) error { return c.page(ctx, ids) }); err != nil {
		return err
	}
	text, err := json.Marshal(c.tally)
	if err != nil {
		return err
	}
	// One transaction: no replica keeps the old figures under the new version.
	_, err = s.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.Set(ctx, tallyKey(season.ID), text, 0)
		p.HIncrBy(ctx, versionKey(), versionTally, 1)
		return nil
	})
	s.changed()
	return outcome(err)
}

type tallying struct {
	store     *Store
	today     quiz.Day
	published int // rulings in force

	mu    sync.Mutex
	seen  map[uint64]bool // hashes of ids: a scan may show a member twice
	tally quiz.Tally
}

func (c *tallying) page(ctx context.Context, ids []string) error {
	p := c.store.client.Pipeline()
	cmds := make([]*redis.StringCmd, len(ids))
	for i, id := range ids {
		cmds[i] = p.Get(ctx, memberKey(c.store.shard(id), id))
	}
	_, _ = p.Exec(ctx) // its error is that of the first command, and who is gone is none
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, id := range ids {
		if err := unavailable(cmds[i].Err()); err != nil {
			return err
		}
		h := fnv.New64a()
		h.Write([]byte(id))
		r, err := decodeRecord([]byte(cmds[i].Val()))
		if err != nil || c.seen[h.Sum64()] {
			continue
		}
		c.seen[h.Sum64()] = true
		c.tally.Add(r.Member.Amended(c.published), c.today)
	}
	return nil
}

// Tally is the last count of a season's branches; ok is false where none was made
// yet. See Staleness. Nobody may change it, all callers share it. Errors:
// quiz.ErrUnavailable.
func (s *Store) Tally(ctx context.Context, season string) (t quiz.Tally, ok bool, err error) {
	v, err := s.versions(ctx)
	if err != nil {
		return t, false, err
	}
	t, err = s.tally.get(ctx, v[versionTally]+" "+season, s.timeout, func(ctx context.Context) (t quiz.Tally, err error) {
		text, err := s.client.Get(ctx, tallyKey(season)).Bytes()
		if err := unavailable(err); err != nil {
			return t, err
		}
		if len(text) == 0 {
			return t, nil
		}
		if err := json.Unmarshal(text, &t); err != nil {
			return t, fmt.Errorf("the stored tally of season %s: %w", season, err)
		}
		return t, nil
	})
	return t, t.Season != "", err
}
