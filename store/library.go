package store

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"dangshi/content"
)

// Questions are all questions of the bank at their latest revision, in every state
// of review, ordered by id; one that cannot be read is left out, see
// Options.Damaged. Errors: quiz.ErrUnavailable.
func (s *Store) Questions(ctx context.Context) ([]content.Question, error) {
	return readAll(ctx, s, shelfQuestions, latest[content.Question])
}

// Items are all items at their latest revision, in every state of review, ordered
// by id; one that cannot be read is left out, see Options.Damaged. Errors:
// quiz.ErrUnavailable.
func (s *Store) Items(ctx context.Context) ([]content.Item, error) {
	return readAll(ctx, s, shelfItems, latest[content.Item])
}

// LibraryVersion is that of the library as it is; each change of it makes another one.
// Errors: quiz.ErrUnavailable.
func (s *Store) LibraryVersion(ctx context.Context) (string, error) {
	v, err := s.versionsNow(ctx)
	return v[versionLibrary], err
}

// ChangedQuestions are the ids of the questions that were written or taken away from one
// LibraryVersion to another; known is false where that is not told, since they are many,
// or it was long ago. Errors: quiz.ErrUnavailable.
func (s *Store) ChangedQuestions(ctx context.Context, from, to string) (ids []string, known bool, err error) {
	entries, known, err := s.changedSince(ctx, from, to)
	return shelfQuestions.ids(entries), known, err
}

// EachQuestion hands over all questions with what is known of their review, in no
// order, one of them perhaps twice; nothing is kept. One that cannot be read is left
// out, see Options.Damaged. Errors: quiz.ErrUnavailable.
func (s *Store) EachQuestion(ctx context.Context, take func(content.Sheet[content.Question])) error {
	_, err := readAll(ctx, s, shelfQuestions, func(sheet *content.Sheet[content.Question], _ string) (struct{}, bool) {
		take(*sheet)
		return struct{}{}, false
	})
	return err
}

// QuestionSheets are some questions with what is known of their review, in the
// order of ids; absent and damaged ones are left out. Errors: quiz.ErrUnavailable.
func (s *Store) QuestionSheets(ctx context.Context, ids []string) ([]content.Sheet[content.Question], error) {
	return readSheets[content.Question](ctx, s, shelfQuestions, ids)
}

// ItemSheets does for items what QuestionSheets does for questions.
func (s *Store) ItemSheets(ctx context.Context, ids []string) ([]content.Sheet[content.Item], error) {
	return readSheets[content.Item](ctx, s, shelfItems, ids)
}

// Counts are how many questions or items there are in each state, and how many of
// them members get.
type Counts struct {
	States map[content.State]int
	Live   int
}

// All is how many there are.
func (c Counts) All() (n int) {
	for _, of := range c.States {
		n += of
	}
	return n
}

// CountLibrary counts items and questions without keeping them; those that cannot
// be read are left out. Errors: quiz.ErrUnavailable.
func (s *Store) CountLibrary(ctx context.Context) (items, questions Counts, err error) {
	if items, err = counted[content.Item](ctx, s, shelfItems); err == nil {
		questions, err = counted[content.Question](ctx, s, shelfQuestions)
	}
	return items, questions, err
}

func counted[T content.Material](ctx context.Context, s *Store, sh shelf) (Counts, error) {
	type seen struct {
		state content.State
		live  bool
	}
	all, err := readAll(ctx, s, sh, func(sheet *content.Sheet[T], _ string) (seen, bool) {
		_, live := sheet.InUse()
		return seen{sheet.State(), live}, true
	})
	c := Counts{States: map[content.State]int{}}
	for _, one := range all {
		c.States[one.state]++
		if one.live {
			c.Live++
		}
	}
	return c, err
}

// Put says what became of what was put into the library.
type Put struct {
	Added   int // new ids
	Changed int // content or state differs from before
	Same    int
}

