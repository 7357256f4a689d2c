package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// Undone is what undoing an act does, or did.
type Undone struct {
	By        string // whose act it was, when, and what, as the audit log says it
	At        time.Time
	Did       string
	Removed   int      // entries that the act had brought
	Back      int      // entries that are again as they were before it
	Questions []string // ids of the questions among both
	Stays     []Stays  // what stays as it is
	Set       string   // tells this from what another undoing would do
}

// Stays is an entry that an undoing leaves as it is.
type Stays struct {
	ID, Title string // Title is the stem of a question
	Why       StaysWhy
	By        string   // who has changed it since, where that is why
	Day       quiz.Day // of the paper or the item
	Item      string   // title of the item that needs it
}

// StaysWhy is why an undoing leaves an entry as it is.
type StaysWhy string

// Why an entry is left.
const (
	StaysChanged StaysWhy = "changed" // somebody has changed it since
	StaysAsked   StaysWhy = "asked"   // it stands in the paper of a day
	StaysChosen  StaysWhy = "chosen"  // it was chosen for the paper of a day to come
	StaysNeeded  StaysWhy = "needed"  // an item needs it
	StaysShown   StaysWhy = "shown"   // its day has come
	StaysUnread  StaysWhy = "unread"  // what was there before cannot be read
)

// Undo sets back what an act with the library did, as far as nobody has gone on from it:
// what it brought is removed, unless members were asked it or others need it; what it
// changed is again as it was, state, signatures and all, under a new revision where its
// text changes, since a revision never means two texts. shown is Undone.Set as it was
// looked at; with "" nothing is written. It is an act by itself, noted in the audit log,
// and can be undone by h.Act. Errors: ErrNoUndo; quiz.ErrConflict where something else
// than was shown would be done; content.ErrHand, quiz.ErrUnavailable where nothing was
// written, quiz.ErrUnknown.
func (s *Store) Undo(ctx context.Context, h content.Hand, act string, today quiz.Day, shown string) (Undone, error) {
	if err := h.Check(); err != nil {
		return Undone{}, err
	}
	was, err := s.readUndo(ctx, act, h.At)
	if err != nil {
		return Undone{}, err
	}
	for range maxPuts {
		// Before all that is read: what is written is refused where it has moved on.
		seen, err := s.askVersions(ctx)
		if err != nil {
			return Undone{}, err
		}
		entries, u, err := s.undoes(ctx, was, today)
		switch {
		case err != nil || shown == "":
			return u, err
		case shown != u.Set:
			return u, quiz.ErrConflict
		case len(entries) == 0:
			return u, nil
		}
		line := auditOf("library.undo", h, entries)
		line.Why = was.Did + ", " + was.By + ", " + was.At.UTC().Format(time.RFC3339)
		if done, err := s.putUndoable(ctx, h, entries, line, seen.materials()); done || err != nil {
			return u, err
		}
	}
	return Undone{}, errRestless
}

// undoes is what undoing an act writes, and what it leaves.
func (s *Store) undoes(ctx context.Context, was undoing, today quiz.Day) (entries []entry, u Undone, err error) {
	u = Undone{By: was.By, At: was.At, Did: was.Did}
	hold := holding{}
	if err := hold.read(ctx, s, was, today); err != nil {
		return nil, u, err
	}
	sum := sha256.New()
	for _, sh := range []shelf{shelfItems, shelfQuestions} {
		var mine []undone
		for _, e := range was.Entries {
			if e.Shelf == sh.at {
				mine = append(mine, e)
			}
		}
		fields := make([]string, len(mine))
		for i := range mine {
			fields[i] = mine[i].ID
		}
		current, err := s.readEntries(ctx, sh.key, fields)
		if err != nil {
			return nil, u, err
		}
		for i, e := range mine {
			var next *entry
			var left Stays
			if sh == shelfItems {
				next, left, err = undoes[content.Item](sh, e, current[i], hold)
			} else {
				next, left, err = undoes[content.Question](sh, e, current[i], hold)
			}
			if err != nil {
				return nil, u, err
			}
			fmt.Fprintf(sum, "%s%s %v\n", sh.prefix, e.ID, left.Why)
			if next == nil {
				u.Stays = append(u.Stays, left)
				continue
			}
			var before *content.Sheet[content.Item] // of an item that is again as it was
			if entries = append(entries, *next); next.next == removed {
				u.Removed++
			} else {
				u.Back++
				if before = new(content.Sheet[content.Item]); sh == shelfItems {
					if err := json.Unmarshal([]byte(next.next), before); err != nil {
						return nil, u, err
					}
				}
			}
			if sh == shelfItems {
				hold.undone(e.ID, before)
			}
			if sh == shelfQuestions {
				u.Questions = append(u.Questions, e.ID)
			}
		}
	}
	u.Set = hex.EncodeToString(sum.Sum(nil)[:12])
	return entries, u, nil
}

// undoes is the entry that sets one back, or why it is left.
func undoes[T content.Material](sh shelf, e undone, current string, hold holding) (*entry, Stays, error) {
	left := Stays{ID: e.ID, Title: e.ID}
	var now, before content.Sheet[T]
	readable := current != "" && json.Unmarshal([]byte(current), &now) == nil
	if readable {
		left.Title, left.By = titleOf(&now.Value), now.Review.By
	}
	next := &entry{shelf: sh.at, id: e.ID, expected: current, next: e.Before, pages: sh.prefix + e.ID}
	switch {
	case digest(current) != e.After:
		left.Why = StaysChanged
		return nil, left, nil
	case e.Before == "":
		if !hold.mayGo(any(now.Value), &left) {
			return nil, left, nil
		}
		next.next = removed
		return next, left, nil
	case json.Unmarshal([]byte(e.Before), &before) != nil:
		left.Why = StaysUnread
		return nil, left, nil
	case current == "":
		return next, left, nil // it was taken away
	}
	back, err := turned(sh, current, &now, before.After(now))
	return &back, left, err
}
