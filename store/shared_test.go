package store

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// held keeps pipelines from being sent until it is let.
type held struct {
	begun, let chan struct{}
	asked      atomic.Int64
}

func (h *held) DialHook(next redis.DialHook) redis.DialHook          { return next }
func (h *held) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }
func (h *held) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		h.asked.Add(1)
		h.begun <- struct{}{}
		<-h.let
		return next(ctx, cmds)
	}
}

// Of many newcomers none throws away what another one has just asked for; what was
// asked for long before, or before somebody vanished, is thrown away.
func TestNewcomersShareALook(t *testing.T) {
	for _, test := range []struct {
		name  string
		since time.Duration // that the look under way was begun
		known bool
		kept  bool
	}{
		{"just now", -time.Hour, false, true}, // however slow the test is
		{"long ago", time.Hour, false, false},
		{"vanished", -time.Hour, true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := openTest(t, servers.Redis(t).URL)
			s.changed()
			h := &held{begun: make(chan struct{}, 10), let: make(chan struct{})}
			s.client.AddHook(h)
			done := make(chan error, 1)
			go func() {
				_, err := s.versions(context.Background())
				done <- err
			}()
			<-h.begun
			s.shared.mu.Lock()
			s.shared.asking = time.Now().Add(-test.since)
			s.shared.mu.Unlock()
			for range 3 {
				s.missed(test.known)
			}
			close(h.let)
			must(t, <-done)
			s.shared.mu.Lock()
			kept := !s.shared.asked.IsZero()
			s.shared.mu.Unlock()
			if kept != test.kept {
				t.Errorf("the answer was kept: %t", kept)
			}
		})
	}
}
