package store

import (
	"context"
	"encoding/json"

	"dangshi/content"
	"dangshi/quiz"
)

// Edit is one entry of the library as somebody wants it.
type Edit[T content.Material] struct {
	Value T
	Seen  quiz.Version // of what it was made from; "": there must be none
}

// QuestionSheet is one question with what is known of its review, and the version for
// Edit; ok is false where there is none, or none that can be read: the version lets
// another one take its place. Errors: quiz.ErrUnavailable.
func (s *Store) QuestionSheet(ctx context.Context, id string) (sheet content.Sheet[content.Question], v quiz.Version, ok bool, err error) {
	return oneSheet[content.Question](ctx, s, shelfQuestions, id)
}

// ItemSheet does for an item what QuestionSheet does for a question.
func (s *Store) ItemSheet(ctx context.Context, id string) (sheet content.Sheet[content.Item], v quiz.Version, ok bool, err error) {
	return oneSheet[content.Item](ctx, s, shelfItems, id)
}

func oneSheet[T content.Material](ctx context.Context, s *Store, sh shelf, id string) (sheet content.Sheet[T], v quiz.Version, ok bool, err error) {
	texts, err := s.readEntries(ctx, sh.key, []string{id})
	if err != nil || texts[0] == "" {
		return sheet, "", false, err
	}
	ok = json.Unmarshal([]byte(texts[0]), &sheet) == nil
	return sheet, quiz.Version(digest(texts[0])), ok, nil
}

// Edited writes entries that are still as they were seen, all of them or none, with
// one line of the audit log, whose word is did. What becomes of each, content.Write
// says. Errors: quiz.ErrConflict where one was changed meanwhile, content.ErrHand;
// quiz.ErrUnavailable where nothing was written; after quiz.ErrUnknown a look tells.
func (s *Store) Edited(ctx context.Context, did string, h content.Hand, items []Edit[content.Item], questions []Edit[content.Question]) error {
	done, err := s.edited(ctx, did, h, items, questions, nil)
	if err == nil && !done {
		err = quiz.ErrConflict
	}
	return err
}

// EditedWhile is Edited as long as something holds of the rest of the library and of the
// papers: still is asked once or more, with all items as they are, and its error ends it.
// What it has looked at is unchanged when the entries are written. Errors as of Edited,
// and those of still.
func (s *Store) EditedWhile(ctx context.Context, did string, h content.Hand, items []Edit[content.Item], questions []Edit[content.Question], still func(all []content.Item) error) error {
	for range maxPuts {
		seen, err := s.askVersions(ctx) // before what is looked at
		if err != nil {
			return err
		}
		all, err := s.Items(ctx)
		if err == nil {
			err = still(all)
		}
		if err != nil {
			return err
		}
		if done, err := s.edited(ctx, did, h, items, questions, seen.materials()); done || err != nil {
			return err
		}
	}
	return errRestless
}

// edited is one try; done is false where an entry, or one of the versions, has moved on
// since it was read.
func (s *Store) edited(ctx context.Context, did string, h content.Hand, items []Edit[content.Item], questions []Edit[content.Question], as versions) (done bool, err error) {
	if err := h.Check(); err != nil {
		return false, err
	}
	entries, err := editing(ctx, s, shelfItems, items, h)
	if err != nil {
		return false, err
	}
	asked, err := editing(ctx, s, shelfQuestions, questions, h)
	if err != nil {
		return false, err
	}
	entries = append(entries, asked...)
	return s.putUndoable(ctx, h, entries, auditOf(did, h, entries), as)
}

func editing[T content.Material](ctx context.Context, s *Store, sh shelf, edits []Edit[T], h content.Hand) (entries []entry, err error) {
	all := make([]T, len(edits))
	for i := range edits {
		all[i] = edits[i].Value
	}
	current, err := s.readEntries(ctx, sh.key, ids(all))
	if err != nil {
		return nil, err
	}
	for i, m := range all {
		if quiz.Version(digest(current[i])) != edits[i].Seen {
			return nil, quiz.ErrConflict
		}
		e, err := revise(sh, m, current[i], h)
		if err != nil {
			return nil, err
		}
		if e.next != e.expected {
			entries = append(entries, e)
		}
	}
	return entries, nil
}
