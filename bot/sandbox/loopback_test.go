package sandbox_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"dangshi/bot/sandbox"
)

func TestLoopbackOnly(t *testing.T) {
	const here = "127.0.0.1:50000"
	type headers = map[string]string
	for _, c := range []struct {
		name, method, from, host string
		headers                  headers
		open                     bool
	}{
		{"a shell", "POST", here, "localhost:8080", nil, true},
		{"IPv6", "POST", "[::1]:50000", "[::1]:8080", nil, true},
		{"IPv4 in IPv6", "POST", "[::ffff:127.0.0.1]:50000", "127.0.0.1:8080", nil, true},
		{"another loopback address", "POST", "127.8.8.8:50000", "127.8.8.8", nil, true},
		{"without a port", "GET", here, "LOCALHOST", nil, true},
		{"IPv6 without a port", "GET", here, "[::1]", nil, true},

		{"another machine", "POST", "192.0.2.1:50000", "localhost:8080", nil, false},
		{"another machine, IPv6", "GET", "[2001:db8::1]:50000", "localhost:8080", nil, false},
		{"no address", "GET", "@", "localhost:8080", nil, false},
		{"empty address", "GET", "", "localhost:8080", nil, false},

		{"a proxy: Forwarded", "GET", here, "localhost:8080", headers{"Forwarded": "for=192.0.2.1"}, false},
		{"a proxy: X-Forwarded-For", "GET", here, "localhost:8080", headers{"X-Forwarded-For": "127.0.0.1"}, false},
		{"a proxy: empty", "GET", here, "localhost:8080", headers{"x-forwarded-for": ""}, false},
		{"a proxy: X-Forwarded-Host", "GET", here, "localhost:8080", headers{"X-Forwarded-Host": "example.org"}, false},
		{"a proxy: X-Real-IP", "GET", here, "localhost:8080", headers{"X-Real-IP": "192.0.2.1"}, false},
		{"a proxy: Via", "GET", here, "localhost:8080", headers{"Via": "1.1 proxy"}, false},

		{"a name that points here", "GET", here, "evil.example:8080", nil, false},
		{"a name that begins well", "GET", here, "localhost.evil.example", nil, false},
		{"an address that begins well", "GET", here, "127.0.0.1.evil.example:8080", nil, false},
		{"an address of this network", "GET", here, "192.0.2.7:8080", nil, false},
		{"any address", "GET", here, "0.0.0.0:8080", nil, false},
		{"no host", "GET", here, "", nil, false},
		{"only a port", "GET", here, ":8080", nil, false},
		{"half a host", "GET", here, "[::1", nil, false},

		{"a page's form", "POST", here, "localhost:8080", headers{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, false},
		{"a page of another port", "POST", here, "localhost:8080", headers{"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:3000"}, false},
		{"an old browser", "POST", here, "localhost:8080", headers{"Origin": "http://evil.example"}, false},
		{"a page without origin", "POST", here, "localhost:8080", headers{"Origin": "null"}, false},
		{"the phone page itself", "POST", here, "localhost:8080", headers{"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost:8080"}, true},
		{"the phone page in an old browser", "POST", here, "localhost:8080", headers{"Origin": "http://localhost:8080"}, true},
		{"a link to the phone page", "GET", here, "localhost:8080", headers{"Sec-Fetch-Site": "cross-site"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			entered := false
			h := sandbox.LoopbackOnly(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { entered = true }))
			r := httptest.NewRequest(c.method, "/sandbox/clock", nil)
			r.RemoteAddr, r.Host = c.from, c.host
			for name, value := range c.headers {
				r.Header.Set(name, value)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if entered != c.open {
				t.Errorf("let in: %t, want %t", entered, c.open)
			}
			if !c.open && (w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "本机")) {
				t.Errorf("refused with %d %s", w.Code, w.Body)
			}
		})
	}
}
