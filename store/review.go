package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"dangshi/content"
	"dangshi/quiz"
)

// ReviewRequest is what somebody does with a part of the library.
type ReviewRequest struct {
	Act    content.Act
	Hand   content.Hand
	Filter content.Filter
	// Seen is what was read, by id: where one of them is at another revision or in
	// another state by now, nothing is written. nil: whatever there is.
	Seen   map[string]content.Seen
	DryRun bool // only say what would happen
}

// ReviewLine is what became of one question or item.
type ReviewLine struct {
	ID, Title     string // Title is the stem of a question
	From, To      content.State
	Verdict       content.Verdict
	WasLive, Live bool // members got it before, and get it after, at this revision or an earlier one
}

// ReviewQuestions does something with the questions that a filter chooses, all of
// it or nothing, notes it in the audit log, and gives a line for each of them, by
// id. Ids that are not in the bank come back as missing, and then nothing is
// written. Errors: content.ErrHand; quiz.ErrConflict, see ReviewRequest.Seen;
// quiz.ErrUnavailable where nothing was written; after quiz.ErrUnknown the same call
// finds out.
func (s *Store) ReviewQuestions(ctx context.Context, r ReviewRequest) (lines []ReviewLine, missing []string, err error) {
	return review[content.Question](ctx, s, shelfQuestions, r)
}

// ReviewItems does for items what ReviewQuestions does for questions.
func (s *Store) ReviewItems(ctx context.Context, r ReviewRequest) (lines []ReviewLine, missing []string, err error) {
	return review[content.Item](ctx, s, shelfItems, r)
}

func review[T content.Material](ctx context.Context, s *Store, sh shelf, r ReviewRequest) (lines []ReviewLine, missing []string, err error) {
	if err := r.Hand.Check(); err != nil {
		return nil, nil, err
	}
	for range maxPuts {
		var entries []entry
		if entries, lines, missing, err = reviewed[T](ctx, s, sh, r); err != nil {
			return nil, nil, err
		}
		if r.DryRun || len(missing) > 0 || len(entries) == 0 {
			return lines, missing, nil
		}
		did := strings.TrimSuffix(sh.prefix, ":") + "." + string(r.Act)
		done, err := s.putUndoable(ctx, r.Hand, entries, auditOf(did, r.Hand, entries), nil)
		if err != nil {
			return nil, nil, err
		}
		if done {
			return lines, nil, nil
		}
	}
	return nil, nil, errRestless
}

// shelved is a sheet and the text from which it was read.
type shelved[T content.Material] struct {
	content.Sheet[T]
	text string
}

func whole[T content.Material](sheet *content.Sheet[T], text string) (shelved[T], bool) {
	return shelved[T]{*sheet, text}, true
}

// reviewed says what the act makes of all that the filter chooses.
func reviewed[T content.Material](ctx context.Context, s *Store, sh shelf, r ReviewRequest) (entries []entry, lines []ReviewLine, missing []string, err error) {
	found, err := chosen[T](ctx, s, sh, r.Filter)
	if err != nil {
		return nil, nil, nil, err
	}
	came, err := s.starters(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	there := map[string]bool{}
	for _, was := range found {
		id := idOf(&was.Value)
		there[id] = true
		_, starter := came[sh.prefix+id]
		if !content.Fits(r.Filter, was.Value, starter) {
			continue
		}
		if seen, ok := r.Seen[id]; ok && seen != was.Seen() {
			return nil, nil, nil, quiz.ErrConflict
		}
		next, verdict := was.Do(r.Act, r.Hand)
		_, wasLive := was.InUse()
		_, live := next.InUse()
		lines = append(lines, ReviewLine{id, titleOf(&was.Value), was.State(), next.State(), verdict, wasLive, live})
		if verdict != content.Moved && verdict != content.Signed && verdict != content.Noted {
			continue
		}
		e, err := turned(sh, was.text, &was.Sheet, next)
		if err != nil {
			return nil, nil, nil, err
		}
		entries = append(entries, e)
	}
	for _, id := range r.Filter.IDs {
		if !there[id] {
			missing = append(missing, id)
		}
	}
	return entries, lines, missing, nil
}

// chosen reads all that a filter may choose; the whole shelf only where it names no
// ids.
func chosen[T content.Material](ctx context.Context, s *Store, sh shelf, f content.Filter) ([]shelved[T], error) {
	if len(f.IDs) == 0 {
		return readAll(ctx, s, sh, whole[T])
	}
	ids := slices.Sorted(slices.Values(f.IDs))
	texts, err := s.readEntries(ctx, sh.key, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	var found []shelved[T]
	for _, text := range texts {
		var sheet content.Sheet[T]
		if text != "" && json.Unmarshal([]byte(text), &sheet) == nil {
			found = append(found, shelved[T]{sheet, text})
		}
	}
	return found, nil
}

func titleOf[T content.Material](m *T) string {
	switch m := any(m).(type) {
	case *content.Question:
		return m.Stem
	case *content.Item:
		return m.Title
	}
	return "" // T is one of the two
}

// maxAudited is how many ids a line of the audit log names.
const maxAudited = 20

func auditOf(did string, h content.Hand, entries []entry) Audited {
	var names []string
	for _, e := range entries[:min(len(entries), maxAudited)] {
		names = append(names, e.id)
	}
	if more := len(entries) - maxAudited; more > 0 {
		names = append(names, fmt.Sprintf("+%d", more))
	}
	return Audited{At: h.At, By: h.By, Did: did, On: strings.Join(names, " "), More: fmt.Sprintf("%d entries", len(entries))}
}

// starters are the fields of what came with the program → their digests.
func (s *Store) starters(ctx context.Context) (map[string]string, error) {
	came, err := s.client.HGetAll(ctx, starterKey()).Result()
	delete(came, starterVersion)
	return came, unavailable(err)
}

// Unreviewed counts what came with the program and nobody of the organisation has
// answered for yet: it is not approved, or it is as it came. What was retired is
// answered for. Errors: quiz.ErrUnavailable.
func (s *Store) Unreviewed(ctx context.Context) (items, questions int, err error) {
	came, err := s.starters(ctx)
	if err != nil {
		return 0, 0, err
	}
	if items, err = unreviewed[content.Item](ctx, s, shelfItems, came); err != nil {
		return 0, 0, err
	}
	questions, err = unreviewed[content.Question](ctx, s, shelfQuestions, came)
	return items, questions, err
}

func unreviewed[T content.Material](ctx context.Context, s *Store, sh shelf, came map[string]string) (n int, err error) {
	var ids []string
	for field := range came {
		if id, ok := strings.CutPrefix(field, sh.prefix); ok {
			ids = append(ids, id)
		}
	}
	texts, err := s.readEntries(ctx, sh.key, ids)
	if err != nil {
		return 0, err
	}
	for i, text := range texts {
		var sheet content.Sheet[T]
		if text == "" || json.Unmarshal([]byte(text), &sheet) != nil {
			continue // taken away, or damaged: said elsewhere
		}
		if state := sheet.State(); state != content.Retired && (state != content.Approved || came[sh.prefix+ids[i]] == digest(text)) {
			n++
		}
	}
	return n, nil
}
