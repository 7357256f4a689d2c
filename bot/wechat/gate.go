package wechat

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"dangshi/bot"
)

// Busy is what a member reads when too many messages are under way, where Config
// has no words of its own.
const Busy = "现在人多，请过一会儿发“答题”继续。"

// defaultMost is how many messages are under way at the same time. A store that
// does 1,000 a second still answers the last of them within WeChat's time.
const defaultMost = 2000

// repeats is how often WeChat delivers a message again.
const repeats = 2

// shedPause is how long nothing more is logged of messages that were shed.
const shedPause = time.Minute

// gate bounds how many handlers run at the same time, and lets repeats of a message
// that is under way wait for its reply, so that they take no place of their own.
// It knows nothing of what was counted: a message that is shed here was never seen
// by anybody, and the same one sent again later is a new one.
type gate struct {
	most    int
	running atomic.Int64
	logged  atomic.Int64 // Unix nanoseconds at which shedding was logged last
	shards  [64]gateShard
}

type gateShard struct {
	mu      sync.Mutex
	flights map[delivery]*flight
}

// delivery names a message among all: its deliveries share it.
type delivery struct {
	from string
	key  uint64
}

// flight is a message under way.
type flight struct {
	done    chan struct{} // closed when reply is there; made by the first who waits
	waiting int
	reply   bot.Reply
	shared  bool // reply is good for the repeats, too
}

// admission is what becomes of a delivery.
type admission uint8

const (
	runs  admission = iota // it has a place
	waits                  // for the reply to the same message
	shed                   // it is one too many
)

// shard is where a message is looked for. MsgIds count up and keys of events are
// hashes: both spread by their low bits.
func (g *gate) shard(d delivery) *gateShard { return &g.shards[d.key%uint64(len(g.shards))] }

// enter gives a delivery a place, with own as the flight of its message, or the flight
// to wait for. Who runs must leave.
func (g *gate) enter(d delivery, kind bot.Kind, own *flight) (*flight, admission) {
	s := g.shard(d)
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.flights[d]; f != nil {
		if f.waiting == repeats {
			return nil, shed
		}
		f.waiting++
		if f.done == nil {
			f.done = make(chan struct{})
		}
		return f, waits
	}
	if !g.take(kind) {
		return nil, shed
	}
	if s.flights == nil {
		s.flights = map[delivery]*flight{}
	}
	s.flights[d] = own
	return own, runs
}

// take takes a place. An eighth more is kept for reports that nobody sends a second
// time once they were answered.
func (g *gate) take(kind bot.Kind) bool {
	most := g.most
	switch kind {
	case bot.Unfollow, bot.MassSent, bot.Event:
		most += most/8 + 1
	}
	if g.running.Add(1) <= int64(most) {
		return true
	}
	g.running.Add(-1)
	return false
}

// leave ends a flight with its reply. shared is false where the reply is of no use
// to the repeats: they go on by themselves.
func (g *gate) leave(d delivery, f *flight, reply bot.Reply, shared bool) {
	g.running.Add(-1)
	s := g.shard(d)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.flights, d)
	f.reply, f.shared = reply, shared
	if f.done != nil {
		close(f.done)
	}
}

// pass lets the message of e through the gate and gives the reply. No handler runs for
// one that is shed or that waits.
func (h *Webhook) pass(e *exchange) bot.Reply {
	ctx, m := &e.budget, e.message
	d := delivery{m.From, m.Key()}
	for {
		f, how := h.gate.enter(d, m.Kind, &e.flight)
		switch how {
		case runs:
			return h.run(ctx, d, f, m)
		case shed:
			h.tellShed(ctx)
			return h.words(m.Kind, h.busy)
		}
		select {
		case <-f.done:
			if f.shared {
				return f.reply
			}
			// Its time was over: perhaps there is more in ours.
		case <-ctx.Done():
			return h.apology(m.Kind)
		}
	}
}

// run runs the handler in a place that was taken, and gives it back before the reply
// is written: a client that reads slowly holds a connection, never a place.
func (h *Webhook) run(ctx context.Context, d delivery, f *flight, m bot.Message) (reply bot.Reply) {
	shared := false
	defer func() { h.gate.leave(d, f, reply, shared) }()
	reply = h.call(ctx, m)
	shared = ctx.Err() == nil
	return reply
}

// tellShed counts a message that was shed, and tells the operator once in a while.
func (h *Webhook) tellShed(ctx context.Context) {
	if h.shed != nil {
		h.shed()
	}
	now, last := time.Now().UnixNano(), h.gate.logged.Load()
	if last != 0 && now-last < int64(shedPause) && now >= last || !h.gate.logged.CompareAndSwap(last, now) {
		return
	}
	h.log.LogAttrs(ctx, slog.LevelWarn, "wechat: too many messages at the same time, some are asked to come later",
		slog.Int("most", h.gate.most))
}

// UnderWay is the number of messages whose handlers run now.
func (h *Webhook) UnderWay() int { return int(h.gate.running.Load()) }
