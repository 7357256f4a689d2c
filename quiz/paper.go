package quiz

import (
	"fmt"

	"dangshi/content"
)

// Bounds of the number of questions of a paper.
const (
	MinQuestions     = 1
	MaxQuestions     = 10
	DefaultQuestions = 5
)

// Paper is a day's questions, frozen at the revision in which they are asked:
// later edits of the bank do not touch it, and with the answer log it is all
// that is needed to compute a score again.
type Paper struct {
	Day       Day                `json:"day"`
	Version   int                `json:"version"` // from 1; a paper replaced after its issue gets the next
	Season    string             `json:"season"`  // empty: between seasons, no points
	From      Day                `json:"from"`    // first day of the season: the log counts its days from it
	Weights   Weights            `json:"weights"`
	Questions []content.Question `json:"questions"`
	Fixed     []bool             `json:"fixed"` // by question: KeepsOrder when the paper was drawn, so that a later release shows the same order

	// Read is the id of what is read on the day, where it had no item of its own when the
	// paper was drawn; empty: it had one, there was nothing, or an earlier release drew it.
	Read string `json:"read,omitempty"`

	ruled ruled // see Under
}

// Check says whether the paper can be issued.
func (p *Paper) Check() error {
	if n := len(p.Questions); n < MinQuestions || n > MaxQuestions {
		return fmt.Errorf("paper of %s has %d questions, not %d to %d", p.Day, n, MinQuestions, MaxQuestions)
	}
	if len(p.Fixed) != len(p.Questions) {
		return fmt.Errorf("paper of %s says of %d questions whether they keep their order, and has %d", p.Day, len(p.Fixed), len(p.Questions))
	}
	if p.Version < 1 {
		return fmt.Errorf("paper of %s has version %d", p.Day, p.Version)
	}
	return p.Weights.Check()
}

// Ref names one question of one day in the menu number of a tappable option,
// so that a tap on an old bubble is never taken for an answer to another one.
type Ref struct {
	Day      Day
	Question int  // counts from 0
	Submit   bool // the options are complete; a plain tap on one option of a multiple question adds it
}

// Number is the reference as WeChat's numeric msgmenuid: YYYYMMDD, then two
// digits of the question from 1, plus 50 where the answer is complete.
func (r Ref) Number() int64 {
	y, m, d := r.Day.Civil()
	n := int64(y)*1_000_000 + int64(m)*10_000 + int64(d)*100 + int64(r.Question) + 1
	if r.Submit {
		n += 50
	}
	return n
}

// ParseRef reads what Number gives; ok is false for a number that names no question.
func ParseRef(n int64) (r Ref, ok bool) {
	if n < 2000_01_01_01 || n > 2999_12_31_99 {
		return Ref{}, false
	}
	q := int(n % 100)
	r.Submit = q > 50
	if r.Submit {
		q -= 50
	}
	day, err := ParseDay(fmt.Sprintf("%04d-%02d-%02d", n/1_000_000, n/10_000%100, n/100%100))
	if err != nil || q < 1 || q > MaxQuestions {
		return Ref{}, false
	}
	r.Day, r.Question = day, q-1
	return r, true
}
