package quiz_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dangshi/content"
	"dangshi/quiz"
)

// monthsPast is a season from 10 February to 20 September with a paper of one question.
func monthsPast() quiz.Past {
	bank := testBank(1)
	return quiz.Past{
		Season: quiz.Season{ID: "2026", From: quiz.Date(2026, time.February, 10), To: quiz.Date(2026, time.September, 20)},
		Paper: func(d quiz.Day, version int) (*quiz.Paper, error) {
			return &quiz.Paper{Day: d, Version: version, Season: "2026", Weights: quiz.DefaultWeights, Questions: bank, Fixed: make([]bool, 1)}, nil
		},
	}
}

// activeIn is the log of who finishes a paper on two days, a week apart, of each of these
// months; 2 is February.
func activeIn(months ...time.Month) (log []quiz.Entry) {
	for _, m := range months {
		for _, d := range []int{11, 18} {
			log = append(log, quiz.Entry{Day: quiz.Date(2026, m, d), Version: 1, Given: make([]quiz.Given, 1)})
		}
	}
	return log
}

// known are figures of one branch: in the season (index 0), its quarters and its months.
type known struct{ truth, shown [1 + 3 + 8]int }

const hiddenFigure = -1

// parts are the indices of the parts of an index.
var parts = map[int][]int{0: {1, 2, 3}, 1: {4, 5}, 2: {6, 7, 8}, 3: {9, 10, 11}}

// derivable finds a figure that is all that is not known of a sum; "": there is none.
func derivable(tree *quiz.Branches, all map[string]*known, total [12]int) string {
	for code, b := range all {
		for whole, of := range parts {
			unknown := 0
			for _, i := range append([]int{whole}, of...) {
				if b.shown[i] == hiddenFigure {
					unknown++
				}
			}
			if unknown == 1 {
				return fmt.Sprintf("%s along %d: %v", code, whole, b)
			}
		}
	}
	for i := range total {
		own, unknown, shown := map[string]int{"": total[i]}, map[string]int{}, map[string]int{"": 0}
		for code, b := range all {
			x, _ := tree.Get(code)
			own[code] += b.truth[i]
			own[x.Parent] -= b.truth[i]
			if b.shown[i] == hiddenFigure {
				unknown[x.Parent]++
			} else if b.shown[i] > 0 {
				shown[x.Parent]++
			}
		}
		for above, n := range unknown {
			if above != "" && all[above].shown[i] == hiddenFigure || n != 1 || own[above] > 0 {
				continue
			}
			if above != "" || shown[above] > 0 { // one alone at the top is the sum of all
				return fmt.Sprintf("below %q in %d", above, i)
			}
		}
	}
	return ""
}

// look writes what is told of a branch, by a figure that adds up.
func (b *known) look(got *quiz.BranchTrend, lasting bool) {
	for i, n := range b.truth {
		b.shown[i] = min(n, 0)
		if n == 0 {
			continue
		}
		b.shown[i] = hiddenFigure
		if got == nil {
			continue
		}
		s := quiz.BranchSpan{Sums: got.Whole, Lasting: got.Lasting}
		if i > 3 {
			s = quiz.At(got.Months, i-4)
		} else if i > 0 {
			s = quiz.At(got.Quarters, i-1)
		}
		if lasting && s.Before > 0 {
			b.shown[i] = s.Before
		} else if !lasting && !s.Few {
			b.shown[i] = s.Finished
		}
	}
}

