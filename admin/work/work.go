// Package work is what takes longer than a page may: it runs behind the pages, which
// tell how far it is. Every replica knows of the works of all.
package work

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"dangshi/admin/frame"
	"dangshi/quiz"
)

// Keeper keeps what is told of works, for all replicas.
type Keeper interface {
	// KeepWork writes what is told of a work. Errors: quiz.ErrUnavailable, quiz.ErrUnknown.
	KeepWork(ctx context.Context, id string, value []byte, life time.Duration) error
	// Work is what is told of one, nil where there is nothing, and whether somebody is at
	// it. Errors: quiz.ErrUnavailable.
	Work(ctx context.Context, id string) (value []byte, going bool, err error)
	// AtWork does a work that nobody else is at; ran is false where somebody is. Whoever
	// dies over it is at it no more, soon after; the context of do ends, with a cause of
	// its own, where somebody else may have taken over. Errors: those of do; quiz.ErrUnavailable, quiz.ErrUnknown
	// where it was not begun.
	AtWork(ctx context.Context, id string, do func(ctx context.Context) error) (ran bool, err error)
}

// Work is how far one is.
type Work struct {
	By     string          `json:"by"`
	Began  time.Time       `json:"began"`           // by wall time, like Beat
	Beat   time.Time       `json:"beat"`            // how far it was then
	Taken  bool            `json:"taken,omitempty"` // another replica goes on with it, or has: the one that began it is gone
	Done   int             `json:"done,omitempty"`
	Of     int             `json:"of,omitempty"` // 0: nobody knows
	Over   bool            `json:"over,omitempty"`
	Fault  string          `json:"fault,omitempty"` // why it is over without a result, for people
	Result json.RawMessage `json:"result,omitempty"`

	going bool      // somebody is at it
	found time.Time // when this was read, by wall time
}

// Lost reports whether its replica is gone: nobody works on it any more. One that was
// never begun is not lost.
func (w Work) Lost() bool { return !w.Began.IsZero() && !w.Over && !w.going }

// Running reports whether somebody works on it.
func (w Work) Running() bool { return w.going }

// For is how long it has been running, or ran, in whole seconds.
func (w Work) For() int { return int(w.Beat.Sub(w.Began).Seconds()) }

const (
	life      = time.Hour
	tellEvery = time.Second
	lastWords = 30 * time.Second // in which a work that is over must have said so
	lookEvery = 20 * time.Millisecond
)

// Desk runs works.
type Desk struct {
	keep   Keeper
	now    func() time.Time
	logger *slog.Logger

	ctx     context.Context // of all works
	stop    context.CancelFunc
	running sync.WaitGroup
	mu      sync.Mutex
	closed  bool
}

// NewDesk makes a desk; now is wall time. Close ends it.
func NewDesk(keep Keeper, now func() time.Time, logger *slog.Logger) *Desk {
	d := &Desk{keep: keep, now: now, logger: logger}
	d.ctx, d.stop = context.WithCancel(context.Background())
	return d
}

// Close tells all works to end, and waits until they have.
func (d *Desk) Close() {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.stop()
	d.running.Wait()
}

// Do is a work: it tells how far it is from time to time, and gives a result that is
// kept as JSON for an hour. It names no member, who may be erased meanwhile. Errors
// that are a frame.Refusal are told as they are.
type Do func(ctx context.Context, tell func(done, of int)) (result any, err error)

// Start begins a work behind the page, unless one of that id is running on whichever
// replica: then that goes on. Errors: quiz.ErrUnavailable, quiz.ErrUnknown.
func (d *Desk) Start(ctx context.Context, id, by string, do Do) error {
	if err := d.enter(); err != nil {
		return err
	}
	begun := make(chan error, 2)
	go func() {
		defer d.running.Done()
		_, err := d.run(d.ctx, &run{desk: d, id: id, work: Work{By: by}}, do, func() { begun <- nil })
		begun <- err // nobody listens any more where it was begun
	}()
	select {
	case err := <-begun:
		return err
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", quiz.ErrUnknown, ctx.Err())
	}
}

// Run is Start that comes back at the end of the work, with its error; ran is false
// where one of that id is running. It ends with ctx, too.
func (d *Desk) Run(ctx context.Context, id, by string, do Do) (ran bool, err error) {
	return d.runHere(ctx, &run{desk: d, id: id, work: Work{By: by}}, do)
}

// Resume is Run for a work that another replica began and will not end, perhaps by a
// command: who began it and when stays.
func (d *Desk) Resume(ctx context.Context, id string, do Do) (ran bool, err error) {
	return d.runHere(ctx, &run{desk: d, id: id, work: Work{Taken: true}}, do)
}

func (d *Desk) runHere(ctx context.Context, r *run, do Do) (ran bool, err error) {
	if err := d.enter(); err != nil {
		return false, err
	}
	defer d.running.Done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(d.ctx, cancel)()
	return d.run(ctx, r, do, func() {})
}

// enter counts one more work, which running.Done must follow.
func (d *Desk) enter() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return fmt.Errorf("%w: serve is stopping", quiz.ErrUnavailable)
	}
	d.running.Add(1)
	return nil
}

