package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// CountTally counts the branches of a season, as things stand on the day of now,
// and keeps the result for Tally. It reads every member, page by page, and is
// meant for the background; who answers meanwhile is counted before or after it. Of a
// season that is over the logs tell of those who have gone on to another one. Members
// with a damaged record or log are left out. Errors: quiz.ErrUnavailable; after
// quiz.ErrUnknown the call may be made again.
func (s *Store) CountTally(ctx context.Context, season quiz.Season, now time.Time) error {
	rulings, err := s.Rulings(ctx)
	if err != nil {
		return err
	}
	c := tallying{store: s, published: rulings.Published(), today: quiz.DayOf(now), seen: map[uint64]bool{}, tally: quiz.Tally{At: now.Unix(), Season: season.ID}}
	if season.To < c.today {
		t, err := s.truth(ctx, season)
		if err != nil {
			return err
		}
		c.over = &t
	}
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
	published int    // rulings in force
	over      *truth // of a season that is over; nil: nobody can have gone on to another one

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
	_, _ = p.Exec(ctx)                        // its error is that of the first command, and who is gone is none
	members := make([]*quiz.Member, len(ids)) // nil: there is none that can be read
	var gone []int                            // who has gone on to another season
	for i := range ids {
		if err := unavailable(cmds[i].Err()); err != nil {
			return err
		}
		r, err := decodeRecord([]byte(cmds[i].Val()))
		if err != nil {
			continue
		}
		m := r.Member.Amended(c.published)
		if members[i] = &m; c.over != nil && m.Totals.Season != c.tally.Season {
			gone = append(gone, i)
		}
	}
	if err := c.replay(ctx, ids, members, gone); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, id := range ids {
		h := fnv.New64a()
		h.Write([]byte(id))
		if members[i] == nil || c.seen[h.Sum64()] {
			continue
		}
		c.seen[h.Sum64()] = true
		c.tally.Add(*members[i], c.today)
	}
	return nil
}

// replay takes the totals of those who have gone on to another season from their logs.
func (c *tallying) replay(ctx context.Context, ids []string, members []*quiz.Member, gone []int) error {
	if len(gone) == 0 {
		return nil
	}
	p := c.store.client.Pipeline()
	cmds := make([]*redis.StringCmd, len(gone))
	for k, i := range gone {
		cmds[k] = p.Get(ctx, logKey(c.store.shard(ids[i]), c.tally.Season, ids[i]))
	}
	_, _ = p.Exec(ctx) // its error is that of the first command, and absent is none
	for k, i := range gone {
		if err := unavailable(cmds[k].Err()); err != nil {
			return err
		}
		entries, err := quiz.ParseLog([]byte(cmds[k].Val()), c.over.season.From)
		var totals quiz.Totals
		if err == nil {
			totals, err = quiz.Replay(c.over.season, entries, c.over.past.Paper, c.over.past.Voids)
		}
		if errors.Is(err, quiz.ErrUnavailable) {
			return err
		}
		if err != nil {
			members[i] = nil
			continue
		}
		members[i].Totals, members[i].Last = totals, quiz.Result{}
		for _, e := range entries {
			if !e.Lapsed {
				members[i].Last.Day = e.Day
			}
		}
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
