package bot

import (
	"hash/maphash"
	"sync"
	"time"
)

// Limit bounds how fast one member may send.
type Limit struct {
	Burst  int     // messages at once
	Second float64 // messages a second after that; 0: no limit
}

// DefaultLimit lets nobody notice it who types, and stops a program.
var DefaultLimit = Limit{Burst: 100, Second: 2}

// limiter is the generic cell rate algorithm for each member: it keeps the
// theoretical arrival time of the next message, 16 bytes for whoever sent one
// lately. It is one replica's own; several replicas allow several times as much.
type limiter struct {
	interval, burst time.Duration
	seed            maphash.Seed
	shards          [64]limitShard
}

type limitShard struct {
	mu    sync.Mutex
	next  map[uint64]int64 // by hash of the openid: Unix nanoseconds
	swept int64
}

func newLimiter(l Limit) *limiter {
	x := &limiter{seed: maphash.MakeSeed()}
	if l.Second > 0 {
		x.interval = time.Duration(float64(time.Second) / l.Second)
		x.burst = x.interval * time.Duration(l.Burst)
	}
	for i := range x.shards {
		x.shards[i].next = make(map[uint64]int64)
	}
	return x
}

// allow counts a message of id at now and reports whether it is within the limit.
func (x *limiter) allow(id string, now time.Time) bool {
	if x.interval == 0 {
		return true
	}
	hash := maphash.String(x.seed, id)
	s := &x.shards[hash%uint64(len(x.shards))]
	t := now.UnixNano()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep(t, int64(x.burst))
	next := max(s.next[hash], t)
	if next-t > int64(x.burst-x.interval) {
		return false
	}
	s.next[hash] = next + int64(x.interval)
	return true
}

// sweep forgets, once in a burst's time, those who have their whole burst again.
// A clock that was set back forgets everybody rather than blocking them.
func (s *limitShard) sweep(t, every int64) {
	if t-s.swept < every && t >= s.swept {
		return
	}
	back := t < s.swept
	s.swept = t
	for hash, next := range s.next {
		if back || next <= t {
			delete(s.next, hash)
		}
	}
}
