package quiz

import (
	"cmp"
	"maps"
	"slices"
)

// spanTable are the figures of one span by branch, with the rest as one more branch at
// the top. What is hidden stays so.
type spanTable struct {
	counts map[string]int
	others int // of no branch
	hidden map[string]bool
}

// hide reports whether it was shown until now. What is of nobody is known to be.
func (x *spanTable) hide(code string) bool {
	if code == "" || x.counts[code] == 0 || x.hidden[code] {
		return false
	}
	x.hidden[code] = true
	return true
}

// spanTables are the tables of a season: 0 is the whole, parts are the tables into which
// one is divided. Figures add up along the tree and, papers and answers, in time.
type spanTables struct {
	tree  *Branches
	codes []string // of which spans are shown, sorted
	all   []*spanTable
	parts map[int][]int
}

// settle hides more until no hidden figure is what is left of one sum when all else in
// it is taken away: neither of a branch and those below it, nor of a span and its parts.
// Figures that take two such sums together are not looked for.
func (s *spanTables) settle() {
	for more := true; more; {
		more = false
		for _, x := range s.all {
			more = s.across(x) || more
		}
		for _, code := range s.codes {
			for _, whole := range slices.Sorted(maps.Keys(s.parts)) {
				more = s.along(code, whole) || more
			}
		}
	}
}

// across looks at the branches of one span.
func (s *spanTables) across(x *spanTable) (more bool) {
	told := s.tree.Told(x.counts, x.others, func(code string) bool { return !x.hidden[code] })
	below := map[string][]string{}
	for _, code := range slices.Sorted(maps.Keys(x.counts)) {
		if !told[code] {
			more = x.hide(code) || more
		}
		if x.counts[code] > 0 {
			in, _ := s.tree.Get(code)
			below[in.Parent] = append(below[in.Parent], code)
		}
	}
	for _, above := range slices.Sorted(maps.Keys(below)) {
		own := x.others
		if above != "" {
			own = x.counts[above] - sumOf(x.counts, below[above])
		}
		unknown, least := 0, ""
		for _, code := range below[above] {
			if x.hidden[code] {
				unknown++
			} else if least == "" || x.counts[code] <= x.counts[least] {
				least = code
			}
		}
		if unknown == 1 && own <= 0 && !x.hidden[above] {
			more = x.hide(cmp.Or(least, above)) || more
		}
	}
	return more
}

// along looks at the parts of one span of a branch. Those that are hidden are of
// LeastShown members together, or all there are.
func (s *spanTables) along(code string, whole int) bool {
	x := s.all[whole]
	var least *spanTable
	unknown, most := 0, 0
	for _, i := range s.parts[whole] {
		part := s.all[i]
		switch n := part.counts[code]; {
		case n == 0:
		case part.hidden[code]:
			unknown, most = unknown+1, max(most, n)
		case least == nil || n < least.counts[code]:
			least = part
		}
	}
	switch {
	case x.hidden[code] && unknown > 0, !x.hidden[code] && (unknown == 0 || unknown > 1 && most >= LeastShown):
		return false
	case least != nil:
		return least.hide(code)
	case unknown == 1:
		return x.hide(code)
	}
	return false
}

// restCode stands for the rest among branches: no branch has it.
const restCode = "\x00"

// tell finds what branches are told, as pick picks them, and hides of their spans, and of
// those of the rest, what must not be shown. A branch whose season would tell of a part
// that is hidden is passed to drop, and picked no more: so it ends.
func (c *TrendCount) tell(tree *Branches, rolled map[string]*BranchTrend, all *BranchTrend, pick func() map[string]bool, drop func(code string)) map[string]bool {
	for {
		told := pick()
		c.rest(tree, rolled, told)
		s := c.tables(tree, rolled, told, all, func(x BranchSpan) int { return x.Active })
		s.settle()
		again := false
		for _, code := range s.codes {
			if !s.all[0].hidden[code] {
				continue
			}
			if code == restCode { // it grows
				if code = smallestTop(tree, s.all[0].counts, told); code == "" {
					c.trends.Rest = nil
					continue
				}
			}
			drop(code)
			again = true
		}
		if again {
			continue
		}
		lasting := c.tables(tree, rolled, told, all, func(x BranchSpan) int { return x.Before })
		for i, x := range lasting.all {
			for code := range x.counts {
				x.hidden[code] = x.hidden[code] || s.all[i].hidden[code]
			}
		}
		lasting.settle()
		for code := range told {
			s.clear(lasting, rolled[code], code)
		}
		if c.trends.Rest != nil {
			s.clear(lasting, c.trends.Rest, restCode)
		}
		return told
	}
}

// smallestTop is the smallest branch at the top that is told; "": there is none.
func smallestTop(tree *Branches, counts map[string]int, told map[string]bool) (least string) {
	for _, code := range slices.Sorted(maps.Keys(told)) {
		if x, _ := tree.Get(code); x.Parent == "" && (least == "" || counts[code] <= counts[least]) {
			least = code
		}
	}
	return least
}

// clear leaves nothing of a branch that is hidden.
func (s *spanTables) clear(lasting *spanTables, b *BranchTrend, code string) {
	if lasting.all[0].hidden[code] {
		b.Lasting = Lasting{}
	}
	clearSpans := func(i int, spans []BranchSpan, k int) {
		switch {
		case s.all[i].hidden[code]:
			spans[k] = BranchSpan{Few: true}
		case lasting.all[i].hidden[code]:
			spans[k].Lasting = Lasting{}
		}
	}
	for k, i := range s.parts[0] {
		clearSpans(i, b.Quarters, k)
	}
	for k := range len(s.all) - 1 - len(s.parts[0]) {
		clearSpans(1+len(s.parts[0])+k, b.Months, k)
	}
}

// tables lays out the tables of a season. What is not told is hidden from the start.
func (c *TrendCount) tables(tree *Branches, rolled map[string]*BranchTrend, told map[string]bool, all *BranchTrend, of func(BranchSpan) int) *spanTables {
	t := &c.trends
	s := &spanTables{tree: tree, codes: slices.Sorted(maps.Keys(told)), parts: map[int][]int{}}
	branches := map[string]*BranchTrend{}
	for code, b := range rolled {
		if in, _ := tree.Get(code); told[code] || t.Rest == nil || in.Parent != "" {
			branches[code] = b
		}
	}
	if t.Rest != nil {
		branches[restCode] = t.Rest
		s.codes = append(s.codes, restCode)
	}
	add := func(span func(*BranchTrend) BranchSpan) {
		x := &spanTable{counts: map[string]int{}, hidden: map[string]bool{}}
		for code, b := range branches {
			if x.counts[code] = of(span(b)); !told[code] && code != restCode {
				x.hidden[code] = true
			}
		}
		x.others = tree.beside(x.counts, of(span(all)))
		s.all = append(s.all, x)
	}
	add(func(b *BranchTrend) BranchSpan {
		return BranchSpan{Sums: b.Whole, Active: b.Members, Lasting: b.Lasting}
	})
	for i := range all.Quarters {
		s.parts[0] = append(s.parts[0], len(s.all))
		add(func(b *BranchTrend) BranchSpan { return At(b.Quarters, i) })
	}
	for i := range all.Months {
		quarter := s.parts[0][t.span((MonthOf(t.From) + Month(i)).First()).quarter]
		s.parts[quarter] = append(s.parts[quarter], len(s.all))
		add(func(b *BranchTrend) BranchSpan { return At(b.Months, i) })
	}
	return s
}
