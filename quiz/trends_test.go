package quiz_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dangshi/content"
	"dangshi/quiz"
)

// trendSeason is the season of the tests: from a Wednesday, over a turn of quarters.
var trendSeason = quiz.Season{ID: "2026", From: quiz.Date(2026, time.March, 4), To: quiz.Date(2026, time.May, 20)}

var trendTree = quiz.NewBranches([]content.Branch{
	{Code: "d1", Name: "党委"}, {Code: "z1", Name: "一支部", Parent: "d1"}, {Code: "z2", Name: "二支部", Parent: "d1"}, {Code: "z3", Name: "三支部"},
})

// trendPast is a season with papers of four questions, one of them void, one ruled
// otherwise, and two voided days.
func trendPast() quiz.Past {
	bank := testBank(24)
	for i := range bank {
		bank[i].Category = []string{"党史", "国史", ""}[i%3]
	}
	rulings := quiz.NewRulings([]quiz.Correction{
		{AskedAs: quiz.AskedAsOf(bank[3]), Ruling: quiz.Ruling{Void: true}},
		{AskedAs: quiz.AskedAsOf(bank[5]), Ruling: quiz.Ruling{Keys: []content.Letters{1, 2}}},
	}, nil)
	papers := map[quiz.Day]*quiz.Paper{}
	for d := trendSeason.From; d <= trendSeason.To; d++ {
		p := &quiz.Paper{Day: d, Version: 1, Season: "2026", Weights: quiz.DefaultWeights, Fixed: make([]bool, 4)}
		for i := range 4 {
			p.Questions = append(p.Questions, bank[(int(d)*3+i)%len(bank)])
		}
		papers[d] = p.Under(rulings)
	}
	return quiz.Past{
		Season: trendSeason, Rulings: rulings,
		Voids: quiz.Voids{trendSeason.From + 9: quiz.Dropped, trendSeason.From + 10: quiz.Kept},
		Paper: func(d quiz.Day, version int) (*quiz.Paper, error) {
			if p := papers[d]; p != nil && version == 1 {
				return p, nil
			}
			return nil, fmt.Errorf("%w: there is no such paper", quiz.ErrLog)
		},
	}
}

type trendMember struct {
	member quiz.Member
	log    []quiz.Entry
}

func drawTrendMember(t *rapid.T, past quiz.Past) (m trendMember) {
	m.member.Branch = rapid.SampledFrom([]string{"", "d1", "z1", "z1", "z2", "z3", "gone"}).Draw(t, "branch")
	m.member.OptOut = rapid.IntRange(0, 5).Draw(t, "out") == 0
	for d := past.Season.From + quiz.Day(rapid.IntRange(0, 30).Draw(t, "first")); d <= past.Season.To; d += quiz.Day(rapid.SampledFrom([]int{1, 1, 1, 2, 7, 20}).Draw(t, "step")) {
		e := quiz.Entry{Day: d, Version: 1, Lapsed: rapid.IntRange(0, 4).Draw(t, "lapsed") == 0}
		p, err := past.Paper(d, 1)
		if err != nil {
			t.Fatal(err)
		}
		for i, q := range p.Questions {
			switch {
			case e.Lapsed && i == 2:
			case q.Type == content.Blank:
				e.Given = append(e.Given, quiz.Given{Hash: quiz.BlankHash(rapid.SampledFrom([]string{q.Answer.Accept[0], "别的"}).Draw(t, "word"))})
			default:
				e.Given = append(e.Given, quiz.Given{Letters: rapid.SampledFrom([]content.Letters{q.Answer.Letters, 1, 2}).Draw(t, "letters")})
			}
		}
		if e.Lapsed {
			e.Given = e.Given[:2]
		}
		m.log = append(m.log, e)
	}
	return m
}

