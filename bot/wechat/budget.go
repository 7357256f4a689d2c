package wechat

import (
	"context"
	"sync"
	"time"
)

// budget is the time of one message, as the context of its handler. It ends when the
// time is over or the handler has returned, and not when the connection breaks: a
// message that was taken is brought to its end, and the repeat which WeChat sends
// instead finds what came of it. Of the request's context it has nothing, so that it
// costs no more than the channel, for whoever waits.
type budget struct {
	end time.Time

	mu   sync.Mutex
	done chan struct{} // made by the first who asks; closed when err is set
	err  error         // nil: there is time left
}

// Deadline is when the time is over.
func (b *budget) Deadline() (time.Time, bool) { return b.end, true }

// Done is closed when the budget ends.
func (b *budget) Done() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.done == nil {
		b.done = make(chan struct{})
		if b.err != nil {
			close(b.done)
		}
	}
	return b.done
}

// Err is nil while there is time, context.DeadlineExceeded when it is over, and
// context.Canceled when the handler returned before.
func (b *budget) Err() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

// Value is nil: nothing travels with a message.
func (b *budget) Value(any) any { return nil }

// finish ends the budget, for the reason of whoever comes first.
func (b *budget) finish(why error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return
	}
	b.err = why
	if b.done != nil {
		close(b.done)
	}
}

var _ context.Context = (*budget)(nil)