// TestTrendsHideInTime: no figure of a branch that is hidden can be worked out by taking
// what is shown from one sum that is shown, in time or along the tree.
func TestTrendsHideInTime(t *testing.T) {
	past := monthsPast()
	rapid.Check(t, func(t *rapid.T) {
		var list []content.Branch
		for i := range rapid.IntRange(1, 6).Draw(t, "branches") {
			x := content.Branch{Code: fmt.Sprint("b", i)}
			if above := rapid.IntRange(-2, i-1).Draw(t, "above"); above >= 0 {
				x.Parent = fmt.Sprint("b", above)
			}
			list = append(list, x)
		}
		tree := quiz.NewBranches(list)
		c := quiz.CountTrends(past)
		finished, before := map[string]*known{}, map[string]*known{}
		var totals, totalBefore [12]int
		for range rapid.IntRange(1, 14).Draw(t, "groups") {
			at := rapid.IntRange(-1, len(list)-1).Draw(t, "at")
			set := rapid.IntRange(1, 255).Draw(t, "months")
			n := rapid.IntRange(1, 9).Draw(t, "members")
			var months []time.Month
			var papers, weeks [12]int
			for m := range 8 {
				if set>>m&1 == 1 {
					months = append(months, time.February+time.Month(m))
					for _, i := range []int{0, 1 + (m+1)/3, 4 + m} {
						papers[i] += 2 * n
					}
				}
			}
			log := activeIn(months...)
			active := map[quiz.Day]bool{}
			for _, e := range log {
				active[e.Day.Monday()] = true
			}
			for monday := range active {
				if end := min(monday+13, past.Season.To); monday+7 <= past.Season.To {
					m := int(quiz.MonthOf(end) - quiz.MonthOf(past.Season.From))
					for _, i := range []int{0, 1 + (m+1)/3, 4 + m} {
						weeks[i] += n
					}
				}
			}
			member := quiz.Member{}
			if at >= 0 {
				member.Branch = list[at].Code
			}
			for range n {
				if err := c.Member(member, log); err != nil {
					t.Fatal(err)
				}
			}
			add := func(to *[12]int, x [12]int) {
				for i, n := range x {
					to[i] += n
				}
			}
			add(&totals, papers)
			add(&totalBefore, weeks)
			for code := member.Branch; code != ""; {
				if finished[code] == nil {
					finished[code], before[code] = &known{}, &known{}
				}
				add(&finished[code].truth, papers)
				add(&before[code].truth, weeks)
				x, _ := tree.Get(code)
				code = x.Parent
			}
		}
		got := c.Trends(tree, (past.Season.To + 30).Start().Unix())
		told := map[string]*quiz.BranchTrend{}
		for i, b := range got.Branches {
			told[b.Code] = &got.Branches[i]
		}
		for _, x := range []struct {
			about   string
			all     map[string]*known
			total   [12]int
			lasting bool
		}{{"papers", finished, totals, false}, {"weeks", before, totalBefore, true}} {
			rest := &known{}
			for code, b := range x.all {
				in, _ := tree.Get(code)
				if told[code] == nil && in.Parent == "" && got.Rest != nil {
					for i, n := range b.truth {
						rest.truth[i] += n
					}
					delete(x.all, code)
					for below := range tree.Within(code) {
						delete(x.all, below)
					}
					continue
				}
				b.look(told[code], x.lasting)
			}
			if got.Rest != nil {
				rest.look(got.Rest, x.lasting)
				x.all["rest"] = rest
			}
			for code := range x.all { // of what is told nowhere no span is known
				if told[code] == nil && code != "rest" {
					continue
				}
				for i, n := range x.all[code].shown {
					if n != hiddenFigure && n != x.all[code].truth[i] {
						t.Fatalf("%s of %s: %v", x.about, code, x.all[code])
					}
				}
			}
			if len(told) > 0 {
				if found := derivable(tree, x.all, x.total); found != "" {
					t.Fatalf("%s: %s", x.about, found)
				}
			}
		}
	})
}

// TestTrendsHideOneMonth: a month with few takes the smallest other one of its quarter
// along, and nothing else.
func TestTrendsHideOneMonth(t *testing.T) {
	past := monthsPast()
	tree := quiz.NewBranches([]content.Branch{{Code: "a", Name: "一支部"}})
	c := quiz.CountTrends(past)
	for i := range 12 {
		log := activeIn(4, 5, 6, 7, 8)
		switch {
		case i < 3:
		case i < 9:
			log = activeIn(5, 6, 7, 8)
		default:
			log = activeIn(6, 7, 8)
		}
		for _, branch := range []string{"a", ""} {
			if err := c.Member(quiz.Member{Branch: branch}, log); err != nil {
				t.Fatal(err)
			}
		}
	}
	b := c.Trends(tree, (past.Season.To + 30).Start().Unix()).Branches[0]
	few := ""
	for i, s := range b.Months {
		if s.Few {
			few += fmt.Sprint(i+2, " ")
		}
	}
	if few != "4 5 " || b.Quarters[1].Few || b.Quarters[1].Finished == 0 {
		t.Errorf("months %sare hidden: %+v", few, b)
	}
}
