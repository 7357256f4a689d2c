package storetest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"
)

var servers Shared

// childServer makes the re-executed test binary start a server and wait for its
// end.
const childServer = "STORETEST_CHILD_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(childServer) != "" {
		s, err := launchTemp()
		fmt.Println(s.Addr, s.Dir, err)
		select {}
	}
	logging.Disable() // go-redis reports each refused connection
	os.Exit(servers.Run(m))
}

func TestKillAndStartAgainKeepsPortAndData(t *testing.T) {
	s := Redis(t, "--appendonly", "yes", "--appendfsync", "always")
	client := plainClient(s.Addr)
	defer client.Close()
	if err := client.Set(t.Context(), "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	s.Kill()
	if err := client.Ping(t.Context()).Err(); err == nil {
		t.Fatal("a killed server answers")
	}
	s.Start(t)
	if got, err := client.Get(t.Context(), "k").Result(); got != "v" || err != nil {
		t.Fatalf("after the restart: %q, %v", got, err)
	}
	s.Stop()
	if !s.proc.exited() {
		t.Fatal("a stopped server is running")
	}
}

func TestWithoutPersistenceNothingIsKept(t *testing.T) {
	s := Redis(t)
	client := plainClient(s.Addr)
	defer client.Close()
	if err := client.Set(t.Context(), "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	s.Stop()
	s.Start(t)
	if err := client.Get(t.Context(), "k").Err(); !errors.Is(err, redis.Nil) {
		t.Fatalf("want redis.Nil, got %v", err)
	}
}

func TestClusterServesAllSlots(t *testing.T) {
	c := servers.Cluster(t)
	client := redis.NewClusterClient(&redis.ClusterOptions{Addrs: c.Addrs[:1]})
	defer client.Close()
	used := map[string]bool{}
	for i := range 100 {
		key := fmt.Sprintf("{s%02d}:k", i)
		if err := client.Set(t.Context(), key, i, 0).Err(); err != nil {
			t.Fatal(err)
		}
		node, err := client.MasterForKey(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		used[node.Options().Addr] = true
	}
	if len(used) != 3 {
		t.Fatalf("100 keys went to %d of 3 nodes", len(used))
	}
	// Keys of different slots must not be accepted together, as in production.
	if err := client.Eval(t.Context(), "return 1", []string{"{s00}:k", "{s01}:k"}).Err(); err == nil {
		t.Fatal("a script over two slots was accepted")
	}
	servers.Cluster(t) // empties it
	if n, err := client.DBSize(t.Context()).Result(); n != 0 || err != nil {
		t.Fatalf("the next test would find %d keys, %v", n, err)
	}
}

func TestServerDiesWithTheTestBinary(t *testing.T) {
	Require(t, "redis-server")
	if !hasDeathSignal {
		t.Skip("this system has no death signal")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(self)
	child.Env = append(os.Environ(), childServer+"=1")
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	proc := Spawn(t, child)
	line, err := bufio.NewReader(out).ReadString('\n')
	fields := strings.Fields(line)
	if err != nil || len(fields) != 3 || fields[2] != "<nil>" {
		t.Fatalf("the child said %q, %v", line, err)
	}
	defer os.RemoveAll(fields[1])
	proc.Kill()
	for start := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		conn, err := net.Dial("tcp", fields[0])
		if err != nil {
			return // refused: it is gone
		}
		conn.Close()
		if time.Since(start) > startTimeout {
			t.Fatal("the server outlived the test binary that started it")
		}
	}
}

func proxied(t *testing.T, p *Proxy) *redis.Client {
	client := redis.NewClient(&redis.Options{
		Addr: p.Addr, MaxRetries: -1, DialerRetries: 1, DisableIdentity: true,
		ContextTimeoutEnabled:    true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
	t.Cleanup(func() { client.Close() })
	return client
}

// TestProxyCuts counts on both sides: a request cut before was never carried
// out, one cut after was, and each of them is an error to the client.
func TestProxyCuts(t *testing.T) {
	for _, c := range []struct {
		name          string
		before, after float64
	}{{"none", 0, 0}, {"before", 0.3, 0}, {"after", 0, 0.3}, {"both", 0.2, 0.2}} {
		t.Run(c.name, func(t *testing.T) {
			s := servers.Redis(t)
			p := FlakyProxy(t, s.Addr, 7)
			client := proxied(t, p)
			p.SetRates(c.before, c.after)
			failed := 0
			for range 200 {
				if err := client.Incr(t.Context(), "n").Err(); err != nil {
					failed++
				}
			}
			direct := plainClient(s.Addr)
			defer direct.Close()
			n, err := direct.Get(t.Context(), "n").Int()
			if err != nil {
				t.Fatal(err)
			}
			cuts := p.Cuts()
			if (cuts.Before > 0) != (c.before > 0) || (cuts.After > 0) != (c.after > 0) {
				t.Fatalf("rates %v and %v, cuts %+v", c.before, c.after, cuts)
			}
			if failed != cuts.Before+cuts.After || n != 200-cuts.Before {
				t.Fatalf("%d errors and %d increments with cuts %+v", failed, n, cuts)
			}
		})
	}
}

func TestProxyRefuseAndBlackHole(t *testing.T) {
	s := servers.Redis(t)
	p := FlakyProxy(t, s.Addr, 1)
	client := proxied(t, p)
	ping := func(limit time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		defer cancel()
		return client.Ping(ctx).Err()
	}
	mustPing := func() {
		t.Helper()
		if err := client.Ping(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
	}
	mustPing()
	p.Refuse()
	_ = ping(startTimeout) // the pooled connection breaks
	if err := ping(startTimeout); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Fatalf("want a refused connection, got %v", err)
	}
	p.Heal(t)
	mustPing()
	p.BlackHole()
	if err := ping(200 * time.Millisecond); err == nil || errors.Is(err, syscall.ECONNREFUSED) {
		t.Fatalf("want a timeout, got %v", err)
	}
	p.Heal(t)
	mustPing()
}

func TestFlakyClusterIsReachedThroughItsProxies(t *testing.T) {
	c := servers.Cluster(t)
	proxies, dial := c.FlakyDialer(t, 3)
	client := redis.NewClusterClient(&redis.ClusterOptions{Addrs: c.Addrs, Dialer: dial, MaxRedirects: -1, DialerRetries: 1})
	defer client.Close()
	for i := range 30 {
		if err := client.Incr(t.Context(), fmt.Sprintf("k%d", i)).Err(); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range proxies {
		p.Refuse()
	}
	for i := range 30 {
		if err := client.Incr(t.Context(), fmt.Sprintf("k%d", i)).Err(); err == nil {
			t.Fatal("a node was reached past its proxy")
		}
	}
}

func TestMiniredisExpiresWhenItsClockIsMoved(t *testing.T) {
	m := Miniredis(t)
	client := plainClient(m.Addr())
	defer client.Close()
	now, err := client.Time(t.Context()).Result()
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Set(t.Context(), "k", "v", time.Minute).Err(); err != nil {
		t.Fatal(err)
	}
	if ttl, err := client.PTTL(t.Context(), "k").Result(); ttl != time.Minute || err != nil {
		t.Fatalf("the clock runs: %v left, %v", ttl, err)
	}
	m.SetTime(now.Add(time.Minute + time.Second))
	if err := client.Get(t.Context(), "k").Err(); !errors.Is(err, redis.Nil) {
		t.Fatalf("want redis.Nil, got %v", err)
	}
}
