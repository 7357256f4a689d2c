package store

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"dangshi/quiz"
)

func TestTally(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, other := openTest(t, url), openTest(t, url)
		ctx := t.Context()
		season := quiz.Season{ID: "2026", From: testDay, To: testDay + 300}
		now := (testDay + 20).Start().Add(9 * time.Hour)
		want := quiz.Tally{At: now.Unix(), Season: "2026", Branches: map[string]quiz.BranchTally{}}
		checkTally := func(s *Store, season string, want quiz.Tally) {
			t.Helper()
			if got, ok, err := s.Tally(ctx, season); !reflect.DeepEqual(got, want) || ok != (want.Season != "") || err != nil {
				t.Errorf("%+v, %v, %v; want %+v", got, ok, err, want)
			}
		}
		checkTally(s, "2026", quiz.Tally{})
		for i := range 3 * pageSize {
			m := quiz.Member{
				Branch: fmt.Sprint("b", i%3), OptOut: i%10 == 0,
				Totals: quiz.Totals{Season: "2026", Points: i, Days: 1}, Last: quiz.Result{Day: testDay + quiz.Day(i%21)},
			}
			want.Add(m, testDay+20)
			get[quiz.Loaded](t)(s.Commit(ctx, fmt.Sprint("m", i), quiz.Change{Record: quiz.Record{Member: m}}))
		}
		must(t, s.client.Set(ctx, memberKey(s.shard("damaged"), "damaged"), "x", 0).Err())
		must(t, s.CountTally(ctx, season, now))
		checkTally(s, "2026", want) // at once where it was made
		checkTally(s, "2025", quiz.Tally{})
		checkTally(s, "2026", want)
		checkTally(openTest(t, url), "2026", want)
		eventually(t, func() bool { _, ok, err := other.Tally(ctx, "2026"); return ok && err == nil })

		later := now.AddDate(0, 0, 100)
		must(t, s.CountTally(ctx, season, later))
		for code, b := range want.Branches {
			b.Active = 0
			want.Branches[code] = b
		}
		want.At = later.Unix()
		checkTally(s, "2026", want)
		must(t, s.client.Set(ctx, tallyKey("2024"), "{", 0).Err())
		if _, ok, err := s.Tally(ctx, "2024"); ok || err == nil {
			t.Error("a damaged tally passes for one")
		}
	})
}

// TestTallyOfAPastSeason: who has begun the next season still counts in the last one.
func TestTallyOfAPastSeason(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, ctx := openTest(t, url), t.Context()
		const days = 3
		freezePapers(t, s, days)
		season := quiz.Season{ID: "2026", From: testDay, To: testDay + days - 1}
		count := func() quiz.BranchTally {
			t.Helper()
			must(t, s.CountTally(ctx, season, (testDay+days+1).Start()))
			all, _, err := s.Tally(ctx, season.ID)
			must(t, err)
			return all.Branches["zb1"]
		}
		var records []quiz.Record
		for i := range 4 {
			p := &player{store: s, season: season, id: fmt.Sprint("past", i)}
			for day := range quiz.Day(days) {
				must(t, p.finish(ctx, testDay+day, []int{i % 4, 0, 1}))
			}
			r := get[quiz.Loaded](t)(s.Load(ctx, p.id, 0)).Record
			r.Member.Branch = "zb1"
			get[quiz.Loaded](t)(s.Commit(ctx, p.id, quiz.Change{Record: r}))
			records = append(records, get[quiz.Loaded](t)(s.Load(ctx, p.id, 0)).Record)
		}
		want := count()
		if want.Members != 4 || want.Active != 4 || want.Points == 0 {
			t.Fatalf("at its end: %+v", want)
		}
		for i, r := range records[:3] {
			r.Member.Totals = quiz.Totals{Season: "2027", Points: 1, Days: 1}
			get[quiz.Loaded](t)(s.Commit(ctx, fmt.Sprint("past", i), quiz.Change{Record: r}))
		}
		if got := count(); got != want {
			t.Errorf("once three have gone on: %+v, want %+v", got, want)
		}
	})
}
