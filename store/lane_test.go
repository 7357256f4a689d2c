package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// made is a lane over a server that answers when it is let.
type made struct {
	lane
	answer chan struct{}      // one for each trip
	trips  chan []redis.Cmder // as they begin
}

func makeLane() *made {
	m := &made{answer: make(chan struct{}), trips: make(chan []redis.Cmder, 100)}
	m.patience = patience
	m.alone = func(_ context.Context, commands []redis.Cmder) { m.together(commands) }
	m.together = func(commands []redis.Cmder) {
		m.trips <- commands
		<-m.answer
		for _, c := range commands {
			c.(*redis.Cmd).SetVal(c.Args()[1])
		}
	}
	return m
}

// go1 sends one command whose answer is its number.
func (m *made) go1(ctx context.Context, n int) <-chan error {
	done := make(chan error, 1)
	go func() {
		cmd := redis.NewCmd(ctx, "echo", n)
		_, err := m.send(ctx, []redis.Cmder{cmd})
		if err == nil && cmd.Val() != n {
			err = fmt.Errorf("the answer to %d is %v", n, cmd.Val())
		}
		done <- err
	}()
	return done
}

// fill sends as many commands as go at once, each alone.
func (m *made) fill() (done []<-chan error) {
	for n := range laneTrips {
		done = append(done, m.go1(context.Background(), -n))
		<-m.trips
	}
	return done
}

func (m *made) travelling() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.underWay
}

// queue waits until n callers wait.
func (m *made) queue(t *testing.T, n int) {
	t.Helper()
	for begun := time.Now(); ; time.Sleep(100 * time.Microsecond) {
		m.mu.Lock()
		waiting := len(m.waiting)
		m.mu.Unlock()
		if waiting == n {
			return
		}
		if time.Since(begun) > patience {
			t.Fatalf("%d wait, not %d", waiting, n)
		}
	}
}

// Who comes while a command is under way goes with the others that did, each with
// an answer of its own; who gives up before has sent nothing, and whoever gives up
// on the way cannot tell.
func TestLaneIsShared(t *testing.T) {
	m := makeLane()
	first := m.fill()
	leaving, leave := context.WithCancel(t.Context())
	var rest []<-chan error
	left := m.go1(leaving, 1)
	m.queue(t, 1)
	leave()
	if err := <-left; !errors.As(err, new(stayed)) || !errors.Is(outcome(err), quiz.ErrUnavailable) {
		t.Errorf("who gave up before: %v", err)
	}
	losing, lose := context.WithCancel(t.Context())
	lost := m.go1(losing, 2)
	for n := range 5 {
		rest = append(rest, m.go1(t.Context(), 3+n))
	}
	m.queue(t, 6)
	m.answer <- struct{}{}
	if trip := <-m.trips; len(trip) != 6 {
		t.Errorf("%d went together, not 6", len(trip))
	}
	lose()
	if err := <-lost; err == nil || errors.As(err, new(stayed)) || !errors.Is(outcome(err), quiz.ErrUnknown) {
		t.Errorf("who gave up on the way: %v", err)
	}
	for range laneTrips {
		m.answer <- struct{}{}
	}
	for _, done := range append(rest, first...) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	last := m.go1(t.Context(), 9) // and goes at once
	<-m.trips
	m.answer <- struct{}{}
	if err := <-last; err != nil {
		t.Error(err)
	}
	for begun := time.Now(); m.travelling() != 0; time.Sleep(100 * time.Microsecond) { // the answers come before the trip ends
		if time.Since(begun) > patience {
			t.Fatalf("%d are still under way", m.travelling())
		}
	}
}

// A server that is silent holds up nobody but those who were under way.
func TestLaneOvertakesSilence(t *testing.T) {
	m := makeLane()
	m.patience = lanePatience
	stuck := m.fill()
	others := []<-chan error{m.go1(t.Context(), 1), m.go1(t.Context(), 2)}
	trips := laneTrips
	for together := 0; together < 2; trips++ {
		together += len(<-m.trips) // without an answer to the first
	}
	for range trips {
		m.answer <- struct{}{}
	}
	for _, done := range append(others, stuck...) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// pipelines counts the commands that went together.
type pipelines struct{ shared atomic.Int64 }

func (p *pipelines) DialHook(next redis.DialHook) redis.DialHook          { return next }
func (p *pipelines) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }
func (p *pipelines) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		p.shared.Add(int64(len(cmds)))
		return next(ctx, cmds)
	}
}

// Commits that go together each have their own outcome, also where the server has
// lost the scripts, and where a pipeline reached a master that another one has
// taken the slots of.
func TestCommitsShareAPipeline(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		var shared pipelines
		watch := func(c *redis.Client) { c.AddHook(&shared) }
		var masters []*redis.Client
		if one, ok := s.client.(*redis.Client); ok {
			watch(one)
		} else {
			var mu sync.Mutex
			must(t, s.client.(*redis.ClusterClient).ForEachMaster(t.Context(), func(_ context.Context, c *redis.Client) error {
				mu.Lock()
				defer mu.Unlock()
				watch(c)
				masters = append(masters, c)
				return nil
			}))
		}
		for i, master := range masters { // all of them go astray
			s.lanes.lane(master).together = s.lanes.newLane(masters[(i+1)%len(masters)]).together
		}
		var wg sync.WaitGroup
		for n := range 64 {
			wg.Go(func() { commitInTurn(t, s, fmt.Sprint("shared", n), n%4 == 0) })
		}
		for range 20 {
			time.Sleep(time.Millisecond)
			for _, master := range masters {
				master.ScriptFlush(t.Context())
			}
			if len(masters) == 0 {
				s.client.ScriptFlush(t.Context())
			}
		}
		wg.Wait()
		if shared.shared.Load() == 0 {
			t.Error("nothing went together")
		}
	})
}

// commitInTurn counts messages of one member; where stale, each is tried on an
// old record first.
func commitInTurn(t *testing.T, s *Store, id string, stale bool) {
	loaded, err := s.Load(t.Context(), id, 0)
	if err != nil {
		t.Error(err)
		return
	}
	for key := uint64(1); key <= 12; key++ {
		if stale && key > 1 {
			now, err := s.Commit(t.Context(), id, change(quiz.Record{}, key, int64(key)))
			if !errors.Is(err, quiz.ErrConflict) || now.Record.Version != loaded.Record.Version {
				t.Errorf("%s on an old record: %v", id, err)
				return
			}
		}
		if loaded, err = s.Commit(t.Context(), id, change(loaded.Record, key, int64(key))); err != nil {
			t.Errorf("%s: %v", id, err)
			return
		}
	}
	again, err := s.Load(t.Context(), id, 12)
	if err != nil || again.Record.Version != loaded.Record.Version || again.Reply != "reply to 12" || again.Record.Member.Joined != 12 {
		t.Errorf("%s: %+v, %v is stored; the last commit gave %+v", id, again, err, loaded)
	}
	if log, err := s.Log(t.Context(), id, "2026"); len(log) != 24 || err != nil {
		t.Errorf("%s: a log of %d bytes, %v", id, len(log), err)
	}
}
