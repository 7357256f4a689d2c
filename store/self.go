package store

import (
	"context"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// Selves tells who some members are, in one round trip: the names of boards are
// those of now, pseudonyms and labels belong to those with whom members began.
// Who has no record, or a damaged one, is who the id says. Errors:
// quiz.ErrUnavailable.
func (s *Store) Selves(ctx context.Context, ids []string) ([]quiz.Self, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	p := s.client.Pipeline()
	records := make([]*redis.StringCmd, len(ids))
	for i, id := range ids {
		records[i] = p.Get(ctx, memberKey(s.shard(id), id))
	}
	_, _ = p.Exec(ctx) // its error is that of the first command, and absent is none
	selves := make([]quiz.Self, len(ids))
	for i, id := range ids {
		if err := unavailable(records[i].Err()); err != nil {
			return nil, err
		}
		r, _ := decodeRecord([]byte(records[i].Val()))
		selves[i] = r.Member.Self(id)
	}
	return selves, nil
}