// TestTrendsAgainstReplay: each sum is that of the totals which the board shows, or is
// counted again the long way.
func TestTrendsAgainstReplay(t *testing.T) {
	past := trendPast()
	rapid.Check(t, func(t *rapid.T) {
		c := quiz.CountTrends(past)
		var members []trendMember
		for range rapid.IntRange(0, 25).Draw(t, "members") {
			m := drawTrendMember(t, past)
			members = append(members, m)
			if err := c.Member(m.member, m.log); err != nil {
				t.Fatal(err)
			}
		}
		at := rapid.SampledFrom([]quiz.Day{trendSeason.From + 20, trendSeason.To - 3, trendSeason.To + 30}).Draw(t, "counted")
		got := c.Trends(trendTree, at.Start().Unix())
		compareTotals(t, got, past, members)
		compareSpans(t, "week", got.Weeks, past, members, func(d quiz.Day) int { return int(d.Monday()) })
		compareSpans(t, "month", got.Months, past, members, func(d quiz.Day) int { return int(quiz.MonthOf(d)) * 7 })
		compareSpans(t, "quarter", got.Quarters, past, members, func(d quiz.Day) int { return int(quiz.MonthOf(d).Quarter()) / 3 * 7 })
		compareAnswers(t, got, past, members)
		compareBranches(t, got, past, members)
	})
}

func compareTotals(t *rapid.T, got quiz.Trends, past quiz.Past, members []trendMember) {
	var want quiz.Sums
	n, longest := 0, map[int]int{}
	for _, m := range members {
		totals, err := quiz.Replay(past.Season, m.log, past.Paper, past.Voids)
		if err != nil {
			t.Fatal(err)
		}
		want = want.Plus(quiz.Sums{Finished: totals.Days, Points: totals.Points, Right: totals.Correct, Asked: totals.Asked})
		if totals.Days > 0 {
			n++
			longest[totals.Longest]++
		}
	}
	if sum := got.Sum(past.Season.From, past.Season.To); sum != want || got.Members != n || got.At == 0 {
		t.Fatalf("%+v of %d members, want %+v of %d", sum, got.Members, want, n)
	}
	if fmt.Sprint(got.Longest) != fmt.Sprint(longest) {
		t.Fatalf("longest runs %v, want %v", got.Longest, longest)
	}
}

// counted are the days of a log that count.
func counted(past quiz.Past, log []quiz.Entry) (days []quiz.Entry) {
	for _, e := range log {
		if !e.Lapsed && past.Voids[e.Day] != quiz.Dropped {
			days = append(days, e)
		}
	}
	return days
}

// compareSpans counts spans by a number that grows by 7 from one to the next.
func compareSpans(t *rapid.T, what string, got []quiz.SpanSums, past quiz.Past, members []trendMember, number func(quiz.Day) int) {
	for i, s := range got {
		at := number(past.Season.From) + 7*i
		var want quiz.SpanSums
		for _, m := range members {
			var here, before, earlier bool
			for _, e := range counted(past, m.log) {
				n := number(e.Day)
				here, before, earlier = here || n == at, before || n == at-7, earlier || n < at
			}
			if here {
				want.Active++
			}
			if here && before {
				want.Kept++
			}
			if here && !earlier {
				want.New++
			}
		}
		if s != want {
			t.Fatalf("%s %d: %+v, want %+v", what, i, s, want)
		}
	}
}

func compareAnswers(t *rapid.T, got quiz.Trends, past quiz.Past, members []trendMember) {
	categories, questions := map[string]quiz.Tried{}, map[string]quiz.Tried{}
	for _, m := range members {
		for _, e := range counted(past, m.log) {
			p, _ := past.Paper(e.Day, 1)
			for i, q := range p.Questions {
				if past.Rulings.Void(q) {
					continue
				}
				one := quiz.Tried{All: 1}
				if p.Right(i, e.Given[i]) {
					one.Right = 1
				}
				month := fmt.Sprint(q.Category, " ", quiz.MonthOf(e.Day))
				categories[month] = categories[month].Plus(one)
				questions[q.ID] = questions[q.ID].Plus(one)
			}
		}
	}
	seen := 0
	for _, c := range got.Categories {
		for i, a := range c.Months {
			if want := categories[fmt.Sprint(c.Name, " ", int(quiz.MonthOf(past.Season.From))+i)]; a != want {
				t.Fatalf("category %q, month %d: %+v, want %+v", c.Name, i, a, want)
			} else if want.All > 0 {
				seen++
			}
		}
	}
	if seen != len(categories) {
		t.Fatalf("%d months of categories, want %d", seen, len(categories))
	}
	for i, q := range got.Weakest {
		if q.Tried != questions[q.Question] || q.All < quiz.LeastShown {
			t.Fatalf("%s: %+v, want %+v", q.Question, q.Tried, questions[q.Question])
		}
		if i > 0 && got.Weakest[i-1].Right*q.All > q.Right*got.Weakest[i-1].All {
			t.Fatalf("%s stands behind an easier one", q.Question)
		}
	}
}

