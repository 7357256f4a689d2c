package report

import (
	"cmp"
	"slices"

	"dangshi/admin/chart"
	"dangshi/quiz"
)

// Figures are what a period came to.
type Figures struct {
	Period Period
	Season quiz.Season
	From   quiz.Day // first and last day that are in it: of the season, and not after the count
	To     quiz.Day
	Over   bool // the count was made after its end
	Active int  // members who finished a paper
	New    int  // of those, whose first of the season it was
	quiz.Sums
	Branches   []Branch // in the order of the tree
	Rest       *Branch  // members of those too small to be shown
	Hidden     int      // how many branches those are
	Categories []Category
	Weeks      []Week

	trends quiz.Trends
}

// Branch is one branch with all below it.
type Branch struct {
	Name  string
	Depth int // how many stand above it
	Few   bool
	quiz.BranchSpan
}

// PerMember is on how many days each of the active members finished a paper.
func (b Branch) PerMember() float64 { return perMember(b.Finished, b.Active) }

// KeptShare is how many of hundred who took part in a week did in the next one, too;
// None where that is of too few, or no second week is over.
func (b Branch) KeptShare() float64 { return chart.Share(b.Kept, b.Before) }

func perMember(finished, members int) float64 {
	if members == 0 {
		return chart.None()
	}
	return float64(finished) / float64(members)
}

// Category is how well one was known.
type Category struct {
	Name string
	quiz.Tried
}

// unnamed is the category of questions that have none, and unnamedKey what asks for
// them in the list of the bank.
const (
	unnamed    = "未分类"
	unnamedKey = "-"
)

// Key is the category as the list of the bank is asked for it.
func (c Category) Key() string {
	if c.Name == unnamed {
		return unnamedKey
	}
	return c.Name
}

// Week is one week of the period.
type Week struct {
	Monday quiz.Day
	quiz.SpanSums
	quiz.Sums
	Before int  // active in the week before
	Over   bool // the count was made after its end
}

// KeptShare is how many of hundred who took part in the week before did again; None
// where nobody had, or the week is not over.
func (w Week) KeptShare() float64 {
	if !w.Over {
		return chart.None()
	}
	return chart.Share(w.Kept, w.Before)
}

// Of are the figures of a period of a season as it was counted.
func Of(t quiz.Trends, tree *quiz.Branches, p Period) Figures {
	counted := quiz.DayOf(unix(t.At))
	f := Figures{
		Period: p, Season: quiz.Season{ID: t.Season, From: t.From, To: t.To}, From: t.From, To: min(t.To, counted), Hidden: t.Hidden, trends: t,
		Over: counted > t.To, Active: t.Members, New: t.Members,
	}
	at, months := 0, len(t.Months)
	if p.Kind != Season {
		f.From, f.To, f.Over = max(t.From, p.First()), min(f.To, p.Last()), counted > min(p.Last(), t.To)
		at, months = int(p.Month-quiz.MonthOf(t.From)), p.months()
		span := p.span(t.Months, t.Quarters, t)
		f.Active, f.New = span.Active, span.New
	}
	if first, ok := Began(t); ok && first > f.From && first <= f.To {
		f.From = first // the product came into use within it
	}
	f.Sums = t.Sum(f.From, f.To)
	for _, b := range t.Branches {
		f.Branches = append(f.Branches, f.branch(b, tree))
	}
	if t.Rest != nil {
		rest := f.branch(*t.Rest, nil)
		rest.Name = "其他支部"
		f.Rest = &rest
	}
	for _, c := range t.Categories {
		if tried := c.Between(at, months); tried.All > 0 {
			f.Categories = append(f.Categories, Category{cmp.Or(c.Name, unnamed), tried})
		}
	}
	slices.SortStableFunc(f.Categories, func(a, b Category) int {
		return cmp.Compare(int64(b.Right)*int64(a.All), int64(a.Right)*int64(b.All))
	})
	f.weeks(counted)
	return f
}

// span is what was counted of members in the period.
func (p Period) span(months, quarters []quiz.SpanSums, t quiz.Trends) (s quiz.SpanSums) {
	if p.Kind == Month {
		if i, ok := t.MonthIndex(p.Month); ok {
			s = quiz.At(months, i)
		}
	} else if i, ok := t.QuarterIndex(p.Month); ok {
		s = quiz.At(quarters, i)
	}
	return s
}

// branch is a branch in the period.
func (f *Figures) branch(b quiz.BranchTrend, tree *quiz.Branches) Branch {
	x := Branch{Name: tree.Name(b.Code), Depth: tree.Depth(b.Code)}
	switch f.Period.Kind {
	case Season:
		x.BranchSpan = quiz.BranchSpan{Sums: b.Whole, Active: b.Members, Lasting: b.Lasting}
	case Quarter:
		if i, ok := f.trends.QuarterIndex(f.Period.Month); ok {
			x.BranchSpan = quiz.At(b.Quarters, i)
		}
	case Month:
		if i, ok := f.trends.MonthIndex(f.Period.Month); ok {
			x.BranchSpan = quiz.At(b.Months, i)
		}
	}
	x.Few = x.BranchSpan.Few
	return x
}

