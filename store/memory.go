package store

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"
)

// MemoryOfMember is how many bytes of Redis memory a member takes, with keys and
// what the allocator rounds up: the record, one season's answer log, and the
// share of the board that one entry takes. It needs a real Redis; miniredis has
// no MEMORY USAGE. Errors: quiz.ErrUnavailable.
func (s *Store) MemoryOfMember(ctx context.Context, id, season string) (record, log, board int64, err error) {
	shard := s.shard(id)
	if record, err = s.memory(ctx, memberKey(shard, id)); err != nil {
		return 0, 0, 0, err
	}
	if log, err = s.memory(ctx, logKey(shard, season, id)); err != nil {
		return 0, 0, 0, err
	}
	boardName := boardKey(shard, season, s.gens.get(shard, season).read)
	if board, err = s.memory(ctx, boardName); err != nil {
		return 0, 0, 0, err
	}
	entries, err := s.client.ZCard(ctx, boardName).Result()
	if err != nil {
		return 0, 0, 0, unavailable(err)
	}
	return record, log, board / max(entries, 1), nil
}

// memory is the size of one key with all its elements, 0 where it is absent.
func (s *Store) memory(ctx context.Context, key string) (int64, error) {
	n, err := s.client.MemoryUsage(ctx, key, 0).Result()
	return n, unavailable(err)
}

// fillPage is how many members go onto a board in one command.
const fillPage = 1000

// FillBoard puts members number from to to-1 on a season's board, and writes nothing
// else of them: to measure boards of any size. The data must be a sandbox's.
// Errors: quiz.ErrUnavailable.
func (s *Store) FillBoard(ctx context.Context, season string, from, to int, member func(n int) (id string, score int64)) error {
	if !s.Sandbox() {
		return errors.New("made-up members have no place among real ones")
	}
	for ; from < to; from += fillPage {
		boards := map[string][]redis.Z{}
		for n := from; n < min(from+fillPage, to); n++ {
			id, score := member(n)
			shard := s.shard(id)
			board := boardKey(shard, season, s.gens.get(shard, season).read)
			boards[board] = append(boards[board], redis.Z{Score: float64(score), Member: id})
		}
		p := s.client.Pipeline()
		for board, entries := range boards {
			p.ZAdd(ctx, board, entries...)
		}
		if _, err := p.Exec(ctx); err != nil {
			return unavailable(err)
		}
	}
	return nil
}
