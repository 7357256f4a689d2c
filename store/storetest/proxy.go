package storetest

import (
	"math/rand/v2"
	"net"
	"sync"
	"testing"
)

// maxConns bounds the connections that a Proxy serves at a time; more wait in
// the listener's queue.
const maxConns = 256

// Proxy stands on loopback before one server and, at random, breaks what passes
// through: before a request reaches the server, or after the server has carried
// it out and before its reply reaches the client, so that the write happened and
// the client cannot know. What a client sends in one write (a command or a
// pipeline) counts as one request; the handshake of a connection is never broken,
// so that the rates are those of real requests.
//
// A cluster's clients learn the nodes' own addresses: see FlakyDialer.
type Proxy struct {
	Addr string // 127.0.0.1:port, stays the same
	URL  string // redis://127.0.0.1:port/0

	target string
	seats  chan struct{}
	wg     sync.WaitGroup

	mu       sync.Mutex
	rng      *rand.Rand
	before   float64
	after    float64
	cuts     Cuts
	listener net.Listener // nil: connections are refused
	conns    map[*link]struct{}
	gate     chan struct{} // nil: bytes flow; else they wait until it is closed
	strike   *strike       // nil: none is to come
	closed   bool
}

// Cuts counts the connections that a Proxy has broken.
type Cuts struct {
	Before int // the request never reached the server
	After  int // the request was carried out, its reply was swallowed
}

// FlakyProxy starts a proxy before target (host:port) that at first breaks
// nothing. The seed decides which requests are broken.
func FlakyProxy(t testing.TB, target string, seed uint64) *Proxy {
	t.Helper()
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{
		Addr: loopback(port), URL: "redis://" + loopback(port) + "/0", target: target,
		seats: make(chan struct{}, maxConns), conns: map[*link]struct{}{},
		rng: rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)),
	}
	if err := p.listen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	return p
}

// SetRates sets with which probability (0 to 1) a request is cut off before it
// is forwarded, and after it was carried out.
func (p *Proxy) SetRates(before, after float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.before, p.after = before, after
}

// Cuts returns what was broken so far.
func (p *Proxy) Cuts() Cuts {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cuts
}

// BlackHole makes the network silent: connections stay open and new ones are
// accepted, yet no byte arrives on either side until Heal. Then what was held
// back is delivered, as TCP would.
func (p *Proxy) BlackHole() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.gate == nil {
		p.gate = make(chan struct{})
	}
}

// Refuse breaks all connections and refuses new ones until Heal.
func (p *Proxy) Refuse() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hangUp()
}

// Heal ends BlackHole and Refuse; the rates stay as they are.
func (p *Proxy) Heal(t testing.TB) {
	t.Helper()
	p.mu.Lock()
	p.openGate()
	down := p.listener == nil
	p.mu.Unlock()
	if !down {
		return
	}
	if err := p.listen(); err != nil {
		t.Fatal(err)
	}
}

func (p *Proxy) openGate() {
	if p.gate != nil {
		close(p.gate)
		p.gate = nil
	}
}

// hangUp closes the listener and all connections; p.mu is held.
func (p *Proxy) hangUp() {
	if p.listener != nil {
		p.listener.Close()
		p.listener = nil
	}
	for l := range p.conns {
		l.close()
	}
}

func (p *Proxy) close() {
	p.mu.Lock()
	p.closed = true
	p.openGate()
	p.hangUp()
	p.mu.Unlock()
	p.wg.Wait()
}

func (p *Proxy) listen() error {
	l, err := net.Listen("tcp", p.Addr)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.listener = l
	p.wg.Go(func() { p.accept(l) })
	return nil
}

func (p *Proxy) accept(l net.Listener) {
	for {
		p.seats <- struct{}{}
		client, err := l.Accept()
		if err != nil {
			<-p.seats
			return
		}
		p.wg.Go(func() {
			defer func() { <-p.seats }()
			p.serve(l, client)
		})
	}
}

// link is one connection through the proxy, both of its halves.
type link struct {
	client, server net.Conn
	swallow        sync.Mutex // guards swallowing
	swallowing     bool       // the next reply is the last thing that happens here
	last           func()     // done then; may be nil
}

func (l *link) close() {
	l.client.Close()
	l.server.Close()
}

func (p *Proxy) serve(from net.Listener, client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		return // as if the server had hung up
	}
	l := &link{client: client, server: server}
	defer l.close()
	if !p.admit(from, l) {
		return
	}
	var pumps sync.WaitGroup
	pumps.Go(func() { defer l.close(); p.requests(l) })
	pumps.Go(func() { defer l.close(); p.replies(l) })
	pumps.Wait()
	p.mu.Lock()
	delete(p.conns, l)
	p.mu.Unlock()
}

// admit registers a link unless its listener has been closed meanwhile.
func (p *Proxy) admit(from net.Listener, l *link) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.listener != from {
		return false
	}
	p.conns[l] = struct{}{}
	return true
}

func (p *Proxy) requests(l *link) {
	buf := make([]byte, 64<<10)
	for {
		n, err := l.client.Read(buf)
		if err != nil {
			return
		}
		p.wait()
		cut, do := p.draw(buf[:n])
		switch cut {
		case cutBefore:
			if do != nil {
				do()
			}
			return
		case cutAfter:
			l.swallow.Lock()
			l.swallowing, l.last = true, do
			l.swallow.Unlock()
		}
		if _, err := l.server.Write(buf[:n]); err != nil {
			return
		}
	}
}

// replies forwards what the server says. The first reply to a request that is
// cut afterwards tells that the server has carried it out: only then the
// client's connection breaks.
func (p *Proxy) replies(l *link) {
	buf := make([]byte, 64<<10)
	for {
		n, err := l.server.Read(buf)
		if err != nil {
			return
		}
		p.wait()
		l.swallow.Lock()
		swallowing, last := l.swallowing, l.last
		l.swallow.Unlock()
		if swallowing {
			if last != nil {
				last()
			}
			p.mu.Lock()
			p.cuts.After++
			p.mu.Unlock()
			return
		}
		if _, err := l.client.Write(buf[:n]); err != nil {
			return
		}
	}
}

// wait holds bytes back while the network is silent.
func (p *Proxy) wait() {
	p.mu.Lock()
	gate := p.gate
	p.mu.Unlock()
	if gate != nil {
		<-gate
	}
}
