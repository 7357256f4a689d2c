package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// screen keeps what is written, from several goroutines.
type screen struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// TestProgressOnATerminal: the bar moves, and is gone before anything else is
// printed and after it.
func TestProgressOnATerminal(t *testing.T) {
	shown := new(screen)
	p := &progress{errs: shown, terminal: true}
	a := &app{errs: clearing{shown, p}, out: clearing{shown, p}, shown: p}
	a.step(manyQuestions-1, "很快")
	if shown.String() != "" {
		t.Errorf("a short step shows %q", shown)
	}
	a.step(manyQuestions, "正在写入")
	eventually(t, "the bar to move", func() bool { return strings.Count(shown.String(), "正在写入（2000 条）") > 2 })
	tell := a.every("已看 %d 人……\n")
	tell(7)
	eventually(t, "the count", func() bool { return strings.Contains(shown.String(), "已看 7 人……") })
	fmt.Fprintln(a.out, "做完了")
	tell(8)
	a.shown.clear()
	if text := shown.String(); !strings.HasSuffix(text, "\r做完了\n") {
		t.Errorf("the end is %q", text[max(0, len(text)-60):])
	}
}