// branchOf is what one branch with those below it came to, counted the long way.
type branchOf struct {
	members int
	whole   quiz.BranchSpan
	months  map[int]*quiz.BranchSpan
}

func (b *branchOf) month(d quiz.Day) *quiz.BranchSpan {
	i := int(quiz.MonthOf(d) - quiz.MonthOf(trendSeason.From))
	if b.months[i] == nil {
		b.months[i] = &quiz.BranchSpan{}
	}
	return b.months[i]
}

// addMember counts one member who is in the branch.
func (b *branchOf) addMember(past quiz.Past, log []quiz.Entry, counted quiz.Day) {
	months, weeks := map[*quiz.BranchSpan]bool{}, map[quiz.Day]bool{}
	for _, e := range log {
		p, _ := past.Paper(e.Day, 1)
		r := p.Result(e.Given)
		sums := quiz.Sums{Finished: 1, Points: r.Points, Right: r.Correct, Asked: r.Questions}
		m := b.month(e.Day)
		m.Sums, b.whole.Sums = m.Sums.Plus(sums), b.whole.Sums.Plus(sums)
		months[m], weeks[e.Day.Monday()] = true, true
	}
	for m := range months {
		m.Active++
	}
	for monday := range weeks {
		if next := monday + 7; next <= past.Season.To && next+6 < counted {
			m := b.month(min(next+6, past.Season.To))
			m.Before, b.whole.Before = m.Before+1, b.whole.Before+1
			if weeks[next] {
				m.Kept, b.whole.Kept = m.Kept+1, b.whole.Kept+1
			}
		}
	}
	b.members++
}

// leastOr leaves nothing of a sum of fewer than may be shown, or of one that is not shown;
// TestTrendsHideInTime sees which those are.
func leastOr(shown, l quiz.Lasting) quiz.Lasting {
	if l.Before < quiz.LeastShown || shown == (quiz.Lasting{}) {
		return quiz.Lasting{}
	}
	return l
}

