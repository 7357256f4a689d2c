package quiz

import "dangshi/content"

// ShownAnswer is one answer of a day in the letters and words that the member
// saw, as staff and the member's own data show it.
type ShownAnswer struct {
	Question content.Question // options in the member's order
	Chose    string           // what was answered; a blank's words are not kept: empty
	Key      string           // what was right when it was asked
	Now      string           // what is right since it was corrected; empty: the key stands
	Right    bool             // by what is right now
	Void     bool             // the question is void: every answer is right
}

// Shown are the answers of a day as the member saw them; p is the paper that the
// day answers.
func (d DayLine) Shown(p *Paper, member Self) []ShownAnswer {
	shown := make([]ShownAnswer, len(d.Answers))
	for i, a := range d.Answers {
		order := p.Order(member, i)
		s := ShownAnswer{
			Question: Shown(a.Question, order), Right: a.Right, Void: a.Ruling != nil && a.Ruling.Void,
			Chose: seen(Ruling{Keys: []content.Letters{a.Given.Letters}}, a.Question, order),
			Key:   seen(AsFrozen(a.Question), a.Question, order),
		}
		if a.Ruling != nil && !s.Void {
			s.Now = seen(*a.Ruling, a.Question, order)
		}
		shown[i] = s
	}
	return shown
}

// seen writes what is right in the letters of a member's order.
func seen(r Ruling, q content.Question, order []int) string {
	keys := make([]content.Letters, len(r.Keys))
	for i, k := range r.Keys {
		keys[i] = ShownLetters(k, order)
	}
	r.Keys = keys
	return r.KeyText(q)
}
