package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"dangshi/quiz"
)

// answered fills a season with members who have answered some days.
func answered(t *testing.T, s *Store, season quiz.Season, members, days int) []*player {
	t.Helper()
	var players []*player
	for i := range members {
		p := &player{store: s, season: season, id: fmt.Sprintf("%s-%d", season.ID, i), optOut: i%11 == 10}
		players = append(players, p)
		for day := range quiz.Day(days) {
			if (int(day)+i)%4 != 0 {
				play(t, p, []attempt{{testDay + day, []int{i % 4, int(day) % 4}}})
			}
		}
	}
	return players
}

// board is everything on the board that is read, as Redis has it.
func board(t tester, s *Store, season string) map[string]float64 {
	t.Helper()
	all := map[string]float64{}
	for shard := range s.Shards() {
		stored := get[[]any](t)(s.client.HMGet(t.Context(), genKey(shard), season).Result())
		gen := get[generation](t)(s.learn(shard, season, stored[0]))
		for _, z := range get[[]redis.Z](t)(s.client.ZRangeWithScores(t.Context(), boardKey(shard, season, gen.read), 0, -1).Result()) {
			all[z.Member.(string)] = z.Score
		}
	}
	return all
}

// boards lists the boards of a season that exist.
func boards(t tester, s *Store, season string) []string {
	t.Helper()
	var found []string
	for shard := range s.Shards() {
		for g := range 20 {
			key := boardKey(shard, season, g+1)
			if get[int64](t)(s.client.Exists(t.Context(), key).Result()) > 0 {
				found = append(found, key)
			}
		}
	}
	return found
}

// With nothing to mend a rebuilt board is the same to the unit, and nothing of
// the old one is left. Twice, and once more with nothing there at all, as after
// a restore.
func TestRebuildGivesTheSameBoard(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		freezePapers(t, s, 10)
		season := quiz.Season{ID: "2026", From: testDay, To: testDay + 300}
		players := answered(t, s, season, 40, 10)
		before, kept := board(t, s, season.ID), len(boards(t, s, season.ID))
		for range 2 {
			done := 0
			if err := s.Rebuild(t.Context(), season, RebuildOptions{Progress: func(n int) { done = n }}); err != nil {
				t.Fatal(err)
			}
			if done < len(players) {
				t.Errorf("progress ended at %d of %d", done, len(players))
			}
			if after := board(t, s, season.ID); !reflect.DeepEqual(after, before) {
				t.Errorf("rebuilt board %v, before %v", after, before)
			}
			if left := boards(t, s, season.ID); len(left) != kept {
				t.Errorf("%d boards are left, there were %d: %v", len(left), kept, left)
			}
		}
		checkBoard(t, s, season, players, nil)
		for shard := range s.Shards() {
			if err := s.client.Del(t.Context(), genKey(shard), boardKey(shard, season.ID, 3)).Err(); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Rebuild(t.Context(), season, RebuildOptions{Alone: true}); err != nil {
			t.Fatal(err)
		}
		checkBoard(t, openTest(t, url), season, players, nil)
	})
}

