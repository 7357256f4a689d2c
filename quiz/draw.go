package quiz

import (
	"cmp"
	"errors"
	"hash/fnv"
	"slices"

	"dangshi/content"
)

// RepeatAfter is the number of days within which no question is asked twice
// while the bank allows it.
const RepeatAfter = 60

// ErrNoQuestions means that the bank holds no approved question.
var ErrNoQuestions = errors.New("the bank holds no approved question")

// Drawing is what a day's paper is drawn from.
type Drawing struct {
	Day     Day
	Size    int                // questions wanted, MinQuestions to MaxQuestions
	First   string             // ID of the question that belongs to the day's item; empty: none
	Bank    []content.Question // approved questions
	Asked   map[string]Day     // when a question was last asked before Day
	Seed    []byte             // a secret of the installation, so that nobody can work out tomorrow's paper
	Season  string
	Weights Weights
}

// Draw draws the paper of a day: first the question of the day's item, then
// others from the bank that were not asked in the last RepeatAfter days and do
// not belong to an item of the coming RepeatAfter days, on which they will come
// first. Where the bank is too small, coming ones are taken next, then those
// whose last day lies farthest back; a bank of fewer questions than Size gives a shorter paper. The
// same Drawing always gives the same paper.
func Draw(d Drawing) (*Paper, error) {
	order := slices.Clone(d.Bank)
	slices.SortFunc(order, func(a, b content.Question) int { return cmp.Compare(a.ID, b.ID) })
	random := d.random()
	random.shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })

	p := &Paper{Day: d.Day, Version: 1, Season: d.Season, Weights: d.Weights}
	rest := make([][]content.Question, 3) // fresh, coming, asked lately
	for _, q := range order {
		switch last, asked := d.Asked[q.ID]; {
		case q.State != content.Approved:
		case q.ID == d.First:
			p.Questions = append([]content.Question{q}, p.Questions...)
		case asked && d.Day-last < RepeatAfter:
			rest[2] = append(rest[2], q)
		case d.coming(q):
			rest[1] = append(rest[1], q)
		default:
			rest[0] = append(rest[0], q)
		}
	}
	slices.SortStableFunc(rest[2], func(a, b content.Question) int { return cmp.Compare(d.Asked[a.ID], d.Asked[b.ID]) })
	for _, questions := range rest {
		n := min(d.Size-len(p.Questions), len(questions))
		p.Questions = append(p.Questions, questions[:max(n, 0)]...)
	}
	if len(p.Questions) == 0 {
		return nil, ErrNoQuestions
	}
	for _, q := range p.Questions {
		p.Fixed = append(p.Fixed, KeepsOrder(q))
	}
	return p, p.Check()
}

func (d Drawing) random() splitMix {
	h := fnv.New64a()
	h.Write(d.Seed)
	h.Write([]byte(d.Day.String()))
	return splitMix(h.Sum64())
}

// coming reports whether q belongs to an item of the day itself or of the
// RepeatAfter days after it.
func (d Drawing) coming(q content.Question) bool {
	if q.Day == "" {
		return false
	}
	for ahead := range Day(RepeatAfter + 1) {
		if day := d.Day + ahead; q.Day == day.MonthDay() || q.Day == day.String() {
			return true
		}
	}
	return false
}