// PutQuestions writes questions, all of them or none, and gives each its
// revision: 1 when it is new or takes the place of one that cannot be read, one
// more than before where anything but its state changed. States are taken as they
// are given; for what people write see EditLibrary. Of several with one id the last
// counts. Errors: quiz.ErrUnavailable where nothing was written; after
// quiz.ErrUnknown the same call finds out.
func (s *Store) PutQuestions(ctx context.Context, questions []content.Question) (Put, error) {
	_, put, err := s.PutLibrary(ctx, nil, questions)
	return put, err
}

// PutItems does for items what PutQuestions does for questions.
func (s *Store) PutItems(ctx context.Context, items []content.Item) (Put, error) {
	put, _, err := s.PutLibrary(ctx, items, nil)
	return put, err
}

// shelf is one of the two hashes of the library.
type shelf struct {
	key    string
	at     int    // its place in the KEYS of put.lua
	prefix string // of its fields in the hash of what was seeded
}

var (
	shelfQuestions = shelf{questionsKey(), 1, "question:"}
	shelfItems     = shelf{itemsKey(), 2, "item:"}
)

// ids are those of the entries, such as question:q12, that stand on the shelf.
func (sh shelf) ids(entries []string) (ids []string) {
	for _, e := range entries {
		if id, ok := strings.CutPrefix(e, sh.prefix); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

func idOf[T content.Material](m *T) string {
	switch m := any(m).(type) {
	case *content.Question:
		return m.ID
	case *content.Item:
		return m.ID
	}
	return "" // T is one of the two
}

// picking takes what is wanted of an entry; ok is false where it is not.
type picking[T content.Material, V any] func(sheet *content.Sheet[T], text string) (v V, ok bool)

func latest[T content.Material](sheet *content.Sheet[T], _ string) (T, bool) {
	return sheet.Value, true
}
func inUse[T content.Material](sheet *content.Sheet[T], _ string) (T, bool) { return sheet.InUse() }

// readAll reads a shelf, ordered by id. It keeps only what is picked: a bank may be
// large.
func readAll[T content.Material, V any](ctx context.Context, s *Store, sh shelf, pick picking[T, V]) ([]V, error) {
	found := map[string]V{} // a scan may show an entry twice
	for cursor := uint64(0); ; {
		page, next, err := s.client.HScan(ctx, sh.key, cursor, "", 500).Result()
		if err != nil {
			return nil, unavailable(err)
		}
		for i := 0; i+1 < len(page); i += 2 {
			var sheet content.Sheet[T]
			if err := json.Unmarshal([]byte(page[i+1]), &sheet); err != nil {
				s.damaged(sh.prefix+page[i], err)
				continue
			}
			if v, ok := pick(&sheet, page[i+1]); ok {
				found[page[i]] = v
			}
		}
		if cursor = next; cursor == 0 {
			break
		}
	}
	all := make([]V, 0, len(found))
	for _, id := range slices.Sorted(maps.Keys(found)) {
		all = append(all, found[id])
	}
	return all, nil
}

func readSheets[T content.Material](ctx context.Context, s *Store, sh shelf, ids []string) ([]content.Sheet[T], error) {
	texts, err := s.readEntries(ctx, sh.key, ids)
	if err != nil {
		return nil, err
	}
	var sheets []content.Sheet[T]
	for _, text := range texts {
		var sheet content.Sheet[T]
		if text != "" && json.Unmarshal([]byte(text), &sheet) == nil {
			sheets = append(sheets, sheet)
		}
	}
	return sheets, nil
}

// entry is one line for put.lua.
type entry struct {
	shelf          int // see shelf.at
	id             string
	expected, next string // JSON; next empty: stays as it is
	pages, page    string // its name, a field in the hash of earlier pages, and what is added there; empty: nothing
	seeded, digest string // field and value in the hash of what was seeded; empty: not seeded
}

// maxPuts bounds how often a write of the library starts again because somebody
// else wrote one of the same entries.
const maxPuts = 100
