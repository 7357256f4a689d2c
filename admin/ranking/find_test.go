package ranking

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
)

// crowded is Data in which a search lasts until it may end.
type crowded struct {
	Data
	now, most atomic.Int32
	begun     chan struct{}
	end       chan struct{}
}

func (c *crowded) Find(ctx context.Context, _ string, _ int, _ func(done, of int)) ([]string, int, error) {
	n := c.now.Add(1)
	defer c.now.Add(-1)
	for most := c.most.Load(); n > most && !c.most.CompareAndSwap(most, n); most = c.most.Load() {
	}
	c.begun <- struct{}{}
	<-c.end
	return []string{"one"}, 1, ctx.Err()
}

// TestSearchesTakeTurns: whoever presses the button again and again does not read all
// members as often at once; a stop ends the waiting.
func TestSearchesTakeTurns(t *testing.T) {
	const asked = 7
	c := &crowded{begun: make(chan struct{}, asked), end: make(chan struct{})}
	r := New(c, nil)
	var all sync.WaitGroup
	for range asked {
		all.Go(func() {
			if f, err := r.search(t.Context(), "张三", nil); err != nil || f.Total != 1 {
				t.Errorf("%+v, %v", f, err)
			}
		})
	}
	for range searches {
		<-c.begun
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := r.search(stopped, "张三", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("who waits at the stop: %v", err)
	}
	close(c.end)
	all.Wait()
	if got := c.most.Load(); got != searches {
		t.Errorf("%d at once", got)
	}
}
