package content

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// Fate is what loading makes of an entry.
type Fate uint8

// The fates of an entry.
const (
	Added     Fate = iota // its id is new
	Changed               // content or state differs from what is there
	Unchanged             // it is there as it stands in the file
	Duplicate             // a question that is there, or earlier in the files, under another id: it is not loaded
)

// Step is what loading does with one entry. Its state is the one it will have.
type Step[T any] struct {
	Entry[T]
	Fate   Fate
	Before *T      // what is there under its id; nil: nothing
	Same   string  // id of another question that asks the same; empty: none
	Key    bool    // and has the same key
	Wished State   // the state that the file asks for, where Settle had a say
	Kept   Fields  // what the file has no column for and was kept as it is there
	Like   *T      // a question that reads almost the same, there or earlier in the files; nil: none
	Alike  float64 // how much of it, from 0 to 1
}

// PlanQuestions says what loading would do with each entry, given the bank as it
// is. A question that stands in an item is never Duplicate, since the item needs
// it. A question whose state the file does not say is a draft when it is new or
// differs in substance, and keeps its state otherwise. What the file has no column
// for stays as it is there.
func PlanQuestions(current []Question, entries []Entry[Question]) []Step[Question] {
	byID := make(map[string]*Question, len(current))
	for i := range current {
		byID[current[i].ID] = &current[i]
	}
	coming := make(map[string]bool, len(entries))
	for _, e := range entries {
		coming[e.Value.ID] = true
	}
	owner := make(map[string]*Question, len(current)+len(entries)) // by fingerprint
	for i := range current {
		if q := &current[i]; !coming[q.ID] {
			owner[q.Fingerprint()] = q
		}
	}
	steps := make([]Step[Question], len(entries))
	for i, e := range entries {
		before := byID[e.Value.ID]
		s := step(e, before)
		asks := e.Value.Fingerprint()
		// Two that are there already stay two: each can still be changed.
		stays := before != nil && before.Fingerprint() == asks
		switch other := owner[asks]; {
		case other == nil:
			owner[asks] = &entries[i].Value
		case !stays:
			s.Same, s.Key = other.ID, other.keyText() == e.Value.keyText()
			if !e.Inside {
				s.Fate = Duplicate
			}
		}
		steps[i] = s
	}
	markAlike(current, coming, steps)
	return steps
}

// PlanItems does for items what PlanQuestions does for questions; items are
// never Duplicate.
func PlanItems(current []Item, entries []Entry[Item]) []Step[Item] {
	byID := make(map[string]*Item, len(current))
	for i := range current {
		byID[current[i].ID] = &current[i]
	}
	steps := make([]Step[Item], len(entries))
	for i, e := range entries {
		steps[i] = step(e, byID[e.Value.ID])
	}
	return steps
}

// step compares an entry with what is there. Revisions are the library's own.
func step[T Material](e Entry[T], before *T) Step[T] {
	s := Step[T]{Entry: e, Before: before}
	if before == nil {
		return s // Added
	}
	s.Kept = keep(&s.Value, before, e.Lacks)
	state, _ := faceOf(&s.Value)
	was, _ := faceOf(before)
	differ := compared(s.Value, *before)
	if !e.Stated && differ != substance {
		*state = *was
	}
	s.Fate = Changed
	if differ == same && *state == *was {
		s.Fate = Unchanged
	}
	return s
}

// Settle gives the steps the states that they will have when h loads them into the
// library: see Write.
func Settle[T Material](steps []Step[T], sheets []Sheet[T], h Hand) {
	byID := make(map[string]*Sheet[T], len(sheets))
	for i := range sheets {
		byID[idOf(&sheets[i].Value)] = &sheets[i]
	}
	for i := range steps {
		s := &steps[i]
		if s.Fate != Added && s.Fate != Changed {
			continue
		}
		before := byID[idOf(&s.Value)]
		next := Write(before, s.Value, h)
		state, _ := faceOf(&s.Value)
		s.Wished = *state
		if *state = next.State(); before == nil {
			continue
		}
		if *state == before.State() && len(next.Review.Signed) == len(before.Review.Signed) && compared(next.Value, before.Value) == same {
			s.Fate = Unchanged // it still wants somebody else's signature
		}
	}
}

func idOf[T Material](v *T) string {
	switch v := any(v).(type) {
	case *Question:
		return v.ID
	case *Item:
		return v.ID
	}
	return "" // T is one of the two
}

func equal(a, b any) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
}

// keyText is the key in words, which do not hang on the order of the options.
func (q Question) keyText() string {
	var words []string
	for i, choice := range q.Choices() {
		if q.Answer.Letters.Has(i) {
			words = append(words, sameText(choice))
		}
	}
	for _, word := range q.Answer.Accept {
		words = append(words, Normalise(word))
	}
	slices.Sort(words)
	return strings.Join(words, "\n")
}

// Differs are the columns in which a Changed entry differs from what is there.
func (s Step[T]) Differs() []string {
	if s.Before == nil {
		return nil
	}
	was, is := fieldsOf(*s.Before), fieldsOf(s.Value)
	headings := itemHeadings
	if _, ok := any(s.Value).(Question); ok {
		headings = questionHeadings
	}
	var differ []string
	for field, names := range headings {
		if field != "revision" && !bytes.Equal(was[field], is[field]) {
			differ = append(differ, names[0])
		}
	}
	slices.Sort(differ)
	return differ
}

func fieldsOf(v any) map[string]json.RawMessage {
	var fields map[string]json.RawMessage
	text, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(text, &fields)
	}
	if err != nil {
		return nil // not reachable: both are plain data
	}
	return fields
}

// ToLoad are the values of the steps that change the library.
func ToLoad[T any](steps []Step[T]) []T {
	var values []T
	for _, s := range steps {
		if s.Fate == Added || s.Fate == Changed {
			values = append(values, s.Value)
		}
	}
	return values
}
