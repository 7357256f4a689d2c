package sandbox

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// LoopbackOnly refuses requests that do not come from this machine itself:
//
//   - from another address;
//   - through a reverse proxy, to whom the proxy's address is no witness. One
//     that names neither the client nor the host that was asked for cannot be
//     told apart: /sandbox/ must not be forwarded;
//   - for another host: a page whose name was made to point here (DNS rebinding);
//   - to change something, from a page of another origin in a browser here.
func LoopbackOnly(next http.Handler) http.Handler {
	next = SameOrigin(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !loopback(r.RemoteAddr) || !loopbackHost(r.Host) || forwarded(r.Header) {
			refuse(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// SameOrigin refuses requests that would change something from a page of another
// origin. It is for a sandbox that was opened to other machines.
func SameOrigin(next http.Handler) http.Handler {
	sameOrigin := http.NewCrossOriginProtection()
	sameOrigin.SetDenyHandler(http.HandlerFunc(refuse))
	return sameOrigin.Handler(next)
}

func refuse(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, "沙盒只对本机开放", http.StatusForbidden)
}

// loopback reports whether "address:port" is of this machine.
func loopback(hostport string) bool {
	at, err := netip.ParseAddrPort(hostport)
	return err == nil && at.Addr().Unmap().IsLoopback()
}

// loopbackHost reports whether a Host header, with or without a port, names
// this machine without asking DNS.
func loopbackHost(header string) bool {
	host := header
	if name, _, err := net.SplitHostPort(header); err == nil {
		host = name
	} else if inner, ok := strings.CutPrefix(header, "["); ok {
		if host, ok = strings.CutSuffix(inner, "]"); !ok {
			return false
		}
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// forwarded reports whether a proxy has left its mark, be it an empty one.
func forwarded(h http.Header) bool {
	for name := range h {
		switch {
		case name == "Forwarded", name == "X-Real-Ip", name == "Via", strings.HasPrefix(name, "X-Forwarded-"):
			return true
		}
	}
	return false
}
