package board

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"dangshi/content"
	"dangshi/quiz"
)

// explainedDays are days with everything that can be out of the ordinary, as the
// rules give them.
func explainedDays(t *testing.T) []Day {
	t.Helper()
	from := quiz.Date(2026, 3, 1)
	rulings := quiz.NewRulings([]quiz.Correction{
		{AskedAs: quiz.AskedAs{Question: "b", Revision: 1}, Ruling: quiz.Ruling{Keys: []content.Letters{2}}},
		{AskedAs: quiz.AskedAs{Question: "c", Revision: 1}, Ruling: quiz.Ruling{Void: true}},
	}, nil)
	paper := func(day quiz.Day, version int) (*quiz.Paper, error) {
		p := &quiz.Paper{Day: day, Version: version, Season: "2026", From: from, Weights: quiz.DefaultWeights, Fixed: []bool{true, true, true}}
		for _, id := range []string{"a", "b", "c"} {
			p.Questions = append(p.Questions, content.Question{ID: id, Revision: 1, Type: content.Single, Stem: "=哪一项？" + id, Options: []string{"甲", "乙"}, Answer: content.Key{Letters: 1}})
		}
		return p.Under(rulings), nil
	}
	var entries []quiz.Entry
	for i, n := range []int{0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 13} {
		e := quiz.Entry{Day: from + quiz.Day(n), Version: 1 + i/10, Given: []quiz.Given{{Letters: 1}, {Letters: 2}, {Letters: 2}}}
		if n == 10 {
			e.Lapsed, e.Given = true, e.Given[:1]
		}
		entries = append(entries, e)
	}
	past := quiz.Past{
		Season: quiz.Season{ID: "2026", From: from, To: from + 99}, Paper: paper, Rulings: rulings,
		Voids: quiz.Voids{from + 5: quiz.Kept, from + 9: quiz.Dropped},
	}
	lines, _, err := quiz.DayByDay(past, quiz.Streak{}, entries)
	if err != nil {
		t.Fatal(err)
	}
	var days []Day
	for _, l := range lines {
		p, err := paper(l.Day, l.Version)
		if err != nil {
			t.Fatal(err)
		}
		d := Day{DayLine: l, Shown: l.Shown(p, "self")}
		if !l.Lapsed {
			d.Receipt = "ABCD1234"
		}
		days = append(days, d)
	}
	return days
}

func TestDays(t *testing.T) {
	var text strings.Builder
	days := explainedDays(t)
	for _, d := range days {
		fmt.Fprintln(&text, d.Day, d.Marks(), quiz.Score(d.Points), quiz.Score(d.Sum), strings.Join(d.Notes(), "；"))
	}
	golden(t, "days.txt", text.String())
	var table bytes.Buffer
	if err := WriteDaysCSV(&table, days[8:]); err != nil {
		t.Fatal(err)
	}
	golden(t, "days.csv", table.String())
}

// TestReason names what tells two scores apart.
func TestReason(t *testing.T) {
	score := func(points, days, longest int) int64 {
		return quiz.Totals{Points: points, Days: days, Longest: longest}.Rank()
	}
	own := score(100*quiz.Unit, 10, 5)
	for other, want := range map[int64]string{
		score(112*quiz.Unit+1260, 1, 1): "积分多 12.5 分",
		score(88*quiz.Unit, 90, 90):     "积分少 12 分",
		score(100*quiz.Unit+84, 1, 1):   "积分多 84/2520 分（不到 0.1 分）",
		score(100*quiz.Unit, 12, 1):     "积分相同，完成天数多 2 天",
		score(100*quiz.Unit, 10, 3):     "积分、天数相同，最长连续少 2 天",
		own:                             "都相同，并列",
	} {
		if got := Reason(own, other); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
