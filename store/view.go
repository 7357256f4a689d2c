package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// board is the generation of a season's boards that readers ask for, 0 where none
// was ever chosen.
func (v versions) board(season string) int {
	field := v[boardField(season)]
	if field == "" { // most of the time: an error would be made to be thrown away
		return 0
	}
	n, err := strconv.Atoi(field)
	if err != nil {
		return 0
	}
	return n
}

// view is one look at a season's boards, of one round trip or of several: all of
// it is of one generation. Which one that is stands in one field, as it was at
// most Staleness ago, so that when it moves, all shards are left at once.
type view struct {
	store   *Store
	season  string
	pointer int  // 0: each shard's own
	anew    bool // the versions were asked for after the boards had been seen to move

	asked map[int]int // generation of each shard in the round trips before; nil: there is only one
}

// steady is the view for several round trips: they must all be of the same
// generations, also where another look learned meanwhile that boards were replaced.
func (v view) steady() view {
	v.asked = map[int]int{}
	return v
}

// errMoved means that the boards were replaced during a look at them.
var errMoved = errors.New("the boards were replaced")

// viewing looks at a season's boards, once more where they were replaced
// meanwhile. Errors: quiz.ErrUnavailable.
func (s *Store) viewing(ctx context.Context, season string, look func(v view) error) error {
	for turn := range maxTurns {
		seen, err := s.versions(ctx)
		if err != nil {
			return err
		}
		if err := look(view{store: s, season: season, pointer: seen.board(season), anew: turn > 0}); !errors.Is(err, errMoved) {
			return err
		}
		s.changed()
	}
	return fmt.Errorf("%w: the boards are being replaced", quiz.ErrUnavailable)
}

// generation is the one to be read on a shard. Where the shard does not have the
// one that readers ask for (the field or the shard was lost), it is the shard's.
func (v view) generation(shard int) int {
	now := v.store.gens.get(shard, v.season)
	if v.pointer != 0 && (now.read == v.pointer || now.fill == v.pointer) {
		return v.pointer
	}
	return now.read
}

// onShards asks the boards of the given shards in one round trip. ask queues
// commands, none that may answer nil; after them it is asked whether the shard
// still has that board, so that one that was deleted meanwhile never passes for
// an empty one: that is errMoved.
func (v view) onShards(ctx context.Context, shards []int, ask func(p redis.Pipeliner, shard int, board string)) error {
	s := v.store
	p := s.client.Pipeline()
	asked := make([]int, len(shards))
	present := make([]*redis.SliceCmd, len(shards))
	for i, shard := range shards {
		asked[i] = v.generation(shard)
		if asked[i] != asked[0] && !v.anew {
			return errMoved // to a pointer that is not seen yet, or that was lost
		}
		if v.asked != nil {
			if before, again := v.asked[shard]; again && before != asked[i] {
				return errMoved
			}
			v.asked[shard] = asked[i]
		}
		ask(p, shard, boardKey(shard, v.season, asked[i]))
		present[i] = p.HMGet(ctx, genKey(shard), v.season)
	}
	if err := s.exec(ctx, p, shards); err != nil {
		return unavailable(err)
	}
	moved := false
	for i, shard := range shards {
		if _, err := s.learn(shard, v.season, present[i].Val()[0]); err != nil {
			return err
		}
		moved = moved || v.generation(shard) != asked[i]
	}
	if moved {
		return errMoved
	}
	return nil
}

// exec sends what was queued for the boards of some shards. One shard's go the way of
// commits, together with those of others; several are on several servers.
func (s *Store) exec(ctx context.Context, p redis.Pipeliner, shards []int) error {
	if len(shards) != 1 {
		_, err := p.Exec(ctx)
		return err
	}
	queued := p.Cmds()
	if err := s.lanes.send(ctx, genKey(shards[0]), queued...); err != nil {
		return err
	}
	for _, c := range queued {
		if err := c.Err(); err != nil {
			return err
		}
	}
	return nil
}
