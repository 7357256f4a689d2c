package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"dangshi/quiz"
)

// TestWalk: each member is handed out, alone or beside others; what a page says goes
// wrong is told as it was said, and ends the walk.
func TestWalk(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		const members = 5 * pageSize
		s := openTest(t, url)
		pipe := s.client.Pipeline()
		for i := range members {
			id := fmt.Sprintf("oWalk%06d", i)
			pipe.Set(t.Context(), memberKey(s.shard(id), id), "", 0)
		}
		if _, err := pipe.Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, alone := range []bool{false, true} {
			var mu sync.Mutex
			seen := map[string]bool{}
			must(t, s.walk(t.Context(), alone, func(_ context.Context, ids []string) error {
				mu.Lock()
				defer mu.Unlock()
				for _, id := range ids {
					seen[id] = true
				}
				return nil
			}))
			if len(seen) != members {
				t.Errorf("alone %v: %d members are handed out, want %d", alone, len(seen), members)
			}
			broken := errors.New("this page is broken")
			if err := s.walk(t.Context(), alone, func(context.Context, []string) error { return broken }); !errors.Is(err, broken) {
				t.Errorf("alone %v: a page that fails is told as %v", alone, err)
			}
			gone, stop := context.WithCancel(t.Context())
			err := s.walk(gone, alone, func(ctx context.Context, _ []string) error { stop(); return unavailable(ctx.Err()) })
			if !errors.Is(err, quiz.ErrUnavailable) {
				t.Errorf("alone %v: one that is interrupted ends with %v", alone, err)
			}
		}
	})
}
