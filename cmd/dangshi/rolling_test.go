package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"dangshi/bot/wechat/peer"
	"dangshi/store/storetest"
)

// serveChild makes the re-executed test binary a serve.
const serveChild = "DANGSHI_TEST_SERVE"

// TestServeChild is no test: it is the process that the test below kills.
func TestServeChild(t *testing.T) {
	if os.Getenv(serveChild) == "" {
		t.Skip("only as the child of another test")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	os.Exit(Run(ctx, []string{"serve"}, os.Stdout, os.Stderr))
}

// TestRollingRestart: members answer through a plain TCP proxy while the replicas of
// serve behind it are killed and restarted in turn. WeChat repeats what came to
// nothing; no member reads of a fault, nothing is lost, nothing counts twice.
//
// DANGSHI_TEST_CLUSTER=n makes it four replicas and n turns.
func TestRollingRestart(t *testing.T) {
	s := defaults()
	s.RedisURL = servers.Cluster(t).URL
	judge := start(t, s) // is behind no proxy, and has the day's paper drawn
	replicas, turns := 2, 1
	if n, _ := strconv.Atoi(os.Getenv("DANGSHI_TEST_CLUSTER")); n > 0 {
		replicas, turns = 4, n
	}
	b := newBalancer(t)
	var behind []*servedReplica
	for range replicas {
		r := &servedReplica{url: s.RedisURL}
		behind = append(behind, r)
		r.begin(t, b)
	}
	c := newCrowd(t, "Rolling", &peer.Client{URL: "http://" + b.addr + "/wechat", Token: s.token(), HTTP: patient}, 8)
	// Now and then nobody is in the middle of an answer when one is killed.
	for turn := 0; turn < turns*replicas || turn < 60 && c.unanswered() == 0; turn++ {
		r := behind[turn%replicas]
		c.await(&c.told, 30)
		if (turn+turn/replicas)%2 == 0 {
			r.process.Kill() // and whatever it was about to answer
		} else if code := r.process.Stop(); code != exitDone {
			t.Errorf("SIGTERM: exit %d", code)
		}
		c.await(&c.told, 30)
		r.begin(t, b)
	}
	c.leave()
	ranked, lost := c.settle(judge)
	if len(lost) > 0 || c.faults > 0 {
		t.Errorf("%d faults were read; told and lost: %v", c.faults, lost)
	}
	if c.unanswered() == 0 {
		t.Error("no delivery came to nothing: nobody was killed in the middle of an answer")
	}
	verifyBoard(t, judge, ranked)
}

// servedReplica is a serve in a process of its own.
type servedReplica struct {
	url     string // of Redis
	addr    string // where it listens now; it is another one each time
	process *storetest.Process
}

// listening is how serve announces itself.
var listening = regexp.MustCompile(`http://localhost:(\d+)/wechat`)

// begin starts it and puts it behind the proxy when it is ready.
func (r *servedReplica) begin(t *testing.T, b *balancer) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(self, "-test.run=^TestServeChild$")
	child.Dir = t.TempDir()
	child.Env = append(os.Environ(), serveChild+"=1", "DANGSHI_REDIS_URL="+r.url, "DANGSHI_ADDR=127.0.0.1:0", "DANGSHI_DRAIN=200ms")
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	r.process = storetest.Spawn(t, child)
	lines := bufio.NewScanner(out)
	port := ""
	for port == "" && lines.Scan() {
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			port = m[1]
		}
	}
	if port == "" {
		t.Fatal("serve did not start")
	}
	go io.Copy(io.Discard, out)
	addr := net.JoinHostPort("127.0.0.1", port)
	eventually(t, "serve is ready", func() bool {
		resp, err := http.Get("http://" + addr + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	b.replace(r.addr, addr)
	r.addr = addr
}

// balancer is a plain TCP proxy: each connection goes to the next replica that
// takes it. It looks at nothing that passes.
type balancer struct {
	addr string
	mu   sync.Mutex
	to   []string
	turn int
}

func newBalancer(t *testing.T) *balancer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &balancer{addr: listener.Addr().String()}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go b.join(client)
		}
	})
	t.Cleanup(func() {
		listener.Close()
		serving.Wait()
	})
	return b
}

// replace puts a replica in the place of another, which may be none.
func (b *balancer) replace(old, addr string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, a := range b.to {
		if a == old {
			b.to[i] = addr
			return
		}
	}
	b.to = append(b.to, addr)
}

func (b *balancer) join(client net.Conn) {
	defer client.Close()
	b.mu.Lock()
	b.turn++
	all, turn := slices.Clone(b.to), b.turn
	b.mu.Unlock()
	for i := range all {
		server, err := net.DialTimeout("tcp", all[(turn+i)%len(all)], time.Second)
		if err != nil {
			continue
		}
		defer server.Close()
		go func() {
			_, _ = io.Copy(server, client)
			server.Close()
		}()
		_, _ = io.Copy(client, server)
		return
	}
}

// TestDrain: told to stop, serve first sends balancers away, and still answers
// whoever comes; each answer ends its connection.
func TestDrain(t *testing.T) {
	s := defaults()
	s.RedisURL = servers.Redis(t).URL
	s.Drain = maxDrain
	r := start(t, s)
	if status, _ := get(t, r.url+"/readyz"); status != http.StatusOK {
		t.Fatalf("ready: %d", status)
	}
	stopped := make(chan struct{})
	go func() { r.stop(); close(stopped) }()
	eventually(t, "readyz sends balancers away", func() bool {
		status, text := get(t, r.url+"/readyz")
		return status == http.StatusServiceUnavailable && strings.Contains(text, "正在停止")
	})
	mustSay(t, say(t, r.client(), "oDrain", "答题"), "第1题")
	resp, err := http.Get(r.url + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK || !resp.Close {
		t.Errorf("it lives: %d; the connection ends: %t", resp.StatusCode, resp.Close)
	}
	if err := r.server.Shutdown(t.Context()); err != nil { // as if the time were over
		t.Fatal(err)
	}
	<-stopped
}
