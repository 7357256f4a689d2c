package storetest

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

// slots is the number of hash slots of a Redis Cluster.
const slots = 16384

// masters is how many of them share the slots.
const masters = 3

// ClusterServers are three masters that share the slots of one Redis Cluster, and
// where they were asked for, the replica of each.
type ClusterServers struct {
	Servers []*Server // the masters as they were started, then their replicas in the same order
	Addrs   []string  // of Servers, in order
	URL     string    // redis://127.0.0.1:p1,127.0.0.1:p2,127.0.0.1:p3/?cluster=true
}

// Cluster starts three masters of its own for t; all slots are served when it
// returns. Starting takes two seconds: where tests may share one, see Shared.
func Cluster(t testing.TB) *ClusterServers {
	t.Helper()
	Require(t, "redis-server")
	c, err := launchCluster(masters, ownServer(t))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// ownServer starts servers that end with t.
func ownServer(t testing.TB) starter {
	return func(args ...string) (*Server, error) {
		s, err := launch(t.TempDir(), args)
		if err == nil {
			t.Cleanup(s.Kill) // before the directory is removed
		}
		return s, err
	}
}

type starter func(args ...string) (*Server, error)

// Dialer is what go-redis takes as Options.Dialer.
type Dialer func(ctx context.Context, network, addr string) (net.Conn, error)

// FlakyDialer puts a proxy before each node, in the order of Servers. A cluster
// tells its clients the nodes' own addresses; a client with the dialer returned
// here reaches each of them through its proxy.
func (c *ClusterServers) FlakyDialer(t testing.TB, seed uint64) ([]*Proxy, Dialer) {
	t.Helper()
	var proxies []*Proxy
	through := map[string]string{}
	for i, addr := range c.Addrs {
		p := FlakyProxy(t, addr, seed+uint64(i))
		proxies = append(proxies, p)
		through[addr] = p.Addr
	}
	return proxies, func(ctx context.Context, network, addr string) (net.Conn, error) {
		if via, ok := through[addr]; ok {
			addr = via
		}
		var d net.Dialer
		return d.DialContext(ctx, network, addr)
	}
}

// launchCluster starts nodes, of which the first three are masters.
func launchCluster(nodes int, start starter, more ...string) (*ClusterServers, error) {
	c := &ClusterServers{}
	for range nodes {
		s, err := start(append([]string{"--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf"}, more...)...)
		if err != nil {
			c.kill()
			return nil, err
		}
		c.Servers = append(c.Servers, s)
		c.Addrs = append(c.Addrs, s.Addr)
	}
	c.URL = "redis://" + strings.Join(c.Addrs, ",") + "/?cluster=true"
	if err := c.join(); err != nil {
		c.kill()
		return nil, fmt.Errorf("form a cluster of %s: %w", strings.Join(c.Addrs, ", "), err)
	}
	return c, nil
}

func (c *ClusterServers) kill() {
	for _, s := range c.Servers {
		s.Kill()
	}
}

// join gives each master a third of the slots and introduces all to the first.
func (c *ClusterServers) join() error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	for i, s := range c.Servers {
		// Distinct epochs from the start, or the nodes would have to settle a
		// collision first.
		cmds := [][]any{{"cluster", "set-config-epoch", i + 1}}
		if i < masters {
			cmds = append(cmds, []any{"cluster", "addslotsrange", i * slots / masters, (i+1)*slots/masters - 1})
		}
		cmds = append(cmds, []any{"cluster", "meet", "127.0.0.1", c.Servers[0].port})
		client := plainClient(s.Addr)
		for _, cmd := range cmds {
			if err := client.Do(ctx, cmd...).Err(); err != nil {
				client.Close()
				return fmt.Errorf("%v on %s: %w", cmd, s.Addr, err)
			}
		}
		client.Close()
	}
	return c.AwaitOK(ctx)
}

// AwaitOK waits until every node sees every other one and all slots served.
func (c *ClusterServers) AwaitOK(ctx context.Context) error {
	for _, s := range c.Servers {
		if err := s.awaitClusterOK(ctx, len(c.Servers)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) awaitClusterOK(ctx context.Context, nodes int) error {
	client := plainClient(s.Addr)
	defer client.Close()
	want := []string{
		"cluster_state:ok",
		fmt.Sprintf("cluster_slots_ok:%d", slots),
		fmt.Sprintf("cluster_known_nodes:%d", nodes),
		fmt.Sprintf("cluster_size:%d", masters),
	}
	for {
		info, err := client.ClusterInfo(ctx).Result()
		if err == nil && containsLines(info, want) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the cluster does not settle (%w): %s", ctx.Err(), info)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func containsLines(text string, lines []string) bool {
	for _, l := range lines {
		if !strings.Contains(text, l+"\r\n") {
			return false
		}
	}
	return true
}
