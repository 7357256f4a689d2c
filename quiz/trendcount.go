package quiz

import (
	"cmp"
	"fmt"
	"slices"
)

// TrendCount gathers Trends member by member. It keeps sums, by branch and by question,
// and nothing of a member. It must not be used by several goroutines at once.
type TrendCount struct {
	past       Past
	trends     Trends
	papers     map[paperAt]*trendPaper
	rows       map[AskedAs]*trendRow
	categories map[string]*CategoryTrend
	branches   map[string]*BranchTrend // by code, each without those below it

	graded []trendDay // of the member at hand
}

// trendDay is one finished day of the member at hand.
type trendDay struct {
	span   span
	sums   Sums
	paper  *trendPaper
	rights [MaxQuestions]bool
}

// CountTrends begins to count a season.
func CountTrends(past Past) *TrendCount {
	season := past.Season
	if season.To < season.From { // the settings no longer name it
		season.To = season.From + MaxSeasonDays
	}
	return &TrendCount{
		past:   past,
		trends: Trends{Season: season.ID, From: season.From, To: season.To, Longest: map[int]int{}},
		papers: map[paperAt]*trendPaper{}, rows: map[AskedAs]*trendRow{}, categories: map[string]*CategoryTrend{}, branches: map[string]*BranchTrend{},
	}
}

// Damaged counts a member whose record or log cannot be read.
func (c *TrendCount) Damaged() { c.trends.Damaged++ }

// Member counts one member, once, by the log of the season. An error is one of Replay,
// and nothing of the member is counted then.
func (c *TrendCount) Member(m Member, entries []Entry) error {
	totals, err := c.grade(entries)
	if err != nil || len(c.graded) == 0 {
		return err
	}
	t := &c.trends
	t.Members++
	t.Longest[totals.Longest]++
	var branch *BranchTrend
	if m.Branch != "" && !m.OptOut {
		if branch = c.branches[m.Branch]; branch == nil {
			branch = &BranchTrend{Code: m.Branch}
			c.branches[m.Branch] = branch
		}
		branch.Members++
	}
	last := span{-2, -2, -2}
	for i, d := range c.graded {
		c.answers(d)
		countSpan(&t.Weeks, d.span.week, last.week, i == 0)
		countSpan(&t.Months, d.span.month, last.month, i == 0)
		countSpan(&t.Quarters, d.span.quarter, last.quarter, i == 0)
		if branch != nil {
			branch.count(d, last, i == 0)
		}
		last = d.span
	}
	return nil
}

// grade grades all finished days that count, into c.graded.
func (c *TrendCount) grade(entries []Entry) (totals Totals, err error) {
	c.graded = c.graded[:0]
	totals.Season = c.past.Season.ID
	for _, e := range entries {
		if e.Lapsed {
			continue
		}
		p, err := c.paper(e)
		if err != nil {
			return totals, err
		}
		if len(e.Given) != len(p.marks) {
			return totals, fmt.Errorf("%w: %s has %d answers to %d questions", ErrLog, e.Day, len(e.Given), len(p.marks))
		}
		d := trendDay{paper: p, span: c.trends.span(e.Day)}
		r := Result{Day: e.Day, Questions: len(p.marks)}
		for i, g := range e.Given {
			if d.rights[i] = p.marks[i].right(g); d.rights[i] {
				r.Correct++
			}
		}
		if p.paper.Season != "" {
			r.Points = p.paper.Weights.Points(r.Correct, r.Questions)
		}
		totals = totals.credit(r, c.past.Voids)
		if c.past.Voids[e.Day] != Dropped {
			d.sums = Sums{1, r.Points, r.Correct, r.Questions}
			c.graded = append(c.graded, d)
		}
	}
	return totals, nil
}

// paper is the paper that an entry answers.
func (c *TrendCount) paper(e Entry) (*trendPaper, error) {
	at := paperAt{e.Day, e.Version}
	if p := c.papers[at]; p != nil {
		return p, nil
	}
	p, err := c.past.paper(e)
	if err != nil {
		return nil, err
	}
	if n := len(p.Questions); n > MaxQuestions || e.Day < c.trends.From || e.Day > c.trends.From+MaxSeasonDays {
		return nil, fmt.Errorf("%w: paper %s with %d questions", ErrLog, e.Day, n)
	}
	c.papers[at] = c.newTrendPaper(p)
	return c.papers[at], nil
}

// answers counts one day's answers.
func (c *TrendCount) answers(d trendDay) {
	day := put(&c.trends.Days, int(d.paper.paper.Day-c.trends.From))
	day.Sums = day.Sums.Plus(d.sums)
	for i, row := range d.paper.rows {
		if row.void {
			continue
		}
		one := Tried{All: 1}
		if d.rights[i] {
			one.Right = 1
		}
		row.Tried = row.Tried.Plus(one)
		month := put(&row.category.Months, d.span.month)
		*month = month.Plus(one)
	}
}

// countSpan counts a member once in each span.
func countSpan(spans *[]SpanSums, at, last int, first bool) {
	if at == last {
		return
	}
	s := put(spans, at)
	s.Active++
	if last == at-1 {
		s.Kept++
	}
	if first {
		s.New++
	}
}

func (b *BranchTrend) count(d trendDay, last span, first bool) {
	countSpan(&b.weeks, d.span.week, last.week, first)
	b.Whole = b.Whole.Plus(d.sums)
	for _, x := range []struct {
		spans    *[]BranchSpan
		at, last int
	}{{&b.Months, d.span.month, last.month}, {&b.Quarters, d.span.quarter, last.quarter}} {
		s := put(x.spans, x.at)
		s.Sums = s.Sums.Plus(d.sums)
		if x.at != x.last {
			s.Active++
		}
	}
}

func (b *BranchTrend) plus(o *BranchTrend) {
	b.Members += o.Members
	b.Whole = b.Whole.Plus(o.Whole)
	for i, w := range o.weeks {
		to := put(&b.weeks, i)
		to.Active, to.Kept = to.Active+w.Active, to.Kept+w.Kept
	}
	for _, x := range []struct{ to, from *[]BranchSpan }{{&b.Months, &o.Months}, {&b.Quarters, &o.Quarters}} {
		for i, s := range *x.from {
			to := put(x.to, i)
			to.Sums = to.Sums.Plus(s.Sums)
			to.Active += s.Active
		}
	}
}

// Trends are what was counted, by the tree of branches as it is now. No member can be
// counted any more.
func (c *TrendCount) Trends(tree *Branches, at int64) Trends {
	t := &c.trends
	t.At = at
	c.branchTrends(tree)
	c.categoryTrends()
	for _, row := range c.rows {
		if row.All >= LeastShown && !row.void {
			t.Weakest = append(t.Weakest, row.QuestionTrend)
		}
	}
	slices.SortFunc(t.Weakest, func(a, b QuestionTrend) int {
		return cmp.Or(compareShares(a.Tried, b.Tried), cmp.Compare(a.Question, b.Question), cmp.Compare(a.Revision, b.Revision))
	})
	t.Weakest = t.Weakest[:min(len(t.Weakest), maxWeakest)]
	return *t
}

// compareShares compares right ÷ all without rounding.
func compareShares(a, b Tried) int {
	return cmp.Compare(int64(a.Right)*int64(b.All), int64(b.Right)*int64(a.All))
}
