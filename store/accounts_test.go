package store

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"dangshi/quiz"
)

func TestPeople(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		ctx, s, other := t.Context(), openTest(t, url), openTest(t, url)
		if value, v, err := s.Person(ctx, "张三"); value != nil || v != "" || err != nil {
			t.Errorf("nobody yet: %q, %q, %v", value, v, err)
		}
		if all, err := s.People(ctx); len(all) != 0 || err != nil {
			t.Errorf("%v, %v", all, err)
		}
		must(t, s.SavePerson(ctx, Person{"张三", []byte(`{"n":1}`)}, "", Audited{}))
		must(t, other.SavePerson(ctx, Person{"wang <b>: *", []byte(`{}`)}, "", Audited{}))
		if err := other.SavePerson(ctx, Person{"张三", []byte(`{"n":2}`)}, "", Audited{}); !errors.Is(err, quiz.ErrConflict) {
			t.Errorf("the name twice: %v", err)
		}
		value, v, err := other.Person(ctx, "张三")
		if err != nil || string(value) != `{"n":1}` || v == "" {
			t.Fatalf("%q, %q, %v", value, v, err)
		}
		must(t, s.SavePerson(ctx, Person{"张三", []byte(`{"n":3}`)}, v, Audited{}))
		if err := other.SavePerson(ctx, Person{"张三", []byte(`{"n":4}`)}, v, Audited{}); !errors.Is(err, quiz.ErrConflict) {
			t.Errorf("an old version: %v", err)
		}
		all, err := other.People(ctx)
		if err != nil || len(all) != 2 || all[0].Name != "wang <b>: *" || all[1].Name != "张三" || string(all[1].Value) != `{"n":3}` {
			t.Errorf("%+v, %v", all, err)
		}
		for _, p := range []Person{{"", []byte("{}")}, {strings.Repeat("x", MaxAccountName+1), []byte("{}")}, {"李四", []byte("{")}, {"李四", nil}} {
			if err := s.SavePerson(ctx, p, "", Audited{}); err == nil {
				t.Errorf("%+v is taken", p)
			}
		}
		if value, _, err := s.Person(ctx, strings.Repeat("x", 9999)); value != nil || err != nil {
			t.Errorf("a name that nobody can have: %q, %v", value, err)
		}
	})
}

func TestSessions(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		ctx, s := t.Context(), openTest(t, url)
		x, other := s.Sessions(), openTest(t, url).Sessions()
		if _, ok, err := x.FindCtx(ctx, "a-token"); ok || err != nil {
			t.Errorf("none yet: %v, %v", ok, err)
		}
		must(t, x.CommitCtx(ctx, "a-token", []byte{0, 1, 2}, time.Now().Add(time.Hour)))
		must(t, x.Commit("another", []byte("x"), time.Now().Add(time.Hour)))
		if b, ok, err := other.Find("a-token"); !ok || err != nil || string(b) != "\x00\x01\x02" {
			t.Errorf("%v, %v, %v", b, ok, err)
		}
		if left, err := s.client.TTL(ctx, sessionKey("a-token")).Result(); err != nil || left <= 50*time.Minute || left > time.Hour {
			t.Errorf("it is kept for %v, %v", left, err)
		}
		must(t, other.Delete("a-token"))
		must(t, other.DeleteCtx(ctx, "a-token"))                                        // twice
		must(t, x.CommitCtx(ctx, "a-token", []byte("late"), time.Now().Add(time.Hour))) // of a page that was being answered
		must(t, x.DeleteCtx(ctx, "unknown"))
		if n, err := s.client.Exists(ctx, sessionKey("unknown")).Result(); n != 0 || err != nil {
			t.Errorf("what was no session is remembered: %v", err)
		}
		if _, ok, err := x.FindCtx(ctx, "a-token"); ok || err != nil {
			t.Errorf("after its end: %v, %v", ok, err)
		}
		if _, ok, err := x.FindCtx(ctx, "another"); !ok || err != nil {
			t.Errorf("the other one: %v, %v", ok, err)
		}
		must(t, x.CommitCtx(ctx, "over", []byte("x"), time.Now().Add(-time.Hour)))
		if left, err := s.client.PTTL(ctx, sessionKey("over")).Result(); err != nil || left > time.Second {
			t.Errorf("one that is over is kept for %v, %v", left, err)
		}
	})
}

func TestAttempts(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		ctx, s, other := t.Context(), openTest(t, url), openTest(t, url)
		const each, window = 20, 15 * time.Minute
		var group sync.WaitGroup
		var mu sync.Mutex
		seen := map[int64]bool{}
		for i := range 2 * each {
			group.Go(func() {
				n, left, err := map[bool]*Store{true: s, false: other}[i%2 == 0].Attempt(ctx, "account", "张三", window)
				mu.Lock()
				defer mu.Unlock()
				if err != nil || seen[n] || left <= 0 || left > window {
					t.Errorf("%d, %v, %v", n, left, err)
				}
				seen[n] = true
			})
		}
		group.Wait()
		if len(seen) != 2*each || !seen[1] || !seen[2*each] {
			t.Errorf("%d attempts are counted", len(seen))
		}
		key := attemptKey("account", hashed("张三"))
		if strings.Contains(key, "张三") {
			t.Errorf("%s tells who it was", key)
		}
		// The window begins with the first attempt and is not put off by later ones.
		must(t, s.client.PExpire(ctx, key, time.Minute).Err())
		if n, left, err := s.Attempt(ctx, "account", "张三", window); n != 2*each+1 || left > time.Minute || err != nil {
			t.Errorf("%d, %v, %v", n, left, err)
		}
		for i, who := range []string{"李四", "张三 ", "zhang"} {
			if n, _, err := s.Attempt(ctx, "account", who, window); n != 1 || err != nil {
				t.Errorf("somebody else, %d: %d, %v", i, n, err)
			}
		}
		if n, _, err := s.Attempt(ctx, "address", "张三", window); n != 1 || err != nil {
			t.Errorf("of another kind: %d, %v", n, err)
		}
		must(t, other.ForgetAttempts(ctx, "account", "张三"))
		must(t, other.ForgetAttempts(ctx, "account", "nobody"))
		if n, left, err := s.Attempt(ctx, "account", "张三", window); n != 1 || left <= window-time.Minute || err != nil {
			t.Errorf("anew: %d, %v, %v", n, left, err)
		}
	})
}
