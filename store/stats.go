package store

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"sync"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// StatisticsOptions say how QuestionStats goes about it.
type StatisticsOptions struct {
	// Progress is told from time to time how many members are read; may be nil.
	Progress func(n int)
	// Damaged is told of each member whose log cannot be read, and why; the others
	// are counted. nil: nobody is told.
	Damaged func(pseudonym string, err error)
}

// QuestionStats are the questions of a season's papers with how they did, those to
// be looked at first. It reads every member's log once, page by page, and holds
// sums for each question and 8 bytes for each member. Errors: quiz.ErrUnavailable.
func (s *Store) QuestionStats(ctx context.Context, season quiz.Season, o StatisticsOptions) ([]quiz.QuestionStats, error) {
	l, err := s.readLedger(ctx)
	if err != nil {
		return nil, err
	}
	c := &statistics{store: s, season: season, rulings: l.rulings(), stats: quiz.NewStatistics(), seen: map[uint64]bool{}, faults: faults{report: o.Damaged}}
	if err := s.knowPapers(ctx, c); err != nil {
		return nil, err
	}
	done := counter{report: o.Progress}
	err = s.eachPage(ctx, func(ids []string) error {
		if err := c.page(ctx, ids); err != nil {
			return err
		}
		done.add(len(ids))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c.stats.Questions(), nil
}

type statistics struct {
	store   *Store
	season  quiz.Season
	rulings *quiz.Rulings
	faults  faults

	mu    sync.Mutex
	seen  map[uint64]bool // hashes of ids: a scan may show a member twice
	stats *quiz.Statistics
}

func (s *Store) knowPapers(ctx context.Context, c *statistics) error {
	return s.eachPaper(ctx, c.season, func(p *quiz.Paper) { c.stats.Paper(p.Under(c.rulings)) })
}

func (c *statistics) page(ctx context.Context, ids []string) error {
	s := c.store
	p := s.client.Pipeline()
	cmds := make([]*redis.StringCmd, len(ids))
	for i, id := range ids {
		cmds[i] = p.Get(ctx, logKey(s.shard(id), c.season.ID, id))
	}
	_, _ = p.Exec(ctx) // its error is that of the first command, and absent is none
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, id := range ids {
		if err := unavailable(cmds[i].Err()); err != nil {
			return err
		}
		h := fnv.New64a()
		h.Write([]byte(id))
		if log := cmds[i].Val(); log != "" && !c.seen[h.Sum64()] {
			c.seen[h.Sum64()] = true
			if err := c.count(ctx, id, log); err != nil {
				return err
			}
		}
	}
	return nil
}

// count takes one member's log. A paper that was frozen since the papers were
// read is read now.
func (c *statistics) count(ctx context.Context, id, log string) error {
	entries, err := quiz.ParseLog([]byte(log), c.season.From)
	if err == nil {
		if err = c.stats.Member(entries); err != nil && len(entries) > 0 {
			last := entries[len(entries)-1]
			p, unread := c.store.frozen(ctx, last.Day, last.Version)
			if errors.Is(unread, quiz.ErrUnavailable) {
				return unread
			}
			if unread == nil && p != nil {
				c.stats.Paper(p.Under(c.rulings))
				err = c.stats.Member(entries)
			}
		}
	}
	if err != nil {
		selves, unread := c.store.Selves(ctx, []string{id})
		if unread != nil {
			return unread
		}
		name := quiz.Pseudonym(c.store.pin.Secret, c.season.ID, selves[0])
		c.faults.add(name, fmt.Errorf("member %s: %w", name, err))
	}
	return nil
}
