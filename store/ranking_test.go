package store

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// ranking reads a ranking whole.
func readRanking(t *testing.T, s *Store, season quiz.Season, o RankingOptions) (all []Ranked) {
	t.Helper()
	if err := s.EachRanked(t.Context(), season, o, func(r Ranked) error {
		all = append(all, r)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestEachRanked on every kind of Redis: the ranking is the sort of the logs, whole,
// its first places with all who are tied, and of some branches; also where records
// count another season by now.
func TestEachRanked(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		season := quiz.Season{ID: "2026", From: testDay, To: testDay + 99}
		freezePapers(t, s, 4)
		players := answered(t, s, season, 40, 4)
		for i, p := range players {
			l := get[quiz.Loaded](t)(s.Load(t.Context(), p.id, 0))
			l.Record.Member.Branch, l.Record.Member.Name = fmt.Sprint("zb", i%3), fmt.Sprint("张", i)
			if i%4 == 0 {
				l.Record.Member.Totals = quiz.Totals{Season: "2027", Points: 1, Days: 1}
			}
			get[quiz.Loaded](t)(s.Commit(t.Context(), p.id, quiz.Change{Record: l.Record}))
		}
		want := sorted(t, s, players, nil)
		byID := map[string]*player{}
		for _, p := range players {
			byID[p.id] = p
		}
		check := func(what string, got []Ranked, want []quiz.Standing) {
			t.Helper()
			if len(got) != len(want) {
				t.Fatalf("%s: %d places, want %d", what, len(got), len(want))
			}
			for i, r := range got {
				w := want[i]
				totals := byID[w.ID].totals(t, s, nil)
				if r.ID != w.ID || r.Place != w.Rank || r.Points != totals.Points || r.Days != totals.Days || r.Longest != totals.Longest ||
					r.Totals.Correct != totals.Correct || r.Totals.Asked != totals.Asked || r.Fault != nil || r.Lot != "" || r.Member.Name == "" ||
					r.Pseudonym != quiz.Pseudonym(s.Secret(), season.ID, quiz.Self(r.ID)) {
					t.Errorf("%s, %d: %s at %d with %+v (%v), want %+v %+v", what, i, r.ID, r.Place, r.Totals, r.Fault, w, totals)
				}
			}
		}
		seen := 0
		all := readRanking(t, s, season, RankingOptions{Progress: func(done, of int) { seen = done }})
		check("whole", all, want)
		if seen != len(want) {
			t.Errorf("progress ended at %d of %d", seen, len(want))
		}
		top := want[:7]
		for len(top) < len(want) && want[len(top)].Score == top[6].Score {
			top = want[:len(top)+1]
		}
		check("the first", readRanking(t, s, season, RankingOptions{Top: 7}), top)
		var within []quiz.Standing
		for _, st := range want {
			if get[quiz.Loaded](t)(s.Load(t.Context(), st.ID, 0)).Record.Member.Branch == "zb1" {
				within = append(within, st)
			}
		}
		check("a branch", readRanking(t, s, season, RankingOptions{Within: map[string]bool{"zb1": true}}), within)
		if got := readRanking(t, s, season, RankingOptions{Within: map[string]bool{"zb1": true}, Top: 3}); len(got) < 3 || got[len(got)-1].Points != got[2].Points {
			t.Errorf("the first of a branch: %+v", got)
		}
	})
}

// TestEachRankedClosed: once closed, the places are those of the honours list, with
// the one whose person was erased.
func TestEachRankedClosed(t *testing.T) {
	s := openTest(t, servers.Redis(t).URL)
	season := quiz.Season{ID: "2026", From: testDay, To: testDay + 99}
	players := answered(t, s, season, 6, 3)
	order := sorted(t, s, players, nil)
	honour(t, s, season, order[3].ID, order[0].ID, order[2].ID)
	l := get[quiz.Loaded](t)(s.Load(t.Context(), order[0].ID, 0))
	if err := s.Erase(t.Context(), order[0].ID, l.Record.Version, 1, "bye"); err != nil {
		t.Fatal(err)
	}
	for _, top := range []int{0, 3} {
		got := readRanking(t, s, season, RankingOptions{Top: top})
		if len(got) < 3 || top == 0 && len(got) != len(order) {
			t.Fatalf("top %d: %d places", top, len(got))
		}
		byID := map[string]int{}
		for i, r := range got {
			if byID[r.ID] != 0 || r.Place < 1 {
				t.Errorf("top %d: %+v twice", top, r)
			}
			byID[r.ID] = i + 1
		}
		places := map[int]Ranked{}
		for _, r := range got {
			if r.Member.Joined == 0 || r.ID == order[3].ID || r.ID == order[2].ID {
				places[r.Place] = r
			}
		}
		if places[1].ID != order[3].ID || places[3].ID != order[2].ID || places[2].ID != "" ||
			places[2].Pseudonym != quiz.Pseudonym(s.Secret(), season.ID, quiz.Self(order[0].ID)) || places[2].Member.Name != "" {
			t.Errorf("top %d: places %+v", top, places)
		}
	}
}

// TestEachRankedEvenPapers: where all papers of a past season had as many
// questions, what was right comes from the points, and is what the logs say.
func TestEachRankedEvenPapers(t *testing.T) {
	s := openTest(t, servers.Redis(t).URL)
	season := quiz.Season{ID: "2026", From: testDay, To: testDay + 99}
	days := []quiz.Day{testDay + 3, testDay + 13, testDay + 23}
	for _, day := range days {
		p := testPaper(day)
		p.Season, p.From = season.ID, season.From
		get[*quiz.Paper](t)(s.Freeze(t.Context(), p, ""))
	}
	want := map[string]quiz.Totals{}
	for i := range 12 {
		p := &player{store: s, season: season, id: fmt.Sprint("even", i)}
		for k, day := range days {
			if (i+k)%3 > 0 {
				play(t, p, []attempt{{day, []int{i % 4, k % 4, 0}}})
			}
		}
		want[p.id] = p.totals(t, s, nil)
		l := get[quiz.Loaded](t)(s.Load(t.Context(), p.id, 0))
		l.Record.Member.Totals = quiz.Totals{Season: "2027", Points: 1, Days: 1}
		get[quiz.Loaded](t)(s.Commit(t.Context(), p.id, quiz.Change{Record: l.Record}))
	}
	all := readRanking(t, s, season, RankingOptions{})
	if len(all) != len(want) {
		t.Fatalf("%d of %d", len(all), len(want))
	}
	for _, r := range all {
		if w := want[r.ID]; r.Totals.Correct != w.Correct || r.Totals.Asked != w.Asked || r.Points != w.Points || r.Fault != nil {
			t.Errorf("%s: %+v (%v), want %+v", r.ID, r.Totals, r.Fault, w)
		}
	}
}

// TestEachRankedWhileRebuilt: everybody is handed out once, whole and of a branch,
// while boards are replaced.
func TestEachRankedWhileRebuilt(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, other := openTest(t, url), openTest(t, url)
		season := quiz.Season{ID: "2026", From: testDay, To: testDay + 99}
		freezePapers(t, s, 2)
		want := sorted(t, s, answered(t, s, season, 30, 2), nil)
		for range 6 {
			done := make(chan error, 1)
			go func() { done <- other.Rebuild(context.Background(), season, RebuildOptions{}) }()
			got := readRanking(t, s, season, RankingOptions{}) // one replacement falls into it, at most
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			for i := range want {
				if len(got) != len(want) || got[i].ID != want[i].ID || got[i].Place != want[i].Rank {
					t.Fatalf("%d of %d places", len(got), len(want))
				}
			}
		}
	})
}

