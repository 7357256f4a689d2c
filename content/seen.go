package content

import (
	"fmt"
	"strconv"
	"strings"
)

// Seen is what somebody has looked at before acting on it: a revision in a state. The
// zero value: nothing was there.
type Seen struct {
	Revision int
	State    State
}

// Seen is the revision that is the latest, in its state.
func (s Sheet[T]) Seen() Seen { return Seen{s.Revision(), s.State()} }

// SeenOf is what a revision is that was looked at; nil: nothing.
func SeenOf[T Material](v *T) Seen {
	if v == nil {
		return Seen{}
	}
	state, revision := faceOf(v)
	return Seen{*revision, *state}
}

// String is what was seen as a form carries it.
func (s Seen) String() string { return fmt.Sprintf("%d.%s", s.Revision, s.State) }

// ParseSeen reads what String writes.
func ParseSeen(text string) (s Seen, ok bool) {
	number, state, _ := strings.Cut(text, ".")
	revision, err := strconv.Atoi(number)
	s = Seen{revision, State(state)}
	return s, err == nil && revision > 0 && s.State.Valid()
}

// After is what a sheet is once it is brought back after another one has taken its place:
// as it was, state, signatures and all, under a revision of its own where the other one
// says something else.
func (s Sheet[T]) After(other Sheet[T]) Sheet[T] {
	if compared(s.Value, other.Value) != same {
		_, revision := faceOf(&s.Value)
		*revision = max(*revision, other.Revision()) + 1
	}
	return s
}
