package banks

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"dangshi/content"
)

// row is what the list knows of a question: a page must not read the whole bank.
type row struct {
	ID, Stem   string
	Type       content.Type
	State      content.State
	Category   string
	Difficulty int
	Revision   int
	By         string // who wrote or reviewed it last
	At         int64  // when, in Unix seconds
	Signed     []string
	Remark     string
	Live       bool // members get it, at this revision or an earlier one

	text string // of the stem and the options, as it is searched
}

func rowOf(s content.Sheet[content.Question]) *row {
	q := s.Value
	_, live := s.InUse()
	r := &row{
		ID: q.ID, Stem: content.Plain(q.Stem), Type: q.Type, State: q.State, Category: q.Category, Difficulty: q.Difficulty, Revision: q.Revision,
		By: s.Review.By, Remark: s.Review.Remark, Live: live,
		text: content.Normalise(q.ID + " " + q.Stem + " " + strings.Join(q.Options, " ")),
	}
	if !s.Review.At.IsZero() {
		r.At = s.Review.At.Unix()
	}
	for _, signed := range s.Review.Signed {
		r.Signed = append(r.Signed, signed.By)
	}
	return r
}

// index is the list of the bank in memory, one for each replica. What this replica
// changes is in it at once; it is read anew when the library has another version, and
// who asks meanwhile sees how it was.
type index struct {
	data Library

	mu      sync.Mutex
	held    bool
	version string
	rows    []*row // by id; never changed, only replaced
	reading chan struct{}
	fault   error           // of the reading that ended last
	touched map[string]*row // changed here while it is read
}

const (
	// readTime bounds reading the whole bank.
	readTime = 30 * time.Second
	// staleWait is how long a page waits for the list to be read anew where it has an
	// older one: a bank of a thousand questions is there by then.
	staleWait = 25 * time.Millisecond
)

// all are the rows, by id. Errors: quiz.ErrUnavailable.
func (x *index) all(ctx context.Context) ([]*row, error) {
	version, err := x.data.LibraryVersion(ctx)
	if err != nil {
		return nil, err
	}
	x.mu.Lock()
	if x.held && x.version == version {
		defer x.mu.Unlock()
		return x.rows, nil
	}
	if x.reading == nil {
		x.reading, x.touched = make(chan struct{}), map[string]*row{}
		go x.read(context.WithoutCancel(ctx), version)
	}
	reading, held := x.reading, x.held
	x.mu.Unlock()
	wait := readTime
	if held {
		wait = staleWait
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-reading:
	case <-timer.C:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.held {
		return nil, x.fault
	}
	return x.rows, nil
}

// read reads the list that has a version, or a later one.
func (x *index) read(ctx context.Context, version string) {
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	found := map[string]*row{} // a scan may show one twice
	err := x.data.EachQuestion(ctx, func(s content.Sheet[content.Question]) { found[s.Value.ID] = rowOf(s) })
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.fault = err; err == nil {
		for id, r := range x.touched {
			found[id] = r
		}
		x.rows = make([]*row, 0, len(found))
		for _, r := range found {
			x.rows = append(x.rows, r)
		}
		slices.SortFunc(x.rows, byID)
		x.held, x.version = true, version
	}
	close(x.reading)
	x.reading, x.touched = nil, nil
}

func byID(a, b *row) int { return strings.Compare(a.ID, b.ID) }

// refresh reads some questions anew, which this replica has just changed. An error is
// none of the change: the list is read anew anyway.
func (x *index) refresh(ctx context.Context, ids []string) {
	sheets, err := x.data.QuestionSheets(ctx, ids)
	if err != nil {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	rows := slices.Clone(x.rows)
	for _, s := range sheets {
		r := rowOf(s)
		if x.touched != nil {
			x.touched[r.ID] = r
		}
		if at, there := slices.BinarySearchFunc(rows, r, byID); there {
			rows[at] = r
		} else {
			rows = slices.Insert(rows, at, r)
		}
	}
	x.rows = rows
}
