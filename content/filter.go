package content

import "slices"

// Filter chooses among the sheets of the library: one has to fit each condition
// that is set. A filter without any chooses nothing.
type Filter struct {
	All        bool
	IDs        []string
	States     []State // of the latest revision
	Categories []string
	Kinds      []Kind // of items; questions fit none
	Starter    bool   // it came with the program
}

// Empty reports whether no condition is set.
func (f Filter) Empty() bool {
	return !f.All && !f.Starter && len(f.IDs)+len(f.States)+len(f.Categories)+len(f.Kinds) == 0
}

// Fits reports whether a question or an item fits; starter says that it came with
// the program.
func Fits[T Material](f Filter, v T, starter bool) bool {
	id, state, category, kind := "", State(""), "", Kind("")
	switch v := any(v).(type) {
	case Question:
		id, state, category = v.ID, v.State, v.Category
	case Item:
		id, state, category, kind = v.ID, v.State, v.Category, v.Kind
	}
	return !f.Empty() && (starter || !f.Starter) && among(f.IDs, id) && among(f.States, state) && among(f.Categories, category) && among(f.Kinds, kind)
}

func among[T comparable](set []T, v T) bool { return len(set) == 0 || slices.Contains(set, v) }

// StateOf finds the state that a word stands for: 草稿, draft and what tables take.
func StateOf(word string) (State, bool) {
	if s, ok := meaning(stateWords, word); ok {
		return s, true
	}
	s := State(Normalise(word))
	return s, s.Valid()
}

// KindOf finds the kind that a word stands for: 今天, today and what tables take.
func KindOf(word string) (Kind, bool) {
	if k, ok := meaning(kindWords, word); ok {
		return k, true
	}
	k := Kind(Normalise(word))
	return k, k.Valid()
}
