package quiz_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dangshi/content"
	"dangshi/quiz"
)

// tree makes branches of a line such as "a b>a c>a": b and c are below a.
func tree(line string) *quiz.Branches {
	var list []content.Branch
	for field := range strings.FieldsSeq(line) {
		code, parent, _ := strings.Cut(field, ">")
		list = append(list, content.Branch{Code: code, Name: code, Parent: parent})
	}
	return quiz.NewBranches(list)
}

func TestTold(t *testing.T) {
	const flat, deep = "a b c d", "a b>a c>a d>a e>b f>b"
	for _, c := range []struct {
		about, tree string
		counts      map[string]int // rolled up
		hidden      string
		told        string
		others      int // of no branch
	}{
		{"all are large", flat, map[string]int{"a": 12, "b": 8, "c": 5, "d": 7}, "", "a b c d", 0},
		{"who has few is hidden, and the smallest beside it", flat, map[string]int{"a": 12, "b": 8, "c": 3, "d": 7}, "", "a b", 0},
		{"two small ones hide each other", flat, map[string]int{"a": 12, "b": 8, "c": 3, "d": 2}, "", "a b", 0},
		{"two that are too small together take a third", flat, map[string]int{"a": 12, "b": 8, "c": 3, "d": 1}, "", "a", 0},
		{"of equal ones the last by its code", flat, map[string]int{"a": 9, "b": 9, "c": 3}, "", "a", 0},
		{"nobody is no rest", flat, map[string]int{"a": 12, "b": 8, "c": 0}, "", "a b", 0},
		{"one alone that is small", flat, map[string]int{"a": 4}, "", "", 0},
		{"all are small", flat, map[string]int{"a": 4, "b": 4, "c": 4}, "", "", 0},
		{"the sum above is shown", deep, map[string]int{"a": 30, "b": 15, "c": 3, "d": 12}, "", "a b", 0},
		{"who stands in the branch above is a rest", deep, map[string]int{"a": 29, "b": 15, "d": 12}, "", "a b", 0},
		{"as many as may be shown stand in the branch above", deep, map[string]int{"a": 32, "b": 15, "d": 12}, "", "a b d", 0},
		{"below a hidden one nothing is shown", deep, map[string]int{"a": 30, "b": 12, "c": 3, "d": 15, "e": 6, "f": 6}, "", "a d", 0},
		{"each level is looked at", deep, map[string]int{"a": 30, "b": 12, "d": 18, "e": 9, "f": 3}, "", "a b d", 0},
		{"one child with all of it", deep, map[string]int{"a": 9, "b": 9, "e": 9}, "", "a b e", 0},
		{"one that may not be shown is a rest large enough", flat, map[string]int{"a": 12, "b": 8, "c": 6}, "b", "a c", 0},
		{"a code that the tree does not have stands at the top", flat, map[string]int{"a": 12, "old": 3, "b": 6}, "", "a", 0},
		{"members of no branch hide who has few", flat, map[string]int{"a": 12, "b": 8, "c": 3}, "", "a b", 2},
		{"too few of no branch do not", flat, map[string]int{"a": 12, "b": 8, "c": 3}, "", "a", 1},
		{"who is in no branch is no branch", flat, map[string]int{"a": 12, "b": 8}, "", "a b", 3},
		{"no sum over all is shown", deep, map[string]int{"a": 30, "b": 15, "c": 3, "d": 12, "x": 3, "y": 5}, "", "a b y", quiz.NoSum},
		{"no tree", "", map[string]int{"a": 12, "b": 2, "c": 6}, "", "a", 0},
		{"nobody", deep, nil, "", "", 0},
	} {
		told := tree(c.tree).Told(c.counts, c.others, func(code string) bool { return code != c.hidden })
		if got := strings.Join(slices.Sorted(maps.Keys(told)), " "); got != c.told {
			t.Errorf("%s: %s are shown, want %s", c.about, got, c.told)
		}
	}
}

// TestToldHoldsTheLine: in no tree anything of fewer than LeastShown members can be
// worked out from what is shown: neither a branch, nor a branch less those below it.
func TestToldHoldsTheLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []content.Branch
		own := quiz.Tally{Branches: map[string]quiz.BranchTally{}}
		for i := range rapid.IntRange(1, 12).Draw(t, "branches") {
			x := content.Branch{Code: fmt.Sprint("b", i)}
			if above := rapid.IntRange(-2, i-1).Draw(t, "above"); above >= 0 {
				x.Parent = fmt.Sprint("b", above)
			}
			list = append(list, x)
			if n := rapid.SampledFrom([]int{0, 0, 1, 2, 4, 5, 6, 20}).Draw(t, "members"); n > 0 {
				own.Branches[x.Code] = quiz.BranchTally{Members: n}
			}
		}
		b := quiz.NewBranches(list)
		counts := quiz.Members(own.Rolled(b))
		others := rapid.IntRange(0, 6).Draw(t, "others")
		told := b.Told(counts, others, nil)
		rest := map[string]int{}
		for code, n := range counts {
			if x, _ := b.Get(code); x.Parent == "" {
				rest[""] += n
			}
		}
		for code := range told {
			x, _ := b.Get(code)
			if counts[code] < quiz.LeastShown || x.Parent != "" && !told[x.Parent] {
				t.Fatalf("%s with %d below %q is shown: %v of %v", code, counts[code], x.Parent, told, counts)
			}
			rest[code] += counts[code]
			rest[x.Parent] -= counts[code]
		}
		if rest[""] > 0 {
			rest[""] += others
		}
		for above, n := range rest {
			if n > 0 && n < quiz.LeastShown && (above != "" || len(told) > 0) {
				t.Fatalf("%d members are left of %q: %v of %v", n, above, told, counts)
			}
		}
	})
}
