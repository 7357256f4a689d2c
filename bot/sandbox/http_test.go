package sandbox_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"dangshi/bot/sandbox"
)

func TestClockHandler(t *testing.T) {
	wall := began
	clock := clockAt(t, &wall, &shelf{})
	h := sandbox.LoopbackOnly(sandbox.ClockHandler(clock, &every{d: time.Hour, now: clock.Now}))
	for _, c := range []struct {
		method, from, body string
		status             int
		says               string
	}{
		{"POST", "127.0.0.1:9", `{"advance":"24h"}`, 200, `{"now":"2026-03-02T10:30:00Z"}`},
		{"POST", "[::1]:9", `{"advance":"90m"}`, 200, `{"now":"2026-03-02T12:00:00Z"}`},
		{"POST", "[::ffff:127.0.0.1]:9", `{"advance":"0s"}`, 200, `{"now":"2026-03-02T12:00:00Z"}`},
		{"POST", "192.0.2.1:9", `{"advance":"24h"}`, 403, "本机"},
		{"GET", "127.0.0.1:9", ``, 405, "POST"},
		{"POST", "127.0.0.1:9", `{"advance":"-1h"}`, 400, "24h"},
		{"POST", "127.0.0.1:9", `{"advance":"99999h"}`, 400, "24h"},
		{"POST", "127.0.0.1:9", `{"advance":24}`, 400, "advance"},
		{"POST", "127.0.0.1:9", `{"advence":"24h"}`, 400, "advance"},
		{"POST", "127.0.0.1:9", strings.Repeat(" ", 2000), 400, "advance"},
	} {
		r := httptest.NewRequest(c.method, "/sandbox/clock", strings.NewReader(c.body))
		r.RemoteAddr = c.from
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s %s from %s: %d %s, want %d %s", c.method, c.body, c.from, w.Code, w.Body, c.status, c.says)
		}
	}
}