// Verify names every member whose board or record was tampered with, and
// strangers on the board; Rebuild mends them all.
func TestVerifyFindsAndRebuildMends(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		freezePapers(t, s, 10)
		season := quiz.Season{ID: "2026", From: testDay, To: testDay + 300}
		players := answered(t, s, season, 40, 10)
		ctx := t.Context()
		want := map[string]bool{}
		tamper := func(id string, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			want[quiz.Pseudonym(s.Secret(), season.ID, quiz.Self(id))] = true
		}
		raised, gone, hidden, totals := players[1].id, players[2].id, players[10].id, players[3].id
		at := func(id string) string { return boardKey(s.shard(id), season.ID, 1) }
		tamper(raised, s.client.ZIncrBy(ctx, at(raised), 1, raised).Err())
		tamper(gone, s.client.ZRem(ctx, at(gone), gone).Err())
		tamper(hidden, s.client.ZAdd(ctx, at(hidden), redis.Z{Score: 5, Member: hidden}).Err())
		tamper("stranger", s.client.ZAdd(ctx, at("stranger"), redis.Z{Score: 5, Member: "stranger"}).Err())
		streak, last := players[4].id, players[5].id
		records := map[string]stale{totals: {totals: true}, streak: {streak: true}, last: {last: true}}
		parts := map[string]stale{} // by pseudonym
		right := map[string]quiz.Member{}
		for id, part := range records {
			r := get[quiz.Loaded](t)(s.Load(ctx, id, 0)).Record
			right[id] = r.Member
			switch {
			case part.totals:
				r.Member.Totals.Points++
			case part.streak:
				r.Member.Streak.Freezes++
			case part.last:
				r.Member.Last.Points++
			}
			_, err := s.Commit(ctx, id, quiz.Change{Record: r})
			tamper(id, err)
			parts[quiz.Pseudonym(s.Secret(), season.ID, quiz.Self(id))] = part
		}

		v := get[Verification](t)(s.Verify(ctx, season, VerifyOptions{}))
		found := map[string]bool{}
		for _, d := range v.Differences {
			found[d.Pseudonym] = true
			part := stale{d.Totals, d.Streak, d.Last}
			if part != parts[d.Pseudonym] || part.any() == (d.Board != d.Truth) {
				t.Errorf("%+v", d)
			}
		}
		if !reflect.DeepEqual(found, want) || len(v.Differences) != len(want) || v.Members != len(players) {
			t.Errorf("Verify found %+v, want %v", v, want)
		}
		if err := s.Rebuild(ctx, season, RebuildOptions{}); err != nil {
			t.Fatal(err)
		}
		checkBoard(t, s, season, players, nil)
		for id, m := range right {
			if got := get[quiz.Loaded](t)(s.Load(ctx, id, 0)).Record.Member; !reflect.DeepEqual(got, m) {
				t.Errorf("%+v was not mended to %+v", got, m)
			}
		}
	})
}

// A day is voided and the season rebuilt while members go on answering on two
// replicas: in the end nothing of the old counting is left anywhere.
func TestRebuildWhileMembersAnswer(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, other := openTest(t, url), openTest(t, url)
		const days = 12
		freezePapers(t, s, days)
		var run atomic.Int64
		rapid.Check(t, func(rt *rapid.T) {
			season := quiz.Season{ID: fmt.Sprint("rebuild", run.Add(1)), From: testDay, To: testDay + days}
			players := drawPlayers(rt, season, s, other)
			plan := drawDays(rt, len(players), days)
			void := quiz.Void(rapid.IntRange(int(quiz.Stands), int(quiz.Kept)).Draw(rt, "void"))
			rebuilds := rapid.IntRange(1, 3).Draw(rt, "rebuilds")

			// under is held by whoever is on the way with voids that it has read.
			// Rebuild waits for those; in the field it waits for their time limit.
			var under sync.RWMutex
			settle := func(context.Context) error {
				other.changed() // what Staleness does in a second
				under.Lock()
				defer under.Unlock()
				return nil
			}
			s.settle, other.settle = settle, settle
			get[quiz.Voids](rt)(other.Voids(rt.Context())) // which it may go on with for a second
			var writers sync.WaitGroup
			for i, p := range players {
				writers.Go(func() {
					for _, a := range plan[i] {
						under.RLock()
						play(rt, p, []attempt{a})
						under.RUnlock()
					}
				})
			}
			if err := s.SetVoid(rt.Context(), testDay+3, void); err != nil {
				rt.Fatal(err)
			}
			for i := range rebuilds {
				writers.Go(func() {
					err := []*Store{s, other}[i%2].Rebuild(rt.Context(), season, RebuildOptions{})
					if err != nil && !errors.Is(err, ErrSuperseded) {
						rt.Errorf("Rebuild: %v", err)
					}
				})
			}
			writers.Wait()
			if rebuilds > 1 { // they may all have got into each other's way
				if err := other.Rebuild(rt.Context(), season, RebuildOptions{Alone: true}); err != nil {
					rt.Fatal(err)
				}
			}
			checkBoard(rt, s, season, players, quiz.Voids{testDay + 3: void})
			if err := s.SetVoid(rt.Context(), testDay+3, quiz.Stands); err != nil {
				rt.Fatal(err)
			}
			other.changed()
			for _, p := range players { // or every later run would replay them as well
				shard := s.shard(p.id)
				if err := s.client.Del(rt.Context(), memberKey(shard, p.id), logKey(shard, season.ID, p.id)).Err(); err != nil {
					rt.Fatal(err)
				}
			}
		})
	})
}
