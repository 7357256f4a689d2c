package store

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dangshi/quiz"
)

// life is a member with the log of the season that counts.
type life struct {
	member quiz.Member
	log    []byte
}

// answer lives one day by the rules; question i is answered right where i is
// below right.
func (l *life) answer(day quiz.Day, season quiz.Season, right int, voids quiz.Voids) {
	paper := testPaper(day)
	paper.Season, paper.From = season.ID, season.From
	s := quiz.Situation{ID: "life", Now: day.Start().Add(9 * time.Hour), Today: paper, Open: paper, Voids: voids}
	m, out := quiz.Step(l.member, quiz.Begin{}, s)
	for i := 0; out.Asked != nil; i++ {
		letter := paper.Order("life", i)
		shown := 0
		for at, canonical := range letter {
			if (canonical == 0) == (i < right) {
				shown = at
			}
		}
		m, out = quiz.Step(m, quiz.Answer{Choice: quiz.Choice{Letters: 1 << shown}}, s)
	}
	l.member = m
	if out.Log != nil {
		l.log = append(l.log, out.Log.Entry...)
	}
}

// voided lives a day that was voided later, as the rules want it to count for
// whoever knew it: it stays in the streak's length, and its points count only
// where they are kept.
func (l *life) voided(day quiz.Day, season quiz.Season, right int, voids quiz.Voids) {
	alone := life{}
	alone.answer(day, season, right, nil)
	m, r := &l.member, alone.member.Last
	m.Streak, _ = m.Streak.Finish(day, voids)
	m.Last, m.Begun = r, day
	if m.Totals.Season != season.ID {
		m.Totals = quiz.Totals{Season: season.ID}
	}
	if voids[day] == quiz.Kept {
		m.Totals.Points += r.Points
		m.Totals.Days++
		m.Totals.Correct += r.Correct
		m.Totals.Asked += r.Questions
	}
}

// store writes the life in one commit.
func (l *life) store(t tester, s *Store, id, season string) {
	t.Helper()
	c := quiz.Change{Record: quiz.Record{Member: l.member}, Log: &quiz.LogWrite{Season: season, Entry: l.log}}
	c.Board = &quiz.BoardSet{Season: season, Score: l.member.Totals.Rank()}
	get[quiz.Loaded](t)(s.Commit(t.Context(), id, c))
}

func setVoids(t tester, s *Store, voids quiz.Voids) {
	t.Helper()
	for day, void := range voids {
		if err := s.SetVoid(t.Context(), day, void); err != nil {
			t.Fatal(err)
		}
	}
}

// A day that is voided after the fact gives the broken streak and the freezes
// back, and takes them again where it stands after all.
func TestVoidAfterTheFactMendsTheStreak(t *testing.T) {
	season := quiz.Season{ID: "2026", From: testDay, To: testDay + 300}
	before := quiz.Streak{Length: 1, Toward: 1, Last: testDay + 11}
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		freezePapers(t, s, 12)
		var l life
		for _, day := range []quiz.Day{0, 1, 2, 3, 4, 5, 6, 8, 11} { // a freeze is earned, used on 7, and missing on 9
			l.answer(testDay+day, season, 1, nil)
		}
		l.store(t, s, "m", season.ID)
		for _, c := range []struct {
			voided []quiz.Day
			want   quiz.Streak
		}{
			{[]quiz.Day{9, 10}, quiz.Streak{Length: 9, Toward: 2, Freezes: 0, Last: testDay + 11}},
			{[]quiz.Day{7, 9}, quiz.Streak{Length: 9, Toward: 2, Freezes: 0, Last: testDay + 11}},
			{[]quiz.Day{7, 9, 10}, quiz.Streak{Length: 9, Toward: 2, Freezes: 1, Last: testDay + 11}},
			{[]quiz.Day{8, 9, 10}, quiz.Streak{Length: 9, Toward: 1, Freezes: 0, Last: testDay + 11}},
		} {
			voids, stand := quiz.Voids{}, quiz.Voids{}
			for _, day := range c.voided {
				voids[testDay+day], stand[testDay+day] = quiz.Kept, quiz.Stands
			}
			for _, step := range []struct {
				voids quiz.Voids
				want  quiz.Streak
			}{{voids, c.want}, {stand, before}} {
				setVoids(t, s, step.voids)
				if v := get[Verification](t)(s.Verify(t.Context(), season, VerifyOptions{})); len(v.Differences) != 1 || !v.Differences[0].Streak {
					t.Errorf("void %v: Verify found %+v", step.voids, v)
				}
				if err := s.Rebuild(t.Context(), season, RebuildOptions{}); err != nil {
					t.Fatal(err)
				}
				if m := get[quiz.Loaded](t)(s.Load(t.Context(), "m", 0)).Record.Member; m.Streak != step.want {
					t.Errorf("void %v: streak %+v, want %+v", step.voids, m.Streak, step.want)
				}
				if v := get[Verification](t)(s.Verify(t.Context(), season, VerifyOptions{})); len(v.Differences) != 0 {
					t.Errorf("void %v: Verify found %+v after Rebuild", step.voids, v)
				}
			}
		}
	})
}

