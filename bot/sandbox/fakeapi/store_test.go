package fakeapi_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"

	"dangshi/bot/sandbox/fakeapi"
	"dangshi/quiz"
)

// faultyStore makes calls of a store fail before or after they did their work. What the functions
// get is the call's name; nil, or a nil error: no fault.
type faultyStore struct {
	fakeapi.Store
	before, after func(call string) error
}

func (s *faultyStore) fails(when func(string) error, call string) error {
	if when == nil {
		return nil
	}
	return when(call)
}

func (s *faultyStore) Load(ctx context.Context, name string) ([]byte, quiz.Version, error) {
	if err := s.fails(s.before, "load"); err != nil {
		return nil, "", err
	}
	return s.Store.Load(ctx, name)
}

func (s *faultyStore) Save(ctx context.Context, name string, value []byte, expected quiz.Version) (quiz.Version, error) {
	if err := s.fails(s.before, "save"); err != nil {
		return "", err
	}
	version, err := s.Store.Save(ctx, name, value, expected)
	if err == nil {
		err = s.fails(s.after, "save")
	}
	return version, err
}

func (s *faultyStore) Append(ctx context.Context, list string, value []byte, keep int) error {
	if err := s.fails(s.before, "append"); err != nil {
		return err
	}
	err := s.Store.Append(ctx, list, value, keep)
	if err == nil {
		err = s.fails(s.after, "append")
	}
	return err
}

func (s *faultyStore) List(ctx context.Context, list string) ([][]byte, error) {
	if err := s.fails(s.before, "list"); err != nil {
		return nil, err
	}
	return s.Store.List(ctx, list)
}

// Where every third call of the store ends in doubt, before or after it did its work, each
// message is sent once, counted once, and in the outbox once.
func TestStoreInDoubt(t *testing.T) {
	for seed := range uint64(10) {
		var mu sync.Mutex
		dice := rand.New(rand.NewPCG(seed, 1))
		doubt := func(call string) error {
			mu.Lock()
			defer mu.Unlock()
			if call == "load" || call == "list" || dice.IntN(3) > 0 {
				return nil
			}
			return fmt.Errorf("cut: %w", quiz.ErrUnknown)
		}
		store := &faultyStore{Store: fakeapi.NewMemory()}
		w := open(t, fakeapi.Config{Service: true, Store: store})
		w.signed("")
		no(t, w.Consent(t.Context(), members[0], fakeapi.DailyNotice, 20))
		store.before, store.after = doubt, doubt
		no(t, w.Interact(t.Context(), members[0], fakeapi.Wrote))
		for i := range 5 {
			if code := w.custom(members[0], strconv.Itoa(i)); code != 0 {
				t.Fatalf("seed %d: customer message %d: %d", seed, i, code)
			}
		}
		if code := w.custom(members[0], "one too many"); code != 45047 {
			t.Errorf("seed %d: customer message 6: %d", seed, code)
		}
		for i := range 4 {
			if a := w.toAll("mass "+strconv.Itoa(i), strconv.Itoa(i)); a.code() != 0 {
				t.Fatalf("seed %d: %s", seed, a.body)
			}
		}
		if a := w.toAll("one too many", ""); a.code() != 45028 {
			t.Errorf("seed %d: %s", seed, a.body)
		}
		store.before, store.after = nil, nil
		var got []string
		for _, s := range w.sent() {
			got = append(got, s.Content)
		}
		if want := []string{"0", "1", "2", "3", "4", "mass 0", "mass 1", "mass 2", "mass 3"}; !slices.Equal(got, want) {
			t.Errorf("seed %d: %q", seed, got)
		}
	}
}

