package store

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"dangshi/quiz"
)

// settleTime is how long Rebuild waits before it reads: longer than a message
// can be on its way (4 s) with voids and papers that are older by Staleness.
const settleTime = 6 * time.Second

func waitToSettle(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return unavailable(ctx.Err())
	case <-time.After(settleTime):
		return nil
	}
}

// ErrSuperseded means that another Rebuild of the season was started meanwhile.
var ErrSuperseded = errors.New("another rebuild of the season has taken over")

// RebuildOptions say how Rebuild goes about it.
type RebuildOptions struct {
	// Alone says that nobody else uses the data, as at the start of a program
	// that holds them by itself: then there is nothing to wait for.
	Alone bool
	// Progress is told from time to time how many members are done; may be nil.
	Progress func(done int)
	// Damaged is told of each member whose record or log cannot be read, and why:
	// they stay as they are and out of the new boards. Calls come one at a time,
	// one for a member. nil: nobody is told; Verify reports them as well.
	Damaged func(pseudonym string, err error)
}

// Rebuild computes the season's boards again from answer logs, papers and voids,
// and what the logs say of each record (totals, streak, last result), while
// commits go on:
//
//  1. each shard begins a new, empty generation, which commits write as well;
//  2. every member is replayed into it;
//  3. each shard switches to it, and the old board is deleted.
//
// Until the switch readers see the old board. A crash leaves the old board in
// use and a half-filled new one that commits keep writing; the same call then
// starts a newer generation and deletes the leftovers. A damaged record or log
// keeps nobody else from being counted: see RebuildOptions.Damaged. Of several at the same
// time one finishes at most, the others get ErrSuperseded; where none finishes,
// the call is made again. Other errors: quiz.ErrUnavailable, quiz.ErrUnknown.
func (s *Store) Rebuild(ctx context.Context, season quiz.Season, o RebuildOptions) error {
	gens := make([]generation, s.pin.Shards)
	err := s.eachShard(ctx, func(ctx context.Context, shard int) (err error) {
		gens[shard], err = s.begin(ctx, season.ID, shard)
		return err
	})
	if err != nil {
		return err
	}
	if !o.Alone {
		// A replica may still count with voids from before the change that is the
		// reason for this call: what it commits must come before the replay.
		if err := s.settle(ctx); err != nil {
			return err
		}
	}
	t, err := s.truth(ctx, season)
	if err != nil {
		return err
	}
	f := filling{t, gens, &faults{report: o.Damaged}}
	done := counter{report: o.Progress}
	err = s.eachPage(ctx, func(ids []string) error {
		if err := f.page(ctx, ids); err != nil {
			return err
		}
		done.add(len(ids))
		return nil
	})
	if err != nil {
		return err
	}
	return s.turnAll(ctx, season.ID, gens)
}

// begin starts a new generation on a shard and deletes all boards but the one
// that is read. A crash after the turn leaves boards that nobody reads; the next
// begin deletes them.
func (s *Store) begin(ctx context.Context, season string, shard int) (generation, error) {
	for range maxTurns {
		stored, err := s.client.HMGet(ctx, genKey(shard), season).Result()
		if err != nil {
			return generation{}, unavailable(err)
		}
		now, err := s.gens.learn(shard, season, stored[0])
		if err != nil {
			return generation{}, err
		}
		next := generation{read: now.read, fill: now.last() + 1}
		turned, err := s.turnShard(ctx, season, shard, now, next)
		if err != nil {
			return generation{}, err
		}
		if turned {
			return next, s.dropBoards(ctx, season, shard, next)
		}
	}
	return generation{}, ErrSuperseded
}

// dropBoards deletes the boards that are neither read nor filled. None that is
// older than the one that was read at its last call is left; which that was is
// kept beside the generations. A crash in between makes the next call delete
// again.
func (s *Store) dropBoards(ctx context.Context, season string, shard int, now generation) error {
	oldest, err := s.client.HGet(ctx, genKey(shard), oldestField(season)).Int()
	if err != nil && !errors.Is(err, redis.Nil) {
		return unavailable(err)
	}
	var old []string
	for g := max(oldest, 1); g < now.last(); g++ {
		if g != now.read {
			old = append(old, boardKey(shard, season, g))
		}
	}
	if len(old) > 0 {
		if err := s.client.Unlink(ctx, old...).Err(); err != nil {
			return outcome(err)
		}
	}
	if oldest >= now.read {
		return nil
	}
	return outcome(s.client.HSet(ctx, genKey(shard), oldestField(season), now.read).Err())
}

// turnShard moves a shard from one generation to another, if it is still there.
func (s *Store) turnShard(ctx context.Context, season string, shard int, from, to generation) (bool, error) {
	before, err := s.run(ctx, s.turn, []string{genKey(shard)}, season, from.String(), to.String())
	if err != nil {
		return false, err
	}
	if before != from.String() {
		return false, nil
	}
	_, err = s.gens.learn(shard, season, to.String())
	return true, err
}

// turnAll switches readers to the new boards and deletes the old ones. A crash
// in between leaves some shards on the old board; all are right by themselves,
// ranks are mixed until the call is made again.
func (s *Store) turnAll(ctx context.Context, season string, gens []generation) error {
	err := s.eachShard(ctx, func(ctx context.Context, shard int) error {
		from := gens[shard]
		turned, err := s.turnShard(ctx, season, shard, from, generation{read: from.fill})
		if err == nil && !turned {
			err = ErrSuperseded
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.eachShard(ctx, func(ctx context.Context, shard int) error {
		return s.dropBoards(ctx, season, shard, generation{read: gens[shard].fill})
	})
}

// eachShard runs do for all shards, some at a time, up to the first error.
func (s *Store) eachShard(ctx context.Context, do func(ctx context.Context, shard int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(16)
	for shard := range s.pin.Shards {
		g.Go(func() error { return do(ctx, shard) })
	}
	return g.Wait()
}
