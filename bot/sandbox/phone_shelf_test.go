package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dangshi/bot/sandbox"
	"dangshi/quiz"
)

// TestDamagedEntries: one that cannot be read hides no other, and is not logged as
// it stands; a damaged roster is not replaced.
func TestDamagedEntries(t *testing.T) {
	w := newPhone(t)
	id := w.follower(0)
	shelf := w.store.Simulator()
	for _, e := range []string{"", "null", "PRIVATE{", `{"id":7}`, `[]`} {
		if err := shelf.Append(t.Context(), "phone:chat:"+id, []byte(e), sandbox.KeptEntries); err != nil {
			t.Fatal(err)
		}
	}
	w.does(id, act{"type": "text", "text": "在吗"})
	if got := w.lines(id, 2); got != "member text: 在吗\naccount text: 好的" {
		t.Error(got)
	}
	if all, whole := w.chat(id, ""); !whole || len(all) != 4 || all[0].Text != "你关注了“党史上的今天”" {
		t.Errorf("the chat is %+v", all)
	}
	if log := w.log.String(); !strings.Contains(log, "damaged") || strings.Contains(log, "PRIVATE") || strings.Contains(log, id) {
		t.Errorf("the log says %s", log)
	}
	_, version, err := shelf.Load(t.Context(), "phone:roster")
	if err == nil {
		_, err = shelf.Save(t.Context(), "phone:roster", []byte("PRIVATE{"), version)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"state", "chat?member=" + id} {
		if status, text := w.ask("GET", path, "", ""); status != 503 || strings.Contains(text, "PRIVATE") {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
	if value, _, err := shelf.Load(t.Context(), "phone:roster"); err != nil || string(value) != "PRIVATE{" {
		t.Errorf("the roster is now %q, %v", value, err)
	}
}

// flaky is a shelf whose next writes go wrong.
type flaky struct {
	sandbox.Shelf
	appends, saves atomic.Int64 // how many of them
	fault          error
	applied        bool // the write is made all the same
}

func (f *flaky) Append(ctx context.Context, list string, value []byte, keep int) error {
	if f.appends.Add(-1) < 0 {
		return f.Shelf.Append(ctx, list, value, keep)
	}
	if f.applied {
		_ = f.Shelf.Append(ctx, list, value, keep)
	}
	return f.fault
}

func (f *flaky) Save(ctx context.Context, name string, value []byte, expected quiz.Version) (quiz.Version, error) {
	if f.saves.Add(-1) < 0 {
		return f.Shelf.Save(ctx, name, value, expected)
	}
	if f.applied {
		_, _ = f.Shelf.Save(ctx, name, value, expected)
	}
	return "", f.fault
}

// TestUnknownWrites: whether a write was made or not, a message comes once.
func TestUnknownWrites(t *testing.T) {
	for _, applied := range []bool{false, true} {
		for _, fault := range []error{quiz.ErrUnknown, quiz.ErrUnavailable} {
			var f *flaky
			w := newPhone(t, withShelf(func(s sandbox.Shelf) sandbox.Shelf {
				f = &flaky{Shelf: s, fault: fault, applied: applied}
				return f
			}))
			one, two := w.follower(0), w.follower(1)
			w.massSend("早上好")
			f.appends.Store(1)
			_, _ = w.ask("GET", "state", "", "") // may fail, the page asks again
			f.saves.Store(1)
			_, _ = w.ask("GET", "state", "", "")
			f.appends.Store(0)
			f.saves.Store(0)
			for _, member := range []string{one, two} {
				if got := w.count(member, "早上好"); got != 1 {
					t.Errorf("%v, applied %t: the message lies %d times in the chat", fault, applied, got)
				}
			}
		}
	}
}

// TestStoreIsAway: the page is told in words, and the log holds no names.
func TestStoreIsAway(t *testing.T) {
	var f *flaky
	w := newPhone(t, withShelf(func(s sandbox.Shelf) sandbox.Shelf {
		f = &flaky{Shelf: s, fault: errors.Join(quiz.ErrUnavailable)}
		return f
	}))
	id := w.follower(0)
	f.appends.Store(99)
	status, text := w.tries(id, act{"type": "text", "text": "悄悄话"})
	if status != 503 || !strings.Contains(text, "请稍后再试") {
		t.Errorf("%d %s", status, text)
	}
	if log := w.log.String(); log == "" || strings.Contains(log, id) || strings.Contains(log, "悄悄话") {
		t.Errorf("the log says %q", log)
	}
}

// TestTwoReplicas live on one store: all that is done on both lies in the chats once.
func TestTwoReplicas(t *testing.T) {
	st := openStore(t)
	a := newReplica(t, st)
	b := newReplica(t, st)
	var starters [2]string
	var group sync.WaitGroup
	for i, w := range []*phoneWorld{a, b} {
		group.Go(func() { starters[i] = w.member(0) })
	}
	group.Wait()
	if starters[0] != starters[1] {
		t.Fatal("each replica has members of its own")
	}
	id := a.follower(0)
	const rounds = 8
	for n := range rounds {
		if n < 4 {
			a.massSend(fmt.Sprintf("第%d天", n))
			move(t, a, b)
		}
		for _, w := range []*phoneWorld{a, b} {
			group.Go(func() { w.does(id, act{"type": "text", "text": fmt.Sprintf("%p 说 %d", w, n)}) })
			group.Go(func() { w.state() })
		}
	}
	group.Wait()
	for n := range 4 {
		if got := b.count(id, fmt.Sprintf("第%d天", n)); got != 1 {
			t.Errorf("message %d lies %d times in the chat", n, got)
		}
	}
	for _, w := range []*phoneWorld{a, b} {
		for n := range rounds {
			if got := a.count(id, fmt.Sprintf("%p 说 %d", w, n)); got != 1 {
				t.Errorf("what was said lies %d times in the chat", got)
			}
		}
	}
	if got := b.count(id, "好的"); got != 2*rounds+1 {
		t.Errorf("%d replies lie in the chat, want %d", got, 2*rounds+1)
	}
	if s := a.state().Members[0]; s.Unread != 2*rounds+1+4 || s.Count < 4*rounds+2+4 {
		t.Errorf("the state is %+v", s)
	}
}

// move moves the sandbox's clock by a month, so that the next message to all comes
// through, and has the other replica hear of it.
func move(t *testing.T, a, b *phoneWorld) {
	t.Helper()
	if _, err := a.clock.Advance(t.Context(), 31*24*time.Hour, nothingDue{}); err != nil {
		t.Fatal(err)
	}
	if err := b.clock.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
}
