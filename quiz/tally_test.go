package quiz

import (
	"maps"
	"testing"
)

func TestTally(t *testing.T) {
	const today = Day(20600)
	member := func(branch string, points int, last Day) Member {
		return Member{Branch: branch, Totals: Totals{Season: "2026", Points: points, Days: 1}, Last: Result{Day: last}}
	}
	changed := func(change func(*Member)) Member {
		m := member("a", 1000, today)
		change(&m)
		return m
	}
	tally := Tally{Season: "2026"}
	for _, m := range []Member{
		member("a", 5, today),
		member("a", 7, today-ActiveDays+1),
		member("a", 11, today-ActiveDays),
		member("b", 13, today-100),
		member("a", 17, today+1), // counted for a day that had begun when it ended
		changed(func(m *Member) { m.Branch = "" }),
		changed(func(m *Member) { m.OptOut = true }),
		changed(func(m *Member) { m.Totals.Season = "2025" }),
		changed(func(m *Member) { m.Totals.Days = 0 }),
	} {
		tally.Add(m, today)
	}
	want := map[string]BranchTally{"a": {Members: 4, Active: 2, Points: 40}, "b": {Members: 1, Points: 13}}
	if !maps.Equal(tally.Branches, want) {
		t.Errorf("%+v, want %+v", tally.Branches, want)
	}
}
