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
		r := ruling(1, quiz.Ruling{Keys: []content.Letters{2}}, differentRulings[0], season)
		must(t, s.PublishRegrade(t.Context(), r, RebuildOptions{}))
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
		got := get[TrendNote](t)(openTest(t, url).Trends(t.Context(), season.ID)).Trends
		if sum := got.Sum(season.From, season.To); sum != want || got.Members != len(players)-1 || got.At != now.Unix() {
			t.Errorf("%+v of %d members, want %+v", sum, got.Members, want)
		}
		if read < len(players) || faulty != 1 || got.Damaged != 1 {
			t.Errorf("%d members read, %d and %d damaged", read, faulty, got.Damaged)
		}
		if len(got.Branches) != 1 || got.Branches[0].Code != "zb1" || got.Branches[0].Members != 18 {
			t.Errorf("branches: %+v", got.Branches)
		}
	})
}

// TestTrendsAreCountedOnce: of several replicas one counts, until it is done, gives up
// or has died.
func TestTrendsAreCountedOnce(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, ctx := openTest(t, url), t.Context()
		season := quiz.Season{ID: "2026", From: testDay, To: testDay + 9}
		due, now := testDay.Start(), time.Unix(1_800_000_000, 0)
		claim := func(by string, now time.Time, want bool) {
			t.Helper()
			if mine := get[bool](t)(s.ClaimTrends(ctx, season.ID, by, due, now)); mine != want {
				t.Errorf("%s: %v", by, mine)
			}
		}
		claim("a", now, true)
		claim("b", now.Add(time.Minute), false)
		if n := get[TrendNote](t)(s.Trends(ctx, season.ID)); !n.Counting(now) || n.By != "a" || n.Trends.Season != "" {
			t.Errorf("%+v", n)
		}
		must(t, s.LeaveTrends(ctx, season.ID, "b")) // which has nothing to give back
		claim("b", now.Add(time.Minute), false)
		must(t, s.LeaveTrends(ctx, season.ID, "a"))
		claim("b", now.Add(time.Minute), true)
		claim("c", now.Add(2*time.Hour), true) // b has died
		must(t, s.CountTrends(ctx, season, due, TrendOptions{}))
		claim("a", now.Add(2*time.Hour), false) // it is done
		due = due.AddDate(0, 0, 1)
		claim("a", now.Add(2*time.Hour), true)

		must(t, s.client.Set(ctx, trendsKey("2024"), "version!{", 0).Err())
		if _, err := s.Trends(ctx, "2024"); !errors.Is(err, ErrRecord) {
			t.Errorf("damaged trends pass for some: %v", err)
		}
		must(t, s.CountTrends(ctx, quiz.Season{ID: "2024", From: testDay - 700, To: testDay - 400}, due, TrendOptions{}))
		get[TrendNote](t)(s.Trends(ctx, "2024"))
	})
}
