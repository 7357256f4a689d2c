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
	// Work is what is told of one; nil where there is none. Errors: quiz.ErrUnavailable.
	Work(ctx context.Context, id string) ([]byte, error)
}

// Work is how far one is.
type Work struct {
	By     string          `json:"by"`
	Began  time.Time       `json:"began"` // by wall time, like Beat
	Beat   time.Time       `json:"beat"`  // it was still running
	Done   int             `json:"done,omitempty"`
	Of     int             `json:"of,omitempty"` // 0: nobody knows
	Over   bool            `json:"over,omitempty"`
	Fault  string          `json:"fault,omitempty"` // why it is over without a result, for people
	Result json.RawMessage `json:"result,omitempty"`

	now time.Time
}

// Lost reports whether its replica is gone: nobody works on it any more.
func (w Work) Lost() bool { return !w.Over && w.now.Sub(w.Beat) > lostAfter }

// Running reports whether somebody works on it.
func (w Work) Running() bool { return !w.Over && !w.Lost() }

// For is how long it has been running, or ran, in whole seconds.
func (w Work) For() int { return int(w.Beat.Sub(w.Began).Seconds()) }

const (
	life      = time.Hour
	beatEvery = time.Second
	lostAfter = 30 * time.Second
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

// Start begins a work, unless one of that id is running: then that goes on. Two
// replicas may begin one at the same moment, which it must bear. Errors:
// quiz.ErrUnavailable, quiz.ErrUnknown.
func (d *Desk) Start(ctx context.Context, id, by string, do Do) error {
	if w, ok, err := d.Find(ctx, id); err != nil || ok && w.Running() {
		return err
	}
	r := &run{desk: d, id: id, work: Work{By: by, Began: d.now()}}
	if err := r.write(ctx); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return fmt.Errorf("%w: serve is stopping", quiz.ErrUnavailable)
	}
	d.running.Add(1)
	go r.do(do)
	return nil
}

// Find is how far a work is; ok is false where there is none. Errors:
// quiz.ErrUnavailable.
func (d *Desk) Find(ctx context.Context, id string) (w Work, ok bool, err error) {
	value, err := d.keep.Work(ctx, id)
	if err != nil || value == nil {
		return w, false, err
	}
	if err := json.Unmarshal(value, &w); err != nil {
		return w, false, fmt.Errorf("the work %s: %w", id, err)
	}
	w.now = d.now()
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

func (r *run) do(do Do) {
	defer r.desk.running.Done()
	over := make(chan struct{})
	var beats sync.WaitGroup
	beats.Go(func() { r.beat(over) })
	result, err := r.protected(do)
	close(over)
	beats.Wait()
	var text []byte
	if err == nil {
		text, err = json.Marshal(result)
	}
	r.mu.Lock()
	r.work.Over, r.work.Result = true, text
	if err != nil {
		r.work.Result, r.work.Fault = nil, r.desk.fault(r.id, err)
	}
	r.mu.Unlock()
	// What tells that it is over must not be lost with the context that ended it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.desk.ctx), lostAfter)
	defer cancel()
	if err := r.write(ctx); err != nil {
		r.desk.logger.Error("console: the end of a work is not told", "work", r.id, "error", err)
	}
}

// beat tells that it is running until it is over.
func (r *run) beat(over <-chan struct{}) {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		select {
		case <-over:
			return
		case <-tick.C:
			if err := r.write(r.desk.ctx); err != nil && r.desk.ctx.Err() == nil {
				r.desk.logger.Warn("console: how far a work is, is not told", "work", r.id, "error", err)
			}
		}
	}
}

// protected makes a panic an error: a work must not end the service.
func (r *run) protected(do Do) (result any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return do(r.desk.ctx, func(done, of int) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.work.Done, r.work.Of = done, of
	})
}

// fault is an error in words for people; what is not meant for them goes to the log.
func (d *Desk) fault(id string, err error) string {
	var refusal frame.Refusal
	switch {
	case errors.As(err, &refusal):
		return refusal.Text
	case d.ctx.Err() != nil:
		return "服务在这时停了，没有做完。请再做一次。"
	}
	d.logger.Error("console: a work failed", "work", id, "error", err)
	if errors.Is(err, quiz.ErrUnavailable) || errors.Is(err, quiz.ErrUnknown) {
		return "做到一半，数据库连不上了。请过一分钟再做一次。"
	}
	return "出了错，已经记入日志。请技术人员看一看。"
}
