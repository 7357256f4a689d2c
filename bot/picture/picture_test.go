package picture

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/quiz"
	"dangshi/store"
	"dangshi/store/storetest"
)

// press draws and uploads, as slowly as a test wants.
type press struct {
	*Pictures
	now     time.Time
	gate    chan struct{} // nil: nothing waits
	fault   error
	refused error
	drawn   atomic.Int32
	busy    atomic.Int32
	most    atomic.Int32
	logs    logs
}

type logs struct {
	mu sync.Mutex
	strings.Builder
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Builder.Write(p)
}

func newPress(t *testing.T, patience time.Duration) *press {
	s, err := store.Open(t.Context(), store.Options{URL: "redis://" + storetest.Miniredis(t).Addr(), Sandbox: true})
	if err != nil {
		t.Fatal(err)
	}
	p := &press{now: time.Unix(1_800_000_000, 0)}
	p.Pictures = New(Config{
		Draw: p.draw, Digest: func(a quiz.Award) string { return a.Code }, Upload: p, Keep: s,
		Now: func() time.Time { return p.now }, Logger: slog.New(slog.NewTextHandler(&p.logs, nil)), Patience: patience,
	})
	t.Cleanup(func() {
		p.Close()
		s.Close()
	})
	return p
}

func (p *press) draw(a quiz.Award) ([]byte, error) {
	n := p.busy.Add(1)
	defer p.busy.Add(-1)
	if n > p.most.Load() {
		p.most.Store(n)
	}
	if p.gate != nil {
		<-p.gate
	}
	p.drawn.Add(1)
	return []byte(a.Name), p.fault
}

func (p *press) UploadTemporary(_ context.Context, _ string, data []byte) (string, error) {
	return fmt.Sprintf("media-%s-%d", data, p.drawn.Load()), p.refused
}

// until waits for a number of pictures to be in the making, of which some are
// being drawn.
func (p *press) until(t *testing.T, making int, drawing int32) {
	t.Helper()
	for range 6000 {
		p.mu.Lock()
		n := p.making
		p.mu.Unlock()
		if n == making && p.busy.Load() == drawing {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("never %d pictures in the making, %d of them being drawn", making, drawing)
}

func award(n int) quiz.Award { return quiz.Award{Code: fmt.Sprint("CODE", n), Name: "张三"} }

func TestAPictureIsMadeOnceWhileWeChatHasIt(t *testing.T) {
	p := newPress(t, time.Minute)
	for range 3 {
		if id, err := p.Picture(t.Context(), award(1)); err != nil || id != "media-张三-1" {
			t.Fatalf("%q, %v", id, err)
		}
	}
	p.now = p.now.Add(mediaLife + time.Second) // the sandbox's clock was moved: Redis does not know
	if id, err := p.Picture(t.Context(), award(1)); err != nil || id != "media-张三-2" {
		t.Errorf("after three days: %q, %v", id, err)
	}
}

// late has what it keeps only from the second look on: whoever asks looked just
// before another one was done.
type late struct {
	Keeper
	looks atomic.Int32
}

func (l *late) Token(ctx context.Context, name string) (string, error) {
	if l.looks.Add(1) == 1 {
		return "", nil
	}
	return l.Keeper.Token(ctx, name)
}

func TestWhoLookedTooEarlyDrawsNoSecondOne(t *testing.T) {
	p := newPress(t, time.Minute)
	if _, err := p.Picture(t.Context(), award(1)); err != nil {
		t.Fatal(err)
	}
	p.cfg.Keep = &late{Keeper: p.cfg.Keep}
	if id, err := p.Picture(t.Context(), award(1)); err != nil || id != "media-张三-1" || p.drawn.Load() != 1 {
		t.Errorf("%q, %v, drawn %d times", id, err, p.drawn.Load())
	}
}

// TestNobodyWaitsForLong: whoever comes too early is told so, and finds the
// picture the next time.
func TestNobodyWaitsForLong(t *testing.T) {
	p := newPress(t, 20*time.Millisecond)
	p.gate = make(chan struct{})
	for range 3 {
		if _, err := p.Picture(t.Context(), award(1)); !errors.Is(err, bot.ErrNotYet) {
			t.Fatal(err)
		}
	}
	close(p.gate)
	p.cfg.Patience = time.Minute
	if id, err := p.Picture(t.Context(), award(1)); err != nil || id != "media-张三-1" {
		t.Errorf("%q, %v", id, err)
	}
	if p.drawn.Load() != 1 {
		t.Errorf("drawn %d times", p.drawn.Load())
	}
}

func TestWorkIsBounded(t *testing.T) {
	p := newPress(t, 10*time.Millisecond)
	p.gate = make(chan struct{})
	var asking sync.WaitGroup
	for i := range queue {
		asking.Go(func() {
			if _, err := p.Picture(t.Context(), award(i)); !errors.Is(err, bot.ErrNotYet) {
				t.Error(err)
			}
		})
	}
	asking.Wait()
	p.until(t, queue, atOnce)
	for range 20 { // the queue is full
		if _, err := p.Picture(t.Context(), award(1000)); !errors.Is(err, bot.ErrNotYet) {
			t.Error(err)
		}
	}
	close(p.gate)
	p.until(t, 0, 0)
	if p.most.Load() != atOnce || p.drawn.Load() != queue {
		t.Errorf("%d drawn, %d at once", p.drawn.Load(), p.most.Load())
	}
}

func TestFaults(t *testing.T) {
	p := newPress(t, time.Minute)
	p.fault = fmt.Errorf("%w: 字体里没有“张三”里的“三”", bot.ErrNoPicture)
	if _, err := p.Picture(t.Context(), award(1)); !errors.Is(err, bot.ErrNoPicture) {
		t.Errorf("%v", err)
	}
	p.fault = errors.New("no room")
	if _, err := p.Picture(t.Context(), award(1)); !errors.Is(err, bot.ErrNotYet) {
		t.Errorf("%v", err)
	}
	p.fault, p.refused = nil, errors.New("45009")
	if _, err := p.Picture(t.Context(), award(1)); !errors.Is(err, bot.ErrNotYet) {
		t.Errorf("%v", err)
	}
	p.refused = nil
	if _, err := p.Picture(t.Context(), award(1)); err != nil {
		t.Errorf("when all is well again: %v", err)
	}
	if text := p.logs.String(); strings.Contains(text, "张三") || !strings.Contains(text, "45009") {
		t.Errorf("logged %s", text)
	}
}

// TestTheEndWaitsForNobody: what stands in the queue is not begun any more.
func TestTheEndWaitsForNobody(t *testing.T) {
	p := newPress(t, 10*time.Millisecond)
	p.gate = make(chan struct{})
	for i := range 3 {
		_, _ = p.Picture(t.Context(), award(i))
	}
	p.until(t, 3, atOnce)
	p.end()
	close(p.gate)
	p.Close()
	if n := p.drawn.Load(); n != 1 {
		t.Errorf("%d drawn", n)
	}
}