// run does a work to its end. A crash in it leaves what was told last, and nobody at
// it: it is lost.
func (d *Desk) run(ctx context.Context, r *run, do Do, begun func()) (ran bool, err error) {
	return d.keep.AtWork(ctx, r.id, func(held context.Context) error {
		r.work.Began = d.now()
		if r.work.Taken {
			if before, ok, err := d.Find(held, r.id); err != nil {
				return err
			} else if ok && !before.Began.IsZero() {
				r.work.By, r.work.Began = before.By, before.Began
			}
		}
		if err := r.write(held); err != nil {
			return err
		}
		begun()
		return r.do(ctx, held, do)
	})
}

// Find is how far a work is; ok is false where there is none. Errors:
// quiz.ErrUnavailable.
func (d *Desk) Find(ctx context.Context, id string) (w Work, ok bool, err error) {
	value, going, err := d.keep.Work(ctx, id)
	if err != nil || value == nil && !going {
		return w, false, err
	}
	if value != nil {
		if err := json.Unmarshal(value, &w); err != nil {
			return w, false, fmt.Errorf("the work %s: %w", id, err)
		}
	}
	if w.going = going; going { // what is told may be of the one before, for a moment
		w.Over, w.Fault, w.Result = false, "", nil
	}
	w.found = d.now()
	return w, true, nil
}

// Await is Find that waits a little for one that is over soon, so that most people
// see no page of progress.
func (d *Desk) Await(ctx context.Context, id string, patience time.Duration) (w Work, ok bool, err error) {
	for end := d.now().Add(patience); ; {
		if w, ok, err = d.Find(ctx, id); err != nil || !ok || !w.Running() || d.now().After(end) {
			return w, ok, err
		}
		select {
		case <-ctx.Done():
			return w, ok, ctx.Err()
		case <-time.After(lookEvery):
		}
	}
}

// run is a work of this replica.
type run struct {
	desk *Desk
	id   string
	mu   sync.Mutex
	work Work
}

// write keeps how far it is.
func (r *run) write(ctx context.Context) error {
	r.mu.Lock()
	r.work.Beat = r.desk.now()
	value, err := json.Marshal(r.work)
	r.mu.Unlock()
	if err != nil {
		return err
	}
	return r.desk.keep.KeepWork(ctx, r.id, value, life)
}

// do runs it until ctx ends, or held, which is the right to be at it.
func (r *run) do(ctx, held context.Context, do Do) error {
	over := make(chan struct{})
	var telling sync.WaitGroup
	telling.Go(func() { r.tell(held, over) })
	result, err := r.protected(held, do)
	close(over)
	telling.Wait()
	if held.Err() != nil && context.Cause(held) != context.Cause(ctx) && (err != nil || r.taken(ctx)) {
		return err // whoever took over tells of it now
	}
	var text []byte
	if err == nil {
		text, err = json.Marshal(result)
	}
	r.mu.Lock()
	r.work.Over, r.work.Result = true, text
	if err != nil {
		r.work.Result, r.work.Fault = nil, r.desk.fault(ctx, r.id, err)
	}
	r.mu.Unlock()
	// What tells that it is over must not be lost with the context that ended it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	if err := r.write(ctx); err != nil {
		r.desk.logger.Error("console: the end of a work is not told", "work", r.id, "error", err)
	}
	return err
}

// taken reports whether another replica is at it, or has been, since this one began.
// Where that cannot be known it may.
func (r *run) taken(ctx context.Context) bool {
	w, ok, err := r.desk.Find(ctx, r.id)
	r.mu.Lock()
	defer r.mu.Unlock()
	return err != nil || ok && (w.Running() || w.Over || w.Taken != r.work.Taken || !w.Began.Equal(r.work.Began))
}

// tell tells how far it is until it is over.
func (r *run) tell(ctx context.Context, over <-chan struct{}) {
	tick := time.NewTicker(tellEvery)
	defer tick.Stop()
	for {
		select {
		case <-over:
			return
		case <-tick.C:
			if err := r.write(ctx); err != nil && ctx.Err() == nil {
				r.desk.logger.Warn("console: how far a work is, is not told", "work", r.id, "error", err)
			}
		}
	}
}

// protected makes a panic an error: a work must not end the service.
func (r *run) protected(ctx context.Context, do Do) (result any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return do(ctx, func(done, of int) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.work.Done, r.work.Of = done, of
	})
}

// fault is an error in words for people; what is not meant for them goes to the log.
func (d *Desk) fault(ctx context.Context, id string, err error) string {
	var refusal frame.Refusal
	switch {
	case errors.As(err, &refusal):
		return refusal.Text
	case ctx.Err() != nil:
		return "服务在这时停了，没有做完。请再做一次。"
	}
	d.logger.Error("console: a work failed", "work", id, "error", err)
	if errors.Is(err, quiz.ErrUnavailable) || errors.Is(err, quiz.ErrUnknown) {
		return "做到一半，数据库连不上了。请过一分钟再做一次。"
	}
	return "出了错，已经记入日志。请技术人员看一看。"
}
