package push

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"dangshi/quiz"
)

// leg is the document of one shard in a run.
type leg struct {
	After   string `json:"after,omitempty"` // the id up to which all members are dealt with
	Done    bool   `json:"done,omitempty"`
	Batches int    `json:"batches,omitempty"` // resolved ones
	Open    *batch `json:"open,omitempty"`
	Reach
}

// batch is the members of a shard behind After, up to one, who are being sent to.
type batch struct {
	Until  string `json:"until"`
	Staged []byte `json:"staged,omitempty"` // marks of those who may be sent to at this moment
	Again  []byte `json:"again,omitempty"`  // marks of those who surely were not, and are to be
}

const markSize = 8

// partBatches is how many batches write to one part of the list of marks, which
// bounds what Redis writes anew with each.
const partBatches = 64

func (l *leg) part() int { return l.Batches / partBatches }

// interrupted gives the marks of those of whom nobody knows, after a crash.
func (l *leg) interrupted() (doubt []byte) {
	if l.Open == nil {
		return nil
	}
	doubt, l.Open.Staged = l.Open.Staged, nil
	l.Unknown += len(doubt) / markSize
	return doubt
}

// book is a shard's document as this replica holds it.
type book struct {
	*Members
	shard   int
	name    string
	version quiz.Version
	leg
}

// open reads a shard's document; there is none where its version is empty.
func (m *Members) open(ctx context.Context, shard int, name string) (*book, error) {
	b := &book{Members: m, shard: shard, name: name}
	value, version, err := m.Roll.Load(ctx, shard, name)
	if err != nil || version == "" {
		return b, err
	}
	b.version = version
	if err := json.Unmarshal(value, &b.leg); err != nil {
		return nil, fmt.Errorf("推送台账 %s 的第 %d 片已损坏：%w", name, shard, err)
	}
	return b, nil
}

// patience is how long a run waits for a store that is away.
const patience = time.Minute

// save writes the document, and marks beside it. Where another replica has written
// it meanwhile it is errLost: the run is theirs.
func (b *book) save(ctx context.Context, doubt []byte) error {
	value, err := json.Marshal(b.leg)
	if err != nil {
		return err
	}
	for waited := time.Duration(0); ; waited += look {
		next, err := b.Roll.Save(ctx, b.shard, b.name, value, b.version, b.part(), doubt)
		if errors.Is(err, quiz.ErrUnknown) {
			var written bool
			if written, err = b.written(ctx, next); written {
				err = nil
			}
		}
		switch {
		case err == nil:
			b.version = next
			return nil
		case errors.Is(err, quiz.ErrConflict):
			return errLost
		case !errors.Is(err, quiz.ErrUnavailable), waited >= patience:
			return fmt.Errorf("saving the ledger of a run: %w", err)
		}
		if err := b.Sleep(ctx, look); err != nil {
			return err
		}
	}
}

// written reports whether a save of unknown outcome was made. It waits for the store
// as long as it takes to know: quiz.ErrUnavailable means that it was not.
func (b *book) written(ctx context.Context, next quiz.Version) (bool, error) {
	for waited := time.Duration(0); ; waited += look {
		_, now, err := b.Roll.Load(ctx, b.shard, b.name)
		switch {
		case err == nil && now == next:
			return true, nil
		case err == nil && now == b.version:
			return false, quiz.ErrUnavailable // to be made again
		case err == nil:
			return false, quiz.ErrConflict
		case waited >= patience:
			return false, fmt.Errorf("looking for a save: %w", errors.Join(quiz.ErrUnknown, err))
		}
		if err := b.Sleep(ctx, look); err != nil {
			return false, err
		}
	}
}

// marked gives those of the ids whose marks are among some.
func (b *book) marked(ids []string, marks []byte) (found []string) {
	wanted := map[[markSize]byte]bool{}
	for i := 0; i+markSize <= len(marks); i += markSize {
		wanted[[markSize]byte(marks[i:i+markSize])] = true
	}
	for _, id := range ids {
		if wanted[b.Roll.Mark(id)] {
			found = append(found, id)
		}
	}
	return found
}