// weeks are those of which a day is in the period.
func (f *Figures) weeks(counted quiz.Day) {
	t := f.trends
	for monday := f.From.Monday(); monday <= f.To; monday += 7 {
		i := int(monday-t.From.Monday()) / 7
		f.Weeks = append(f.Weeks, Week{
			Monday: monday, SpanSums: quiz.At(t.Weeks, i), Sums: t.Sum(monday, monday+6),
			Before: quiz.At(t.Weeks, i-1).Active, Over: counted > monday+6,
		})
	}
}

// Began is the first day on which anybody finished a paper; ok is false where nobody has.
func Began(t quiz.Trends) (day quiz.Day, ok bool) {
	i := slices.IndexFunc(t.Days, func(d quiz.DaySums) bool { return d.Finished > 0 })
	return t.From + quiz.Day(i), i >= 0
}

// lastWhole is the last day that was over when it was counted; where none was, the day of
// the count: what came in a part of a day is not to be set beside days.
func (f Figures) lastWhole() quiz.Day {
	if f.To == quiz.DayOf(unix(f.trends.At)) && f.To > f.From {
		return f.To - 1
	}
	return f.To
}

// wholeWeeks are the weeks without a last one that was not over; a single one stays.
func (f Figures) wholeWeeks() []Week {
	if n := len(f.Weeks); n > 1 && !f.Weeks[n-1].Over {
		return f.Weeks[:n-1]
	}
	return f.Weeks
}

// Days is how many days the figures are about.
func (f Figures) Days() int { return max(0, int(f.To-f.From)+1) }

// PerMember is on how many days each member finished a paper.
func (f Figures) PerMember() float64 { return perMember(f.Finished, f.Active) }

// Accuracy is the share of right answers in percent.
func (f Figures) Accuracy() float64 { return chart.Share(f.Right, f.Asked) }

// Empty reports whether nobody finished a paper.
func (f Figures) Empty() bool { return f.Finished == 0 }

// Busiest are the branches at the bottom of the tree that took part most days for each
// active member, n at most.
func (f Figures) Busiest(n int) []Branch {
	return f.foremost(n, func(b Branch) (part, whole int) { return b.Finished, b.Active })
}

// MostLasting are those whose members went on most often from week to week, n at most;
// those of which that is not known are none of them.
func (f Figures) MostLasting(n int) []Branch {
	all := f.foremost(len(f.Branches), func(b Branch) (part, whole int) { return b.Kept, b.Before })
	all = slices.DeleteFunc(all, func(b Branch) bool { return b.Before == 0 })
	return all[:min(n, len(all))]
}

// foremost are the branches at the bottom of the tree with the largest share, of equal
// ones the larger first.
func (f Figures) foremost(n int, share func(Branch) (part, whole int)) []Branch {
	var all []Branch
	for i, b := range f.Branches {
		parent := i+1 < len(f.Branches) && f.Branches[i+1].Depth > b.Depth
		if !parent && b.Active >= quiz.LeastShown {
			all = append(all, b)
		}
	}
	slices.SortStableFunc(all, func(a, b Branch) int {
		partA, wholeA := share(a)
		partB, wholeB := share(b)
		return cmp.Or(cmp.Compare(int64(partB)*int64(wholeA), int64(partA)*int64(wholeB)), cmp.Compare(b.Active, a.Active))
	})
	return all[:min(n, len(all))]
}

// Runs are how many members have a longest run of that many days.
type Runs struct {
	Name    string
	Members int
}

var runBounds = []struct {
	from int
	name string
}{{1, "1–2 天"}, {3, "3–6 天"}, {7, "7–13 天"}, {14, "14–29 天"}, {30, "30–59 天"}, {60, "60–99 天"}, {100, "100 天以上"}}

// LongestRuns sorts all members of the season by their longest run of finished days.
func (f Figures) LongestRuns() []Runs {
	all := make([]Runs, len(runBounds))
	for i, b := range runBounds {
		all[i].Name = b.name
	}
	for days, members := range f.trends.Longest {
		for i := len(runBounds) - 1; i >= 0; i-- {
			if days >= runBounds[i].from {
				all[i].Members += members
				break
			}
		}
	}
	return all
}

// RunsFrom is how many members have a longest run of at least so many days.
func (f Figures) RunsFrom(days int) (n int) {
	for d, members := range f.trends.Longest {
		if d >= days {
			n += members
		}
	}
	return n
}

// Weakest are the questions of the season that fewest know.
func (f Figures) Weakest(n int) []quiz.QuestionTrend {
	return f.trends.Weakest[:min(n, len(f.trends.Weakest))]
}

// Damaged is how many members could not be counted.
func (f Figures) Damaged() int { return f.trends.Damaged }
