package store

import (
	"context"
	"hash/fnv"
	"sync"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// EachMember hands out all members as they are now, each once, one at a time. It reads
// every record, page by page (some seconds for a million), and is meant for the
// background. Damaged records are passed over. progress is told how many were read; it
// may be nil. Errors: quiz.ErrUnavailable.
func (s *Store) EachMember(ctx context.Context, progress func(n int), take func(id string, m quiz.Member)) error {
	var mu sync.Mutex
	seen := map[uint64]bool{} // hashes of ids: a scan may show a member twice
	count := counter{report: progress}
	return s.eachPage(ctx, func(ids []string) error {
		members, err := s.MembersOf(ctx, ids)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		for i, m := range members {
			h := fnv.New64a()
			h.Write([]byte(ids[i]))
			if !m.Known() || seen[h.Sum64()] {
				continue
			}
			seen[h.Sum64()] = true
			take(ids[i], m)
		}
		count.add(len(ids))
		return nil
	})
}

// MembersOf reads some members in one round trip, in the order of the ids; the zero
// Member for one who has no record, or a damaged one. Errors: quiz.ErrUnavailable.
func (s *Store) MembersOf(ctx context.Context, ids []string) ([]quiz.Member, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rulings, err := s.Rulings(ctx)
	if err != nil {
		return nil, err
	}
	p := s.client.Pipeline()
	cmds := make([]*redis.StringCmd, len(ids))
	for i, id := range ids {
		cmds[i] = p.Get(ctx, memberKey(s.shard(id), id))
	}
	_, _ = p.Exec(ctx) // its error is that of the first command, and who is gone is none
	members := make([]quiz.Member, len(ids))
	for i := range ids {
		if err := unavailable(cmds[i].Err()); err != nil {
			return nil, err
		}
		if r, err := decodeRecord([]byte(cmds[i].Val())); err == nil {
			members[i] = r.Member.Amended(rulings.Published())
		}
	}
	return members, nil
}
