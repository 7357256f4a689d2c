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
	all := &BranchTrend{Members: t.Members, weeks: t.Weeks}
	for i, x := range t.Months {
		put(&all.Months, i).Active = x.Active
	}
	for i, x := range t.Quarters {
		put(&all.Quarters, i).Active = x.Active
	}
	c.last(all)
	counts, may := map[string]int{}, map[string]bool{}
	for i, b := range kept {
		c.last(b)
		counts[b.Code], may[b.Code] = b.Members, i < maxTrendBranches
	}
	told := c.tell(tree, rolled, all, func() map[string]bool {
		return tree.Told(counts, tree.beside(counts, t.Members), func(code string) bool { return may[code] })
	}, func(code string) { may[code] = false })
	kept = slices.DeleteFunc(kept, func(b *BranchTrend) bool { return !told[b.Code] })
	t.Hidden = len(rolled) - len(kept)
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
}

// rest sums the branches at the top that are not told.
func (c *TrendCount) rest(tree *Branches, rolled map[string]*BranchTrend, told map[string]bool) {
	c.trends.Rest = nil
	rest := &BranchTrend{}
	for code, b := range rolled {
		if x, _ := tree.Get(code); x.Parent == "" && !told[code] {
			rest.plus(b)
		}
	}
	if rest.Members >= LeastShown {
		c.last(rest)
		c.trends.Rest = rest
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
