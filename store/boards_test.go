package store

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"dangshi/quiz"
)

// checkBoard compares everything that can be asked of a season's board with a
// plain sort of what the members' logs say.
func checkBoard(t tester, s *Store, season quiz.Season, players []*player, voids quiz.Voids) {
	t.Helper()
	want := sorted(t, s, players, voids)
	for _, n := range []int{0, 1, 2, 3, 7, len(want) - 1, len(want), len(want) + 1, 1000} {
		if n < 0 {
			continue
		}
		top := get[[]quiz.Standing](t)(s.Top(t.Context(), season.ID, n))
		if !slices.Equal(top, want[:min(n, len(want))]) {
			t.Errorf("Top %d is\n%v, want\n%v", n, top, want[:min(n, len(want))])
		}
		tied := get[[]quiz.Standing](t)(s.TopTied(t.Context(), season.ID, n))
		line := slices.IndexFunc(want, func(st quiz.Standing) bool { return st.Rank > n })
		if line < 0 {
			line = len(want)
		}
		if !slices.Equal(tied, want[:line]) {
			t.Errorf("TopTied %d is\n%v, want\n%v", n, tied, want[:line])
		}
	}
	for i, st := range want {
		rank, total, err := s.Rank(t.Context(), season.ID, st.Score)
		if rank != st.Rank || total != len(want) || err != nil {
			t.Errorf("Rank of %d is %d of %d, %v; want %d of %d", st.Score, rank, total, err, st.Rank, len(want))
		}
		if i%7 == 0 {
			checkAround(t, s, season, st, want)
		}
	}
	v, err := s.Verify(t.Context(), season, VerifyOptions{})
	if err != nil || len(v.Differences) > 0 || v.Ranked != len(want) {
		t.Errorf("Verify: %+v, %v; %d are ranked", v, err, len(want))
	}
}

func checkAround(t tester, s *Store, season quiz.Season, own quiz.Standing, want []quiz.Standing) {
	t.Helper()
	const each = 2
	got := get[[]quiz.Standing](t)(s.Around(t.Context(), season.ID, own.ID, own.Score, each))
	var above, below []quiz.Standing
	for _, st := range want {
		switch {
		case st.Score > own.Score:
			above = append(above, st)
		case st.ID != own.ID:
			below = append(below, st)
		}
	}
	expected := slices.Concat(above[max(0, len(above)-each):], []quiz.Standing{own}, below[:min(each, len(below))])
	// Of several above with one score any may be the neighbour.
	scores := func(list []quiz.Standing) (s []string) {
		for _, st := range list {
			s = append(s, fmt.Sprint(st.Score, " ", st.Rank))
		}
		return s
	}
	if !reflect.DeepEqual(scores(got), scores(expected)) {
		t.Errorf("Around %v is\n%v, want\n%v", own, got, expected)
	}
	if i := slices.IndexFunc(got, func(st quiz.Standing) bool { return st.ID == own.ID }); i < 0 || got[i] != own {
		t.Errorf("Around %v does not show the member: %v", own, got)
	}
}

// Members answer at random, all at once, while others read: in the end the
// board is what a plain sort of the replayed logs gives.
func TestBoardIsASortOfTheLogs(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, other := openTest(t, url), openTest(t, url)
		const days = 12
		freezePapers(t, s, days)
		var run atomic.Int64
		rapid.Check(t, func(rt *rapid.T) {
			season := quiz.Season{ID: fmt.Sprint("board", run.Add(1)), From: testDay, To: testDay + days}
			players := drawPlayers(rt, season, s, other)
			answered := drawDays(rt, len(players), days)
			var writers, readers sync.WaitGroup
			done := make(chan struct{})
			for i, p := range players {
				writers.Go(func() { play(rt, p, answered[i]) })
			}
			readers.Go(func() { readBoard(rt, other, season.ID, done) })
			writers.Wait()
			close(done)
			readers.Wait()
			checkBoard(rt, s, season, players, nil)
		})
	})
}

// drawPlayers gives members of one season, each on one of the replicas.
func drawPlayers(t *rapid.T, season quiz.Season, replicas ...*Store) []*player {
	n := rapid.IntRange(1, 24).Draw(t, "members")
	players := make([]*player, n)
	for i := range players {
		players[i] = &player{
			store: replicas[i%len(replicas)], season: season, id: fmt.Sprintf("%s-member-%d", season.ID, i),
			optOut: rapid.IntRange(0, 9).Draw(t, "opts out") == 0,
		}
	}
	return players
}

// attempt is one day that a member finishes.
type attempt struct {
	day     quiz.Day
	letters []int
}

func drawDays(t *rapid.T, members, days int) [][]attempt {
	all := make([][]attempt, members)
	for i := range all {
		for day := range quiz.Day(days) {
			// Few kinds of members, so that there are ties.
			switch kind := rapid.IntRange(0, 3).Draw(t, "answers"); kind {
			case 0:
			default:
				all[i] = append(all[i], attempt{testDay + day, []int{0, 1, 2, 3}[kind-1 : kind+1]})
			}
		}
	}
	return all
}

func play(t tester, p *player, days []attempt) {
	for _, a := range days {
		if err := p.finish(t.Context(), a.day, a.letters); err != nil {
			t.Errorf("%s: %v", p.id, err)
			return
		}
	}
}

// readBoard reads until done; whatever it sees must be in order.
func readBoard(t tester, s *Store, season string, done <-chan struct{}) {
	for n := 1; ; n++ {
		select {
		case <-done:
			return
		default:
		}
		top, err := s.Top(t.Context(), season, n%20)
		if err != nil || !slices.IsSortedFunc(top, before) {
			t.Errorf("Top while others write: %v, %v", top, err)
			return
		}
		if len(top) == 0 {
			continue
		}
		// Scores only rise here: nobody falls out of the first n for a lower score.
		last := top[len(top)-1]
		if rank, total, err := s.Rank(t.Context(), season, last.Score); err != nil || rank < last.Rank || total < len(top) {
			t.Errorf("Rank of %v while others write: %d of %d, %v", last, rank, total, err)
			return
		}
	}
}

// A board of one shard and one of 64 give the same, where a tie is cut as well.
func TestTopWithManyTies(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		var want []quiz.Standing
		for i := range 600 {
			st := quiz.Standing{ID: fmt.Sprintf("tie%03d", i), Score: 1000 + int64(i%3)*int64(i%3)}
			want = append(want, st)
			c := change(quiz.Record{}, 1, st.Score)
			get[quiz.Loaded](t)(s.Commit(t.Context(), st.ID, c))
		}
		slices.SortFunc(want, func(a, b quiz.Standing) int {
			return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(b.ID, a.ID))
		})
		for _, c := range []struct{ n, tied int }{{1, 200}, {100, 200}, {200, 200}, {201, 400}, {400, 400}, {599, 600}, {600, 600}, {601, 600}} {
			top := get[[]quiz.Standing](t)(s.Top(t.Context(), "2026", c.n))
			if len(top) != min(c.n, 600) {
				t.Fatalf("Top %d has %d", c.n, len(top))
			}
			for i, st := range top {
				if st.ID != want[i].ID || st.Score != want[i].Score || st.Rank != 1+i/200*200 {
					t.Fatalf("place %d of Top %d is %v, want %v", i, c.n, st, want[i])
				}
			}
			if tied := get[[]quiz.Standing](t)(s.TopTied(t.Context(), "2026", c.n)); len(tied) != c.tied {
				t.Errorf("TopTied %d has %d, want %d", c.n, len(tied), c.tied)
			}
		}
	})
}
