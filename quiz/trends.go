package quiz

import (
	"time"

	"dangshi/content"
)

// Trends are how a season went, as it was counted at a moment: sums over days, weeks,
// months and quarters, by branch and by category. Nothing of a single member is in
// them: what concerns fewer than LeastShown members of a branch, or would tell of them
// by what is beside it or by a sum in time, is left out; see Branches.Told and spanTables.
// Sums over all members are whole, however few they are.
//
// A voided day counts as in Totals: where its points were dropped, nowhere.
type Trends struct {
	At      int64  `json:"at"` // Unix seconds
	Season  string `json:"season"`
	From    Day    `json:"from"`
	To      Day    `json:"to"`
	Members int    `json:"members"`           // who finished a paper
	Damaged int    `json:"damaged,omitempty"` // whose record or log cannot be read: in no sum

	Days     []DaySums   `json:"days"`     // from From on, to the last day on which somebody finished
	Weeks    []SpanSums  `json:"weeks"`    // each begins on a Monday, the first with From's
	Months   []SpanSums  `json:"months"`   // the first with From's
	Quarters []SpanSums  `json:"quarters"` // the first with From's
	Longest  map[int]int `json:"longest"`  // longest run of finished days → members

	Branches   []BranchTrend   `json:"branches,omitempty"` // in the order of the tree
	Rest       *BranchTrend    `json:"rest,omitempty"`     // members of branches that are too small to be shown, or too many
	Hidden     int             `json:"hidden,omitempty"`   // how many branches those are
	Categories []CategoryTrend `json:"categories,omitempty"`
	Weakest    []QuestionTrend `json:"weakest,omitempty"` // the least share right first
}

// Bounds of Trends, which keep the document small however large the season.
const (
	LeastShown       = 5 // members
	maxTrendBranches = 300
	maxCategories    = 60
	maxWeakest       = 40
	maxStem          = 60 // characters of a question that are kept
)

// Sums are finished papers and what they came to.
type Sums struct {
	Finished int `json:"n,omitempty"`
	Points   int `json:"p,omitempty"` // in 1/Unit point
	Right    int `json:"r,omitempty"` // questions answered right
	Asked    int `json:"a,omitempty"`
}

// Plus is the sum of both.
func (s Sums) Plus(o Sums) Sums {
	return Sums{s.Finished + o.Finished, s.Points + o.Points, s.Right + o.Right, s.Asked + o.Asked}
}

// DaySums are the Sums of one day.
type DaySums struct{ Sums }

// SpanSums are the members of a week, a month or a quarter.
type SpanSums struct {
	Active int `json:"m,omitempty"` // who finished a paper in it
	Kept   int `json:"k,omitempty"` // of those, who had finished one in the span before, too
	New    int `json:"w,omitempty"` // of those, whose first of the season it was
}

// BranchTrend is a branch with all branches below it. Members who left the ranking
// are not counted, as in Tally.
type BranchTrend struct {
	Code     string       `json:"code,omitempty"`
	Members  int          `json:"members"` // who finished a paper
	Whole    Sums         `json:"whole"`   // of the season
	Lasting               // in it
	Months   []BranchSpan `json:"months"` // as of Trends
	Quarters []BranchSpan `json:"quarters"`

	weeks []SpanSums // as of Trends, while it is counted
}

// BranchSpan are a branch's sums in a month or a quarter. Of one to four active
// members, and of those behind whom these would be seen, nothing is kept but that there
// were Few.
type BranchSpan struct {
	Sums
	Lasting
	Active int  `json:"m,omitempty"`
	Few    bool `json:"few,omitempty"`
}

// Lasting is how many go on from one week to the next, summed over the weeks that ended
// in a span and were over when they were counted. Nothing is kept of fewer than LeastShown,
// nor of what would tell of these.
type Lasting struct {
	Before int `json:"b,omitempty"` // who finished a paper in the week before
	Kept   int `json:"k,omitempty"` // of those, who did in the week, too
}

// CategoryTrend is how questions of a category were answered in finished papers,
// those that were ruled void left out.
type CategoryTrend struct {
	Name   string  `json:"name"`   // "": of none
	Months []Tried `json:"months"` // as of Trends
}

