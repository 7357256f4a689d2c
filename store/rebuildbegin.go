package store

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"
)

// beginAll starts a new generation on all shards. Its number is one that no other
// Rebuild has.
func (s *Store) beginAll(ctx context.Context, season string) (n int, gens []generation, err error) {
	gens = make([]generation, s.pin.Shards)
	err = s.eachShard(ctx, func(ctx context.Context, shard int) (err error) {
		gens[shard], err = s.readGeneration(ctx, season, shard)
		return err
	})
	if err != nil {
		return 0, nil, err
	}
	last := 0
	for _, g := range gens {
		last = max(last, g.last())
	}
	n, pointer, err := s.claim(ctx, season, last)
	if err != nil {
		return 0, nil, err
	}
	err = s.eachShard(ctx, func(ctx context.Context, shard int) (err error) {
		gens[shard], err = s.begin(ctx, season, shard, n, pointer)
		return err
	})
	return n, gens, err
}

// claim gives a new generation above last, and the one that readers ask for now:
// from here on no Rebuild but the one that has claimed can change that.
func (s *Store) claim(ctx context.Context, season string, last int) (n, pointer int, err error) {
	for by := int64(1); ; by = int64(last - n + 1) {
		var claimed *redis.IntCmd
		var read *redis.SliceCmd
		_, err := s.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
			claimed = p.HIncrBy(ctx, versionKey(), claimField(season), by)
			read = p.HMGet(ctx, versionKey(), boardField(season))
			return nil
		})
		if err != nil {
			return 0, 0, outcome(err)
		}
		n = int(claimed.Val())
		if n <= last { // the field was lost, or never there
			continue
		}
		text, _ := read.Val()[0].(string)
		return n, versions{boardField(season): text}.board(season), nil
	}
}

func (s *Store) readGeneration(ctx context.Context, season string, shard int) (generation, error) {
	stored, err := s.client.HMGet(ctx, genKey(shard), season).Result()
	if err != nil {
		return generation{}, unavailable(err)
	}
	return s.learn(shard, season, stored[0])
}

// begin starts generation n on a shard and deletes all boards but the one that is
// read. A crash after the turn leaves boards that nobody reads; the next
// begin deletes them.
func (s *Store) begin(ctx context.Context, season string, shard, n, pointer int) (generation, error) {
	for range maxTurns {
		now, err := s.readGeneration(ctx, season, shard)
		if err != nil {
			return generation{}, err
		}
		next := generation{read: now.read, fill: n}
		if pointer != 0 && now.fill == pointer { // readers have left for it, and a crash came before the shard was told
			next.read = pointer
		}
		if n <= now.last() {
			break
		}
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
	_, err = s.learn(shard, season, to.String())
	return true, err
}
