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

// keptTrends is the form in which the last count is stored.
type keptTrends struct {
	Trends quiz.Trends `json:"trends"`
	Rules  string      `json:"rules,omitempty"` // by which they were counted, see truth.rules
}

// Trends is the last count of a season's trends, zero where none was made. Errors:
// quiz.ErrUnavailable, ErrRecord.
func (s *Store) Trends(ctx context.Context, season string) (quiz.Trends, error) {
	kept, _, err := s.trends(ctx, season)
	return kept.Trends, err
}

// TrendsOverruled reports whether a day of the season was voided, or stands again, or a
// key was corrected since its trends were counted, or that count cannot be read; false
// where there never was one. Errors: quiz.ErrUnavailable.
func (s *Store) TrendsOverruled(ctx context.Context, season quiz.Season) (bool, error) {
	kept, _, err := s.trends(ctx, season.ID)
	if errors.Is(err, ErrRecord) {
		return true, nil
	}
	if err != nil || kept.Trends.Season == "" {
		return false, err
	}
	t, err := s.truth(ctx, season)
	return err == nil && kept.Rules != t.rules(), err
}

func (s *Store) trends(ctx context.Context, season string) (kept keptTrends, _ quiz.Version, err error) {
	stored, err := s.client.Get(ctx, trendsKey(season)).Result()
	if err := unavailable(err); err != nil {
		return kept, "", err
	}
	value, version, err := cutVersion(stored)
	if err == nil && version != "" {
		if err = json.Unmarshal(value, &kept); err != nil {
			err = fmt.Errorf("%w: the trends of season %s: %w", ErrRecord, season, err)
		}
	}
	return kept, version, err
}

// keepTrends keeps a count, unless a later one is there: of two that were made beside
// one another the older one may end last.
func (s *Store) keepTrends(ctx context.Context, season string, next keptTrends) error {
	value, err := json.Marshal(next)
	if err != nil {
		return err
	}
	for range maxSteps {
		last, version, err := s.trends(ctx, season)
		if errors.Is(err, ErrRecord) { // it is counted anew
			last, err = keptTrends{}, nil
		}
		if err != nil || last.Trends.At > next.Trends.At {
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

// CountTrends counts a season as things stand at now and keeps the result for Trends.
// It reads record and log of every member once, page
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
	return s.keepTrends(ctx, season.ID, keptTrends{c.count.Trends(o.Branches, now.Unix()), t.rules()})
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
