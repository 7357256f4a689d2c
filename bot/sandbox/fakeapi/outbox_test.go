package fakeapi_test

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"testing"
	"time"

	"dangshi/bot/sandbox/fakeapi"
)

// opened is an account that sends without HTTP: many messages, quickly. It sends customer
// messages to members who write before each.
type opened struct {
	*fakeapi.API
	t testing.TB
}

func openQuickly(t testing.TB, store fakeapi.Store) opened {
	t.Helper()
	api, err := fakeapi.New(fakeapi.Config{Store: store, Followers: func(context.Context) ([]string, error) { return members, nil }})
	if err != nil {
		t.Fatal(err)
	}
	return opened{api, t}
}

// lists counts the lists that are read.
type lists struct {
	fakeapi.Store
	read []string
}

func (s *lists) List(ctx context.Context, list string) ([][]byte, error) {
	s.read = append(s.read, list)
	return s.Store.List(ctx, list)
}

func ids(sent []fakeapi.Sent) (all []int64) {
	for _, s := range sent {
		all = append(all, s.ID)
	}
	return all
}

// Who asks for what is new gets each message once, in order, and reads little for it.
func TestOutboxAfter(t *testing.T) {
	store := &lists{Store: fakeapi.NewMemory()}
	w := openQuickly(t, store)
	var seen int64
	var got []string
	poll := func() int {
		t.Helper()
		store.read = nil
		sent, err := w.OutboxAfter(t.Context(), seen)
		no(t, err)
		for _, s := range sent {
			if s.ID <= seen {
				t.Errorf("%d after %d", s.ID, seen)
			}
			seen = s.ID
			got = append(got, s.Content)
		}
		return len(store.read)
	}
	if n := poll(); n != 0 {
		t.Errorf("empty: %d lists read", n)
	}
	const n = 700
	var want []string
	for i := range n {
		want = append(want, strconv.Itoa(i))
		no(t, w.Post(t.Context(), want[i]))
		if i%7 == 0 {
			if lists := poll(); lists < 1 || lists > 2 {
				t.Errorf("message %d: %d lists read", i, lists)
			}
		}
	}
	poll()
	if n := poll(); n != 0 {
		t.Errorf("nothing new: %d lists read", n)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d messages, want %d", len(got), len(want))
	}
	whole, err := w.Outbox(t.Context())
	no(t, err)
	if len(whole) != n || !slices.IsSorted(ids(whole)) {
		t.Errorf("%d messages in the outbox", len(whole))
	}
	for _, id := range []int64{-1, 0} {
		if sent, err := w.OutboxAfter(t.Context(), id); err != nil || len(sent) != n {
			t.Errorf("after %d: %d, %v", id, len(sent), err)
		}
	}
	if sent, err := w.OutboxAfter(t.Context(), 1<<62); err != nil || len(sent) != 0 {
		t.Errorf("%d, %v", len(sent), err)
	}
}

// While messages are sent by two replicas, who reads along misses none and sees none twice.
func TestReadingAlong(t *testing.T) {
	store := fakeapi.NewMemory()
	a, b := openQuickly(t, store), openQuickly(t, store)
	const n = 60
	done := make(chan struct{})
	go func() {
		defer close(done)
		together(4, func(worker int) int {
			for i := range n {
				if err := []opened{a, b}[worker%2].Post(t.Context(), strconv.Itoa(worker)+"-"+strconv.Itoa(i)); err != nil {
					t.Error(err)
				}
			}
			return 0
		})
	}()
	var seen int64
	got := map[string]int{}
	for last := false; ; {
		sent, err := b.OutboxAfter(t.Context(), seen)
		no(t, err)
		for _, s := range sent {
			got[s.Content]++
			seen = s.ID
		}
		if last {
			break
		}
		select {
		case <-done:
			last = true
		default:
		}
	}
	if len(got) != 4*n {
		t.Errorf("%d messages, want %d", len(got), 4*n)
	}
	for content, times := range got {
		if times != 1 {
			t.Errorf("%s: %d times", content, times)
		}
	}
}

