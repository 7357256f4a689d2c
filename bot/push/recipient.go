package push

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"dangshi/quiz"
)

// recipient is a member of a batch, and what became of the send.
type recipient struct {
	id       string
	record   quiz.Record
	channels []MemberChannel // that take the member, in order of preference
	fate     fate
	by       string // channel
	reason   string
}

// fate is what became of one member's send.
type fate uint8

const (
	unsent   fate = iota // surely not sent, and may be later
	reached              // sent
	doubtful             // it may have been sent
	refused              // by every channel, for reasons of the member's own
)

// trouble is why a batch was not gone through: it may go better later.
type trouble struct {
	err     error
	hurried bool // too many calls by the channel
	stuck   bool // until an operator has mended it
	channel string
}

// callTime bounds one call of WeChat.
const callTime = 5 * time.Second

// inARow is how many sends in doubt, one after the other, end a batch: WeChat is not
// well, and everyone else would be in doubt, too. So many strange refusals close a channel.
const inARow = 32

var errInARow = errors.New("many sends in a row are in doubt")

// send sends to all of a batch, many at a time. It begins no send once there is
// trouble, or a third of the lease is over, in which the claim was not renewed.
func (r *run) send(ctx context.Context, waiting []*recipient) *trouble {
	until := r.Wall().Add(r.Lease / 3)
	var stop atomic.Pointer[trouble]
	var doubts atomic.Int32
	var group errgroup.Group
	group.SetLimit(r.AtOnce)
	for _, one := range waiting {
		group.Go(func() error { // it may have waited for its turn
			if stop.Load() == nil && ctx.Err() == nil && r.Wall().Before(until) {
				r.sendOne(ctx, one, &doubts, &stop)
			}
			return nil
		})
	}
	_ = group.Wait() // it has no errors of its own
	return stop.Load()
}

// sendOne tries the channels that take a member.
func (r *run) sendOne(ctx context.Context, one *recipient, doubts *atomic.Int32, stop *atomic.Pointer[trouble]) {
	for _, c := range one.channels {
		if _, closed := r.closed.reason(c.Name()); closed {
			one.fate = unsent
			return // chosen anew in the next round
		}
		// A program that is told to end finishes the calls that were begun.
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTime)
		err := c.Send(limited, one.id, one.record, r.bulletin)
		cancel()
		if one.by = c.Name(); err == nil {
			doubts.Store(0)
			r.closed.well(c.Name())
			one.fate = reached
			r.Progress("member_sent")
			return
		}
		switch v := verdict(err); {
		case v.Ambiguous():
			one.fate = doubtful
			r.Progress("member_unknown")
			if doubts.Add(1) >= inARow {
				stop.CompareAndSwap(nil, &trouble{err: &failure{reason: "连续许多次结果不明，微信接口可能有故障：" + brief(v), cause: errInARow}})
			}
			return
		case v.Refused() && ofMember(v):
			doubts.Store(0)
			r.closed.well(c.Name())
			one.fate, one.reason = refused, brief(v)
		case v.Refused() && isStrange(v):
			doubts.Store(0)
			r.closed.strange(c.Name(), v.Reason())
			one.fate, one.reason = refused, brief(v)
		case v.Refused():
			r.closed.close(c.Name(), v.Reason())
			one.fate = unsent
			return
		default:
			one.fate = unsent
			stop.CompareAndSwap(nil, &trouble{err: err, hurried: tooFast(v), stuck: isStuck(v), channel: c.Name()})
			return
		}
	}
	r.Progress("member_refused")
}

// resolve writes what became of a batch into the document. It gives the marks of those
// in doubt, and whether anything has become of anyone.
func (b *book) resolve(batch []*recipient) (doubt []byte, progress bool) {
	for _, one := range batch {
		switch one.fate {
		case reached:
			b.sent(one.by)
		case doubtful:
			b.Unknown++
		case refused:
			b.refuse(one.reason, 1)
		}
		progress = progress || one.fate == reached || one.fate == refused
	}
	b.Open.Staged = nil
	b.Open.Again = b.marks(batch, func(r *recipient) bool { return r.fate == unsent })
	return b.marks(batch, func(r *recipient) bool { return r.fate == doubtful }), progress
}

func all(*recipient) bool { return true }

// marks are those of some recipients, end to end.
func (b *book) marks(batch []*recipient, of func(*recipient) bool) (marks []byte) {
	for _, one := range batch {
		if of(one) {
			mark := b.Roll.Mark(one.id)
			marks = append(marks, mark[:]...)
		}
	}
	return marks
}

// What more a Verdict may say.
type (
	// personal is of one whose refusal is about the member alone: others can be sent to.
	personal interface{ Personal() bool }
	// strange is of one whose refusal may be about the member alone or about the account.
	strange interface{ Strange() bool }
	// hurried is of one that says that calls come too fast (45011).
	hurried interface{ Hurried() bool }
	// stuck is of one that says that an operator must mend something (40164).
	stuck interface{ Stuck() bool }
	// short is of one that has a reason without what differs from call to call.
	short interface{ Brief() string }
)

func ofMember(v Verdict) bool {
	p, ok := v.(personal)
	return ok && p.Personal()
}

func isStrange(v Verdict) bool {
	s, ok := v.(strange)
	return ok && s.Strange()
}

func tooFast(v Verdict) bool {
	h, ok := v.(hurried)
	return ok && h.Hurried()
}

func isStuck(v Verdict) bool {
	s, ok := v.(stuck)
	return ok && s.Stuck()
}

func brief(v Verdict) string {
	if s, ok := v.(short); ok {
		return s.Brief()
	}
	return v.Reason()
}
