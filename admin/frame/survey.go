package frame

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Survey is what takes a look at all members, and so is made beside the pages: they show
// the last one, with its time. The next one is begun by who asks, once the last is no
// longer fresh: where nobody looks, nothing is read.
type Survey[T any] struct {
	beside context.Context // ends with the program
	now    func() time.Time
	make   func(ctx context.Context, progress func(n int)) (T, error)
	turn   Turn // nil: it waits for nobody
	name   string

	mu      sync.Mutex
	last    Surveyed[T]
	until   time.Time     // wall time to which the last one is fresh
	running chan struct{} // closed at the end of the one under way; nil: none is
	begun   time.Time     // when it was, by wall time
	seen    atomic.Int64
	stale   bool // what the one under way has read is no longer true
}

// Surveyed is how far a Survey is.
type Surveyed[T any] struct {
	Value   T
	At      time.Time // when Value was begun, by the product's clock; zero: there is none yet
	Running bool      // one is under way
	Seen    int       // and so many members were looked at
	Err     error     // of the last one that failed, until one does not
}

// How long a survey is fresh: so many times as long as it took, within bounds. The sum
// of all that look costs a small part of one processor.
const (
	freshTimes = 50
	freshLeast = 10 * time.Second
	freshMost  = 15 * time.Minute
)

// NewSurvey makes one that is not begun. beside ends with the program; now is the
// product's clock.
func NewSurvey[T any](beside context.Context, now func() time.Time, make func(ctx context.Context, progress func(n int)) (T, error)) *Survey[T] {
	return &Survey[T]{beside: beside, now: now, make: make}
}

// Turn does something as soon as nobody else, on whichever replica, is doing what has the
// same name. Errors: those of do, and where it cannot be known that it is one's turn.
type Turn func(ctx context.Context, name string, do func(ctx context.Context) error) error

// InTurn has the survey made on one replica at a time: what it holds is of this one, may
// have names in it and goes nowhere else, but all members are not read twice at once.
func (s *Survey[T]) InTurn(turn Turn, name string) *Survey[T] {
	s.turn, s.name = turn, "survey-"+name
	return s
}

// surveyPatience is how long after its beginning a survey is waited for: in a small
// installation nobody sees that there is anything to wait for, and in a large one only the
// page that has begun it is held up.
const surveyPatience = 20 * time.Millisecond

// Look gives the last one, and begins the next where that is due.
func (s *Survey[T]) Look(ctx context.Context) Surveyed[T] {
	s.mu.Lock()
	if s.running == nil && !time.Now().Before(s.until) {
		s.running, s.begun = make(chan struct{}), time.Now()
		s.seen.Store(0)
		go s.run(s.running)
	}
	running, patient := s.running, surveyPatience-time.Since(s.begun)
	s.mu.Unlock()
	if running != nil && patient > 0 {
		patience := time.NewTimer(patient)
		defer patience.Stop()
		select {
		case <-running:
		case <-patience.C:
		case <-ctx.Done():
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.last
	found.Running, found.Seen = s.running != nil, int(s.seen.Load())
	return found
}

// Last is the last one, of whatever age; nothing is begun.
func (s *Survey[T]) Last() Surveyed[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// Changed says that the last one is no longer true: the next look begins another.
func (s *Survey[T]) Changed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.until, s.stale = time.Time{}, s.running != nil
}

// protected makes it in turn, having said that it begins. A panic becomes an error: a
// survey must not end the program.
func (s *Survey[T]) protected(begins func()) (value T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	do := func(ctx context.Context) (err error) {
		begins()
		value, err = s.make(ctx, func(n int) { s.seen.Store(int64(n)) })
		return err
	}
	if s.turn == nil {
		err = do(s.beside)
	} else {
		err = s.turn(s.beside, s.name, do)
	}
	return value, err
}

func (s *Survey[T]) run(done chan struct{}) {
	at, begun := s.now(), time.Now()
	value, err := s.protected(func() { at, begun = s.now(), time.Now() })
	s.mu.Lock()
	defer s.mu.Unlock()
	fresh := min(max(freshTimes*time.Since(begun), freshLeast), freshMost)
	if s.last.Err = err; err == nil {
		s.last.Value, s.last.At = value, at
	} else {
		fresh = freshLeast
	}
	if s.until = time.Now().Add(fresh); s.stale {
		s.until, s.stale = time.Time{}, false
	}
	s.running = nil
	close(done)
}
