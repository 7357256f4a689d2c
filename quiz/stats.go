package quiz

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"dangshi/content"
)

// Statistics are how the questions of a season did, gathered member by member: it
// keeps sums for each question and nothing of a member. Papers are made known
// first. It must not be used by several goroutines at once.
type Statistics struct {
	rows   map[AskedAs]*QuestionStats
	papers map[paperAt]*answered
	rights []bool // of the member at hand
}

type paperAt struct {
	day     Day
	version int
}

// answered is a paper with what is counted of each of its questions.
type answered struct {
	rows  []*QuestionStats
	marks []mark
}

// QuestionStats is how one question did, in one revision.
type QuestionStats struct {
	Question content.Question // with the key that is told
	Void     bool             // it was ruled void; what was right is counted by its key
	Papers   int              // papers in which it was asked
	Answers  int              // how often it was answered
	Right    int
	Options  [content.MaxOptions]int // how often each was chosen; of a multiple question several at a time
	Paces    [16]int                 // answers by Pace

	// Sums over the answers of members who answered something else as well: r is 1
	// where right, x the share right of all else that the member answered.
	n, sumR, sumX, sumXX, sumRX float64
}

// NewStatistics has counted nothing.
func NewStatistics() *Statistics {
	return &Statistics{rows: map[AskedAs]*QuestionStats{}, papers: map[paperAt]*answered{}}
}

// Paper makes a paper known, once each.
func (s *Statistics) Paper(p *Paper) {
	at := paperAt{p.Day, p.Version}
	if s.papers[at] != nil {
		return
	}
	a := &answered{}
	for i, q := range p.Questions {
		row := s.rows[AskedAsOf(q)]
		if row == nil {
			row = &QuestionStats{Question: p.Told(i)}
			s.rows[AskedAsOf(q)] = row
		}
		row.Papers++
		ruling := p.ruling(i)
		if ruling != nil && ruling.Void {
			row.Void, ruling = true, nil
		}
		a.rows = append(a.rows, row)
		a.marks = append(a.marks, markOf(&q, ruling))
	}
	s.papers[at] = a
}

// Member counts the answers of one member's log, once. Answers of papers that
// were not finished count as well. A paper that is not known, or that has other
// questions, is an error, and nothing is counted then.
func (s *Statistics) Member(entries []Entry) error {
	s.rights = s.rights[:0]
	right := 0
	for _, e := range entries {
		a := s.papers[paperAt{e.Day, e.Version}]
		if a == nil || len(e.Given) > len(a.rows) {
			return fmt.Errorf("%w: paper %s version %d", ErrLog, e.Day, e.Version)
		}
		for i, g := range e.Given {
			ok := a.marks[i].right(g)
			if ok {
				right++
			}
			s.rights = append(s.rights, ok)
		}
	}
	at := 0
	for _, e := range entries {
		a := s.papers[paperAt{e.Day, e.Version}]
		for i, g := range e.Given {
			a.rows[i].count(g, s.rights[at], right, len(s.rights))
			at++
		}
	}
	return nil
}

// count takes one answer of a member who has so many right of so many.
func (q *QuestionStats) count(g Given, ok bool, right, all int) {
	q.Answers++
	q.Paces[min(int(g.Pace), len(q.Paces)-1)]++
	for i := range q.Options {
		if g.Letters.Has(i) {
			q.Options[i]++
		}
	}
	r := 0.0
	if ok {
		q.Right++
		r = 1
		right--
	}
	if all < 2 {
		return
	}
	x := float64(right) / float64(all-1)
	q.n++
	q.sumR += r
	q.sumX += x
	q.sumXX += x * x
	q.sumRX += r * x
}

// Facility is the share of right answers, 0 to 1; ok is false where there are none.
func (q *QuestionStats) Facility() (share float64, ok bool) {
	if q.Answers == 0 {
		return 0, false
	}
	return float64(q.Right) / float64(q.Answers), true
}

// Discrimination is the point-biserial correlation of being right here with the
// share right of all else that the member answered, -1 to 1; ok is false where one
// of the two is always the same.
func (q *QuestionStats) Discrimination() (r float64, ok bool) {
	const flat = 1e-9 // of a variance: what is left of rounding
	varR := q.sumR/max(q.n, 1) - square(q.sumR/max(q.n, 1))
	varX := q.sumXX/max(q.n, 1) - square(q.sumX/max(q.n, 1))
	if q.n < 2 || varR < flat || varX < flat {
		return 0, false
	}
	cov := q.sumRX/q.n - q.sumR/q.n*(q.sumX/q.n)
	return max(-1, min(1, cov/math.Sqrt(varR*varX))), true
}

func square(x float64) float64 { return x * x }

// Median is the median time of an answer in seconds, as exact as the steps of
// Pace; ok is false where there are no answers.
func (q *QuestionStats) Median() (seconds float64, ok bool) {
	below := 0
	for p, n := range q.Paces {
		if below += n; 2*below >= q.Answers && q.Answers > 0 {
			return Pace(p).Seconds(), true
		}
	}
	return 0, false
}

// Suspicion is why a question should be looked at.
type Suspicion uint8

// The suspicions, the gravest first.
const (
	Backwards  Suspicion = iota // weak members get it right more often than strong ones: the key is wrong, most likely
	Outvoted                    // another option was chosen more often than the key
	TooHard                     // fewer than one in four have it right
	TooEasy                     // more than 19 of 20 have it right
	Unobserved                  // too few answers to say anything
	Unsuspicious
)

// Bounds of suspicion.
const (
	FewAnswers = 30
	hard, easy = 0.25, 0.95
)

// Suspicions are all reasons to look at a question, the gravest first.
func (q *QuestionStats) Suspicions() (all []Suspicion) {
	if q.Answers < FewAnswers {
		return []Suspicion{Unobserved}
	}
	// Below twice the standard error of a correlation of none.
	if r, ok := q.Discrimination(); ok && r < -2/math.Sqrt(q.n) {
		all = append(all, Backwards)
	}
	if q.outvoted() {
		all = append(all, Outvoted)
	}
	switch share, _ := q.Facility(); {
	case share < hard:
		all = append(all, TooHard)
	case share > easy:
		all = append(all, TooEasy)
	}
	return all
}

// outvoted looks at questions with one right option.
func (q *QuestionStats) outvoted() bool {
	if t := q.Question.Type; t != content.Single && t != content.Judge {
		return false
	}
	return slices.Max(q.Options[:]) > q.Right
}

// gravest is the first suspicion.
func (q *QuestionStats) gravest() Suspicion {
	if all := q.Suspicions(); len(all) > 0 {
		return all[0]
	}
	return Unsuspicious
}

// Questions are all questions of the papers, those to be looked at first.
func (s *Statistics) Questions() []QuestionStats {
	all := make([]QuestionStats, 0, len(s.rows))
	for _, row := range s.rows {
		all = append(all, *row)
	}
	slices.SortFunc(all, func(a, b QuestionStats) int {
		ra, _ := a.Discrimination()
		rb, _ := b.Discrimination()
		return cmp.Or(
			cmp.Compare(a.gravest(), b.gravest()), cmp.Compare(ra, rb),
			cmp.Compare(a.Question.ID, b.Question.ID), cmp.Compare(a.Question.Revision, b.Question.Revision),
		)
	})
	return all
}
