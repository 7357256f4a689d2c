package content

import (
	"cmp"
	"slices"
	"time"
)

// Library is an index of approved material in memory. It never changes after
// it is built and may be used by many goroutines. What it returns shares its
// memory: callers must not change slices or their elements.
type Library struct {
	items     map[Kind][]Item   // in the order in which they are read
	series    map[string][]Item // by name, normalised
	days      map[string]Item   // MM-DD or YYYY-MM-DD: the item of the smallest id
	questions []Question        // by id
}

// NewLibrary indexes the approved ones among items and questions. Of several
// with the same id the last one given counts, whatever its state, so that a
// later list overrides an earlier one.
func NewLibrary(items []Item, questions []Question) *Library {
	l := indexed(items)
	l.questions = slices.Clip(slices.DeleteFunc(latest(questions, func(q *Question) string { return q.ID }), unapproved))
	return l
}

// With is the library where some of its material has changed: what is given counts
// instead of what has its id, and where it is not approved, nothing does. It is
// NewLibrary of all that l was made from and then these, and takes some milliseconds
// with a hundred thousand questions.
func (l *Library) With(items []Item, questions []Question) *Library {
	next := &Library{items: l.items, series: l.series, days: l.days, questions: l.questions}
	if len(items) > 0 {
		var all []Item
		for _, list := range l.items {
			all = append(all, list...)
		}
		next = indexed(append(all, items...))
		next.questions = l.questions
	}
	if len(questions) == 0 {
		return next
	}
	changed := latest(questions, func(q *Question) string { return q.ID })
	next.questions = make([]Question, 0, len(l.questions)+len(changed))
	rest := l.questions
	for _, q := range changed {
		at, there := place(rest, q.ID)
		next.questions = append(next.questions, rest[:at]...)
		if rest = rest[at:]; there {
			rest = rest[1:]
		}
		if !unapproved(q) {
			next.questions = append(next.questions, q)
		}
	}
	next.questions = slices.Clip(append(next.questions, rest...))
	return next
}

func unapproved(q Question) bool { return q.State != Approved }

// place is where the question of an id stands among those that are ordered by it.
func place(all []Question, id string) (at int, there bool) {
	return slices.BinarySearchFunc(all, id, func(q Question, id string) int { return cmp.Compare(q.ID, id) })
}

// indexed is a library without questions.
func indexed(items []Item) *Library {
	l := &Library{items: map[Kind][]Item{}, series: map[string][]Item{}, days: map[string]Item{}}
	for _, it := range latest(items, func(it *Item) string { return it.ID }) {
		if it.State != Approved {
			continue
		}
		l.items[it.Kind] = append(l.items[it.Kind], it)
		if it.Series != "" {
			l.series[Normalise(it.Series)] = append(l.series[Normalise(it.Series)], it)
		}
		if _, taken := l.days[it.Date]; it.Kind == Today && !taken {
			l.days[it.Date] = it
		}
	}
	for kind, list := range l.items {
		l.items[kind] = sortInTurn(list)
	}
	for name, list := range l.series {
		l.series[name] = sortInTurn(list)
	}
	return l
}

// latest gives a copy ordered by id, with the last one of each id. It sorts
// numbers, since moving whole questions about takes several times as long.
func latest[T any](all []T, id func(*T) string) []T {
	order := make([]int32, len(all))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(id(&all[a]), id(&all[b])), cmp.Compare(a, b))
	})
	kept := make([]T, 0, len(all))
	for i, at := range order {
		if i+1 == len(order) || id(&all[at]) != id(&all[order[i+1]]) {
			kept = append(kept, all[at])
		}
	}
	return kept
}

// Today is the item of a date written as 2026-11-22: one of exactly this date
// if there is one, else one of its month and day, of several the one with the
// smallest id. ok is false where there is none and where date is no such date.
func (l *Library) Today(date string) (it Item, ok bool) {
	if len(date) != len(time.DateOnly) {
		return Item{}, false
	}
	if it, ok = l.days[date]; ok {
		return it, true
	}
	it, ok = l.days[date[len("2026-"):]]
	return it, ok
}

// Items are the approved items of a kind, in the order in which they are read: by
// id, then the episodes of each series.
func (l *Library) Items(kind Kind) []Item { return l.items[kind] }

// Question finds an approved question.
func (l *Library) Question(id string) (q Question, ok bool) {
	at, ok := place(l.questions, id)
	if !ok {
		return Question{}, false
	}
	return l.questions[at], true
}

// Questions are all approved questions, ordered by id.
func (l *Library) Questions() []Question { return l.questions }