// A message that could not be put into the list is in the outbox all the same, and comes into the
// list with the next one.
func TestOutboxWhileTheListIsDown(t *testing.T) {
	store := &faultyStore{Store: fakeapi.NewMemory()}
	w := open(t, fakeapi.Config{Service: true, Store: store})
	store.before = func(call string) error {
		if call == "append" {
			return errors.New("down")
		}
		return nil
	}
	for i := range 3 {
		if a := w.toAll(strconv.Itoa(i), ""); a.code() != 0 {
			t.Fatal(string(a.body))
		}
	}
	if sent := w.sent(); len(sent) != 3 || sent[2].Content != "2" {
		t.Errorf("%+v", sent)
	}
	store.before = nil
	w.toAll("3", "")
	if sent := w.sent(); len(sent) != 4 || sent[0].Content != "0" || sent[3].Content != "3" {
		t.Errorf("%+v", sent)
	}
}

// After a restart, and in another replica, everything goes on.
func TestRestart(t *testing.T) {
	store := fakeapi.NewMemory()
	w := open(t, fakeapi.Config{Service: true, Store: store})
	cover := w.cover()
	draft := w.post("/cgi-bin/draft/add", `{"articles":[{"title":"六月一日","content":"x","thumb_media_id":"`+cover+`"}]}`).text("media_id")
	tag := w.post("/cgi-bin/tags/create", `{"tag":{"name":"书记"}}`)
	w.post("/cgi-bin/menu/create", `{"button":[{"type":"click","name":"答题","key":"Q"}]}`)
	no(t, w.Interact(t.Context(), members[0], fakeapi.Wrote))
	no(t, w.Consent(t.Context(), members[0], fakeapi.DailyNotice, 1))
	for range 3 {
		w.custom(members[0], "您好")
	}
	mass := w.toAll("今天", "bulletin")
	ticket := w.post("/cgi-bin/qrcode/create", `{"action_name":"QR_LIMIT_STR_SCENE","action_info":{"scene":{"scene_str":"支部"}}}`).text("ticket")
	before := w.sent()

	again := open(t, fakeapi.Config{Service: true, Store: store})
	again.token = w.token
	if a := again.toAll("今天", "bulletin"); a.code() != 45065 || a.number("msg_id") != mass.number("msg_id") {
		t.Errorf("the same mass message: %s", a.body)
	}
	if a, b := again.custom(members[0], "您好"), w.custom(members[0], "您好"); a != 0 || b != 0 {
		t.Errorf("customer messages 4 and 5: %d, %d", a, b)
	}
	if a, b := again.custom(members[0], "您好"), w.custom(members[0], "您好"); a != 45047 || b != 45047 {
		t.Errorf("customer message 6: %d, %d", a, b)
	}
	if token := again.newToken(false); token != w.token {
		t.Error("another stable token")
	}
	if a := again.post("/cgi-bin/draft/get", `{"media_id":"`+draft+`"}`); a.code() != 0 {
		t.Errorf("the draft: %s", a.body)
	}
	if a := again.post("/cgi-bin/material/get_material", `{"media_id":"`+cover+`"}`); string(a.body) != string(png) {
		t.Errorf("the cover: %s", a.body)
	}
	if a := again.get("/cgi-bin/tags/get"); tag.code() != 0 || len(a.fields["tags"].([]any)) != 1 {
		t.Errorf("tags: %s", a.body)
	}
	if menu, err := again.Menu(t.Context()); err != nil || len(menu) != 1 || menu[0].Name != "答题" {
		t.Errorf("menu: %+v, %v", menu, err)
	}
	if scene, ok := again.Scene(ticket); !ok || scene != "支部" {
		t.Errorf("scene %q, %t", scene, ok)
	}
	if drafts, err := again.Drafts(t.Context()); err != nil || len(drafts) != 1 {
		t.Errorf("%+v, %v", drafts, err)
	}
	sent := again.sent()
	if len(sent) != len(before)+2 || sent[0].ID != before[0].ID || !sent[0].Time.Equal(before[0].Time) || sent[0].Time.Location() != quiz.Zone {
		t.Errorf("outbox %+v", sent)
	}
	w.Fail(fakeapi.Fault{Code: 45009})
	if len(again.Faults()) != 0 {
		t.Error("a fault belongs to its process")
	}
}
