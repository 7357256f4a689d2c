package quiz

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

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
