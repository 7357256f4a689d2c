package store

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"dangshi/content"
	"dangshi/quiz"
)

// Library is an index of the questions and items that are in use, each at its
// approved revision, without entries that cannot be read (see Options.Damaged). Who
// asks does not wait for a change to be read, see LibraryStaleness; who must have the
// newest asks for LibraryNow. Errors: quiz.ErrUnavailable.
func (s *Store) Library(ctx context.Context) (*content.Library, error) {
	v, err := s.versions(ctx)
	if err != nil {
		return nil, err
	}
	c, err := s.library.lately(ctx, v[versionLibrary])
	if err != nil {
		return nil, err
	}
	return c.library, nil
}

// LibraryNow is Library as it is, with all that any replica has written before the
// call: for who shows people what they have just changed, and who draws papers. The
// version names this state of the library, of what was ruled and of the papers, see
// Freeze; what is asked for afterwards of rulings and papers is no older. Errors:
// quiz.ErrUnavailable.
func (s *Store) LibraryNow(ctx context.Context) (*content.Library, quiz.Version, error) {
	c, v, err := s.copyNow(ctx)
	if err != nil {
		return nil, "", err
	}
	under, err := json.Marshal(versions{versionLibrary: c.version, versionRulings: v[versionRulings], versionPapers: v[versionPapers]})
	return c.library, quiz.Version(under), err
}

// ItemsNow are all items at their latest revision, in every state of review, ordered
// by id, as LibraryNow gives those in use. They are shared, and not to be changed.
// Errors: quiz.ErrUnavailable.
func (s *Store) ItemsNow(ctx context.Context) ([]content.Item, error) {
	c, _, err := s.copyNow(ctx)
	if err != nil {
		return nil, err
	}
	return c.items, nil
}

func (s *Store) copyNow(ctx context.Context) (*copied, versions, error) {
	v, err := s.versionsNow(ctx)
	if err != nil {
		return nil, nil, err
	}
	c, err := s.library.now(ctx, v[versionLibrary])
	return c, v, err
}

// keepUp brings the copy up to date after a change of this replica's own, so that it
// sees that at once. A change that is too large to be told entry by entry is read
// behind those who ask, as that of another replica. Where it cannot be read now, the
// next who asks tries again: it is written anyway.
func (s *Store) keepUp(ctx context.Context, told bool) {
	if !s.library.has() {
		return
	}
	if !told {
		_, _ = s.Library(ctx)
		return
	}
	_, _, _ = s.copyNow(ctx)
}

// readLibrary reads what has changed since a copy was made, or all.
func (s *Store) readLibrary(ctx context.Context, from *copied) (*copied, error) {
	v, err := s.askVersions(ctx) // before what is read, which is at least as new
	if err != nil {
		return nil, err
	}
	version := v[versionLibrary]
	if from != nil {
		if from.version == version {
			return from, nil
		}
		entries, known, err := s.changedSince(ctx, from.version, version)
		if err != nil {
			return nil, err
		}
		if known {
			return s.copyWith(ctx, from, version, entries)
		}
	}
	all, err := readAll(ctx, s, shelfItems, func(sheet *content.Sheet[content.Item], _ string) (content.Sheet[content.Item], bool) {
		return *sheet, true
	})
	if err != nil {
		return nil, err
	}
	questions, err := readAll(ctx, s, shelfQuestions, inUse[content.Question])
	if err != nil {
		return nil, err
	}
	items := make([]content.Item, len(all))
	var live []content.Item
	for i, sheet := range all {
		items[i] = sheet.Value
		if it, ok := sheet.InUse(); ok {
			live = append(live, it)
		}
	}
	return &copied{version, content.NewLibrary(live, questions), items}, nil
}

// copyWith is a copy with some entries as they are now.
func (s *Store) copyWith(ctx context.Context, from *copied, version string, entries []string) (*copied, error) {
	items, err := readChanged[content.Item](ctx, s, shelfItems, entries)
	if err != nil {
		return nil, err
	}
	questions, err := readChanged[content.Question](ctx, s, shelfQuestions, entries)
	if err != nil {
		return nil, err
	}
	next := &copied{version: version, items: from.items}
	var liveItems []content.Item
	if len(items) > 0 {
		next.items = slices.Clone(from.items)
	}
	for id, sheet := range items {
		at, there := slices.BinarySearchFunc(next.items, id, func(it content.Item, id string) int { return strings.Compare(it.ID, id) })
		if there {
			next.items = slices.Delete(next.items, at, at+1)
		}
		live := content.Item{ID: id} // approved by nobody: it goes
		if sheet != nil {
			next.items = slices.Insert(next.items, at, sheet.Value)
			if it, ok := sheet.InUse(); ok {
				live = it
			}
		}
		liveItems = append(liveItems, live)
	}
	var liveQuestions []content.Question
	for id, sheet := range questions {
		live := content.Question{ID: id}
		if sheet != nil {
			if q, ok := sheet.InUse(); ok {
				live = q
			}
		}
		liveQuestions = append(liveQuestions, live)
	}
	next.library = from.library.With(liveItems, liveQuestions)
	return next, nil
}

// readChanged reads those entries that stand on a shelf, by id; nil: it is not there,
// or cannot be read.
func readChanged[T content.Material](ctx context.Context, s *Store, sh shelf, entries []string) (map[string]*content.Sheet[T], error) {
	ids := sh.ids(entries)
	texts, err := s.readEntries(ctx, sh.key, ids)
	if err != nil {
		return nil, err
	}
	changed := make(map[string]*content.Sheet[T], len(ids))
	for i, id := range ids {
		changed[id] = nil
		if texts[i] == "" {
			continue
		}
		sheet := new(content.Sheet[T])
		if err := json.Unmarshal([]byte(texts[i]), sheet); err != nil {
			s.damaged(sh.prefix+id, err)
			continue
		}
		changed[id] = sheet
	}
	return changed, nil
}

const (
	// maxTold is how many entries a change may have to be told entry by entry, as a file
	// that is loaded; a larger one is a whole bank, which is read as fast all together.
	maxTold = 2000
	// toldChanges is how many of the last changes of the library are told.
	toldChanges = 256
)

// changedSince are the entries, such as question:q12, that changed from one version of
// the library to another; known is false where that is not told: they are too many,
// it was too long ago, or who changed them does not tell. Errors:
// quiz.ErrUnavailable.
func (s *Store) changedSince(ctx context.Context, from, to string) (entries []string, known bool, err error) {
	first, err := strconv.Atoi(from)
	if err != nil {
		return nil, false, nil // there was none
	}
	last, err := strconv.Atoi(to)
	if err != nil || last <= first || last-first > toldChanges {
		return nil, false, nil // no version, one of other data, or one of long after
	}
	var fields []string
	for n := first + 1; n <= last; n++ {
		fields = append(fields, strconv.Itoa(n))
	}
	told, err := s.readEntries(ctx, changesKey(), fields)
	if err != nil {
		return nil, false, err
	}
	for _, text := range told {
		var some []string
		if json.Unmarshal([]byte(text), &some) != nil {
			return nil, false, nil
		}
		entries = append(entries, some...)
	}
	slices.Sort(entries)
	return slices.Compact(entries), true, nil
}

// toldOf is what is told of a change; "" where it is too large.
func toldOf(entries []entry) (string, error) {
	if len(entries) > maxTold {
		return "", nil
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.pages
	}
	text, err := json.Marshal(names)
	return string(text), err
}
