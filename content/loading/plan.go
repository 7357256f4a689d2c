// Package loading says what a load of files would do to the library before anything
// is written, in the words in which people are told: on the command line and in the
// console.
package loading

import (
	"dangshi/content"
)

// Plan is what a load makes of the entries of all files.
type Plan struct {
	Items     []content.Step[content.Item]
	Questions []content.Step[content.Question]
	Faulty    int // rows
	Notes     []string
	Hand      content.Hand

	states map[string]content.State // of all questions as they will be, by id
	places map[string]string        // see where
}

// Sheets reads what is known of the review of some items and questions, by id.
type Sheets func(items, questions []string) ([]content.Sheet[content.Item], []content.Sheet[content.Question], error)

// New compares what was found with all items and questions of the library as hand
// would change it. Errors are those of sheets.
func New(found *content.File, items []content.Item, questions []content.Question, hand content.Hand, sheets Sheets) (*Plan, error) {
	p := &Plan{
		Items:     content.PlanItems(items, found.Items),
		Questions: content.PlanQuestions(questions, found.Questions),
		Faulty:    found.Faulty,
		Notes:     notes(found),
		Hand:      hand,
		states:    make(map[string]content.State, len(questions)),
	}
	ofItems, ofQuestions, err := sheets(changing(p.Items), changing(p.Questions))
	if err != nil {
		return nil, err
	}
	content.Settle(p.Items, ofItems, hand)
	content.Settle(p.Questions, ofQuestions, hand)
	for _, q := range questions {
		p.states[q.ID] = q.State
	}
	for _, q := range content.ToLoad(p.Questions) {
		p.states[q.ID] = q.State
	}
	return p, nil
}

// changing are the ids of what is there and changes.
func changing[T content.Material](steps []content.Step[T]) (ids []string) {
	for _, s := range steps {
		if s.Fate == content.Changed {
			ids = append(ids, ID(s.Value))
		}
	}
	return ids
}

// ID is that of an item or a question.
func ID[T content.Material](entry T) string {
	switch e := any(entry).(type) {
	case content.Question:
		return e.ID
	case content.Item:
		return e.ID
	}
	return "" // T is one of the two
}

// Fates counts the steps by their fate.
func Fates[T content.Material](steps []content.Step[T]) (n [4]int) {
	for _, s := range steps {
		n[s.Fate]++
	}
	return n
}
