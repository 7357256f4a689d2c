package quiz_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dangshi/content"
	"dangshi/quiz"
)

// shortPast is a season of papers with two questions, of which “a” is asked on
// every day and “b” too; the right one is A.
func shortPast(voids quiz.Voids, history ...quiz.Correction) quiz.Past {
	rulings := quiz.NewRulings(history, nil)
	from := quiz.Date(2026, 3, 1)
	return quiz.Past{
		Season: quiz.Season{ID: "2026", From: from, To: from + 99}, Voids: voids, Rulings: rulings,
		Paper: func(day quiz.Day, version int) (*quiz.Paper, error) {
			if version != 1 {
				return nil, errors.New("lost")
			}
			p := &quiz.Paper{Day: day, Version: 1, Season: "2026", From: from, Weights: quiz.DefaultWeights, Fixed: []bool{true, true}}
			for _, id := range []string{"a", "b"} {
				p.Questions = append(p.Questions, content.Question{ID: id, Revision: 1, Type: content.Single, Options: []string{"甲", "乙"}, Answer: content.Key{Letters: 1}})
			}
			return p.Under(rulings), nil
		},
	}
}

// dayOf answers day n of the season, from 1, with those letters.
func dayOf(n int, letters ...content.Letters) quiz.Entry {
	e := quiz.Entry{Day: quiz.Date(2026, 3, 1) + quiz.Day(n-1), Version: 1}
	for _, l := range letters {
		e.Given = append(e.Given, quiz.Given{Letters: l})
	}
	return e
}

// TestDayByDay: points, corrections, voided days, freezes and runs are told for the
// day on which they came about.
func TestDayByDay(t *testing.T) {
	lapsed := dayOf(12, 1)
	lapsed.Lapsed = true
	var entries []quiz.Entry
	for n := 1; n <= 7; n++ {
		entries = append(entries, dayOf(n, 1, 2)) // the seventh earns a freeze
	}
	entries = append(entries, dayOf(9, 1, 1), dayOf(10, 2, 2), dayOf(11, 1, 1), lapsed, dayOf(14, 2, 1))
	voids := quiz.Voids{dayOf(10).Day: quiz.Dropped, dayOf(11).Day: quiz.Kept, dayOf(13).Day: quiz.Dropped}
	ruling := quiz.Correction{AskedAs: quiz.AskedAs{Question: "b", Revision: 1}, Ruling: quiz.Ruling{Keys: []content.Letters{2}}}
	past := shortPast(voids, ruling)
	lines, totals, err := quiz.DayByDay(past, quiz.Streak{}, entries)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range lines[6:] {
		got = append(got, fmt.Sprint(
			int(l.Day-past.Season.From)+1, " right ", l.Correct, "/", l.Questions, " points ", quiz.Score(l.Points), " was ", quiz.Score(l.Was), " sum ", quiz.Score(l.Sum),
			" streak ", l.Streak.Length, " freezes ", l.Streak.Freezes, " missed ", l.Missed, " ", l.Change, " run ", l.Run, " longest ", l.Longest, " counts ", l.Counts()))
	}
	want := []string{
		"7 right 2/2 points 100 was 70 sum 700 streak 7 freezes 1 missed 0 {0 false true} run 7 longest 7 counts true",
		"9 right 1/2 points 70 was 100 sum 770 streak 8 freezes 0 missed 1 {1 false false} run 1 longest 7 counts true",
		"10 right 1/2 points 0 was 0 sum 770 streak 9 freezes 0 missed 0 {0 false false} run 1 longest 7 counts false",
		"11 right 1/2 points 70 was 100 sum 840 streak 10 freezes 0 missed 0 {0 false false} run 1 longest 7 counts true",
		"12 right 1/2 points 0 was 0 sum 840 streak 10 freezes 0 missed 0 {0 false false} run 1 longest 7 counts false",
		"14 right 0/2 points 40 was 70 sum 880 streak 1 freezes 0 missed 1 {0 true false} run 1 longest 7 counts true",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	replayed, err := quiz.Replay(past.Season, entries, past.Paper, voids)
	if err != nil || totals != replayed {
		t.Errorf("shown %+v, replayed %+v, %v", totals, replayed, err)
	}
	first := lines[0]
	if a, b := first.Answers[0], first.Answers[1]; !a.Right || !a.Was || a.Ruling != nil || !b.Right || b.Was || b.Ruling == nil || b.Question.Answer.Letters != 1 {
		t.Errorf("answers %+v", first.Answers)
	}
	for _, bad := range []quiz.Entry{dayOf(20, 1), dayOf(20, 1, 1, 1), {Day: dayOf(20).Day, Version: 2}} {
		if lines, _, err := quiz.DayByDay(past, quiz.Streak{}, append(entries, bad)); err == nil || lines != nil {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// TestDecides names what told two scores apart.
func TestDecides(t *testing.T) {
	score := func(points, days, longest int) int64 {
		return quiz.Totals{Points: points, Days: days, Longest: longest}.Rank()
	}
	for _, c := range []struct {
		a, b int64
		want quiz.Deciding
	}{
		{score(2, 1, 1), score(1, 9, 9), quiz.ByPoints},
		{score(2, 2, 1), score(2, 1, 9), quiz.ByDays},
		{score(2, 2, 2), score(2, 2, 1), quiz.ByLongest},
		{score(2, 2, 2), score(2, 2, 2), quiz.ByNothing},
	} {
		if got := quiz.Decides(c.a, c.b); got != c.want || quiz.Decides(c.b, c.a) != c.want {
			t.Errorf("%d and %d: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// TestCorrectOf: what was answered right comes back from the points.
func TestCorrectOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		finish := rapid.IntRange(0, 99).Draw(t, "for finishing")
		w := quiz.Weights{Finish: finish, Correct: 100 - finish}
		questions := rapid.IntRange(quiz.MinQuestions, quiz.MaxQuestions).Draw(t, "questions")
		days, points, want := rapid.IntRange(0, 400).Draw(t, "days"), 0, 0
		for range days {
			right := rapid.IntRange(0, questions).Draw(t, "right")
			points += w.Points(right, questions)
			want += right
		}
		if got, ok := w.CorrectOf(points, days, questions); !ok || got != want {
			t.Fatalf("%d, %v; want %d", got, ok, want)
		}
		if got, ok := w.CorrectOf(points+1, days, questions); ok {
			t.Fatalf("a part of a point too many gives %d", got)
		}
	})
	if _, ok := (quiz.Weights{Finish: 100}).CorrectOf(100, 1, 5); ok {
		t.Error("where nothing is for being right, the points do not tell")
	}
}
