package store

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"dangshi/quiz"
)

// recent remembers the records that this replica read or wrote last, so that an
// answer need not load what the answer before it has just stored. Nothing relies
// on it: it may forget anything at any time.
type recent struct {
	silence time.Duration        // see recentSilence
	clock   func() time.Duration // goes on steadily, whatever is done to the time of day

	shards   [recentShards]recentShard
	answered atomic.Int64 // reading of clock, in nanoseconds, at which Redis answered last
}

// Trusting the memory means to write without having read. Where Redis has just
// gone silent, such a write may still lie in a socket when the member is told
// that nothing was counted. So it is done only while Redis is heard all the time.
const recentSilence = 2 * time.Millisecond

// steady is a clock that starts now; durations are measured monotonically.
func steady() func() time.Duration {
	began := time.Now()
	return func() time.Duration { return time.Since(began) }
}

// heard notes that Redis has answered.
func (r *recent) heard() { r.answered.Store(int64(r.clock())) }

func (r *recent) silent() bool {
	return r.clock()-time.Duration(r.answered.Load()) > r.silence
}

// A shard keeps two generations of this many records: when the young one is
// full it becomes the old one, and what nobody asked for since is forgotten. At
// about 600 bytes a record all of it takes 10 MB at most.
const (
	recentShards     = 16
	recentGeneration = 512
)

type recentShard struct {
	mu         sync.Mutex
	young, old map[string]quiz.Record
}

var recentSeed = maphash.MakeSeed()

func (r *recent) shard(id string) *recentShard {
	return &r.shards[maphash.String(recentSeed, id)%recentShards]
}

func (r *recent) get(id string) (quiz.Record, bool) {
	if r.silent() {
		return quiz.Record{}, false
	}
	s := r.shard(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	if record, ok := s.young[id]; ok {
		return record, true
	}
	record, ok := s.old[id]
	return record, ok
}

// keep remembers what Redis has just said or taken.
func (r *recent) keep(id string, record quiz.Record) {
	r.heard()
	s := r.shard(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.young == nil || len(s.young) >= recentGeneration {
		s.old, s.young = s.young, make(map[string]quiz.Record, recentGeneration)
	}
	s.young[id] = record
}

// known reports whether a record of the member was here, however long Redis has
// been silent.
func (r *recent) known(id string) bool {
	s := r.shard(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	record, ok := s.young[id]
	if !ok {
		record = s.old[id]
	}
	return record.Version != ""
}

func (r *recent) forget(id string) {
	s := r.shard(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.young, id)
	delete(s.old, id)
}
