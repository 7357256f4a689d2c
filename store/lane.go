package store

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// A lane is the way to one server. A command that finds it free goes at once and
// alone; those that come while one is under way wait for its answer and then go
// together, in one pipeline. Nobody waits for company: with few members there is none, and
// with many each write and each read of a connection serves all who came
// meanwhile.
//
// What shares a pipeline shares nothing else: each command has its own answer. One
// that never left is told apart from one of which nobody knows.
type lane struct {
	alone    func(ctx context.Context, commands []redis.Cmder)
	together func(commands []redis.Cmder)
	patience time.Duration // see lanePatience

	mu       sync.Mutex
	underWay int       // trips
	waiting  []*parcel // for the end of one
	since    time.Time // when the first of them came
	late     *time.Timer
}

// parcel is what one caller sends in one trip. It can be used again by whoever waited
// to its end.
type parcel struct {
	commands []redis.Cmder
	done     chan struct{} // gets one value at the end of the trip, and never waits for who has gone
}

var parcels = sync.Pool{New: func() any { return &parcel{done: make(chan struct{}, 1)} }}

// end lets go of a parcel that has come back.
func (p *parcel) end() {
	p.commands = nil
	parcels.Put(p)
}

const (
	// lanePatience bounds how long a command waits for the answer to others: a server or a
	// connection that has gone silent holds up nobody but those who are in it.
	lanePatience = 5 * time.Millisecond
	// laneTrips is how many trips are under way at most, but for overtaking. With a second
	// one there are half as many in each, and what a trip costs both ends is most of what a
	// command costs: a tenth of the processor time, measured on two cores.
	laneTrips = 1
	// tripLimit bounds the commands of one pipeline, each of 4 kB at most.
	tripLimit = 128
)

// stayed marks that a command never left, so that nothing was written.
type stayed struct{ error }

func (s stayed) Unwrap() error { return s.error }

// send gives nil when the commands were sent: each holds its own answer or error,
// and shared tells whether others were in the same pipeline. Otherwise ctx has ended,
// and the commands are not to be looked at any more. That error is stayed where they
// never left.
func (l *lane) send(ctx context.Context, commands []redis.Cmder) (shared bool, err error) {
	l.mu.Lock()
	if l.underWay < laneTrips {
		l.underWay++
		l.mu.Unlock()
		l.alone(ctx, commands)
		if next := l.arrive(); next != nil {
			go l.run(next)
		}
		return false, nil
	}
	p := parcels.Get().(*parcel)
	p.commands = commands
	l.wait(p)
	l.mu.Unlock()
	select {
	case <-p.done:
		p.end()
		return true, nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if at := slices.Index(l.waiting, p); at >= 0 {
		l.waiting = slices.Delete(l.waiting, at, at+1)
		return false, stayed{ctx.Err()}
	}
	select {
	case <-p.done:
		return true, nil
	default:
		return true, ctx.Err()
	}
}

// wait queues p, and sees to it that it goes in time. It needs mu, as does load.
func (l *lane) wait(p *parcel) {
	l.waiting = append(l.waiting, p)
	if len(l.waiting) > 1 {
		return
	}
	l.since = time.Now()
	if l.late == nil {
		l.late = time.AfterFunc(l.patience, l.overtake)
		return
	}
	l.late.Reset(l.patience)
}

// load takes those who go next off the queue; nil: nobody waits.
func (l *lane) load() (next []*parcel) {
	n := 0
	for commands := 0; n < len(l.waiting) && commands < tripLimit; n++ {
		commands += len(l.waiting[n].commands)
	}
	if n == 0 {
		return nil
	}
	next, l.waiting = l.waiting[:n:n], slices.Clone(l.waiting[n:])
	return next
}

// arrive ends a trip and gives those of the next one, which has begun then; nil
// where nobody waits, or where others have overtaken this one.
func (l *lane) arrive() (next []*parcel) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.underWay <= laneTrips {
		if next = l.load(); next != nil {
			return next
		}
	}
	l.underWay--
	return nil
}

// overtake lets those go who have waited long enough for a trip.
func (l *lane) overtake() {
	l.mu.Lock()
	if len(l.waiting) == 0 {
		l.mu.Unlock()
		return
	}
	if left := l.patience - time.Since(l.since); left > 0 { // others than those for whom the timer was set
		l.late.Reset(left)
		l.mu.Unlock()
		return
	}
	next := l.load()
	if len(l.waiting) > 0 {
		l.since = time.Now()
		l.late.Reset(l.patience)
	}
	l.underWay++
	l.mu.Unlock()
	l.run(next)
}

// run makes trips, beginning with that of next, until nobody waits.
func (l *lane) run(next []*parcel) {
	for next != nil {
		commands := make([]redis.Cmder, 0, len(next))
		for _, p := range next {
			commands = append(commands, p.commands...)
		}
		l.together(commands)
		for _, p := range next {
			p.done <- struct{}{}
		}
		runtime.Gosched() // those who have their answer, or are about to ask, go along with the next
		next = l.arrive()
	}
}
