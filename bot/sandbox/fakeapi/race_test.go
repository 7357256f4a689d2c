package fakeapi_test

import (
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"dangshi/bot/sandbox/fakeapi"
)

// together makes n calls at once and counts their errcodes.
func together(n int, call func(i int) int) map[int]int {
	var mu sync.Mutex
	codes := map[int]int{}
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			code := call(i)
			mu.Lock()
			defer mu.Unlock()
			codes[code]++
		})
	}
	all.Wait()
	return codes
}

// Calls at once, to two replicas over one store, never get more than the quota, and never less.
func TestQuotasHoldForCallsAtOnce(t *testing.T) {
	const n = 24
	send := func(to, kind, rest string) string {
		return `{"touser":` + to + `,"msgtype":"` + kind + `",` + rest + `}`
	}
	text := func(i int) string { return `"text":{"content":"` + strconv.Itoa(i) + `"}` }
	one, two := `"`+members[0]+`"`, `["`+members[0]+`","`+members[1]+`"]`
	for name, c := range map[string]struct {
		service bool
		prepare func(w *world)
		path    string
		body    func(i int) string
		want    map[int]int // errcodes
		sent    int
	}{
		"one mass message a day": {
			path: pathSend, body: func(i int) string { return send(two, "text", text(i)) },
			want: map[int]int{0: 1, 45028: n - 1}, sent: 1,
		},
		"four to all a month": {
			service: true, path: pathSendAll,
			body: func(i int) string { return `{"filter":{"is_to_all":true},"msgtype":"text",` + text(i) + `}` },
			want: map[int]int{0: 4, 45028: n - 4}, sent: 4,
		},
		"one message with one clientmsgid": {
			service: true, path: pathSendAll,
			body: func(i int) string {
				return `{"filter":{"is_to_all":true},"msgtype":"text","clientmsgid":"a",` + text(i) + `}`
			},
			want: map[int]int{0: 1, 45065: n - 1}, sent: 1,
		},
		"sixty calls a minute": {
			prepare: func(w *world) { no(w.t, w.Spend(w.t.Context(), pathSend, 0, 50)) },
			path:    pathSend, body: func(int) string { return "{}" },
			want: map[int]int{40130: 10, 45011: n - 10},
		},
		"a hundred calls a day": {
			prepare: func(w *world) { no(w.t, w.Spend(w.t.Context(), pathSend, 93, 0)) },
			path:    pathSend, body: func(int) string { return "{}" },
			want: map[int]int{40130: 7, 45009: n - 7},
		},
		"five customer messages": {
			prepare: func(w *world) { no(w.t, w.Interact(w.t.Context(), members[0], fakeapi.Wrote)) },
			path:    "/cgi-bin/message/custom/send", body: func(i int) string { return send(one, "text", text(i)) },
			want: map[int]int{0: 5, 45047: n - 5}, sent: 5,
		},
		"consent to seven notices": {
			service: true,
			prepare: func(w *world) { no(w.t, w.Consent(w.t.Context(), members[0], fakeapi.DailyNotice, 7)) },
			path:    pathNotice,
			body: func(int) string {
				return `{"touser":` + one + `,"template_id":"` + fakeapi.DailyNotice + `","data":{"thing1":{"value":"x"},"date2":{"value":"2026年6月1日"},"thing4":{"value":"x"}}}`
			},
			want: map[int]int{0: 7, 43101: n - 7}, sent: 7,
		},
		"a hundred tags": {
			prepare: func(w *world) {
				for i := range 90 {
					w.post("/cgi-bin/tags/create", fmt.Sprintf(`{"tag":{"name":"old %d"}}`, i))
				}
			},
			path: "/cgi-bin/tags/create", body: func(i int) string { return fmt.Sprintf(`{"tag":{"name":"new %d"}}`, i) },
			want: map[int]int{0: 10, 45056: n - 10},
		},
	} {
		t.Run(name, func(t *testing.T) {
			store := fakeapi.NewMemory()
			a := open(t, fakeapi.Config{Service: c.service, Store: store})
			b := open(t, fakeapi.Config{Service: c.service, Store: store})
			a.signed("")
			b.token = a.token
			if c.prepare != nil {
				c.prepare(a)
			}
			replicas := []*world{a, b}
			codes := together(n, func(i int) int { return replicas[i%2].post(c.path, c.body(i)).code() })
			if fmt.Sprint(codes) != fmt.Sprint(c.want) {
				t.Errorf("%v, want %v", codes, c.want)
			}
			if sent := a.sent(); len(sent) != c.sent {
				t.Errorf("%d messages, want %d", len(sent), c.sent)
			}
			if events := len(a.heard()) + len(b.heard()); c.path != "/cgi-bin/message/custom/send" && events != c.sent {
				t.Errorf("%d events, want %d", events, c.sent)
			}
		})
	}
}

// All who ask at once for the stable token get the same one; of those who force it, one changes
// it and the others get what it has become.
func TestTokensForAllAtOnce(t *testing.T) {
	w := open(t, fakeapi.Config{})
	var mu sync.Mutex
	for _, force := range []bool{false, true} {
		tokens := map[string]bool{}
		together(20, func(int) int {
			token := w.newToken(force)
			mu.Lock()
			defer mu.Unlock()
			tokens[token] = true
			return 0
		})
		if len(tokens) != 1 {
			t.Errorf("force %t: %d tokens", force, len(tokens))
		}
		for token := range tokens {
			if code := w.takes(token); code != good {
				t.Errorf("force %t: %d", force, code)
			}
		}
	}
}

// Everything at once, for the race detector: calls, faults, what the page reads.
func TestEverythingAtOnce(t *testing.T) {
	w := open(t, fakeapi.Config{Service: true})
	w.signed("")
	routes := tableOfRoutes(t)
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for i := range routes {
				r := routes[(i+worker*7)%len(routes)]
				w.ask(r.method, w.signed(r.path), "application/json", "{}")
			}
		})
	}
	all.Go(func() {
		for range 50 {
			w.Fail(fakeapi.Fault{Path: "/cgi-bin/user", Code: 45009})
			_, _, _ = w.Faults(), w.Calls(), w.sent()
			if _, err := w.Menu(t.Context()); err != nil {
				t.Error(err)
			}
			if err := w.Interact(t.Context(), members[1], fakeapi.Tapped); err != nil {
				t.Error(err)
			}
			w.clock.add(time.Second)
			w.ClearFaults()
		}
	})
	all.Wait()
	w.heard()
}
