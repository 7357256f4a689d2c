package quiz

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
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
		if len(e.Given) != len(p.right) {
			return totals, fmt.Errorf("%w: %s has %d answers to %d questions", ErrLog, e.Day, len(e.Given), len(p.right))
		}
		d := trendDay{paper: p, span: c.trends.span(e.Day)}
		r := Result{Day: e.Day, Questions: len(p.right)}
		for i, g := range e.Given {
			if d.rights[i] = p.right[i](g); d.rights[i] {
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

// branchTrends rolls the branches up and keeps the largest that may be shown.
func (c *TrendCount) branchTrends(tree *Branches) {
	t := &c.trends
	rolled := map[string]*BranchTrend{}
	for code, own := range c.branches {
		for at := code; ; {
			if rolled[at] == nil {
				rolled[at] = &BranchTrend{Code: at}
			}
			rolled[at].plus(own)
			x, ok := tree.Get(at)
			if !ok || x.Parent == "" {
				break
			}
			at = x.Parent
		}
	}
	kept := slices.Collect(maps.Values(rolled))
	slices.SortFunc(kept, func(a, b *BranchTrend) int {
		return cmp.Or(-cmp.Compare(a.Members, b.Members), cmp.Compare(a.Code, b.Code))
	})
	counts, may := map[string]int{}, map[string]bool{}
	for i, b := range kept {
		counts[b.Code], may[b.Code] = b.Members, i < maxTrendBranches
	}
	told := tree.Told(counts, tree.beside(counts, t.Members), func(code string) bool { return may[code] })
	c.rest(tree, rolled, told)
	kept = slices.DeleteFunc(kept, func(b *BranchTrend) bool { return !told[b.Code] })
	t.Hidden = len(rolled) - len(kept)
	for _, b := range kept {
		c.last(b)
	}
	if t.Rest != nil {
		c.last(t.Rest)
	}
	c.hideSpans(tree, rolled, told)
	place := map[string]int{}
	for i, x := range tree.All() {
		place[x.Code] = i + 1
	}
	slices.SortStableFunc(kept, func(a, b *BranchTrend) int {
		pa, pb := cmp.Or(place[a.Code], len(place)+1), cmp.Or(place[b.Code], len(place)+1)
		return cmp.Or(cmp.Compare(pa, pb), cmp.Compare(a.Code, b.Code))
	})
	for _, b := range kept {
		t.Branches = append(t.Branches, *b)
	}
}

// last sums who of a branch went on from week to week, into the spans in which the
// weeks ended.
func (c *TrendCount) last(b *BranchTrend) {
	t := &c.trends
	for i, before := range b.weeks {
		monday := t.From.Monday() + 7*Day(i+1)
		if before.Active == 0 || monday > t.To || monday+6 >= DayOf(time.Unix(t.At, 0)) {
			continue
		}
		one := Lasting{before.Active, At(b.weeks, i+1).Kept}
		at := t.span(min(monday+6, t.To))
		for _, to := range []*Lasting{&b.Lasting, &put(&b.Months, at.month).Lasting, &put(&b.Quarters, at.quarter).Lasting} {
			to.Before, to.Kept = to.Before+one.Before, to.Kept+one.Kept
		}
	}
	for _, spans := range [][]BranchSpan{b.Months, b.Quarters} {
		for i := range spans {
			spans[i].Lasting = spans[i].Lasting.shown()
		}
	}
	b.Lasting = b.Lasting.shown()
}

func (l Lasting) shown() Lasting {
	if l.Before < LeastShown {
		return Lasting{}
	}
	return l
}

// rest sums the branches at the top that are not told.
func (c *TrendCount) rest(tree *Branches, rolled map[string]*BranchTrend, told map[string]bool) {
	rest := &BranchTrend{}
	for code, b := range rolled {
		if x, _ := tree.Get(code); x.Parent == "" && !told[code] {
			rest.plus(b)
		}
	}
	if rest.Members >= LeastShown {
		c.trends.Rest = rest
	}
}

// restCode stands for the rest among branches: no branch has it.
const restCode = "\x00"

// hideSpans leaves nothing of those months and quarters of the branches that are told
// which must not be: each is a table of its own, with the rest as one more branch at
// the top.
func (c *TrendCount) hideSpans(tree *Branches, rolled map[string]*BranchTrend, told map[string]bool) {
	rest := c.trends.Rest
	for _, x := range []struct {
		all []SpanSums
		of  func(*BranchTrend) []BranchSpan
	}{
		{c.trends.Months, func(b *BranchTrend) []BranchSpan { return b.Months }},
		{c.trends.Quarters, func(b *BranchTrend) []BranchSpan { return b.Quarters }},
	} {
		for i, sums := range x.all {
			counts := map[string]int{}
			for code, b := range rolled {
				if in, _ := tree.Get(code); told[code] || rest == nil || in.Parent != "" {
					counts[code] = At(x.of(b), i).Active
				}
			}
			if rest != nil {
				counts[restCode] = At(x.of(rest), i).Active
			}
			shown := tree.Told(counts, tree.beside(counts, sums.Active), func(code string) bool { return told[code] || code == restCode })
			hide := func(code string, b *BranchTrend) {
				if counts[code] > 0 && !shown[code] {
					x.of(b)[i] = BranchSpan{Few: true}
				}
			}
			for code := range told {
				hide(code, rolled[code])
			}
			if rest != nil {
				hide(restCode, rest)
			}
		}
	}
}

// beside is how many of all are in no branch.
func (b *Branches) beside(counts map[string]int, all int) int {
	for code, n := range counts {
		if x, _ := b.Get(code); x.Parent == "" {
			all -= n
		}
	}
	return all
}

// otherCategories is the category of those that were too many.
const otherCategories = "其他"

// categoryTrends keeps the categories that were asked most.
func (c *TrendCount) categoryTrends() {
	t := &c.trends
	all := make([]CategoryTrend, 0, len(c.categories))
	for _, x := range c.categories {
		if x.Between(0, len(x.Months)).All > 0 {
			all = append(all, *x)
		}
	}
	slices.SortFunc(all, func(a, b CategoryTrend) int {
		return cmp.Or(-cmp.Compare(a.Between(0, len(a.Months)).All, b.Between(0, len(b.Months)).All), cmp.Compare(a.Name, b.Name))
	})
	if len(all) > maxCategories {
		other := CategoryTrend{Name: otherCategories}
		for _, x := range all[maxCategories-1:] {
			for i, a := range x.Months {
				m := put(&other.Months, i)
				*m = m.Plus(a)
			}
		}
		all = append(all[:maxCategories-1], other)
	}
	t.Categories = all
}