// compareBranches counts branches with those below them again, and sees that nothing
// of fewer than five is told, nor can be worked out from what is beside it.
func compareBranches(t *rapid.T, got quiz.Trends, past quiz.Past, members []trendMember) {
	all, told := map[string]*branchOf{}, map[string]quiz.BranchTrend{}
	for _, m := range members {
		log := counted(past, m.log)
		for code := m.member.Branch; code != "" && !m.member.OptOut && len(log) > 0; {
			if all[code] == nil {
				all[code] = &branchOf{months: map[int]*quiz.BranchSpan{}}
			}
			all[code].addMember(past, log, quiz.DayOf(time.Unix(got.At, 0)))
			x, _ := trendTree.Get(code)
			code = x.Parent
		}
	}
	for _, b := range got.Branches {
		told[b.Code] = b
		want := all[b.Code]
		if want == nil || b.Members != want.members || b.Members < quiz.LeastShown || b.Whole != want.whole.Sums || b.Lasting != leastOr(b.Lasting, want.whole.Lasting) {
			t.Fatalf("branch %s has %+v, want %+v", b.Code, b, want)
		}
		for i, s := range b.Months {
			want := *all[b.Code].month(monthOf(i))
			want.Lasting = leastOr(s.Lasting, want.Lasting)
			if few := want.Active > 0 && want.Active < quiz.LeastShown; s.Few && want.Active > 0 || few {
				want = quiz.BranchSpan{Few: true}
			}
			if s != want {
				t.Fatalf("branch %s, month %d: %+v, want %+v", b.Code, i, s, want)
			}
		}
	}
	hold := func(about string, left map[string]int) {
		for above, n := range left {
			if n > 0 && n < quiz.LeastShown {
				t.Fatalf("%s: %d members are left of %q", about, n, above)
			}
		}
	}
	top := func(of func(*branchOf) int) (n int) {
		for code, b := range all {
			if x, _ := trendTree.Get(code); x.Parent == "" {
				n += of(b)
			}
		}
		return n
	}
	left := map[string]int{}
	for code, b := range all {
		x, _ := trendTree.Get(code)
		if _, shown := told[code]; shown {
			left[code] += b.members
			left[x.Parent] -= b.members
		}
		if x.Parent == "" {
			left[""] += b.members
		}
	}
	rest := left[""]
	if rest > 0 {
		left[""] += got.Members - top(func(b *branchOf) int { return b.members })
	}
	if len(told) > 0 {
		hold("the season", left)
	}
	if got.Rest != nil && (got.Rest.Members < quiz.LeastShown || got.Rest.Members != rest) {
		t.Fatalf("the rest are %d, not %d", got.Rest.Members, rest)
	}
	for i := range got.Months {
		left, any := map[string]int{}, false
		for code, b := range all {
			n := b.month(monthOf(i)).Active
			x, _ := trendTree.Get(code)
			if x.Parent == "" {
				left[""] += n
			}
			if b, shown := told[code]; shown && quiz.At(b.Months, i).Active > 0 {
				left[code] += n
				left[x.Parent] -= n
				any = true
			}
		}
		if got.Rest != nil {
			left[""] -= quiz.At(got.Rest.Months, i).Active
		}
		if left[""] > 0 {
			left[""] += got.Months[i].Active - top(func(b *branchOf) int { return b.month(monthOf(i)).Active })
		}
		if any {
			hold(fmt.Sprint("month ", i), left)
		}
	}
}

// monthOf is the first day of the season's month of an index.
func monthOf(i int) quiz.Day { return (quiz.MonthOf(trendSeason.From) + quiz.Month(i)).First() }

func TestMonths(t *testing.T) {
	for _, c := range []struct{ day, first, quarter, monday string }{
		{"2026-11-26", "2026-11-01", "2026-10-01", "2026-11-23"},
		{"2026-01-01", "2026-01-01", "2026-01-01", "2025-12-29"},
		{"2024-12-30", "2024-12-01", "2024-10-01", "2024-12-30"},
		{"1969-12-28", "1969-12-01", "1969-10-01", "1969-12-22"},
	} {
		d, err := quiz.ParseDay(c.day)
		if err != nil {
			t.Fatal(err)
		}
		m := quiz.MonthOf(d)
		if m.First().String() != c.first || m.Quarter().First().String() != c.quarter || d.Monday().String() != c.monday {
			t.Errorf("%s: %s, %s, %s", d, m.First(), m.Quarter().First(), d.Monday())
		}
	}
}

// TestTrendsOfDamage: a log that cannot be counted counts nowhere.
func TestTrendsOfDamage(t *testing.T) {
	c := quiz.CountTrends(trendPast())
	good := quiz.Entry{Day: trendSeason.From, Version: 1, Given: make([]quiz.Given, 4)}
	for _, bad := range []quiz.Entry{
		{Day: trendSeason.From + 1, Version: 1, Given: make([]quiz.Given, 3)}, {Day: trendSeason.From + 1, Version: 2, Given: make([]quiz.Given, 4)},
	} {
		if err := c.Member(quiz.Member{}, []quiz.Entry{good, bad}); err == nil {
			t.Errorf("%+v passes", bad)
		}
		c.Damaged()
	}
	if got := c.Trends(nil, 0); got.Members != 0 || got.Sum(trendSeason.From, trendSeason.To) != (quiz.Sums{}) || got.Damaged != 2 {
		t.Errorf("%+v", got)
	}
}
