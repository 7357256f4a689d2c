package content

import (
	"bytes"
	"encoding/json"
	"time"
)

// Material is what the library holds.
type Material interface{ Question | Item }

// Signature is somebody's word that a revision is right.
type Signature struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// Review is how a revision came to the state in which it is.
type Review struct {
	By     string      `json:"by,omitempty"` // who put it there; empty: the program, or it is older than this record
	At     time.Time   `json:"at,omitzero"`
	Signed []Signature `json:"signed,omitempty"` // oldest first
	Remark string      `json:"remark,omitempty"` // what By wants changed; gone with the next revision
}

// Sheet is a question or an item as the library keeps it: its latest revision,
// how far that is reviewed, and what members get meanwhile. In JSON it is the
// revision with one more field, so that it reads as the revision alone.
type Sheet[T Material] struct {
	Value    T
	Review   Review
	Standing *T // the approved revision that stays in use until the latest one is approved; nil: none
}

// InUse is the revision that members get; ok is false where they get none.
func (s Sheet[T]) InUse() (v T, ok bool) {
	if state, _ := faceOf(&s.Value); *state == Approved {
		return s.Value, true
	}
	if s.Standing != nil {
		return *s.Standing, true
	}
	return v, false
}

// State is that of the latest revision.
func (s Sheet[T]) State() State {
	state, _ := faceOf(&s.Value)
	return *state
}

// Revision is the number of the latest revision.
func (s Sheet[T]) Revision() int {
	_, revision := faceOf(&s.Value)
	return *revision
}

func faceOf[T Material](v *T) (*State, *int) {
	switch v := any(v).(type) {
	case *Question:
		return &v.State, &v.Revision
	case *Item:
		return &v.State, &v.Revision
	}
	return nil, nil // T is one of the two
}

// reviewed is the field that a sheet has besides those of its revision.
type reviewed[T Material] struct {
	Review
	Standing *T `json:"standing,omitempty"`
}

var reviewField = []byte(`"review":`)

// MarshalJSON writes the latest revision with the field "review", which is left
// out where it says nothing.
func (s Sheet[T]) MarshalJSON() ([]byte, error) {
	value, err := plainJSON(s.Value)
	if err != nil || s.Review.By == "" && s.Review.At.IsZero() && len(s.Review.Signed) == 0 && s.Review.Remark == "" && s.Standing == nil {
		return value, err
	}
	more, err := plainJSON(reviewed[T]{s.Review, s.Standing})
	if err != nil {
		return nil, err
	}
	value = append(bytes.TrimSuffix(value, []byte("}")), ',')
	return append(append(append(value, reviewField...), more...), '}'), nil
}

// plainJSON leaves <, > and & as they are.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimRight(b.Bytes(), "\n"), err
}

// UnmarshalJSON reads what MarshalJSON writes, and a revision alone.
func (s *Sheet[T]) UnmarshalJSON(data []byte) error {
	*s = Sheet[T]{}
	if err := json.Unmarshal(data, &s.Value); err != nil || !bytes.Contains(data, reviewField) {
		return err
	}
	var more struct {
		Review reviewed[T] `json:"review"`
	}
	if err := json.Unmarshal(data, &more); err != nil {
		return err
	}
	s.Review, s.Standing = more.Review.Review, more.Review.Standing
	return nil
}

// Page is what a sheet was before it became what it is, or the page after this one.
type Page[T Material] struct {
	Value    *T    `json:"value,omitempty"` // nil: the content is that of the next page
	State    State `json:"state"`
	Revision int   `json:"revision"`
	Review
}

// Page keeps what s was when it becomes next.
func (s Sheet[T]) Page(next Sheet[T]) Page[T] {
	state, revision := faceOf(&s.Value)
	p := Page[T]{State: *state, Revision: *revision, Review: s.Review}
	if compared(s.Value, next.Value) != same {
		p.Value = &s.Value
	}
	return p
}

// History are all pages with their contents, oldest first; the last one is what
// the sheet is now.
func History[T Material](pages []Page[T], now Sheet[T]) []Page[T] {
	state, revision := faceOf(&now.Value)
	all := append(pages[:len(pages):len(pages)], Page[T]{Value: &now.Value, State: *state, Revision: *revision, Review: now.Review})
	for i := len(all) - 2; i >= 0; i-- {
		if all[i].Value == nil {
			all[i].Value = all[i+1].Value
		}
	}
	return all
}

// Change is one field in which two revisions differ.
type Change struct {
	Field   string // the heading of its column
	Was, Is string // as tables have it
}

// Changes are the fields in which two revisions differ, in the order of a table's
// columns; state and revision are none.
func Changes[T Material](was, is T) (changes []Change) {
	columns, before, after := cellsOf(was, is)
	left := map[string]bool{questionHeadings["state"][0]: true, questionHeadings["revision"][0]: true}
	for i, name := range columns {
		if before[i] != after[i] && !left[name] {
			changes = append(changes, Change{name, before[i], after[i]})
		}
	}
	return changes
}

func cellsOf[T Material](was, is T) (columns, before, after []string) {
	switch was := any(was).(type) {
	case Question:
		return QuestionColumns(), QuestionCells(was), QuestionCells(any(is).(Question))
	case Item:
		return ItemColumns(), ItemCells(was), ItemCells(any(is).(Item))
	}
	return nil, nil, nil // T is one of the two
}
