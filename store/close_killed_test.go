package store

import (
	"bytes"
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
	"dangshi/store/storetest"
)

// A close is killed at 50 random moments, before or after a command reached Redis:
// whoever goes on gives the same files.
func TestCloseKilled(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		ctx := t.Context()
		players := overYear(t, s, 40)
		get[[]quiz.Commitment](t)(s.CommitSeason(ctx, theYear, 100, "test", nil))
		committed := get[string](t)(s.client.Get(ctx, closingKey("2026")).Result())
		process := func(at int64, after bool, k *kept) (Closed, int64, error) {
			p, err := Open(ctx, Options{URL: url, Sandbox: true, Timeout: patience})
			must(t, err)
			defer p.Close()
			p.settle = s.settle
			kill := &killing{at: at, after: after}
			p.client.AddHook(kill)
			done, err := p.CloseSeason(ctx, closeRequest("42", k), RebuildOptions{})
			return done, kill.sent.Load(), err
		}
		var first, k kept
		want, commands, err := process(0, false, &first)
		must(t, err)
		checkClosed(t, want.File, first.Bytes())
		for n := range storetest.Rounds(50) {
			must(t, s.client.Set(ctx, closingKey("2026"), committed, 0).Err(), s.client.Del(ctx, honoursKey("2026"), winnersKey("2026"), rulingsKey()).Err())
			at := 1 + rand.Int64N(commands)
			_, _, err := process(at, n%2 == 0, &k)
			if n%3 == 0 {
				if _, err := s.ResumeClose(ctx, overTime().Add(time.Hour), nil, RebuildOptions{}); err != nil {
					t.Fatalf("killed at command %d of %d: resumed: %v", at, commands, err)
				}
			}
			done, _, again := process(0, false, &k)
			if again != nil || !bytes.Equal(done.File, want.File) || done.Ledger != nil || !bytes.Equal(k.Bytes(), first.Bytes()) {
				t.Fatalf("killed at command %d of %d (%v): %v, %v\n%s\nwant\n%s", at, commands, err, again, done.Ledger, done.File, want.File)
			}
			s.changed()
			for _, a := range get[[]quiz.Award](t)(s.Awards(ctx, "2026")) {
				if mine := get[[]quiz.Award](t)(s.AwardsOf(ctx, winnerOf(t, s, players, a))); len(mine) != 1 || mine[0] != a {
					t.Fatalf("killed at command %d: the award %+v, by its member %+v", at, a, mine)
				}
			}
		}
	})
}

// beforeEach does something before each command of a client.
type beforeEach func()

func (b beforeEach) DialHook(next redis.DialHook) redis.DialHook { return next }

func (b beforeEach) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		b()
		return next(ctx, cmd)
	}
}

func (b beforeEach) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		b()
		return next(ctx, cmds)
	}
}

// Members who are erased while the season is closed leave no id behind, wherever
// the erasure comes in.
func TestEraseWhileClosing(t *testing.T) {
	url := servers.Redis(t).URL
	s := openTest(t, url)
	ctx := t.Context()
	players := overYear(t, s, 40)
	get[[]quiz.Commitment](t)(s.CommitSeason(ctx, theYear, 100, "test", nil))
	committed := get[string](t)(s.client.Get(ctx, closingKey("2026")).Result())
	erased := 0
	for at, p := range players {
		must(t, s.client.Set(ctx, closingKey("2026"), committed, 0).Err(), s.client.Del(ctx, honoursKey("2026"), winnersKey("2026"), rulingsKey()).Err())
		closer := openTest(t, url)
		sent := 0
		closer.client.AddHook(beforeEach(func() {
			if sent++; sent == at+1 {
				must(t, s.Erase(ctx, p.id, get[quiz.Loaded](t)(s.Load(ctx, p.id, 0)).Record.Version, 0, ""))
				erased++
			}
		}))
		var k kept
		r := closeRequest("42", &k)
		r.Prizes.Top = 100 // everyone has a place
		done, err := closer.CloseSeason(ctx, r, RebuildOptions{})
		must(t, err)
		checkClosed(t, done.File, k.Bytes())
		if sent <= at {
			break // later than the close
		}
		if left := get[string](t)(s.client.Get(ctx, winnersKey("2026")).Result()); strings.Contains(left, `"`+p.id+`"`) {
			t.Errorf("erased before command %d of the close, and still among the winners", at+1)
		}
	}
	if erased < 10 {
		t.Errorf("only %d were erased", erased)
	}
}
