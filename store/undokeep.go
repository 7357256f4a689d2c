package store

import (
	"bytes"
	"compress/gzip"
	"context"
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
