package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"dangshi/content"
	"dangshi/quiz"
)

// PutLibrary is PutItems and PutQuestions in one step: all of both are written,
// or nothing.
func (s *Store) PutLibrary(ctx context.Context, items []content.Item, questions []content.Question) (itemsPut, questionsPut Put, err error) {
	return s.EditLibrary(ctx, content.Hand{}, items, questions)
}

// EditLibrary is PutLibrary by somebody's hand: what becomes of each question and
// item, content.Write says, what it was before is kept, and the audit log gets a
// line. Errors as of PutQuestions, and content.ErrHand.
func (s *Store) EditLibrary(ctx context.Context, h content.Hand, items []content.Item, questions []content.Question) (itemsPut, questionsPut Put, err error) {
	return s.LoadLibrary(ctx, Loading{Hand: h, Items: items, Questions: questions})
}

// Loading is what somebody writes into the library at once.
type Loading struct {
	Hand      content.Hand
	Items     []content.Item
	Questions []content.Question
	// What was seen of those that are there, by id: where one of them is something
	// else by now, nothing is written. nil: whatever there is.
	SeenItems, SeenQuestions map[string]content.Seen
}

// LoadLibrary is EditLibrary of what was looked at before. Errors as of EditLibrary, and
// quiz.ErrConflict, see Loading.
func (s *Store) LoadLibrary(ctx context.Context, l Loading) (itemsPut, questionsPut Put, err error) {
	h := l.Hand
	if h.Signatures > 0 {
		if err := h.Check(); err != nil {
			return Put{}, Put{}, err
		}
	}
	for range maxPuts {
		var entries, asked []entry
		if entries, itemsPut, err = differing(ctx, s, shelfItems, l.Items, l.SeenItems, h); err != nil {
			return Put{}, Put{}, err
		}
		if asked, questionsPut, err = differing(ctx, s, shelfQuestions, l.Questions, l.SeenQuestions, h); err != nil {
			return Put{}, Put{}, err
		}
		entries = append(entries, asked...)
		if done, err := s.putUndoable(ctx, h, entries, auditOf("library.load", h, entries), nil); done || err != nil {
			return itemsPut, questionsPut, err
		}
	}
	return Put{}, Put{}, errRestless
}

var errRestless = fmt.Errorf("%w: somebody else goes on changing the library", quiz.ErrUnavailable)

// differing compares with what is stored: the entries to write, and what will
// have become of all.
func differing[T content.Material](ctx context.Context, s *Store, sh shelf, all []T, seen map[string]content.Seen, h content.Hand) (entries []entry, result Put, err error) {
	current, err := s.readEntries(ctx, sh.key, ids(all))
	if err != nil {
		return nil, Put{}, err
	}
	last := map[string]int{}
	for i, m := range all {
		e, err := revise(sh, m, current[i], h)
		if err != nil {
			return nil, Put{}, err
		}
		// One that is as it shall be may have been written by this very call.
		if seen != nil && e.expected != e.next && seen[e.id] != seenIn[T](e.expected) {
			return nil, Put{}, quiz.ErrConflict
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

// seenIn is what there is to be seen of a stored entry.
func seenIn[T content.Material](stored string) content.Seen {
	var sheet content.Sheet[T]
	if stored == "" || json.Unmarshal([]byte(stored), &sheet) != nil {
		return content.Seen{}
	}
	return sheet.Seen()
}

func ids[T content.Material](all []T) []string {
	list := make([]string, len(all))
	for i := range all {
		list[i] = idOf(&all[i])
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

// revise is the entry that writes m over what is stored.
func revise[T content.Material](sh shelf, m T, stored string, h content.Hand) (entry, error) {
	if strings.TrimSpace(idOf(&m)) == "" {
		return entry{}, errors.New("an entry of the library has no id")
	}
	var before *content.Sheet[T]
	if stored != "" {
		var sheet content.Sheet[T]
		if json.Unmarshal([]byte(stored), &sheet) == nil { // what cannot be read begins anew
			before = &sheet
		}
	}
	return turned(sh, stored, before, content.Write(before, m, h))
}

// turned is the entry that puts next in the place of what is stored; before is nil
// where that is nothing that can be read.
func turned[T content.Material](sh shelf, stored string, before *content.Sheet[T], next content.Sheet[T]) (entry, error) {
	id := idOf(&next.Value)
	e := entry{shelf: sh.at, id: id, expected: stored, pages: sh.prefix + id}
	text, err := json.Marshal(next)
	if err != nil {
		return entry{}, err
	}
	e.next = string(text)
	if before == nil {
		return e, nil
	}
	// What an older program wrote may read the same and be spelt otherwise.
	was, err := json.Marshal(*before)
	if err != nil {
		return entry{}, err
	}
	if string(was) == e.next {
		e.next = stored
		return e, nil
	}
	page, err := json.Marshal(before.Page(next))
	e.page = string(page)
	return e, err
}

// removed is the next text of an entry that goes, see put.lua.
const removed = "-"

// putEntries runs put.lua, which writes a line of the audit log as well unless
// nobody did it; done is false where somebody else changed an entry meanwhile, or one
// of the versions is no longer as it was read, and nothing was written.
func (s *Store) putEntries(ctx context.Context, entries []entry, line Audited, as versions, seed bool) (done bool, err error) {
	if len(entries) == 0 {
		return true, nil
	}
	if line.By == "" {
		line = Audited{}
	}
	noted, err := line.text()
	if err != nil {
		return false, err
	}
	keys := []string{shelfQuestions.key, shelfItems.key, versionKey(), pagesKey(), auditKey(), changesKey()}
	if seed {
		keys = append(keys, starterKey())
	}
	told, err := toldOf(entries)
	if err != nil {
		return false, err
	}
	args := make([]any, 0, 5+2*len(as)+8*len(entries))
	args = append(args, versionLibrary, noted, told, toldChanges, len(as))
	args = append(args, as.pairs()...)
	for _, e := range entries {
		args = append(args, e.shelf, e.id, e.expected, e.next, e.pages, e.page)
		if seed {
			args = append(args, e.seeded, e.digest)
		}
	}
	answer, err := s.run(ctx, s.put, keys, args...)
	s.changed()
	if done = answer == int64(1); done {
		s.keepUp(ctx, told != "")
	}
	return done, err
}
