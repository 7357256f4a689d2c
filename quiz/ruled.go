package quiz

import (
	"slices"

	"dangshi/content"
)

// ruled is what was ruled, and is about to be, of a paper's questions. It is
// never stored with the paper.
type ruled struct {
	force, next []*Ruling // by question, nil where its key stands; empty: nothing was ruled

	// What they make of each question, where the paper is Prepared; else nil.
	marks, nextMarks []mark
}

// Under is the paper together with the rulings: it grades, and tells keys, by
// them. The paper itself is not changed, and is what comes back where nothing was
// ruled of it.
func (p *Paper) Under(r *Rulings) *Paper {
	if p == nil {
		return nil
	}
	force, next := p.under(r.forceMap(p.Season)), p.under(r.nextMap(p.Season))
	if force == nil && next == nil && p.ruled.force == nil && p.ruled.next == nil {
		return p
	}
	under := *p
	under.ruled = ruled{force: force, next: next}
	return &under
}

// Prepared is the paper, with the rulings that it is under, made ready to grade very
// many answers: what a blank accepts is hashed once, and not for each of them. The
// paper itself is not changed.
func (p *Paper) Prepared() *Paper {
	prepared := *p
	prepared.ruled.marks = p.marks(p.ruled.force)
	prepared.ruled.nextMarks = p.marks(p.ruled.next)
	return &prepared
}

func (p *Paper) marks(rulings []*Ruling) []mark {
	marks := make([]mark, len(p.Questions))
	for i := range p.Questions {
		marks[i] = markOf(&p.Questions[i], at(rulings, i))
	}
	return marks
}

// forceMap is what is in force for the papers of a season.
func (r *Rulings) forceMap(season string) map[AskedAs]*Ruling {
	if r == nil {
		return nil
	}
	if closed, ok := r.closed[season]; ok {
		return closed
	}
	return r.force
}

// nextMap is what will be in force: the same as now where nothing is staged, and
// for a season that was closed.
func (r *Rulings) nextMap(season string) map[AskedAs]*Ruling {
	if r == nil || r.next == nil || r.closed[season] != nil {
		return r.forceMap(season)
	}
	return r.next
}

func (p *Paper) under(rulings map[AskedAs]*Ruling) []*Ruling {
	if len(rulings) == 0 {
		return nil
	}
	var all []*Ruling
	for i := range p.Questions {
		q := &p.Questions[i]
		if ruling := rulings[AskedAs{q.ID, q.Revision}]; ruling != nil {
			if all == nil {
				all = make([]*Ruling, len(p.Questions))
			}
			all[i] = ruling
		}
	}
	return all
}

// at is the ruling on question i, nil where there is none.
func at(all []*Ruling, i int) *Ruling {
	if i >= len(all) {
		return nil
	}
	return all[i]
}

// Told is question i with the key that is told of it.
func (p *Paper) Told(i int) content.Question { return at(p.ruled.force, i).told(p.Questions[i]) }

// Right grades the answer to question i.
func (p *Paper) Right(i int, g Given) bool {
	m := markOf(&p.Questions[i], p.ruling(i))
	return m.right(g)
}

// result grades a whole paper by some rulings; marks are what was made of them, or nil.
func (p *Paper) result(given []Given, rulings []*Ruling, marks []mark) Result {
	if marks == nil {
		marks = p.marks(rulings)
	}
	r := Result{Day: p.Day, Questions: len(p.Questions)}
	for i, g := range given {
		if marks[i].right(g) {
			r.Correct++
		}
	}
	if p.Season != "" {
		r.Points = p.Weights.Points(r.Correct, r.Questions)
	}
	return r
}

// Result grades a whole paper.
func (p *Paper) Result(given []Given) Result { return p.result(given, p.ruled.force, p.ruled.marks) }

// change is what the staged ruling will change of a paper's result.
func (p *Paper) change(given []Given) change {
	if p.ruled.force == nil && p.ruled.next == nil {
		return change{}
	}
	now, next := p.Result(given), p.result(given, p.ruled.next, p.ruled.nextMarks)
	return change{next.Points - now.Points, next.Correct - now.Correct}
}

// change is a difference of points, in 1/Unit point, and of right answers.
// Nothing else hangs on what is right.
type change struct{ points, correct int }

func (c change) add(other change) change {
	return change{c.points + other.points, c.correct + other.correct}
}

// graded grades the answer to question i, for the member who saw its options in
// that order.
func (p *Paper) graded(i int, g Given, order []int) *Graded {
	return grade(at(p.ruled.force, i), p.Questions[i], g, order)
}

func grade(r *Ruling, q content.Question, g Given, order []int) *Graded {
	told, m := r.told(q), markOf(&q, r)
	graded := &Graded{Right: m.right(g), Key: ShownLetters(told.Answer.Letters, order), Question: Shown(told, order)}
	if r != nil {
		graded.Void = r.Void
		for _, k := range r.Keys[min(1, len(r.Keys)):] {
			graded.Also = append(graded.Also, ShownLetters(k, order))
		}
		slices.Sort(graded.Also) // the order of a member's options tells nothing of ours
	}
	return graded
}

// ruling is the ruling in force on question i, nil where there is none.
func (p *Paper) ruling(i int) *Ruling { return at(p.ruled.force, i) }