// Many that send at once do not push one another's messages out of their list.
func TestManySendAtOnce(t *testing.T) {
	w := openQuickly(t, fakeapi.NewMemory())
	const workers, n = 32, 40
	together(workers, func(worker int) int {
		for i := range n {
			if err := w.Post(t.Context(), strconv.Itoa(worker)+"-"+strconv.Itoa(i)); err != nil {
				t.Error(err)
			}
		}
		return 0
	})
	if sent, err := w.Outbox(t.Context()); err != nil || len(sent) != workers*n {
		t.Errorf("%d messages of %d, %v", len(sent), workers*n, err)
	}
}

// The outbox has its bound: the oldest go. The ids are moved on, so that this takes no hours.
func TestTheOldestMessagesGo(t *testing.T) {
	w := openQuickly(t, nil)
	var want []string
	for turn := range 3 {
		for i := range 250 {
			no(t, w.Post(t.Context(), strconv.Itoa(turn)+"-"+strconv.Itoa(i)))
			if turn > 0 {
				want = append(want, strconv.Itoa(turn)+"-"+strconv.Itoa(i))
			}
		}
		if turn < 2 {
			no(t, w.SkipIDs(t.Context(), 50_000-250))
		}
	}
	sent, err := w.Outbox(t.Context())
	no(t, err)
	var got []string
	for _, s := range sent {
		got = append(got, s.Content)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d messages, %q …, want %d", len(got), got[:1], len(want))
	}
}

// The JSON of a message is what GET /sandbox/outbox promises.
func TestOutboxJSON(t *testing.T) {
	w := open(t, fakeapi.Config{Service: true})
	w.clock.add(1500 * time.Millisecond)
	id := w.toAll("党史 <上> & 今天", "a").number("msg_id")
	w.toSome("两个人", members[:2]...)
	sent := w.sent()
	raw, err := json.Marshal(sent)
	no(t, err)
	want := `[{"id":2,"time":"2026-06-01T07:30:01+08:00","kind":"mass","msgtype":"text","to":[],"to_all":true,"content":"党史 \u003c上\u003e \u0026 今天","clientmsgid":"a","msg_id":` +
		strconv.FormatInt(id, 10) + `},{"id":4,"time":"2026-06-01T07:30:01+08:00","kind":"mass","msgtype":"text","to":["` + members[0] + `","` + members[1] + `"],"to_all":false,"content":"两个人","msg_id":` +
		strconv.FormatInt(sent[1].MsgID, 10) + `}]`
	if string(raw) != want {
		t.Errorf("got\n%s\nwant\n%s", raw, want)
	}
}

func benchOutbox(b *testing.B, n int, read func(w opened, last int64) ([]fakeapi.Sent, error), want int) {
	store := fakeapi.NewMemory()
	w := openQuickly(b, store)
	if err := w.Fill(b.Context(), n); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if sent, err := read(w, int64(n)); err != nil || len(sent) != want {
			b.Fatalf("%d messages, %v", len(sent), err)
		}
	}
}

// What the phone page asks every second, and what it would cost to read all.
func BenchmarkOutbox(b *testing.B) {
	for _, n := range []int{2_000, 99_000} {
		b.Run(strconv.Itoa(n)+"/all", func(b *testing.B) {
			benchOutbox(b, n, func(w opened, _ int64) ([]fakeapi.Sent, error) { return w.Outbox(b.Context()) }, n)
		})
		b.Run(strconv.Itoa(n)+"/nothing new", func(b *testing.B) {
			benchOutbox(b, n, func(w opened, last int64) ([]fakeapi.Sent, error) { return w.OutboxAfter(b.Context(), last) }, 0)
		})
		b.Run(strconv.Itoa(n)+"/one new", func(b *testing.B) {
			benchOutbox(b, n, func(w opened, last int64) ([]fakeapi.Sent, error) { return w.OutboxAfter(b.Context(), last-1) }, 1)
		})
	}
}
