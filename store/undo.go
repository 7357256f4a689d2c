package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/content"
	"dangshi/quiz"
)

// ErrNoUndo means that what it takes to undo an act is not kept, or no longer.
var ErrNoUndo = errors.New("this act cannot be undone, or no longer")

const (
	// undoLife is how long an act with the library can be undone, by the product's clock.
	undoLife = 24 * time.Hour
	// maxUndo is how large what it takes may be, packed, in bytes; of a larger act it
	// is not kept.
	maxUndo = 16 << 20
	// undoRoom bounds what is kept of all acts, in bytes; undoEach is what one of them
	// takes beside its own size.
	undoRoom, undoEach = 64 << 20, 1 << 10
)

// undoing is what it takes to undo an act. It is kept as lines of JSON, the entries after
// the rest: they may be many.
type undoing struct {
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Did     string    `json:"did"`
	Entries []undone  `json:"-"`
}

// undone is one entry that the act has written.
type undone struct {
	Shelf  int    `json:"shelf"`
	ID     string `json:"id"`
	Before string `json:"before,omitempty"` // as it was kept; empty: it was not there
	After  string `json:"after,omitempty"`  // digest of what was written; empty: it was taken away
}

// putUndoable is putEntries of an act that can be undone for a day, where there is room for
// what that takes: an act is never refused for want of it.
func (s *Store) putUndoable(ctx context.Context, h content.Hand, entries []entry, line Audited, as versions) (done bool, err error) {
	kept, err := s.keepUndo(ctx, h, line.Did, entries)
	if err != nil {
		return false, err
	}
	done, err = s.putEntries(ctx, entries, line, as, false)
	if isFull(err) {
		// Then members cannot answer either: nothing is worth less than what is kept here.
		if gone, e := s.client.Del(ctx, undoKey(), undoneKey(), undoSizeKey()).Result(); e == nil && gone > 0 {
			return s.putEntries(ctx, entries, line, as, false)
		}
	}
	if kept && !done && !errors.Is(err, quiz.ErrUnknown) {
		// Nothing was done: left where it is, it undoes nothing and takes others' room.
		_, _ = s.runUndo(ctx, h, nil)
	}
	return done, err
}

// isFull reports whether Redis refused a write for want of memory.
func isFull(err error) bool { return redis.HasErrorPrefix(err, "OOM") }

// keepUndo keeps what it takes to undo what is about to be written; kept is false where
// there is no room for it. A crash before that is written leaves something that undoes
// nothing: no entry is as it says.
func (s *Store) keepUndo(ctx context.Context, h content.Hand, did string, entries []entry) (kept bool, err error) {
	if h.Act == "" || len(entries) == 0 {
		return false, nil
	}
	if err := checkName(h.Act); err != nil {
		return false, err
	}
	packed, err := packUndo(undoing{By: h.By, At: h.At, Did: did}, entries, min(maxUndo, s.undoRoom-undoEach))
	if err != nil || packed == nil {
		return false, err
	}
	kept, err = s.runUndo(ctx, h, packed)
	switch {
	case isFull(err):
		return false, nil
	case errors.Is(err, quiz.ErrUnknown): // of this; of the library nothing is written yet
		return false, fmt.Errorf("%w: %v", quiz.ErrUnavailable, err)
	}
	return kept, err
}

// runUndo keeps what it takes to undo an act; nil: it is forgotten.
func (s *Store) runUndo(ctx context.Context, h content.Hand, packed []byte) (kept bool, err error) {
	answer, err := s.run(ctx, s.undo, []string{undoKey(), undoneKey(), undoSizeKey()}, h.Act, packed, h.At.Unix(), int(undoLife.Seconds()), s.undoRoom, undoEach)
	return answer == int64(1), err
}

// packUndo packs what it takes to undo what is about to be written; nil where that is more
// than most bytes.
func packUndo(u undoing, entries []entry, most int) ([]byte, error) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	line := json.NewEncoder(w)
	err := line.Encode(u)
	for _, e := range entries {
		after := e.next
		if after == removed {
			after = ""
		}
		if err = errors.Join(err, line.Encode(undone{e.shelf, e.id, e.expected, digest(after)})); err != nil {
			return nil, err
		}
		if packed.Len() > most {
			return nil, nil // there is no end to what a load may bring
		}
	}
	if err = errors.Join(err, w.Close()); err != nil || packed.Len() > most {
		return nil, err
	}
	return packed.Bytes(), nil
}

func (s *Store) readUndo(ctx context.Context, act string, now time.Time) (u undoing, err error) {
	if checkName(act) != nil {
		return u, ErrNoUndo // it comes from a form
	}
	packed, err := s.client.HGet(ctx, undoKey(), act).Bytes()
	if err := unavailable(err); err != nil {
		return u, err
	}
	if len(packed) == 0 {
		return u, ErrNoUndo
	}
	if u, err = unpackUndo(packed); err != nil {
		return u, fmt.Errorf("what undoes %s: %w", act, err)
	}
	if now.Sub(u.At) >= undoLife {
		return u, ErrNoUndo
	}
	return u, nil
}

func unpackUndo(packed []byte) (u undoing, err error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return u, err
	}
	line := json.NewDecoder(r)
	if err := line.Decode(&u); err != nil {
		return u, err
	}
	for {
		var e undone
		switch err := line.Decode(&e); err {
		case nil:
			u.Entries = append(u.Entries, e)
		case io.EOF:
			return u, nil
		default:
			return u, err
		}
	}
}

// CanUndo reports whether an act can still be undone, as far as that is known without
// looking at each entry. Errors: quiz.ErrUnavailable.
func (s *Store) CanUndo(ctx context.Context, act string, now time.Time) (bool, error) {
	at, err := s.client.ZScore(ctx, undoneKey(), act).Result()
	if errors.Is(err, redis.Nil) {
		return false, nil
	}
	return err == nil && now.Sub(time.Unix(int64(at), 0)) < undoLife, unavailable(err)
}

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
