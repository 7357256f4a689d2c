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
	rulings, err := s.Rulings(ctx)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	seen := map[uint64]bool{} // hashes of ids: a scan may show a member twice
	count := counter{report: progress}
	return s.eachPage(ctx, func(ids []string) error {
		p := s.client.Pipeline()
		cmds := make([]*redis.StringCmd, len(ids))
		for i, id := range ids {
			cmds[i] = p.Get(ctx, memberKey(s.shard(id), id))
		}
		_, _ = p.Exec(ctx) // its error is that of the first command, and who is gone is none
		mu.Lock()
		defer mu.Unlock()
		for i, id := range ids {
			if err := unavailable(cmds[i].Err()); err != nil {
				return err
			}
			h := fnv.New64a()
			h.Write([]byte(id))
			r, err := decodeRecord([]byte(cmds[i].Val()))
			if err != nil || !r.Member.Known() || seen[h.Sum64()] {
				continue
			}
			seen[h.Sum64()] = true
			take(id, r.Member.Amended(rulings.Published()))
		}
		count.add(len(ids))
		return nil
	})
}
