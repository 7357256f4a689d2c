package quiz

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"dangshi/content"
)

// Ruling says what is right where the key with which a question was asked is
// not: the frozen paper stays as it is, and is read together with it.
type Ruling struct {
	Void   bool              // the question counts as right for everyone who finished a paper with it
	Keys   []content.Letters // single, multiple, judge: each of these is right, the first is the one told
	Accept []string          // blank: every accepted spelling, the first is the one told
}

// rulingJSON is how a ruling is kept: letters in words, for whoever reads it
// years later.
type rulingJSON struct {
	Void   bool     `json:"void,omitempty"`
	Keys   []string `json:"keys,omitempty"`
	Accept []string `json:"accept,omitempty"`
}

// MarshalJSON writes the form in which rulings are kept.
func (r Ruling) MarshalJSON() ([]byte, error) {
	kept := rulingJSON{Void: r.Void, Accept: r.Accept}
	for _, k := range r.Keys {
		kept.Keys = append(kept.Keys, k.String())
	}
	return json.Marshal(kept)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *Ruling) UnmarshalJSON(data []byte) error {
	var kept rulingJSON
	if err := json.Unmarshal(data, &kept); err != nil {
		return err
	}
	*r = Ruling{Void: kept.Void, Accept: kept.Accept}
	for _, text := range kept.Keys {
		k, err := content.ParseLetters(text)
		if err != nil {
			return err
		}
		r.Keys = append(r.Keys, k)
	}
	return nil
}

// AsFrozen is the ruling that lets the key stand with which q was asked.
func AsFrozen(q content.Question) Ruling {
	if q.Type == content.Blank {
		return Ruling{Accept: q.Answer.Accept}
	}
	return Ruling{Keys: []content.Letters{q.Answer.Letters}}
}

// Equal reports whether two rulings find the same answers right and tell the
// same key.
func (r Ruling) Equal(other Ruling) bool {
	return r.Void == other.Void && slices.Equal(r.Keys, other.Keys) && slices.Equal(r.Accept, other.Accept)
}

// Check says whether q can be ruled upon like this, in words for operators.
func (r Ruling) Check(q content.Question) error {
	if r.Void {
		if len(r.Keys)+len(r.Accept) > 0 {
			return fmt.Errorf("作废的题没有答案")
		}
		return nil
	}
	if q.Type == content.Blank {
		if len(r.Keys) > 0 || len(r.Accept) == 0 {
			return fmt.Errorf("填空题的答案是词语")
		}
		for _, a := range r.Accept {
			if content.Normalise(a) == "" {
				return fmt.Errorf("“%s”里没有可以比较的文字", a)
			}
		}
		return nil
	}
	if len(r.Accept) > 0 || len(r.Keys) == 0 {
		return fmt.Errorf("这道题的答案是选项的字母")
	}
	choices := len(q.Choices())
	for _, k := range r.Keys {
		switch {
		case k == 0:
			return fmt.Errorf("答案是空的")
		case int(k)>>choices != 0:
			return fmt.Errorf("这道题只有 A 到 %c，没有 %s", 'A'+choices-1, k)
		case q.Type != content.Multiple && k.Len() != 1:
			return fmt.Errorf("%s题的答案是一个字母，不是 %s", q.Type.Word(), k)
		}
	}
	return nil
}

// told is q with the key that is told by the ruling.
func (r *Ruling) told(q content.Question) content.Question {
	if r == nil || r.Void {
		return q
	}
	q.Answer = content.Key{Accept: r.Accept}
	if len(r.Keys) > 0 {
		q.Answer.Letters = r.Keys[0]
	}
	return q
}

// AskedAs names a question in the revision in which it was asked: an edited one
// is another one.
type AskedAs struct {
	Question string `json:"question"` // ID
	Revision int    `json:"revision"`
}

// AskedAsOf names q as it is.
func AskedAsOf(q content.Question) AskedAs { return AskedAs{q.ID, q.Revision} }

