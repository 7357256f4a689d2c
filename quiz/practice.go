package quiz

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"dangshi/content"
)

// Practice is what one member practises: the questions that were answered wrong.
// It earns nothing and is no truth: the answer log is, from which mistakes are
// taken over when the member asks for them, so that answering a paper stores
// nothing for it. The zero value is someone who never practised.
type Practice struct {
	UpTo  Day    // mistakes of logged days up to this one were taken over
	Cards []Card // at most MaxCards, as they are to be asked

	Open     string // id of the question asked now; empty: none
	Revision int    // of that question: an edited one is another one
	Asked    int64  // Unix seconds at which a question was asked last, later ones always greater: it names the asking
	Begun    Day    // Member.Begun then: a paper begun since means that the member has left practice

	Day         Day // of the last practice
	Done, Right int // answers on that day

	Recent []Delivery // the messages that changed it last, oldest first
}

// PracticeSituation is the world in which someone practises.
type PracticeSituation struct {
	Situation
	Begun    Day                                      // Member.Begun
	Question func(id string) (content.Question, bool) // the approved question at its present revision
}

// Exercise is a question of practice as it is shown to the member.
type Exercise struct {
	Ref      PracticeRef
	Left     int              // cards due, this one among them
	Question content.Question // options in the member's order
}

// PracticeOutcome is what a step of practice found.
type PracticeOutcome struct {
	Changed  bool
	Exercise *Exercise // the question to be asked now; nil: none is due
	Graded   *Graded   // the answer that was graded, if any
	Next     Day       // where none is due: when the next one will be; 0: there are no cards
}

// Record gives the messages that were counted, to look for repeats.
func (p Practice) Record() Record { return Record{Recent: p.Recent} }

// Collect takes over mistakes, of logged days after UpTo and up to another one.
func (p Practice) Collect(mistakes []Mistake, upTo Day) (next Practice, changed bool) {
	changed = len(mistakes) > 0 || upTo > p.UpTo
	p.UpTo = max(p.UpTo, upTo)
	p.Cards = collect(p.Cards, mistakes)
	return p, changed
}