// Whatever days a member lived and whichever are voided later: after Rebuild the
// record is that of a member who lived the same days and knew the voids from the
// start. Days of the season before are carried.
func TestRebuildKnowsLaterVoids(t *testing.T) {
	const earlier, days = 9, 30
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		freezePapers(t, s, days)
		var run atomic.Int64
		rapid.Check(t, func(rt *rapid.T) {
			n := run.Add(1)
			season := quiz.Season{ID: fmt.Sprint("mend", n), From: testDay + earlier, To: testDay + days}
			before := quiz.Season{ID: "before", From: testDay, To: testDay + earlier - 1}
			voids, stand := quiz.Voids{}, quiz.Voids{}
			for _, day := range rapid.SliceOfN(rapid.IntRange(earlier, days-1), 0, 6).Draw(rt, "voided") {
				voids[testDay+quiz.Day(day)] = quiz.Void(rapid.IntRange(int(quiz.Dropped), int(quiz.Kept)).Draw(rt, "void"))
				stand[testDay+quiz.Day(day)] = quiz.Stands
			}
			var lived, knew life
			for i, right := range rapid.SliceOfN(rapid.IntRange(-1, 5), days, days).Draw(rt, "right answers by day") {
				day, in := testDay+quiz.Day(i), season
				switch {
				case right < 0:
					continue // missed
				case i < earlier:
					in = before
				}
				lived.answer(day, in, right, nil)
				if voids[day] == quiz.Stands {
					knew.answer(day, in, right, voids)
				} else {
					knew.voided(day, in, right, voids)
				}
				if i < earlier {
					lived.log = nil // of another season
				}
			}
			id := fmt.Sprint("lived", n)
			lived.store(rt, s, id, season.ID)
			setVoids(rt, s, voids)
			if err := s.Rebuild(rt.Context(), season, RebuildOptions{}); err != nil {
				rt.Fatal(err)
			}
			m := get[quiz.Loaded](rt)(s.Load(rt.Context(), id, 0)).Record.Member
			if m.Streak != knew.member.Streak || m.Totals != knew.member.Totals || m.Last != knew.member.Last {
				rt.Errorf("voids %v: mended\n%+v, whoever knew has\n%+v", voids, m, knew.member)
			}
			if m.Totals.Season == season.ID && m.Totals.Days > 0 {
				if got := board(rt, s, season.ID)[id]; got != float64(m.Totals.Rank()) {
					rt.Errorf("board %v, totals %+v", got, m.Totals)
				}
			}
			setVoids(rt, s, stand)
			shard := s.shard(id) // or every later run would replay it as well
			if err := s.client.Del(rt.Context(), memberKey(shard, id), logKey(shard, season.ID, id)).Err(); err != nil {
				rt.Fatal(err)
			}
		})
	})
}
