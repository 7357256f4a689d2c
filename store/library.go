package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// libraryTime bounds reading the whole library; who waits for it may give up
// earlier.
const libraryTime = 30 * time.Second

// Library is an index of the approved questions and items, without entries that
// cannot be read (see Options.Damaged); see Staleness. Errors:
// quiz.ErrUnavailable.
func (s *Store) Library(ctx context.Context) (*content.Library, error) {
	v, err := s.versions(ctx)
	if err != nil {
		return nil, err
	}
	return s.library.get(ctx, v[versionLibrary], libraryTime, func(ctx context.Context) (*content.Library, error) {
		items, err := s.Items(ctx)
		if err != nil {
			return nil, err
		}
		questions, err := s.Questions(ctx)
		if err != nil {
			return nil, err
		}
		return content.NewLibrary(items, questions), nil
	})
}

// Questions are all questions of the bank as they are now, in every state of
// review, ordered by id; one that cannot be read is left out, see
// Options.Damaged. Errors: quiz.ErrUnavailable.
func (s *Store) Questions(ctx context.Context) ([]content.Question, error) {
	return readAll[content.Question](ctx, s, shelfQuestions)
}

// Items are all items as they are now, in every state of review, ordered by id;
// one that cannot be read is left out, see Options.Damaged. Errors:
// quiz.ErrUnavailable.
func (s *Store) Items(ctx context.Context) ([]content.Item, error) {
	return readAll[content.Item](ctx, s, shelfItems)
}

// Put says what became of what was put into the library.
type Put struct {
	Added   int // new ids
	Changed int // content or state differs from before
	Same    int
}

// PutQuestions writes questions, all of them or none, and gives each its
// revision: 1 when it is new or takes the place of one that cannot be read, one
// more than before where anything but its state changed. Of several with one id
// the last counts. Errors: quiz.ErrUnavailable where nothing was written; after
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

type material interface {
	content.Question | content.Item
}

// face gives what the library itself looks at.
func face[T material](m *T) (id string, revision *int, state *content.State) {
	switch m := any(m).(type) {
	case *content.Question:
		return m.ID, &m.Revision, &m.State
	case *content.Item:
		return m.ID, &m.Revision, &m.State
	}
	return "", nil, nil // T is one of the two
}

func readAll[T material](ctx context.Context, s *Store, sh shelf) ([]T, error) {
	found := map[string]T{} // a scan may show an entry twice
	for cursor := uint64(0); ; {
		page, next, err := s.client.HScan(ctx, sh.key, cursor, "", 500).Result()
		if err != nil {
			return nil, unavailable(err)
		}
		for i := 0; i+1 < len(page); i += 2 {
			var m T
			if err := json.Unmarshal([]byte(page[i+1]), &m); err != nil {
				s.damaged(sh.prefix+page[i], err)
				continue
			}
			found[page[i]] = m
		}
		if cursor = next; cursor == 0 {
			break
		}
	}
	all := make([]T, 0, len(found))
	for _, m := range found {
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b T) int {
		idA, _, _ := face(&a)
		idB, _, _ := face(&b)
		return cmp.Compare(idA, idB)
	})
	return all, nil
}

// entry is one line for put.lua.
type entry struct {
	shelf          int // see shelf.at
	id             string
	expected, next string // JSON; next empty: stays as it is
	seeded, digest string // field and value in the hash of what was seeded; empty: not seeded
}

// maxPuts bounds how often a write of the library starts again because somebody
// else wrote one of the same entries.
const maxPuts = 100

// PutLibrary is PutItems and PutQuestions in one step: all of both are written,
// or nothing.
func (s *Store) PutLibrary(ctx context.Context, items []content.Item, questions []content.Question) (itemsPut, questionsPut Put, err error) {
	for range maxPuts {
		var entries, asked []entry
		if entries, itemsPut, err = differing(ctx, s, shelfItems, items); err != nil {
			return Put{}, Put{}, err
		}
		if asked, questionsPut, err = differing(ctx, s, shelfQuestions, questions); err != nil {
			return Put{}, Put{}, err
		}
		if done, err := s.putEntries(ctx, append(entries, asked...), false); done || err != nil {
			return itemsPut, questionsPut, err
		}
	}
	return Put{}, Put{}, fmt.Errorf("%w: somebody else goes on changing the library", quiz.ErrUnavailable)
}

// differing compares with what is stored: the entries to write, and what will
// have become of all.
func differing[T material](ctx context.Context, s *Store, sh shelf, all []T) (entries []entry, result Put, err error) {
	current, err := s.readEntries(ctx, sh.key, ids(all))
	if err != nil {
		return nil, Put{}, err
	}
	last := map[string]int{}
	for i, m := range all {
		e := entry{shelf: sh.at, expected: current[i]}
		if e.id, e.next, err = revise(m, current[i]); err != nil {
			return nil, Put{}, err
		}
		if at, twice := last[e.id]; twice {
			entries[at] = e
			continue
		}
		last[e.id] = len(entries)
		entries = append(entries, e)
	}
	entries = slices.DeleteFunc(entries, func(e entry) bool {
		switch {
		case e.expected == e.next:
			result.Same++
		case e.expected == "":
			result.Added++
		default:
			result.Changed++
		}
		return e.expected == e.next
	})
	return entries, result, nil
}

func ids[T material](all []T) []string {
	list := make([]string, len(all))
	for i := range all {
		list[i], _, _ = face(&all[i])
	}
	return list
}

// readEntries reads fields of a hash; absent ones are empty.
func (s *Store) readEntries(ctx context.Context, key string, fields []string) ([]string, error) {
	values := make([]string, 0, len(fields))
	for chunk := range slices.Chunk(fields, 500) {
		page, err := s.client.HMGet(ctx, key, chunk...).Result()
		if err != nil {
			return nil, unavailable(err)
		}
		for _, v := range page {
			text, _ := v.(string)
			values = append(values, text)
		}
	}
	return values, nil
}

// revise gives m the revision that follows what is stored and writes it as JSON.
func revise[T material](m T, stored string) (id, text string, err error) {
	id, revision, state := face(&m)
	if strings.TrimSpace(id) == "" {
		return "", "", errors.New("an entry of the library has no id")
	}
	*revision = 1
	var before T
	if stored != "" && json.Unmarshal([]byte(stored), &before) == nil {
		_, was, wasState := face(&before)
		*revision = *was
		*wasState = *state
		same, err := equalJSON(m, before)
		if err != nil {
			return "", "", err
		}
		if !same {
			*revision = *was + 1
		}
	}
	b, err := json.Marshal(m)
	return id, string(b), err
}

func equalJSON(a, b any) (bool, error) {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return string(x) == string(y), errors.Join(err1, err2)
}

// putEntries runs put.lua; done is false where somebody else changed an entry
// meanwhile and nothing was written.
func (s *Store) putEntries(ctx context.Context, entries []entry, seed bool) (done bool, err error) {
	if len(entries) == 0 {
		return true, nil
	}
	keys := []string{shelfQuestions.key, shelfItems.key, versionKey()}
	if seed {
		keys = append(keys, starterKey())
	}
	args := []any{versionLibrary}
	for _, e := range entries {
		args = append(args, e.shelf, e.id, e.expected, e.next)
		if seed {
			args = append(args, e.seeded, e.digest)
		}
	}
	answer, err := s.run(ctx, s.put, keys, args...)
	s.changed()
	return answer == int64(1), err
}
