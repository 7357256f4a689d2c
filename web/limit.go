package web

import (
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How fast one address may ask. A hall full of people who try their certificates
// behind one address goes unhindered; whoever tries codes does not get far, and
// with 80 bits never finds one.
const (
	limitBurst  = 120
	limitSecond = 2
	limitKnown  = 20_000 // addresses that are remembered, some 100 bytes each
)

// limiter is one replica's own.
type limiter struct {
	mu    sync.Mutex
	known map[netip.Addr]*rate.Limiter
}

func newLimiter() *limiter { return &limiter{known: make(map[netip.Addr]*rate.Limiter)} }

// allow counts a request of an address at now and reports whether it is within
// the limit.
func (l *limiter) allow(a netip.Addr, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	x := l.known[a]
	if x == nil {
		l.makeRoom(now)
		x = rate.NewLimiter(limitSecond, limitBurst)
		l.known[a] = x
	}
	return x.AllowN(now, 1)
}

// makeRoom forgets those who have their whole burst again, or everybody where
// that is nobody.
func (l *limiter) makeRoom(now time.Time) {
	if len(l.known) < limitKnown {
		return
	}
	for a, x := range l.known {
		if x.TokensAt(now) >= limitBurst {
			delete(l.known, a)
		}
	}
	if len(l.known) >= limitKnown {
		clear(l.known)
	}
}

// Address is whom a request comes from: of IPv6 the network, which one subscriber
// has whole. Whom a proxy asks for has been put in place of the proxy before.
func Address(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	a := peer.Addr().Unmap().WithZone("")
	if p, err := a.Prefix(64); a.Is6() && err == nil {
		return p.Addr()
	}
	return a
}
