package main

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// proxies are the machines whose word is taken for whom they ask. This machine
// itself is always among them: whoever runs programs here needs no lie.
type proxies []netip.Prefix

// loopbacks are the addresses of this machine itself.
var loopbacks = proxies{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// parseProxies reads addresses and networks (10.0.0.0/8), separated by commas.
func parseProxies(text string) (proxies, error) {
	all := slices.Clone(loopbacks)
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		p, err := netip.ParsePrefix(part)
		if a, lone := netip.ParseAddr(part); lone == nil {
			a = a.Unmap().WithZone("")
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		switch {
		case err != nil:
			return nil, fmt.Errorf("%q 不是地址或网段，例如 10.0.0.5 或 10.0.0.0/8", part)
		case p.Bits() == 0:
			return nil, fmt.Errorf("%q 是所有的地址：那样谁都可以冒充别人", part)
		}
		all = append(all, p.Masked())
	}
	return all, nil
}

// trusted reports whether an address is that of a proxy of ours.
func (p proxies) trusted(a netip.Addr) bool {
	return slices.ContainsFunc(p, func(net netip.Prefix) bool { return net.Contains(a) })
}

// forwarding are the headers by which proxies tell for whom they ask.
var forwarding = []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Server", "X-Real-Ip", "Forwarded"}

// handler lets next rely on what is in a request: RemoteAddr is whom a proxy of ours
// asks for, and no header tells of a proxy where none of ours is before us. Those of
// ours stay: that something was passed on must not be taken for this machine's own.
func (p proxies) handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !slices.ContainsFunc(forwarding, func(name string) bool { _, told := r.Header[name]; return told }) {
			next.ServeHTTP(w, r)
			return
		}
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil || !p.trusted(peer.Addr().Unmap().WithZone("")) {
			for _, name := range forwarding {
				r.Header.Del(name)
			}
		} else if a, ok := p.client(r.Header.Values("X-Forwarded-For")); ok {
			r.RemoteAddr = netip.AddrPortFrom(a, 0).String()
		}
		next.ServeHTTP(w, r)
	})
}

// client is the last address of the chain that is not a proxy of ours: what stands
// before it anybody may have written. Where all are ours it is the first; ok is false
// where one cannot be read that our proxies vouch for, or none is there.
func (p proxies) client(headers []string) (a netip.Addr, ok bool) {
	chain := strings.Split(strings.Join(headers, ","), ",")
	for _, told := range slices.Backward(chain) {
		next, valid := forwardedAddress(strings.TrimSpace(told))
		if !valid {
			return a, ok
		}
		a, ok = next, true
		if !p.trusted(a) {
			break
		}
	}
	return a, ok
}

// forwardedAddress is one address of the chain; some proxies add the port.
func forwardedAddress(told string) (netip.Addr, bool) {
	if a, err := netip.ParseAddr(strings.Trim(told, "[]")); err == nil {
		return a.Unmap().WithZone(""), true
	}
	at, err := netip.ParseAddrPort(told)
	return at.Addr().Unmap().WithZone(""), err == nil
}
