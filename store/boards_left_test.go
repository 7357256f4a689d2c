package store

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// unlinks notes how many keys the commands that delete boards name at most.
type unlinks struct {
	mu   sync.Mutex
	most int
}

func (u *unlinks) DialHook(next redis.DialHook) redis.DialHook { return next }

func (u *unlinks) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func (u *unlinks) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if cmd.Name() == "unlink" {
			u.mu.Lock()
			u.most = max(u.most, len(cmd.Args())-1)
			u.mu.Unlock()
		}
		return next(ctx, cmd)
	}
}

// However often a season was rebuilt, only boards are deleted that may be left:
// after a whole rebuild the one before, after rebuilds that broke off theirs.
func TestRebuildDeletesWhatIsLeft(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, broken := openTest(t, url), openTest(t, url)
		broken.client.AddHook(cutOff{"unlink"})
		freezePapers(t, s, 5)
		season := quiz.Season{ID: "2026", From: testDay, To: testDay + 300}
		players := answered(t, s, season, 8, 3)
		kept := len(boards(t, s, season.ID))
		var u unlinks
		s.client.AddHook(&u)
		again := func(most int) {
			t.Helper()
			u.most = 0
			must(t, s.Rebuild(t.Context(), season, RebuildOptions{}))
			if left := boards(t, s, season.ID); len(left) != kept || u.most != most {
				t.Errorf("%d boards are left, want %d; one command deleted %d, want %d", len(left), kept, u.most, most)
			}
		}
		for range 4 {
			again(1)
		}
		if err := broken.Rebuild(t.Context(), season, RebuildOptions{}); !errors.Is(err, quiz.ErrUnknown) {
			t.Errorf("a rebuild that cannot delete: %v", err)
		}
		if left := boards(t, s, season.ID); len(left) != 2*kept {
			t.Errorf("%d boards are left, want %d", len(left), 2*kept)
		}
		again(1)
		settle, stopped := s.settle, errors.New("stopped")
		s.settle = func(context.Context) error { return stopped }
		for run := range quiz.Day(2) {
			if err := s.Rebuild(t.Context(), season, RebuildOptions{}); !errors.Is(err, stopped) {
				t.Errorf("%v", err)
			}
			for _, p := range players { // commits fill what was begun and never will be read
				play(t, p, []attempt{{testDay + 3 + run, []int{0}}})
			}
			if left := boards(t, s, season.ID); len(left) != 2*kept {
				t.Errorf("%d boards are there, want %d", len(left), 2*kept)
			}
		}
		s.settle = settle
		again(3)
		again(1)
		checkBoard(t, openTest(t, url), season, players, nil)
	})
}
