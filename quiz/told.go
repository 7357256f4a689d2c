package quiz

import (
	"cmp"
	"slices"
)

// NoSum says to Told that no sum over all branches is shown.
const NoSum = -1

// Told are the branches of which figures may be shown, where a branch counts with all
// below it and counts are of members, rolled up. Each has LeastShown members or more; and
// whoever takes those that are shown from what stands above them finds nobody, or as many
// again: where the rest would be fewer, the smallest of them is hidden, too. What is below
// a hidden branch is hidden. Where a sum over all is shown, others are those in it who are
// in no branch: they may be found, however few, where no branch is hidden at the top, and
// a branch that is alone there may be found from that sum. may says which branches may be
// shown at all, nil: each; a large one that only may hides can be all that is left.
//
// These are primary and secondary suppression of cells in a table whose sums are shown: A.
// Hundepool et al., Handbook on Statistical Disclosure Control (ESSnet SDC, 2010), chapter
// 4. Members who stand in a branch that has others below it are such a rest of their own.
// It guards one table: what a table says tomorrow, less what it says today, is of those
// who came between, however it is cut. Tables that add up are settled by spanTables.
func (b *Branches) Told(counts map[string]int, others int, may func(code string) bool) map[string]bool {
	below := map[string][]string{} // "": the branches at the top
	for code := range counts {
		x, _ := b.Get(code)
		below[x.Parent] = append(below[x.Parent], code)
	}
	told := map[string]bool{}
	level := []string{""} // what is shown, whose parts are to be looked at
	for len(level) > 0 {
		var next []string
		for _, above := range level {
			shown, rest := large(counts, below[above], may)
			switch {
			case above != "":
				rest += counts[above] - sumOf(counts, below[above]) // who stands in it
			case rest == 0 || others < 0: // nobody of a branch is to be worked out
				rest = LeastShown
			default:
				rest += others
			}
			for len(shown) > 0 && rest > 0 && rest < LeastShown {
				rest += counts[shown[len(shown)-1]]
				shown = shown[:len(shown)-1]
			}
			for _, code := range shown {
				told[code] = true
			}
			next = append(next, shown...)
		}
		level = next
	}
	return told
}

// large are the branches of LeastShown members or more that may be shown, the largest
// first, and how many members the others have together.
func large(counts map[string]int, codes []string, may func(code string) bool) (shown []string, rest int) {
	for _, code := range codes {
		if counts[code] < LeastShown || may != nil && !may(code) {
			rest += counts[code]
			continue
		}
		shown = append(shown, code)
	}
	slices.SortFunc(shown, func(x, y string) int { return cmp.Or(cmp.Compare(counts[y], counts[x]), cmp.Compare(x, y)) })
	return shown, rest
}

func sumOf(counts map[string]int, codes []string) (n int) {
	for _, code := range codes {
		n += counts[code]
	}
	return n
}

// Members are the members of rolled tallies, as Told wants them.
func Members(rolled map[string]BranchTally) map[string]int {
	counts := make(map[string]int, len(rolled))
	for code, t := range rolled {
		counts[code] = t.Members
	}
	return counts
}
