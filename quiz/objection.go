package quiz

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Bounds of objections: of one member a day, of one member in all, and the bytes
// of a text.
const (
	ObjectionsADay = 3
	MaxObjections  = 60
	MaxObjection   = 900
)

// Why an objection is not taken or not answered.
var (
	ErrObjectionsToday = errors.New("too many objections on one day")
	ErrObjectionsAll   = errors.New("too many objections of one member")
	ErrAnswered        = errors.New("the objection was answered before")
	ErrNoObjection     = errors.New("there is no objection of that number")
)

// Objection is what a member says is wrong, and the answer.
type Objection struct {
	Number   int      `json:"number"` // of the installation, from 1
	At       int64    `json:"at"`     // Unix seconds
	Day      Day      `json:"day,omitempty"`
	Text     string   `json:"text"`
	Receipts []string `json:"receipts,omitempty"` // of the days that it may be about, as they were then
	By       string   `json:"by,omitempty"`       // who of the staff noted it; empty: the member, in the chat

	Reply   string `json:"reply,omitempty"`
	Replied int64  `json:"replied,omitempty"` // Unix seconds
	Replier string `json:"replier,omitempty"`
	Turn    int    `json:"turn,omitempty"` // its place among the member's answered ones, from 1; 0: open
}

// Open reports whether it waits for an answer.
func (o Objection) Open() bool { return o.Turn == 0 }

// Objections are those of one member, oldest first. They hold what people wrote:
// erasing the member takes them away.
type Objections []Objection

// ParseObjections reads what Marshal writes; empty is none.
func ParseObjections(data []byte) (all Objections, err error) {
	if len(data) > 0 {
		err = json.Unmarshal(data, &all)
	}
	return all, err
}

// Marshal is the form in which they are kept.
func (all Objections) Marshal() ([]byte, error) { return json.Marshal(all) }

// Check says whether one more is taken at a moment. Staff, who note what was said
// to them, are bound by the sum alone.
func (all Objections) Check(o Objection) error {
	today, day := 0, DayOf(time.Unix(o.At, 0))
	for _, x := range all {
		if x.By == "" && DayOf(time.Unix(x.At, 0)) == day {
			today++
		}
	}
	switch {
	case len(all) >= MaxObjections:
		return ErrObjectionsAll
	case o.By == "" && today >= ObjectionsADay:
		return ErrObjectionsToday
	}
	return nil
}

// Number gives an objection by its number.
func (all Objections) Number(n int) (o Objection, ok bool) {
	i := all.find(n)
	if i < 0 {
		return Objection{}, false
	}
	return all[i], true
}

func (all Objections) find(n int) int {
	return slices.IndexFunc(all, func(o Objection) bool { return o.Number == n })
}

// Turns is how many were answered.
func (all Objections) Turns() (n int) {
	for _, o := range all {
		n = max(n, o.Turn)
	}
	return n
}

// Answer is all with objection n answered. Errors: ErrNoObjection, ErrAnswered.
func (all Objections) Answer(n int, text, by string, at int64) (Objections, error) {
	i := all.find(n)
	switch {
	case i < 0:
		return all, fmt.Errorf("%w: %d", ErrNoObjection, n)
	case !all[i].Open():
		return all, ErrAnswered
	}
	next := slices.Clone(all)
	next[i].Reply, next[i].Replier, next[i].Replied, next[i].Turn = text, by, at, all.Turns()+1
	return next, nil
}

// Untold are the answers that the member was not told, in the order in which they
// were given.
func (all Objections) Untold(m Member) Objections {
	var untold Objections
	for _, o := range all {
		if o.Turn > m.Heard && o.Turn <= m.Replies {
			untold = append(untold, o)
		}
	}
	slices.SortFunc(untold, func(a, b Objection) int { return a.Turn - b.Turn })
	return untold
}
