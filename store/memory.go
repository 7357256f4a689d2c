package store

import (
	"context"
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
