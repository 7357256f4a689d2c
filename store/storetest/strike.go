package storetest

import "regexp"

// strike is what happens at one request that passes a Proxy.
type strike struct {
	left  int // requests that pass before
	after bool
	do    func()
}

// Strike lets n requests pass and calls do at the next one: before it reaches the
// server or, with after, when the server has carried it out and its reply is on the
// way. Then the connection breaks. This is where a process dies in the middle of
// what it does, when do kills it.
func (p *Proxy) Strike(n int, after bool, do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.strike = &strike{left: n, after: after, do: do}
}

// Spare calls off a Strike whose request has not come yet, and reports whether it
// had come.
func (p *Proxy) Spare() (struck bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	struck = p.strike == nil
	p.strike = nil
	return struck
}

// strikes is the strike that the next request brings on; p.mu is held.
func (p *Proxy) strikes() *strike {
	s := p.strike
	if s == nil {
		return nil
	}
	if s.left > 0 {
		s.left--
		return nil
	}
	p.strike = nil
	return s
}

type cut int

const (
	cutNone cut = iota
	cutBefore
	cutAfter
)

// handshake matches the commands with which a client begins a connection.
var handshake = regexp.MustCompile(`(?i)^\*\d+\r\n\$\d+\r\n(hello|auth|select|client|readonly)\r\n`)

// draw decides what becomes of a request; do is what else happens then, or nil.
func (p *Proxy) draw(request []byte) (c cut, do func()) {
	if handshake.Match(request) {
		return cutNone, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.strikes(); s != nil {
		if s.after {
			return cutAfter, s.do
		}
		p.cuts.Before++
		return cutBefore, s.do
	}
	switch x := p.rng.Float64(); {
	case x < p.before:
		p.cuts.Before++
		return cutBefore, nil
	case x < p.before+p.after:
		return cutAfter, nil
	}
	return cutNone, nil
}
