package main

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func TestProxies(t *testing.T) {
	type headers = map[string][]string
	for _, c := range []struct {
		about, trusted, peer string
		sent                 headers
		remote               string
		left                 string // names of the headers that stay
	}{
		{"nobody before us", "", "203.0.113.7:4711", nil, "203.0.113.7:4711", ""},
		{"its own word is worth nothing", "", "203.0.113.7:4711",
			headers{"X-Forwarded-For": {"198.51.100.1"}, "X-Forwarded-Proto": {"https"}, "X-Forwarded-Host": {"x"}, "Forwarded": {"for=1"}, "X-Real-Ip": {"1"}, "X-Forwarded-Port": {"443"}, "X-Forwarded-Server": {"x"}}, "203.0.113.7:4711", ""},
		{"nor that of one in this network", "", "10.1.2.3:4711", headers{"X-Forwarded-For": {"198.51.100.1"}}, "10.1.2.3:4711", ""},
		{"other headers stay", "", "203.0.113.7:4711", headers{"X-Real-Ip": {"1"}, "Accept": {"*/*"}}, "203.0.113.7:4711", "Accept"},
		{"a proxy on this machine", "", "127.0.0.1:4711", headers{"X-Forwarded-For": {"198.51.100.1"}, "X-Forwarded-Proto": {"https"}}, "198.51.100.1:0", "X-Forwarded-For X-Forwarded-Proto"},
		{"by IPv6", "", "[::1]:4711", headers{"X-Forwarded-For": {"2001:db8::7"}}, "[2001:db8::7]:0", "X-Forwarded-For"},
		{"what the browser claimed stands before it", "", "127.0.0.1:4711", headers{"X-Forwarded-For": {"192.0.2.66, 198.51.100.1"}}, "198.51.100.1:0", "X-Forwarded-For"},
		{"in lines of its own", "", "127.0.0.1:4711", headers{"X-Forwarded-For": {"192.0.2.66", "198.51.100.1"}}, "198.51.100.1:0", "X-Forwarded-For"},
		{"two of ours", "10.0.0.0/8", "10.0.0.2:4711", headers{"X-Forwarded-For": {"192.0.2.66, 198.51.100.1, 10.9.9.9"}}, "198.51.100.1:0", "X-Forwarded-For"},
		{"one of ours by its address", "10.0.0.2, ::ffff:192.0.2.1", "192.0.2.1:4711", headers{"X-Forwarded-For": {"198.51.100.1,10.0.0.2"}}, "198.51.100.1:0", "X-Forwarded-For"},
		{"written in IPv6", "10.0.0.2", "[::ffff:10.0.0.2]:4711", headers{"X-Forwarded-For": {"::ffff:198.51.100.1"}}, "198.51.100.1:0", "X-Forwarded-For"},
		{"with a port", "", "127.0.0.1:4711", headers{"X-Forwarded-For": {"198.51.100.1:999"}}, "198.51.100.1:0", "X-Forwarded-For"},
		{"with a port, IPv6", "", "127.0.0.1:4711", headers{"X-Forwarded-For": {"[2001:db8::7]:999"}}, "[2001:db8::7]:0", "X-Forwarded-For"},
		{"a browser on this machine, through a proxy here", "", "127.0.0.1:4711", headers{"X-Forwarded-For": {"127.0.0.1"}}, "127.0.0.1:0", "X-Forwarded-For"},
		{"nonsense", "", "127.0.0.1:4711", headers{"X-Forwarded-For": {"198.51.100.1, unknown"}}, "127.0.0.1:4711", "X-Forwarded-For"},
		{"empty", "", "127.0.0.1:4711", headers{"X-Forwarded-For": {""}}, "127.0.0.1:4711", "X-Forwarded-For"},
		{"nonsense before one of ours", "10.0.0.0/8", "127.0.0.1:4711", headers{"X-Forwarded-For": {"unknown, 10.0.0.2"}}, "10.0.0.2:0", "X-Forwarded-For"},
	} {
		p, err := parseProxies(c.trusted)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr, r.Header = c.peer, c.sent
		if r.Header == nil {
			r.Header = http.Header{}
		}
		var left []string
		p.handler(http.HandlerFunc(func(_ http.ResponseWriter, got *http.Request) {
			if got.RemoteAddr != c.remote {
				t.Errorf("%s: %s, want %s", c.about, got.RemoteAddr, c.remote)
			}
			for _, name := range append(forwarding, "Accept") {
				if _, there := got.Header[name]; there {
					left = append(left, name)
				}
			}
		})).ServeHTTP(httptest.NewRecorder(), r)
		if got := strings.Join(left, " "); got != c.left {
			t.Errorf("%s: %q is left, want %q", c.about, got, c.left)
		}
	}
	for _, text := range []string{"nginx", "10.0.0.0/40", "0.0.0.0/0", "::/0", "10.0.0.1;10.0.0.2"} {
		if _, err := parseProxies(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

// FuzzProxies: whatever a chain says, a request is of an address, and one of a
// stranger is the stranger's.
func FuzzProxies(f *testing.F) {
	f.Add("198.51.100.1, 10.0.0.2", "10.0.0.0/8")
	f.Add("[2001:db8::7%eth0]:1,,", "::1")
	f.Fuzz(func(t *testing.T, chain, trusted string) {
		p, err := parseProxies(trusted)
		if err != nil {
			return
		}
		for _, peer := range []string{"127.0.0.1:1", "203.0.113.7:1"} {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.RemoteAddr = peer
			r.Header["X-Forwarded-For"] = []string{chain}
			p.handler(http.HandlerFunc(func(_ http.ResponseWriter, got *http.Request) {
				if _, err := netip.ParseAddrPort(got.RemoteAddr); err != nil {
					t.Errorf("%q: %v", chain, err)
				}
				_, told := got.Header["X-Forwarded-For"]
				if !told && got.RemoteAddr != peer {
					t.Errorf("%q: it is of %s", chain, got.RemoteAddr)
				}
			})).ServeHTTP(httptest.NewRecorder(), r)
		}
	})
}