// Tried counts the answers to questions.
type Tried struct {
	Right int `json:"r,omitempty"`
	All   int `json:"a,omitempty"`
}

// Plus is the sum of both.
func (a Tried) Plus(o Tried) Tried { return Tried{a.Right + o.Right, a.All + o.All} }

// QuestionTrend is one question that few know.
type QuestionTrend struct {
	AskedAs
	Tried
	Category string `json:"category,omitempty"`
	Stem     string `json:"stem"` // its beginning
}

// Monday is the first day of d's week.
func (d Day) Monday() Day { return d - ((d+3)%7+7)%7 }

// Month is a calendar month, counted from January of the year 0.
type Month int

// MonthOf is the month of a day.
func MonthOf(d Day) Month {
	y, m, _ := d.Civil()
	return Month(y*12 + int(m) - 1)
}

// First is the month's first day.
func (m Month) First() Day { return Date(int(m)/12, time.Month(m%12)+1, 1) }

// Quarter is the first month of the month's quarter.
func (m Month) Quarter() Month { return m - m%3 }

// span is which of the season's weeks, months and quarters a day lies in.
type span struct{ week, month, quarter int }

func (t *Trends) span(d Day) span {
	return span{
		int(d.Monday()-t.From.Monday()) / 7,
		int(MonthOf(d) - MonthOf(t.From)),
		int(MonthOf(d).Quarter()-MonthOf(t.From).Quarter()) / 3,
	}
}

// MonthIndex is the place of a month in Months; ok is false where the season has no
// day of it.
func (t *Trends) MonthIndex(m Month) (i int, ok bool) {
	return int(m - MonthOf(t.From)), m >= MonthOf(t.From) && m <= MonthOf(t.To)
}

// QuarterIndex is the same of a quarter, by any of its months.
func (t *Trends) QuarterIndex(m Month) (i int, ok bool) {
	first := MonthOf(t.From).Quarter()
	return int(m.Quarter()-first) / 3, m.Quarter() >= first && m.Quarter() <= MonthOf(t.To).Quarter()
}

// Sum adds the days from one to another, both included.
func (t *Trends) Sum(from, to Day) (s Sums) {
	for d := max(from, t.From); d <= to && int(d-t.From) < len(t.Days); d++ {
		s = s.Plus(t.Days[d-t.From].Sums)
	}
	return s
}

// Between adds the months from index i on, n of them.
func (c CategoryTrend) Between(i, n int) (a Tried) {
	for k := max(i, 0); k < min(i+n, len(c.Months)); k++ {
		a = a.Plus(c.Months[k])
	}
	return a
}

// At is a span by its index, the zero one beyond the last that was counted.
func At[S any](spans []S, i int) (s S) {
	if i < 0 || i >= len(spans) {
		return s
	}
	return spans[i]
}

// put gives the span at an index, after those before it were made.
func put[S any](spans *[]S, i int) *S {
	for len(*spans) <= i {
		var s S
		*spans = append(*spans, s)
	}
	return &(*spans)[i]
}

// trendPaper is a paper with what its answers are counted under.
type trendPaper struct {
	paper *Paper
	marks []mark      // by question
	rows  []*trendRow // likewise
}

// trendRow is what is counted of one question, in one revision.
type trendRow struct {
	QuestionTrend
	void     bool
	category *CategoryTrend
}

// newTrendPaper prepares the grading of many answers.
func (c *TrendCount) newTrendPaper(p *Paper) *trendPaper {
	t := &trendPaper{paper: p, marks: p.marks(p.ruled.force)}
	for i, q := range p.Questions {
		row := c.rows[AskedAsOf(q)]
		if row == nil {
			stem := []rune(content.Plain(q.Stem))
			row = &trendRow{QuestionTrend: QuestionTrend{AskedAs: AskedAsOf(q), Category: q.Category, Stem: string(stem[:min(len(stem), maxStem)])}}
			row.category = c.categories[q.Category]
			if row.category == nil {
				row.category = &CategoryTrend{Name: q.Category}
				c.categories[q.Category] = row.category
			}
			c.rows[AskedAsOf(q)] = row
		}
		if r := p.ruling(i); r != nil && r.Void {
			row.void = true
		}
		t.rows = append(t.rows, row)
	}
	return t
}
