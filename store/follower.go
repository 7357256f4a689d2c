package store

import (
	"context"
	"sync"
	"time"

	"dangshi/content"
)

const (
	// libraryTime bounds reading the library; who waits for it may give up earlier.
	libraryTime = 30 * time.Second
	// libraryPause is the least time from a reading that failed to the next one for
	// those who have a former copy.
	libraryPause = time.Second
)

// LibraryStaleness bounds, beside Staleness, how old what Library gives may be. While a
// change is read, which takes milliseconds for some questions and seconds for a bank of
// 100,000, the former one is given, as long as it was known to be the newest so lately;
// else Library waits for the reading, and fails where that does. Who asks at least this
// often never waits.
const LibraryStaleness = libraryTime

// copied is what this replica has read of the library, all of one version, or newer.
// It is never changed, only replaced.
type copied struct {
	version string
	library *content.Library
	items   []content.Item // at their latest revision, in every state, by id
}

// follower keeps a copy, and reads what has changed since in one goroutine at most.
type follower struct {
	read  func(ctx context.Context, from *copied) (*copied, error) // from is nil at first
	tell  func(error)                                              // of a reading that failed; nil: nobody
	clock func() time.Time                                         // wall time

	mu      sync.Mutex
	held    *copied   // nil: nothing was read yet
	newest  time.Time // when held was last known to be the newest
	failed  time.Time // when the last reading failed; zero: it did not
	running *reading  // nil: none is
}

// reading is one that is under way.
type reading struct {
	done chan struct{} // closed at its end
	got  *copied
	err  error
}

// begin joins the reading that is under way, or begins one. The lock is held.
func (f *follower) begin(ctx context.Context) *reading {
	if f.running == nil {
		r := &reading{done: make(chan struct{})}
		f.running = r
		go f.run(context.WithoutCancel(ctx), r, f.held)
	}
	return f.running
}

func (f *follower) run(ctx context.Context, r *reading, from *copied) {
	ctx, cancel := context.WithTimeout(ctx, libraryTime)
	defer cancel()
	begun := f.clock()
	r.got, r.err = f.read(ctx, from)
	if r.err != nil && from != nil && f.tell != nil {
		f.tell(r.err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.running = nil; r.err != nil {
		f.failed = f.clock()
	} else {
		f.held, f.newest, f.failed = r.got, begun, time.Time{}
	}
	close(r.done)
}

// wait gives what a reading has read.
func (r *reading) wait(ctx context.Context) (*copied, error) {
	select {
	case <-r.done:
		return r.got, r.err
	case <-ctx.Done():
		return nil, unavailable(ctx.Err())
	}
}

// lately gives the copy that there is. Where it is not that of a version, it is read
// anew behind those who ask; who asks waits only where there is none, or where it is
// too old.
func (f *follower) lately(ctx context.Context, version string) (*copied, error) {
	f.mu.Lock()
	held, now := f.held, f.clock()
	if held != nil && held.version == version {
		f.newest = now
		f.mu.Unlock()
		return held, nil
	}
	usable := held != nil && now.Sub(f.newest) < LibraryStaleness
	if usable && now.Sub(f.failed) < libraryPause {
		f.mu.Unlock()
		return held, nil
	}
	r := f.begin(ctx)
	f.mu.Unlock()
	if usable {
		return held, nil
	}
	return r.wait(ctx)
}

// now gives a copy of a version or of a later one, which was asked for just before.
func (f *follower) now(ctx context.Context, version string) (*copied, error) {
	for first := true; ; first = false {
		f.mu.Lock()
		held, joined := f.held, f.running != nil
		if held != nil && held.version == version {
			f.mu.Unlock()
			return held, nil
		}
		r := f.begin(ctx)
		f.mu.Unlock()
		got, err := r.wait(ctx)
		if !first || !joined || ctx.Err() != nil {
			return got, err // begun after the caller had asked; else perhaps before that
		}
	}
}

// has reports whether there is a copy to be kept up to date.
func (f *follower) has() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.held != nil
}
