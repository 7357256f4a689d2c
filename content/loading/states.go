package loading

import (
	"fmt"
	"strings"

	"dangshi/content"
)

// States is in which states what is new or changed will be.
type States struct {
	Of     map[content.State]int
	Wished int // approved in the file, and not yet: somebody else has to sign
}

// States counts the states of what is new or changed.
func (p *Plan) States() States {
	n := States{Of: map[content.State]int{}}
	for _, s := range p.Items {
		count(&n, s, s.Value.State)
	}
	for _, s := range p.Questions {
		count(&n, s, s.Value.State)
	}
	return n
}

// Text is the states with how many will have them, in order; empty: nothing is new
// or changed.
func (n States) Text() string {
	var parts []string
	for _, state := range []content.State{content.Draft, content.Reviewed, content.Approved, content.Retired} {
		if n.Of[state] > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", state.Word(), n.Of[state]))
		}
	}
	return strings.Join(parts, "，")
}

// Signed reports whether loading signs anything.
func (n States) Signed() bool { return n.Of[content.Approved]+n.Of[content.Reviewed] > 0 }

func count[T content.Material](n *States, s content.Step[T], is content.State) {
	if s.Fate != content.Added && s.Fate != content.Changed {
		return
	}
	n.Of[is]++
	if s.Wished == content.Approved && is != content.Approved {
		n.Wished++
	}
}

// Outcome is what is told of a load once it is written.
type Outcome struct {
	Fresh int // new, and not approved
	Back  int // was approved, and stays in use while its new text is reviewed
	Gone  int // was approved, and was taken back
}

// Outcome is what will have become of the library.
func (p *Plan) Outcome() (o Outcome) {
	waiting(&o, p.Items, func(it content.Item) content.State { return it.State })
	waiting(&o, p.Questions, func(q content.Question) content.State { return q.State })
	return o
}

func waiting[T content.Material](o *Outcome, steps []content.Step[T], state func(T) content.State) {
	for _, s := range steps {
		switch is := state(s.Value); {
		case is == content.Approved || is == content.Retired:
		case s.Fate == content.Added:
			o.Fresh++
		case s.Fate != content.Changed || state(*s.Before) != content.Approved:
		case content.Unedited(s.Value, *s.Before):
			o.Gone++
		default:
			o.Back++
		}
	}
}
