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
