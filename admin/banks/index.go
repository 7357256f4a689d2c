package banks

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"dangshi/admin/frame"
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

	text string // of the stem and the options, also of what members get, as it is searched; "" where it is in texts
	in   int    // its place in texts, from 1; 0: it is in none
}

// seen is what the list shows of it.
func (r *row) seen() content.Seen { return content.Seen{Revision: r.Revision, State: r.State} }

func rowOf(s content.Sheet[content.Question]) *row {
	q := s.Value
	inUse, live := s.InUse()
	text := q.ID + " " + q.Stem + " " + strings.Join(q.Options, " ")
	if live && s.Standing != nil {
		text += " " + inUse.Stem + " " + strings.Join(inUse.Options, " ")
	}
	r := &row{
		ID: q.ID, Stem: content.Plain(q.Stem), Type: q.Type, State: q.State, Category: q.Category, Difficulty: q.Difficulty, Revision: q.Revision,
		By: s.Review.By, Remark: s.Review.Remark, Live: live,
		text: content.Normalise(text),
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
	list    *bank
	reading chan struct{}
	fault   error           // of the reading that ended last
	touched map[string]*row // changed here while it is read; nil: taken away
}

const (
	// readTime bounds reading the whole bank.
	readTime = 30 * time.Second
	// firstWait is how long a page waits for a list that was never read.
	firstWait = 6 * time.Second
	// staleWait is how long a page waits for the list to be read anew where it has an
	// older one: a bank of a thousand questions is there by then.
	staleWait = 25 * time.Millisecond
)

// all is the bank as it is, or was a moment ago. Errors: quiz.ErrUnavailable, and a
// frame.Refusal where a large one is still being read.
func (x *index) all(ctx context.Context) (*bank, error) {
	_, reading, err := x.begin(ctx)
	if err != nil {
		return nil, err
	}
	x.mu.Lock()
	wait := firstWait
	if x.held {
		wait = staleWait
	}
	x.mu.Unlock()
	if err := await(ctx, reading, wait); err != nil {
		return nil, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	switch {
	case x.held:
		return x.list, nil
	case x.reading == nil && x.fault != nil:
		return nil, x.fault
	}
	return nil, frame.Refusal{Status: http.StatusServiceUnavailable, Text: "题库很大，刚启动，正在读。请过几秒再打开这一页。"}
}

// now is the bank as it is, however long that takes to read: what is counted before it
// is changed must not be counted in an older one. Errors: quiz.ErrUnavailable.
func (x *index) now(ctx context.Context) (*bank, error) {
	for {
		version, reading, err := x.begin(ctx)
		if err != nil {
			return nil, err
		}
		if err := await(ctx, reading, readTime); err != nil {
			return nil, err
		}
		x.mu.Lock()
		list, current, fault, ended := x.list, x.held && x.version == version, x.fault, x.reading == nil
		x.mu.Unlock()
		switch {
		case current:
			return list, nil
		case ended && fault != nil:
			return nil, fault
		} // else what was read was begun before the last change
	}
}

// begin begins to read the list anew where the library has another version than it;
// reading is closed at the end of what is under way, nil: nothing is.
func (x *index) begin(ctx context.Context) (version string, reading <-chan struct{}, err error) {
	version, err = x.data.LibraryVersion(ctx)
	if err == nil {
		err = x.follow(ctx, version)
	}
	if err != nil {
		return "", nil, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.held && x.version == version {
		return version, nil, nil
	}
	if x.reading == nil {
		x.reading, x.touched = make(chan struct{}), map[string]*row{}
		go x.read(context.WithoutCancel(ctx), version)
	}
	return version, x.reading, nil
}

// follow takes over what has changed up to a version, where that is told question by
// question; else, and while all is being read, it leaves the list as it is.
func (x *index) follow(ctx context.Context, version string) error {
	x.mu.Lock()
	from, follows := x.version, x.held && x.version != version && x.reading == nil
	x.mu.Unlock()
	if !follows {
		return nil
	}
	ids, known, err := x.data.ChangedQuestions(ctx, from, version)
	if err != nil || !known {
		return err
	}
	sheets, err := x.data.QuestionSheets(ctx, ids)
	if err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.version == from && x.reading == nil { // else somebody else came first, and what was read may be old
		x.take(ids, sheets)
		x.version = version
	}
	return nil
}

// await waits for a reading, nil: for none, and not for ever.
func await(ctx context.Context, reading <-chan struct{}, patience time.Duration) error {
	if reading == nil {
		return nil
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-reading:
	case <-timer.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// read reads the list that has a version, or a later one.
func (x *index) read(ctx context.Context, version string) {
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	found := map[string]*row{} // a scan may show one twice
	var all writingTexts
	err := x.data.EachQuestion(ctx, func(s content.Sheet[content.Question]) {
		r := rowOf(s)
		all.take(r)
		found[r.ID] = r
	})
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.fault = err; err == nil {
		for id, r := range x.touched {
			if found[id] = r; r == nil {
				delete(found, id)
			}
		}
		rows := make([]*row, 0, len(found))
		for _, r := range found {
			rows = append(rows, r)
		}
		slices.SortFunc(rows, byID)
		x.list, x.held, x.version = &bank{rows: rows, texts: all.texts()}, true, version
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
	x.take(ids, sheets)
}

// take puts some questions into the list as they are, and takes away those of the ids that
// are not among them. The lock is held.
func (x *index) take(ids []string, sheets []content.Sheet[content.Question]) {
	if len(ids) == 0 {
		return
	}
	var rows []*row
	var all *texts
	if x.held {
		rows, all = slices.Clone(x.list.rows), x.list.texts
	}
	there := map[string]bool{}
	for _, s := range sheets {
		there[s.Value.ID] = true
	}
	for _, id := range ids {
		if there[id] {
			continue
		}
		if x.touched != nil {
			x.touched[id] = nil
		}
		rows = slices.DeleteFunc(rows, func(r *row) bool { return r.ID == id })
	}
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
	x.list = (&bank{rows: rows, texts: all}).gathered()
}