// Mistakes are the wrong answers of the logged days after a day, oldest first,
// at most the last MaxCards or a few more, and the last day of the log. A voided
// day has none: its questions may be to blame. A paper that is lost is an error.
func Mistakes(entries []Entry, after Day, paper func(Day, int) (*Paper, error), voids Voids) (all []Mistake, upTo Day, err error) {
	for _, e := range slices.Backward(entries) {
		upTo = max(upTo, e.Day)
		if e.Day <= after || len(all) >= MaxCards {
			break
		}
		if voids[e.Day] != Stands {
			continue
		}
		p, err := paper(e.Day, e.Version)
		if err == nil && (p == nil || len(e.Given) > len(p.Questions)) {
			err = fmt.Errorf("%w: it has answers to another one", ErrLog)
		}
		if err != nil {
			return nil, 0, fmt.Errorf("paper %s version %d: %w", e.Day, e.Version, err)
		}
		for i, g := range e.Given {
			if !p.Right(i, g) {
				all = append(all, Mistake{ID: p.Questions[i].ID, Day: e.Day})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Mistake) int { return int(a.Day - b.Day) })
	return all, upTo, nil
}

// Exercise is the question asked now as the member sees it; nil where there is
// none, or none any more: it was retired or edited, or its card is gone.
func (p Practice) Exercise(s PracticeSituation) *Exercise {
	q, ok := s.Question(p.Open)
	if p.Open == "" || !ok || q.Revision != p.Revision || p.card(p.Open) < 0 || s.Rulings.Void(q) {
		return nil
	}
	return &Exercise{
		Ref:      PracticeRef{Asked: p.Asked},
		Left:     max(1, p.due(DayOf(s.Now))),
		Question: Shown(s.Rulings.of(q).told(q), practiceOrder(s.ID, q)),
	}
}

// patience is how long words are taken for the answer to a question of practice.
// Later, and after a paper was begun, only a tap on it is: people also come to
// talk of something else.
const patience = 12 * time.Hour

// Listens reports whether words may answer the question asked now.
func (p Practice) Listens(s PracticeSituation) bool {
	return p.Open != "" && p.Begun == s.Begun && s.Now.Unix()-p.Asked <= int64(patience/time.Second)
}

// Early reports whether words arrived before the question was shown; see Early.
func (p Practice) Early(s PracticeSituation) bool {
	return s.early(Attempt{AskedAt: p.Asked})
}

// Ask asks the question that is due: the open one as long as words may answer
// it. Cards whose question is approved no more are dropped.
func (p Practice) Ask(s PracticeSituation) (Practice, PracticeOutcome) {
	if p.Listens(s) {
		if x := p.Exercise(s); x != nil {
			return p, PracticeOutcome{Exercise: x}
		}
	}
	return p.next(s, PracticeOutcome{})
}

// Answer grades the answer to the open question, which Exercise gives, and asks
// the next one.
func (p Practice) Answer(c Choice, s PracticeSituation) (Practice, PracticeOutcome) {
	x := p.Exercise(s)
	if x == nil {
		return p.Ask(s)
	}
	q, _ := s.Question(p.Open)
	order := practiceOrder(s.ID, q)
	graded := grade(s.Rulings.of(q), q, c.given(q, order, 0), order)
	today := DayOf(s.Now)
	p.Cards = slices.Clone(p.Cards)
	i := p.card(p.Open)
	p.Cards[i] = p.Cards[i].Review(graded.Right, today)
	slices.SortFunc(p.Cards, urgency)
	if p.Day != today {
		p.Day, p.Done, p.Right = today, 0, 0
	}
	p.Done++
	if graded.Right {
		p.Right++
	}
	return p.next(s, PracticeOutcome{Changed: true, Graded: graded})
}

// Leave closes the open question, so that words no longer answer it.
func (p Practice) Leave() (next Practice, changed bool) {
	changed = p.Open != ""
	p.Open, p.Revision = "", 0
	return p, changed
}

// next opens the question that is due, if any.
func (p Practice) next(s PracticeSituation, out PracticeOutcome) (Practice, PracticeOutcome) {
	p, left := p.Leave()
	all := len(p.Cards)
	p.Cards = slices.DeleteFunc(slices.Clone(p.Cards), func(c Card) bool {
		q, ok := s.Question(c.ID)
		return !ok || s.Rulings.Void(q)
	})
	out.Changed = out.Changed || left || len(p.Cards) < all
	switch {
	case len(p.Cards) == 0:
	case p.Cards[0].Due > DayOf(s.Now):
		out.Next = p.Cards[0].Due
	default:
		q, _ := s.Question(p.Cards[0].ID)
		p.Open, p.Revision = q.ID, q.Revision
		p.Asked = max(p.Asked+1, s.shown())
		p.Begun = s.Begun
		out.Changed, out.Exercise = true, p.Exercise(s)
	}
	return p, out
}

func (p Practice) card(id string) int {
	return slices.IndexFunc(p.Cards, func(c Card) bool { return c.ID == id })
}

// due is the number of cards to be asked on a day or before.
func (p Practice) due(day Day) (n int) {
	for _, c := range p.Cards {
		if c.Due <= day {
			n++
		}
	}
	return n
}

// practiceOrder is the order in which a member sees the options in practice; see
// Paper.Order. It depends on the revision too: a new text is a new bubble.
func practiceOrder(member Self, q content.Question) []int {
	order := make([]int, len(q.Choices()))
	for k := range order {
		order[k] = k
	}
	if KeepsOrder(q) {
		return order
	}
	h := fnv.New64a()
	h.Write([]byte(string(member) + "\x00" + q.ID))
	h.Write(binary.AppendVarint(nil, int64(q.Revision)))
	random := splitMix(h.Sum64())
	random.shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
	return order
}
