package store

import (
	"errors"
	"testing"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// TestTrends: the sums are those of the totals that the board shows, by the key that
// is in force, without who was erased, and a damaged member keeps nobody else from
// being counted.
func TestTrends(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		const days = 6
		freezePapers(t, s, days)
		season := quiz.Season{ID: "2026", From: testDay, To: testDay + days}
		players := answered(t, s, season, 150, days)
		overruled := func(why string, want bool) {
			t.Helper()
			if got := get[bool](t)(s.TrendsOverruled(t.Context(), season)); got != want {
				t.Errorf("%s: %v", why, got)
			}
		}
		overruled("never counted", false)
		must(t, s.CountTrends(t.Context(), season, testDay.Start(), TrendOptions{}))
		must(t, s.SetVoid(t.Context(), testDay-1, quiz.Dropped))
		overruled("a day of another season is voided", false)
		must(t, s.SetVoid(t.Context(), testDay+1, quiz.Kept))
		overruled("a day is voided", true)
		must(t, s.SetVoid(t.Context(), testDay+1, quiz.Stands))
		overruled("it stands again", false)
		r := ruling(1, quiz.Ruling{Keys: []content.Letters{2}}, differentRulings[0], season)
		must(t, s.PublishRegrade(t.Context(), r, RebuildOptions{}))
		overruled("a key is corrected", true)
		gone := get[quiz.Loaded](t)(s.Load(t.Context(), players[0].id, 0))
		must(t, s.Erase(t.Context(), players[0].id, gone.Record.Version, 1, ""))
		for _, p := range players[1:20] { // a branch of 18: one has left the ranking
			l := get[quiz.Loaded](t)(s.Load(t.Context(), p.id, 0))
			l.Record.Member.Branch = "zb1"
			get[quiz.Loaded](t)(s.Commit(t.Context(), p.id, quiz.Change{Record: l.Record}))
		}
		past := get[truth](t)(s.truth(t.Context(), season)).past
		var want quiz.Sums
		for _, p := range players[1:] {
			entries := get[[]quiz.Entry](t)(quiz.ParseLog(get[[]byte](t)(s.Log(t.Context(), p.id, season.ID)), season.From))
			totals := get[quiz.Totals](t)(quiz.Replay(season, entries, past.Paper, past.Voids))
			want = want.Plus(quiz.Sums{Finished: totals.Days, Points: totals.Points, Right: totals.Correct, Asked: totals.Asked})
		}
		damaged := s.shard("damaged")
		must(t, s.client.MSet(t.Context(), memberKey(damaged, "damaged"), "?", logKey(damaged, season.ID, "damaged"), "\x01").Err())

		now := (testDay + days).Start()
		read, faulty := 0, 0
		must(t, s.CountTrends(t.Context(), season, now, TrendOptions{
			Branches: quiz.NewBranches([]content.Branch{{Code: "zb1", Name: "第一支部"}}),
			Progress: func(n int) { read = n }, Damaged: func(string, error) { faulty++ },
		}))
		got := get[quiz.Trends](t)(openTest(t, url).Trends(t.Context(), season.ID))
		if sum := got.Sum(season.From, season.To); sum != want || got.Members != len(players)-1 || got.At != now.Unix() {
			t.Errorf("%+v of %d members, want %+v", sum, got.Members, want)
		}
		overruled("counted since", false)
		if read < len(players) || faulty != 1 || got.Damaged != 1 {
			t.Errorf("%d members read, %d and %d damaged", read, faulty, got.Damaged)
		}
		if len(got.Branches) != 1 || got.Branches[0].Code != "zb1" || got.Branches[0].Members != 18 {
			t.Errorf("branches: %+v", got.Branches)
		}
	})
}

// TestTrendsAreKept: what cannot be read is counted anew, and a count that ends late
// leaves a later one alone.
func TestTrendsAreKept(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, ctx := openTest(t, url), t.Context()
		must(t, s.client.Set(ctx, trendsKey("2024"), "version!{", 0).Err())
		if _, err := s.Trends(ctx, "2024"); !errors.Is(err, ErrRecord) {
			t.Errorf("damaged trends pass for some: %v", err)
		}
		season, at := quiz.Season{ID: "2024", From: testDay - 700, To: testDay - 400}, testDay.Start()
		if again := get[bool](t)(s.TrendsOverruled(ctx, season)); !again {
			t.Error("damaged trends stay as they are")
		}
		for _, now := range []time.Time{at, at.Add(-time.Minute)} {
			must(t, s.CountTrends(ctx, season, now, TrendOptions{}))
			if got := get[quiz.Trends](t)(s.Trends(ctx, "2024")); got.At != at.Unix() || got.Season != "2024" {
				t.Errorf("counted at %v: %+v", now, got)
			}
		}
	})
}