// Correction is one entry of the history of rulings: who ruled what, when and
// why. Its number is its place in the history, from 1.
type Correction struct {
	AskedAs
	Ruling Ruling `json:"ruling"`
	Before Ruling `json:"before"` // what was right until then
	At     int64  `json:"at"`     // Unix seconds
	By     string `json:"by,omitempty"`
	Why    string `json:"why,omitempty"`
	Day    Day    `json:"day,omitempty"`   // of the last paper in which it was asked
	Place  int    `json:"place,omitempty"` // its number in that paper, from 1
}

// Rulings are all that was ruled, and what is about to be: while a regrade runs,
// answers are told and counted by the old rulings, and what the new one will
// change is kept beside it. nil: nothing was ever ruled. They are never changed.
type Rulings struct {
	history []Correction
	force   map[AskedAs]*Ruling
	next    map[AskedAs]*Ruling            // force with the staged one; nil where none is staged
	closed  map[string]map[AskedAs]*Ruling // by season: what was in force when it was closed
	until   map[string]int                 // by season: the number of rulings then
}

// NewRulings are those of a history, and of what is about to become its next
// entry (nil: nothing is).
func NewRulings(history []Correction, staged *Correction) *Rulings {
	r := &Rulings{history: history, force: forceOf(history)}
	if staged != nil {
		r.next = maps.Clone(r.force)
		r.next[staged.AskedAs] = &staged.Ruling
	}
	return r
}

// For is the history of what is in force for the papers of a season.
func (r *Rulings) For(season string) []Correction {
	if r == nil {
		return nil
	}
	if n, ok := r.until[season]; ok {
		return r.history[:n]
	}
	return r.history
}

func forceOf(history []Correction) map[AskedAs]*Ruling {
	force := make(map[AskedAs]*Ruling, len(history))
	for i := range history {
		force[history[i].AskedAs] = &history[i].Ruling
	}
	return force
}

// Closed are the rulings together with the seasons that were closed, each with
// the number of rulings that were in force then: its papers are read by those for
// ever, whatever is ruled of the same questions later.
func (r *Rulings) Closed(seasons map[string]int) *Rulings {
	if r == nil || len(seasons) == 0 {
		return r
	}
	after := *r
	after.closed, after.until = make(map[string]map[AskedAs]*Ruling, len(seasons)), make(map[string]int, len(seasons))
	for season, n := range seasons {
		n = min(max(n, 0), len(r.history))
		after.closed[season], after.until[season] = forceOf(r.history[:n]), n
	}
	return &after
}

// Published is the number of rulings in force, and so the number of the last one.
func (r *Rulings) Published() int {
	if r == nil {
		return 0
	}
	return len(r.history)
}

// Staged is the number of the ruling that is about to be published, 0 for none.
func (r *Rulings) Staged() int {
	if r == nil || r.next == nil {
		return 0
	}
	return len(r.history) + 1
}

// Number gives a ruling of the history by its number.
func (r *Rulings) Number(n int) (c Correction, ok bool) {
	if r == nil || n < 1 || n > len(r.history) {
		return Correction{}, false
	}
	return r.history[n-1], true
}

// Of is the ruling in force on a question; ok is false where its key stands.
func (r *Rulings) Of(a AskedAs) (ruling Ruling, ok bool) {
	if r == nil || r.force[a] == nil {
		return Ruling{}, false
	}
	return *r.force[a], true
}

// Void reports whether q is void: it is asked no more.
func (r *Rulings) Void(q content.Question) bool {
	ruling, ok := r.Of(AskedAsOf(q))
	return ok && ruling.Void
}

// Askable is a bank without the questions that are void as they are; the bank
// itself is not changed.
func (r *Rulings) Askable(bank []content.Question) []content.Question {
	if !slices.ContainsFunc(bank, r.Void) {
		return bank
	}
	return slices.DeleteFunc(slices.Clone(bank), r.Void)
}

// of is the ruling in force on q, nil where its key stands.
func (r *Rulings) of(q content.Question) *Ruling {
	if r == nil {
		return nil
	}
	return r.force[AskedAsOf(q)]
}
