package store

import (
	"errors"
	"fmt"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dangshi/quiz"
	"dangshi/store/storetest"
)

// replicated is a master with one replica, which has all of it.
func replicated(t testing.TB) (master, replica *storetest.Server) {
	t.Helper()
	master = storetest.Redis(t, "--repl-diskless-sync-delay", "0")
	host, port, err := net.SplitHostPort(master.Addr)
	if err != nil {
		t.Fatal(err)
	}
	replica = storetest.Redis(t, "--replicaof", host+" "+port)
	inStep(t, master)
	return master, replica
}

// inStep waits until one replica acknowledges what the master has written.
func inStep(t testing.TB, master *storetest.Server) {
	t.Helper()
	node := nodeOf(t, master.Addr)
	eventually(t, func() bool {
		p := node.Pipeline()
		p.Set(t.Context(), "step", "", time.Millisecond)
		wait := p.Do(t.Context(), "wait", 1, waitTimeout.Milliseconds())
		_, err := p.Exec(t.Context())
		return err == nil && wait.Val() == int64(1)
	})
}

// What a replica has not acknowledged is not told: not by the commit, not by a look,
// not to a repeat, not to another message that met it. When the replica is back,
// all of them find that it was counted.
func TestWaitForReplicas(t *testing.T) {
	master, replica := replicated(t)
	open := func(wait int) *Store {
		s := get[*Store](t)(Open(t.Context(), Options{URL: master.URL, Sandbox: true, Timeout: patience, Wait: wait}))
		t.Cleanup(func() { s.Close() })
		return s
	}
	s, careless := open(1), open(0)
	get[quiz.Loaded](t)(s.Commit(t.Context(), "calm", change(quiz.Record{}, 1, 1)))

	for wait, want := range map[int]string{0: "", 1: "", 2: "只有 1 个"} {
		if got := get[string](t)(open(wait).Unanswerable(t.Context())); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("one replica, %d wanted: %q", wait, got)
		}
	}

	replica.Pause(t)
	c := change(quiz.Record{}, 1, 1)
	if _, err := s.Commit(t.Context(), "m", c); !errors.Is(err, quiz.ErrUnknown) || !errors.Is(err, errUnacknowledged) {
		t.Errorf("Commit: %v", err)
	}
	if l, err := s.Load(t.Context(), "m", 1); !errors.Is(err, quiz.ErrUnavailable) {
		t.Errorf("the look: %+v, %v", l, err)
	}
	if _, err := s.Commit(t.Context(), "m", c); !errors.Is(err, quiz.ErrUnknown) {
		t.Errorf("the same message again: %v", err)
	}
	if l, err := careless.Load(t.Context(), "m", 1); err != nil || l.Reply != c.Reply {
		t.Errorf("without the setting: %+v, %v", l, err)
	}
	if l, err := s.Load(t.Context(), "m", 2); err != nil || !l.Record.Seen(1) {
		t.Errorf("another message of the member: %+v, %v", l, err)
	}
	replica.Resume(t)

	inStep(t, master)
	if l := get[quiz.Loaded](t)(s.Load(t.Context(), "m", 1)); l.Reply != c.Reply {
		t.Errorf("after that: %+v", l)
	}
	if _, err := s.Commit(t.Context(), "m", c); !errors.Is(err, quiz.ErrConflict) {
		t.Errorf("the same message after that: %v", err)
	}
	if log := get[[]byte](t)(s.Log(t.Context(), "m", "2026")); len(log) != 2 {
		t.Errorf("the log has %d bytes", len(log))
	}
}

// What it costs to wait for a replica on the same machine: the round trip of an
// answer alone, and how many a second there are with 64 at a time.
func BenchmarkWait(b *testing.B) {
	master, _ := replicated(b)
	for wait := range 2 {
		s := get[*Store](b)(Open(b.Context(), Options{URL: master.URL, Sandbox: true, Timeout: patience, Wait: wait}))
		defer s.Close()
		commit := func(id string) {
			if _, err := s.Commit(b.Context(), id, change(quiz.Record{}, 1, 1)); err != nil {
				b.Error(err)
			}
		}
		b.Run(fmt.Sprintf("wait %d/one at a time", wait), func(b *testing.B) {
			for i := range b.N {
				commit(fmt.Sprintf("one%d-%d-%d", wait, b.N, i))
			}
		})
		b.Run(fmt.Sprintf("wait %d/64 at a time", wait), func(b *testing.B) {
			var n atomic.Int64
			b.SetParallelism(64 / runtime.GOMAXPROCS(0))
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					commit(fmt.Sprintf("many%d-%d-%d", wait, b.N, n.Add(1)))
				}
			})
		})
	}
}
