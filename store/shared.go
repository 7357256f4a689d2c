package store

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// Staleness bounds how old what is shared by all (which paper is the day's,
// voided days, branches and their count) may be when it is returned: a
// change on one replica is seen by every other one at the latest this much later,
// and at once where it was made. It is wall time, whatever clock the product runs
// on, since it is about machines. The library may be older, see LibraryStaleness.
const Staleness = time.Second

// What is shared, as fields of the version hash.
const (
	versionPapers   = "papers"
	versionVoids    = "voids"
	versionRulings  = "rulings"
	versionBranches = "branches"
	versionLibrary  = "library"
	versionTally    = "tally"
	versionHonours  = "honours"
)

// versions is the version of each shared thing; a missing field is empty.
type versions map[string]string

// materials are those of what members learn and are asked.
func (v versions) materials() versions {
	return versions{versionLibrary: v[versionLibrary], versionPapers: v[versionPapers]}
}

// pairs are the fields, each with its value, for a script that compares them.
func (v versions) pairs() (args []any) {
	for field, value := range v {
		args = append(args, field, value)
	}
	return args
}

// shared remembers the versions that were read last.
type shared struct {
	flight singleflight.Group
	mu     sync.Mutex
	asked  time.Time // when they were asked for
	asking time.Time // when those were that are under way, or were last
	seen   versions  // never changed, only replaced
	own    int       // changes made by this replica
}

// versions gives the versions as they were at most Staleness ago. Once in that
// time one caller asks Redis, and the others of that moment wait for the same
// answer. Errors: quiz.ErrUnavailable.
func (s *Store) versions(ctx context.Context) (versions, error) {
	c := &s.shared
	c.mu.Lock()
	seen, asked, own := c.seen, c.asked, c.own
	c.mu.Unlock()
	if time.Since(asked) < Staleness {
		return seen, nil
	}
	return flight(ctx, &c.flight, "", max(s.timeout, Staleness), func(ctx context.Context) (versions, error) {
		asked := time.Now() // before sending: the answer is no older than this
		c.mu.Lock()
		if c.own == own {
			c.asking = asked
		}
		c.mu.Unlock()
		now, err := s.askVersions(ctx)
		if err != nil {
			return nil, err
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.own == own { // else it may be from before a change of our own: not to be kept
			c.seen, c.asked = now, asked
		}
		return now, nil
	})
}

// versionsNow gives the versions as they are, asked for after the call. What is read
// under the versions from then on is no older. Errors: quiz.ErrUnavailable.
func (s *Store) versionsNow(ctx context.Context) (versions, error) {
	s.changed()
	return s.versions(ctx)
}

// askVersions reads the versions, and with them whose data these are: a dataset that
// was emptied or replaced is found out within Staleness, before more is counted in
// it.
func (s *Store) askVersions(ctx context.Context) (versions, error) {
	p := s.client.Pipeline()
	now, found := p.HGetAll(ctx, versionKey()), p.Get(ctx, pinKey())
	_, _ = p.Exec(ctx) // each has its own error
	if err := s.samePin(found); err != nil {
		return nil, err
	}
	return now.Val(), unavailable(now.Err())
}

// last are the versions that were seen last, without asking: perhaps old ones.
func (s *Store) last() versions {
	s.shared.mu.Lock()
	defer s.shared.mu.Unlock()
	return s.shared.seen
}

// changed makes this replica see at once what it has just changed itself.
func (s *Store) changed() {
	c := &s.shared
	c.mu.Lock()
	c.asked = time.Time{}
	c.own++
	c.mu.Unlock()
	c.flight.Forget("") // an answer under way may be from before
}

// missedStaleness is Staleness where a member is not found.
const missedStaleness = 20 * time.Millisecond

// missed notes that a member is not there. One who was there a moment ago has gone,
// or all of the data have, so that nothing that was seen before counts any more; for
// a newcomer it counts for some milliseconds. An answer under way that is new enough
// is left to come: if each of many newcomers threw away what another one has just
// asked for, none would ever be kept, and every message would wait for its own.
func (s *Store) missed(known bool) {
	c := &s.shared
	c.mu.Lock()
	seen := time.Since(c.asked) <= missedStaleness
	coming := time.Since(c.asking) <= missedStaleness
	if !known && !seen && coming {
		c.asked = time.Time{}
	}
	c.mu.Unlock()
	if known || !seen && !coming {
		s.changed()
	}
}

// flight runs read once for all who ask at the same time under one name. The
// read goes on when the one who began it gives up, until its own time is over.
func flight[T any](ctx context.Context, g *singleflight.Group, name string, limit time.Duration, read func(context.Context) (T, error)) (T, error) {
	done := g.DoChan(name, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
		defer cancel()
		return read(ctx)
	})
	var none T
	select {
	case <-ctx.Done():
		return none, unavailable(ctx.Err())
	case r := <-done:
		if r.Err != nil {
			return none, r.Err
		}
		return r.Val.(T), nil
	}
}

// cached keeps one shared thing under the version at which it was read. A change
// writes the thing and its version in one step, so what is read after a version
// was seen is at least that new.
type cached[T any] struct {
	flight  singleflight.Group
	mu      sync.Mutex
	held    bool
	version string
	value   T
}

// at is what is kept, if it is of that version. Asked before get, it saves each message
// the making of a reader that is seldom needed.
func (c *cached[T]) at(version string) (value T, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.value, c.held && c.version == version
}

// get reads the thing where another version is kept.
func (c *cached[T]) get(ctx context.Context, version string, limit time.Duration, read func(context.Context) (T, error)) (T, error) {
	if value, ok := c.at(version); ok {
		return value, nil
	}
	return flight(ctx, &c.flight, version, limit, func(ctx context.Context) (T, error) {
		value, err := read(ctx)
		if err != nil {
			return value, err
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.held, c.version, c.value = true, version, value
		return value, nil
	})
}

// bounded is a map that starts anew when it holds limit entries.
type bounded[K comparable, V any] struct {
	mu    sync.Mutex
	limit int
	held  map[K]V
}

func (b *bounded[K, V]) get(k K) (V, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	v, ok := b.held[k]
	return v, ok
}

func (b *bounded[K, V]) set(k K, v V) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.held == nil || len(b.held) >= b.limit {
		b.held = map[K]V{}
	}
	b.held[k] = v
}
