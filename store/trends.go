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

// TrendNote is the last count of a season's trends, and who is counting now.
type TrendNote struct {
	Trends quiz.Trends `json:"trends"` // Season "": none was made yet
	Begun  int64       `json:"begun,omitempty"`
	By     string      `json:"by,omitempty"` // the replica that has begun to count, at Begun (Unix seconds); empty: none has
}

// trendClaim is how long a replica that has begun to count is waited for.
const trendClaim = time.Hour

// Counting reports whether somebody counts at that moment, as far as is known.
func (n TrendNote) Counting(now time.Time) bool {
	return n.By != "" && now.Sub(time.Unix(n.Begun, 0)) < trendClaim
}

// Trends reads the last count; its Trends are zero where none was made. Errors:
// quiz.ErrUnavailable, ErrRecord.
func (s *Store) Trends(ctx context.Context, season string) (TrendNote, error) {
	n, _, err := s.trends(ctx, season)
	return n, err
}

func (s *Store) trends(ctx context.Context, season string) (n TrendNote, version quiz.Version, err error) {
	stored, err := s.client.Get(ctx, trendsKey(season)).Result()
	if err := unavailable(err); err != nil {
		return n, "", err
	}
	value, version, err := cutVersion(stored)
	if err == nil && version != "" {
		if err = json.Unmarshal(value, &n); err != nil {
			err = fmt.Errorf("%w: the trends of season %s: %w", ErrRecord, season, err)
		}
	}
	return n, version, err
}

// ClaimTrends gives the count of a season to one replica: mine is false where another
// one is at it since less than an hour, or where the last one was made after since. A
// crash of the one that has it leaves it to another one after that hour; now is wall
// time. Errors: quiz.ErrUnavailable, quiz.ErrUnknown.
func (s *Store) ClaimTrends(ctx context.Context, season, by string, since, now time.Time) (mine bool, err error) {
	err = s.changeTrends(ctx, season, func(n *TrendNote) bool {
		if mine = !n.Counting(now) && time.Unix(n.Trends.At, 0).Before(since); mine {
			n.Begun, n.By = now.Unix(), by
		}
		return mine
	})
	return mine && err == nil, err
}

// LeaveTrends gives the count back that did not succeed. Errors: quiz.ErrUnavailable,
// quiz.ErrUnknown.
func (s *Store) LeaveTrends(ctx context.Context, season, by string) error {
	return s.changeTrends(ctx, season, func(n *TrendNote) bool {
		mine := n.By == by
		if mine {
			n.By, n.Begun = "", 0
		}
		return mine
	})
}

// changeTrends writes the note if change reports that it was changed.
func (s *Store) changeTrends(ctx context.Context, season string, change func(*TrendNote) bool) error {
	for range maxSteps {
		n, version, err := s.trends(ctx, season)
		if errors.Is(err, ErrRecord) { // it can be counted anew
			n, err = TrendNote{}, nil
		}
		if err != nil || !change(&n) {
			return err
		}
		value, err := json.Marshal(n)
		if err != nil {
			return err
		}
		if _, err = s.save(ctx, []string{trendsKey(season)}, value, version); !errors.Is(err, quiz.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("%w: the trends of season %s keep changing", quiz.ErrUnavailable, season)
}

// TrendOptions say how CountTrends goes about it.
type TrendOptions struct {
	Branches *quiz.Branches // the tree into which branches are rolled up
	Progress func(n int)    // told from time to time how many members are read; may be nil
	// Damaged is told of each member that cannot be counted, and why; may be nil.
	Damaged func(pseudonym string, err error)
}

// CountTrends counts a season as things stand at now, keeps the result for Trends,
// and ends what ClaimTrends began. It reads record and log of every member once, page
// by page, and holds sums by branch and by question and some bytes for each member:
// it is meant for the background. Who answers meanwhile is counted before or after it.
// Errors: quiz.ErrUnavailable; after quiz.ErrUnknown the call may be made again.
func (s *Store) CountTrends(ctx context.Context, season quiz.Season, now time.Time, o TrendOptions) error {
	t, err := s.truth(ctx, season)
	if err != nil {
		return err
	}
	c := &trendCounting{truth: t, count: quiz.CountTrends(t.past), seen: map[uint64]struct{}{}, faults: faults{report: o.Damaged}}
	done := counter{report: o.Progress}
	err = s.eachPage(ctx, func(ids []string) error {
		if err := c.page(ctx, ids); err != nil {
			return err
		}
		done.add(len(ids))
		return nil
	})
	if err != nil {
		return err
	}
	trends := c.count.Trends(o.Branches, now.Unix())
	return s.changeTrends(ctx, season.ID, func(n *TrendNote) bool {
		*n = TrendNote{Trends: trends}
		return true
	})
}

type trendCounting struct {
	truth
	faults faults

	mu    sync.Mutex
	seen  map[uint64]struct{} // hashes of ids: a scan may show a member twice
	count *quiz.TrendCount
}

func (c *trendCounting) page(ctx context.Context, ids []string) error {
	s := c.store
	p := s.client.Pipeline()
	cmds := make([]*redis.SliceCmd, len(ids))
	for i, id := range ids {
		shard := s.shard(id)
		cmds[i] = p.MGet(ctx, memberKey(shard, id), logKey(shard, c.season.ID, id))
	}
	if _, err := p.Exec(ctx); err != nil {
		return unavailable(err)
	}
	for i, id := range ids {
		if err := c.member(id, cmds[i].Val()); err != nil {
			return err
		}
	}
	return nil
}

// member takes record and log of one member. Who was erased since the scan has no
// record any more.
func (c *trendCounting) member(id string, values []any) error {
	stored, _ := values[0].(string)
	log, _ := values[1].(string)
	if stored == "" {
		return nil
	}
	h := fnv.New64a()
	h.Write([]byte(id))
	r, err := decodeRecord([]byte(stored))
	self := quiz.Self(id)
	var entries []quiz.Entry
	if err == nil {
		self = r.Member.Self(id)
		entries, err = quiz.ParseLog([]byte(log), c.season.From)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, twice := c.seen[h.Sum64()]; twice {
		return nil
	}
	c.seen[h.Sum64()] = struct{}{}
	if err == nil {
		err = c.count.Member(r.Member, entries)
	}
	if errors.Is(err, quiz.ErrUnavailable) {
		return err
	}
	if err != nil {
		c.count.Damaged()
		c.faults.add(c.name(self), fmt.Errorf("member %s: %w", c.name(self), err))
	}
	return nil
}
