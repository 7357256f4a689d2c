package quiz

import (
	"cmp"
	"encoding/binary"
	"errors"
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
	Pinned  []string           // chosen by an administrator: the paper has these and as many as these; none: it is drawn
	Coming  map[string]bool    // chosen for one of the coming RepeatAfter days
	Bank    []content.Question // approved questions
	Asked   map[string]Day     // when a question was last asked before Day
	Seed    []byte             // a secret of the installation, so that nobody can work out tomorrow's paper
	Season  Season             // its ID is empty between seasons
	Weights Weights
}

// Draw draws the paper of a day: what an administrator chose, with others in the
// place of what was taken out of the bank since; without a choice
// first the question of the day's item, then
// others from the bank that were not asked in the last RepeatAfter days and do
// not belong to an item of the coming RepeatAfter days, on which they will come
// first. Where the bank is too small, coming ones are taken next, then those
// whose last day lies farthest back; a bank of fewer questions than Size gives a shorter paper. The
// same Drawing always gives the same paper.
func Draw(d Drawing) (*Paper, error) {
	p := &Paper{Day: d.Day, Version: 1, Season: d.Season.ID, From: d.Season.From, Weights: d.Weights}
	for _, at := range d.choose() {
		q := d.Bank[at]
		p.Questions = append(p.Questions, q)
		p.Fixed = append(p.Fixed, KeepsOrder(q))
	}
	if len(p.Questions) == 0 {
		return nil, ErrNoQuestions
	}
	return p, p.Check()
}

// choose gives the places in the bank of the questions of the paper.
func (d Drawing) choose() []int32 {
	coming := d.coming()
	pinned := make([]int32, 0, len(d.Pinned))
	var first, fresh, later, lately []int32
	for _, at := range d.byID() {
		q := &d.Bank[at]
		switch last, asked := d.Asked[q.ID]; {
		case q.State != content.Approved:
		case slices.Contains(d.Pinned, q.ID):
			pinned = append(pinned, at)
		case q.ID == d.First:
			first = append(first, at)
		case asked && d.Day-last < RepeatAfter:
			lately = append(lately, at)
		case d.Coming[q.ID], q.Day != "" && coming[q.Day]:
			later = append(later, at)
		default:
			fresh = append(fresh, at)
		}
	}
	random := d.random()
	for _, places := range [][]int32{fresh, later, lately} {
		random.shuffle(len(places), func(i, j int) { places[i], places[j] = places[j], places[i] })
	}
	slices.SortStableFunc(lately, func(a, b int32) int {
		return cmp.Compare(d.Asked[d.Bank[a].ID], d.Asked[d.Bank[b].ID])
	})
	slices.SortFunc(pinned, func(a, b int32) int {
		return slices.Index(d.Pinned, d.Bank[a].ID) - slices.Index(d.Pinned, d.Bank[b].ID)
	})
	return d.take(pinned, slices.Concat(first, fresh, later, lately))
}

// take gives the first Size of the places after those that are taken already, but of
// blanks only one, as long as there are others: typing a word is hard for many members.
func (d Drawing) take(taken, places []int32) []int32 {
	if len(d.Pinned) > 0 {
		d.Size = len(d.Pinned)
	}
	var blanks []int32
	for _, at := range places {
		if len(taken) == d.Size {
			return taken
		}
		if d.Bank[at].Type == content.Blank && slices.ContainsFunc(taken, func(t int32) bool { return d.Bank[t].Type == content.Blank }) {
			blanks = append(blanks, at)
			continue
		}
		taken = append(taken, at)
	}
	return append(taken, blanks[:min(d.Size-len(taken), len(blanks))]...)
}

// byID are the places in the bank in the order of the questions' IDs, so that
// the order in which they were given decides nothing.
func (d Drawing) byID() []int32 {
	order := make([]int32, len(d.Bank))
	for i := range order {
		order[i] = int32(i)
	}
	byID := func(a, b int32) int { return cmp.Compare(d.Bank[a].ID, d.Bank[b].ID) }
	if !slices.IsSortedFunc(order, byID) {
		slices.SortFunc(order, byID)
	}
	return order
}

func (d Drawing) random() splitMix {
	return splitMix(binary.BigEndian.Uint64(tag(d.Seed, "paper", d.Day.String())))
}

// coming are the dates, written as an item's may be, of the day itself and of
// the RepeatAfter days after it.
func (d Drawing) coming() map[string]bool {
	dates := make(map[string]bool, 2*(RepeatAfter+1))
	for ahead := range Day(RepeatAfter + 1) {
		dates[(d.Day + ahead).MonthDay()] = true
		dates[(d.Day + ahead).String()] = true
	}
	return dates
}
