package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// What an operator asks of the server and of the data as a whole.

// NodeMemory is how much of its machine's memory a master takes.
type NodeMemory struct {
	Addr       string
	Used, Here float64 // bytes; Here is all that the machine has
}

// Memory asks the masters that have no limit of their own (see Durability for those
// that have); one that does not say is left out. Errors: quiz.ErrUnavailable.
func (s *Store) Memory(ctx context.Context) ([]NodeMemory, error) {
	nodes, err := masters(ctx, s.client)
	if err != nil {
		return nil, unavailable(err)
	}
	var all []NodeMemory
	for _, node := range nodes {
		info, err := node.Info(ctx, "memory").Result()
		if isRefusal(err) {
			continue
		}
		if err != nil {
			return nil, unavailable(err)
		}
		m := NodeMemory{Addr: node.Options().Addr, Used: infoNumber(info, "used_memory"), Here: infoNumber(info, "total_system_memory")}
		if infoNumber(info, "maxmemory") == 0 && m.Here > 0 {
			all = append(all, m)
		}
	}
	return all, nil
}

// ClockAhead is by how much the server's clock is ahead of this machine's, exact to
// the time of the round trip. Errors: quiz.ErrUnavailable.
func (s *Store) ClockAhead(ctx context.Context) (time.Duration, error) {
	before := time.Now()
	server, err := s.client.Time(ctx).Result()
	if err != nil {
		return 0, unavailable(err)
	}
	return server.Sub(before.Add(time.Since(before) / 2)), nil
}

// Rekeying reports whether a table of moves was begun and is not finished. Errors:
// quiz.ErrUnavailable.
func (s *Store) Rekeying(ctx context.Context) (bool, error) {
	switch _, err := s.notRekeying(ctx); {
	case errors.Is(err, ErrRekeying):
		return true, nil
	default:
		return false, err
	}
}

// Damage is what was found by reading members.
type Damage struct {
	Read    int  // members, of which one may have been read twice
	Damaged int  // whose record or log of the season cannot be read
	All     bool // that was everybody
}

// errEnough ends a walk that has read as many as were asked for.
var errEnough = errors.New("enough members were read")

// Damage reads the records and logs of members, of so many at most, and counts those
// that cannot be read. What they hold is not compared with anything: Verify does.
// Errors: quiz.ErrUnavailable.
func (s *Store) Damage(ctx context.Context, season quiz.Season, most int) (d Damage, err error) {
	var mu sync.Mutex
	err = s.eachPage(ctx, func(ids []string) error {
		p := s.client.Pipeline()
		cmds := make([]*redis.SliceCmd, len(ids))
		for i, id := range ids {
			shard := s.shard(id)
			cmds[i] = p.MGet(ctx, memberKey(shard, id), logKey(shard, season.ID, id))
		}
		if _, err := p.Exec(ctx); err != nil {
			return unavailable(err)
		}
		mu.Lock()
		defer mu.Unlock()
		for _, cmd := range cmds {
			record, _ := cmd.Val()[0].(string)
			log, _ := cmd.Val()[1].(string)
			_, err := decodeRecord([]byte(record))
			if err == nil {
				_, err = quiz.ParseLog([]byte(log), season.From)
			}
			if err != nil {
				d.Damaged++
			}
		}
		if d.Read += len(ids); d.Read >= most {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return d, fmt.Errorf("look for damaged members: %w", err)
	}
	d.All = err == nil
	return d, nil
}
