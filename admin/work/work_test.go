package work

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"dangshi/admin/frame"
	"dangshi/quiz"
)

// shelf keeps works in memory.
type shelf struct {
	mu    sync.Mutex
	kept  map[string][]byte
	going map[string]context.CancelCauseFunc
}

func (s *shelf) KeepWork(_ context.Context, id string, value []byte, _ time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept == nil {
		s.kept = map[string][]byte{}
	}
	s.kept[id] = value
	return nil
}

func (s *shelf) Work(_ context.Context, id string) ([]byte, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, going := s.going[id]
	return s.kept[id], going, nil
}

func (s *shelf) AtWork(ctx context.Context, id string, do func(context.Context) error) (bool, error) {
	held, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	s.mu.Lock()
	if _, going := s.going[id]; going {
		s.mu.Unlock()
		return false, nil
	}
	if s.going == nil {
		s.going = map[string]context.CancelCauseFunc{}
	}
	s.going[id] = lose
	s.mu.Unlock()
	err := do(held)
	s.mu.Lock()
	defer s.mu.Unlock()
	if context.Cause(held) != errLost {
		delete(s.going, id)
	}
	return true, err
}

var errLost = errors.New("lost")

// lose takes a work from whoever is at it, as where a replica was halted.
func (s *shelf) lose(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.going[id](errLost)
	delete(s.going, id)
}

const patience = time.Minute

func TestWorkTellsItsEnd(t *testing.T) {
	for name, c := range map[string]struct {
		do     Do
		result string
		fault  string
	}{
		"done":        {func(_ context.Context, tell func(int, int)) (any, error) { tell(2, 3); return []int{7}, nil }, "[7]", ""},
		"refused":     {func(context.Context, func(int, int)) (any, error) { return nil, frame.Bad("赛季还没有结束。") }, "", "赛季还没有结束"},
		"unavailable": {func(context.Context, func(int, int)) (any, error) { return nil, quiz.ErrUnavailable }, "", "数据库连不上"},
		"failed":      {func(context.Context, func(int, int)) (any, error) { return nil, errors.New("secret") }, "", "记入日志"},
		"panic":       {func(context.Context, func(int, int)) (any, error) { panic("secret") }, "", "记入日志"},
		"not JSON":    {func(context.Context, func(int, int)) (any, error) { return func() {}, nil }, "", "记入日志"},
	} {
		t.Run(name, func(t *testing.T) {
			d := NewDesk(&shelf{}, time.Now, slog.New(slog.DiscardHandler))
			defer d.Close()
			if err := d.Start(t.Context(), "a", "甲", c.do); err != nil {
				t.Fatal(err)
			}
			w, ok, err := d.Await(t.Context(), "a", patience)
			if err != nil || !ok || !w.Over || w.By != "甲" {
				t.Fatalf("%+v, %v, %v", w, ok, err)
			}
			if string(w.Result) != c.result || (c.fault == "") != (w.Fault == "") || !strings.Contains(w.Fault, c.fault) || strings.Contains(w.Fault, "secret") {
				t.Errorf("result %s, fault %q", w.Result, w.Fault)
			}
		})
	}
}

