package content

// Fields is a set of optional fields: bit i is the i-th of questionKeepers or
// itemKeepers.
type Fields uint16

// keeper copies a field that a file has no column for from what is there; it
// reports whether there was anything.
type keeper[T any] struct {
	field string
	copy  func(to, from *T) bool
}

func put[V comparable](to *V, from V) bool {
	var none V
	*to = from
	return from != none
}

// What is said of a source must not stand beside another one: address and grade
// are kept where the source is the same.
var (
	questionKeepers = []keeper[Question]{
		{"explain", func(to, from *Question) bool { return put(&to.Explain, from.Explain) }},
		{"category", func(to, from *Question) bool { return put(&to.Category, from.Category) }},
		{"difficulty", func(to, from *Question) bool { return put(&to.Difficulty, from.Difficulty) }},
		{"source", func(to, from *Question) bool { return put(&to.Source, from.Source) }},
		{"url", func(to, from *Question) bool { return to.Source == from.Source && put(&to.URL, from.URL) }},
		{"grade", func(to, from *Question) bool { return to.Source == from.Source && put(&to.Grade, from.Grade) }},
		{"day", func(to, from *Question) bool { return put(&to.Day, from.Day) }},
	}
	itemKeepers = []keeper[Item]{
		{"year", func(to, from *Item) bool { return put(&to.Year, from.Year) }},
		{"category", func(to, from *Item) bool { return put(&to.Category, from.Category) }},
		{"source", func(to, from *Item) bool { return put(&to.Source, from.Source) }},
		{"url", func(to, from *Item) bool { return to.Source == from.Source && put(&to.URL, from.URL) }},
		{"grade", func(to, from *Item) bool { return to.Source == from.Source && put(&to.Grade, from.Grade) }},
		{"picture", func(to, from *Item) bool { return put(&to.Picture, from.Picture) }},
		{"audio", func(to, from *Item) bool { return put(&to.Audio, from.Audio) }},
		{"series", func(to, from *Item) bool { return put(&to.Series, from.Series) }},
		{"episode", func(to, from *Item) bool { return put(&to.Episode, from.Episode) }},
		{"question_id", func(to, from *Item) bool { return put(&to.Question, from.Question) }},
	}
)

// keep fills in what a file lacks; kept are the fields in which there was anything.
func keep[T Material](to, from *T, lacks Fields) (kept Fields) {
	switch to := any(to).(type) {
	case *Question:
		return keepEach(questionKeepers, to, any(from).(*Question), lacks)
	case *Item:
		return keepEach(itemKeepers, to, any(from).(*Item), lacks)
	}
	return 0
}

func keepEach[T any](keepers []keeper[T], to, from *T, lacks Fields) (kept Fields) {
	for i, k := range keepers {
		if lacks&(1<<i) != 0 && k.copy(to, from) {
			kept |= 1 << i
		}
	}
	return kept
}

// lacking are the fields for which a table has no column.
func lacking[T any](keepers []keeper[T], at map[string]int) (lacks Fields) {
	for i, k := range keepers {
		if _, has := at[k.field]; !has {
			lacks |= 1 << i
		}
	}
	return lacks
}

// empty are the fields of a question that say nothing, in a form that has no way to
// say that they are empty.
func empty(q Question) (lacks Fields) {
	for i, k := range questionKeepers {
		if probe := (Question{Source: q.Source}); !k.copy(&probe, &q) {
			lacks |= 1 << i
		}
	}
	return lacks
}

// Silent are the optional fields of a question that say nothing.
func Silent(q Question) Fields { return empty(q) }

// Kept names the columns that a file lacks and that stay as they are there, over
// all steps, and counts the entries of which that is true.
func Kept[T Material](steps []Step[T]) (columns []string, entries int) {
	var all Fields
	for _, s := range steps {
		if all |= s.Kept; s.Kept != 0 {
			entries++
		}
	}
	name := func(i int, heading string) {
		if all&(1<<i) != 0 {
			columns = append(columns, heading)
		}
	}
	switch any(steps).(type) {
	case []Step[Question]:
		for i, k := range questionKeepers {
			name(i, questionHeadings[k.field][0])
		}
	case []Step[Item]:
		for i, k := range itemKeepers {
			name(i, itemHeadings[k.field][0])
		}
	}
	return columns, entries
}