// TestSteadyView: a look of several round trips notices that the boards were
// replaced between them, also where another look has learned of it already.
func TestSteadyView(t *testing.T) {
	s := openTest(t, servers.Redis(t).URL)
	season := quiz.Season{ID: "2026", From: testDay, To: testDay + 99}
	freezePapers(t, s, 2)
	answered(t, s, season, 5, 2)
	nothing := func(redis.Pipeliner, int, string) {}
	err := s.viewing(t.Context(), season.ID, func(v view) error {
		v = v.steady()
		if err := v.onShards(t.Context(), s.everyShard(), nothing); err != nil {
			return err
		}
		if err := s.Rebuild(t.Context(), season, RebuildOptions{}); err != nil {
			return err
		}
		if _, _, err := s.Rank(t.Context(), season.ID, 0); err != nil {
			return err
		}
		if err := v.onShards(t.Context(), s.everyShard(), nothing); !errors.Is(err, errMoved) {
			t.Errorf("the second round trip was of another generation: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestEachRankedLeavesNobodyBehind: where take fails, what reads ahead is gone before
// that is told.
func TestEachRankedLeavesNobodyBehind(t *testing.T) {
	url := servers.Redis(t).URL
	s := openTest(t, url)
	var entries []redis.Z
	for i := range 2 * handPage {
		entries = append(entries, redis.Z{Member: fmt.Sprint("P", i), Score: float64(i + 1)})
	}
	must(t, s.client.ZAdd(t.Context(), boardKey(0, "2026", 1), entries...).Err())
	ahead, stopped := make(chan struct{}), make(chan struct{})
	reader, pages := openTest(t, url), 0
	reader.client.AddHook(onPipeline(func(ctx context.Context, cmds []redis.Cmder) {
		if cmds[0].Name() != "get" {
			return
		}
		if pages++; pages == 2 {
			close(ahead)
			<-ctx.Done()
			time.Sleep(20 * time.Millisecond) // who does not wait is gone by then
			close(stopped)
		}
	}))
	failed := errors.New("the disk is full")
	err := reader.EachRanked(t.Context(), theYear, RankingOptions{}, func(Ranked) error {
		<-ahead
		return failed
	})
	if !errors.Is(err, failed) {
		t.Fatal(err)
	}
	select {
	case <-stopped:
	default:
		t.Error("it is still reading")
	}
}

// onPipeline does something before each pipeline of a client.
type onPipeline func(ctx context.Context, cmds []redis.Cmder)

func (o onPipeline) DialHook(next redis.DialHook) redis.DialHook { return next }

func (o onPipeline) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }

func (o onPipeline) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		o(ctx, cmds)
		return next(ctx, cmds)
	}
}