// TestOneOfAnID: what is running is not begun again, by any replica; what is over or
// lost is.
func TestOneOfAnID(t *testing.T) {
	keep := &shelf{}
	one := NewDesk(keep, time.Now, slog.New(slog.DiscardHandler))
	other := NewDesk(keep, time.Now, slog.New(slog.DiscardHandler))
	proceed := make(chan struct{})
	begun := 0
	do := func(context.Context, func(int, int)) (any, error) { begun++; <-proceed; return 1, nil }
	if err := errors.Join(one.Start(t.Context(), "a", "甲", do), other.Start(t.Context(), "a", "乙", do)); err != nil {
		t.Fatal(err)
	}
	w, _, err := other.Find(t.Context(), "a")
	if err != nil || !w.Running() || w.By != "甲" {
		t.Errorf("%+v, %v", w, err)
	}
	if ran, err := other.Run(t.Context(), "a", "乙", do); ran || err != nil {
		t.Errorf("it ran twice: %v", err)
	}
	close(proceed)
	one.Close()
	if w, _, _ = other.Find(t.Context(), "a"); !w.Over || begun != 1 {
		t.Errorf("%+v, begun %d times", w, begun)
	}
	keep.kept["b"] = []byte(`{"by":"丙","began":"2000-01-01T00:00:00Z","beat":"2000-01-01T00:00:00Z"}`)
	if w, _, _ = other.Find(t.Context(), "b"); !w.Lost() || w.Running() {
		t.Errorf("%+v is not lost", w)
	}
	if w, _, _ = other.Find(t.Context(), "nothing"); w.Lost() {
		t.Error("what was never begun is lost")
	}
	failed := errors.New("failed")
	ran, err := other.Resume(t.Context(), "b", func(ctx context.Context, _ func(int, int)) (any, error) {
		if w, _, _ := other.Find(ctx, "b"); !w.Running() || !w.Taken || w.By != "丙" || w.Began.Year() != 2000 {
			t.Errorf("while it goes on: %+v", w)
		}
		return nil, failed
	})
	if w, _, _ = other.Find(t.Context(), "b"); !ran || !errors.Is(err, failed) || w.Fault == "" || !w.Taken {
		t.Errorf("%v, %v, %+v", ran, err, w)
	}
	if err := other.Start(t.Context(), "b", "乙", do); err != nil {
		t.Fatal(err)
	}
	if w, _, _ = other.Find(t.Context(), "b"); w.Fault != "" {
		t.Errorf("begun anew it tells of the one before: %+v", w)
	}
	other.Close()
	if w, _, _ = other.Find(t.Context(), "b"); !w.Over || w.By != "乙" || w.Taken {
		t.Errorf("%+v", w)
	}
	if err := other.Start(t.Context(), "c", "乙", do); !errors.Is(err, quiz.ErrUnavailable) {
		t.Errorf("begun on a closed desk: %v", err)
	}
}

// TestTakenOver: who was halted, and whose work another one has taken over, is told so
// and says nothing of it any more.
func TestTakenOver(t *testing.T) {
	keep := &shelf{}
	halted := NewDesk(keep, time.Now, slog.New(slog.DiscardHandler))
	other := NewDesk(keep, time.Now, slog.New(slog.DiscardHandler))
	if err := halted.Start(t.Context(), "a", "甲", func(ctx context.Context, _ func(int, int)) (any, error) {
		<-ctx.Done()
		return "old", nil
	}); err != nil {
		t.Fatal(err)
	}
	keep.lose("a")
	if _, err := other.Resume(t.Context(), "a", func(context.Context, func(int, int)) (any, error) { return "new", nil }); err != nil {
		t.Fatal(err)
	}
	halted.Close()
	if w, _, _ := other.Find(t.Context(), "a"); !w.Over || string(w.Result) != `"new"` || w.By != "甲" {
		t.Errorf("%+v", w)
	}
}

// TestLostAtItsEnd: what was done is told, also where the right to be at it was lost just
// then, unless another one has taken over.
func TestLostAtItsEnd(t *testing.T) {
	keep := &shelf{}
	d := NewDesk(keep, time.Now, slog.New(slog.DiscardHandler))
	if _, err := d.Run(t.Context(), "a", "甲", func(ctx context.Context, _ func(int, int)) (any, error) {
		keep.lose("a")
		<-ctx.Done()
		return "done", nil
	}); err != nil {
		t.Fatal(err)
	}
	if w, _, _ := d.Find(t.Context(), "a"); !w.Over || string(w.Result) != `"done"` || w.By != "甲" {
		t.Errorf("%+v", w)
	}
}

// TestCloseEndsWorks: who waits in a work is told to end.
func TestCloseEndsWorks(t *testing.T) {
	d := NewDesk(&shelf{}, time.Now, slog.New(slog.DiscardHandler))
	if err := d.Start(t.Context(), "a", "甲", func(ctx context.Context, _ func(int, int)) (any, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}); err != nil {
		t.Fatal(err)
	}
	d.Close()
	if w, _, _ := d.Find(t.Context(), "a"); !w.Over || !strings.Contains(w.Fault, "服务在这时停了") {
		t.Errorf("%+v", w)
	}
}
