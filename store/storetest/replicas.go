package storetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// nodeTimeout is after how many milliseconds without a sign of life the nodes take
// one of them for failed; a replica takes over a second or so later.
const nodeTimeout = "1000"

// ReplicatedCluster starts three masters and the replica of each, for t alone: what
// befalls it is for no other test. They write append-only files, as in earnest.
// When it returns, all slots are served and every replica is in step.
func ReplicatedCluster(t testing.TB) *ClusterServers {
	t.Helper()
	Require(t, "redis-server")
	c, err := launchCluster(2*masters, ownServer(t),
		"--appendonly", "yes", "--cluster-node-timeout", nodeTimeout, "--cluster-require-full-coverage", "no",
		"--cluster-replica-validity-factor", "0", // one that lost touch takes over all the same
		"--cluster-allow-replica-migration", "no", "--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	for i := range masters {
		if err := c.replicate(ctx, c.Servers[masters+i], c.Servers[i]); err != nil {
			t.Fatal(err)
		}
	}
	c.AwaitInStep(t)
	return c
}

func (c *ClusterServers) replicate(ctx context.Context, replica, master *Server) error {
	id, err := ask(ctx, master, "cluster", "myid")
	if err != nil {
		return err
	}
	if _, err = ask(ctx, replica, "cluster", "replicate", id); err != nil {
		return fmt.Errorf("%s replicates %s: %w", replica.Addr, master.Addr, err)
	}
	return nil
}

// ask sends one command to one node.
func ask(ctx context.Context, s *Server, command ...any) (string, error) {
	client := plainClient(s.Addr)
	defer client.Close()
	answer, err := client.Do(ctx, command...).Result()
	return fmt.Sprint(answer), err
}

// Do sends one command to one node.
func (s *Server) Do(t testing.TB, command ...any) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), startTimeout)
	defer cancel()
	answer, err := ask(ctx, s, command...)
	if err != nil {
		t.Fatalf("%v on %s: %v", command, s.Addr, err)
	}
	return answer
}

// Pair are a master and its replica as they are now, of the i-th third of the slots.
func (c *ClusterServers) Pair(t testing.TB, i int) (master, replica *Server) {
	t.Helper()
	one, other := c.Servers[i], c.Servers[masters+i]
	if c.role(t, one) == "master" {
		return one, other
	}
	return other, one
}

func (c *ClusterServers) role(t testing.TB, s *Server) string {
	t.Helper()
	_, role, _ := strings.Cut(s.Do(t, "info", "replication"), "role:")
	role, _, _ = strings.Cut(role, "\r\n")
	return role
}

// AwaitMaster waits until s has taken over, and all slots are served again.
func (c *ClusterServers) AwaitMaster(t testing.TB, s *Server) {
	t.Helper()
	await(t, s.Addr+" takes over", func(ctx context.Context) bool {
		role, err := ask(ctx, s, "info", "replication")
		info, err2 := ask(ctx, s, "cluster", "info")
		return err == nil && err2 == nil && strings.Contains(role, "role:master") && strings.Contains(info, "cluster_state:ok")
	})
}

// HandOver lets the replica of the i-th third of the slots take over in order, while
// its master lives: nothing that the master has confirmed is lost.
func (c *ClusterServers) HandOver(t testing.TB, i int) {
	t.Helper()
	_, replica := c.Pair(t, i)
	asked := time.Time{}
	await(t, replica.Addr+" takes over", func(ctx context.Context) bool {
		if time.Since(asked) > 2*time.Second { // it is refused while the masters have older news of the slots
			asked = time.Now()
			_, _ = ask(ctx, replica, "cluster", "failover")
		}
		role, err := ask(ctx, replica, "info", "replication")
		return err == nil && strings.Contains(role, "role:master")
	})
	c.AwaitMaster(t, replica)
}

// AwaitInStep waits until every master has a replica that has all it wrote.
func (c *ClusterServers) AwaitInStep(t testing.TB) {
	t.Helper()
	for _, s := range c.Servers {
		await(t, s.Addr+" is in step", func(ctx context.Context) bool {
			info, err := ask(ctx, s, "info", "replication")
			if err != nil {
				return false
			}
			if strings.Contains(info, "role:slave") {
				return strings.Contains(info, "master_link_status:up")
			}
			return strings.Contains(info, "connected_slaves:1") && strings.Contains(info, "state=online")
		})
	}
}

func await(t testing.TB, what string, done func(context.Context) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), startTimeout)
	defer cancel()
	for !done(ctx) {
		select {
		case <-ctx.Done():
			t.Fatalf("%s: it does not come to that", what)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Move is a slot on its way from one master to another, as redis-cli --cluster
// reshard does it, but step by step.
type Move struct {
	c        *ClusterServers
	Slot     int64
	from, to *Server
}

// BeginMove opens the slot on both sides: from now on keys that are not there any
// more are asked for at the other one (ASK), and commands with several keys of
// which some are missing are put off (TRYAGAIN).
func (c *ClusterServers) BeginMove(t testing.TB, slot int64, from, to *Server) *Move {
	t.Helper()
	to.setSlot(t, slot, "importing", from.Do(t, "cluster", "myid"))
	from.setSlot(t, slot, "migrating", to.Do(t, "cluster", "myid"))
	return &Move{c, slot, from, to}
}

// setSlot is repeated until it is taken: a node may not have heard yet that another
// has become a master.
func (s *Server) setSlot(t testing.TB, slot int64, state, node string) {
	t.Helper()
	await(t, fmt.Sprintf("slot %d %s on %s", slot, state, s.Addr), func(ctx context.Context) bool {
		_, err := ask(ctx, s, "cluster", "setslot", slot, state, node)
		return err == nil
	})
}

// Keys moves up to n of the slot's keys; it reports whether there were any.
func (m *Move) Keys(t testing.TB, n int) bool {
	t.Helper()
	client := plainClient(m.from.Addr)
	defer client.Close()
	keys, err := client.ClusterGetKeysInSlot(t.Context(), int(m.Slot), n).Result()
	if err != nil {
		t.Fatal(err)
	}
	if len(keys) == 0 {
		return false
	}
	command := []any{"migrate", "127.0.0.1", m.to.port, "", 0, startTimeout.Milliseconds(), "keys"}
	for _, k := range keys {
		command = append(command, k)
	}
	if err := client.Do(t.Context(), command...).Err(); err != nil && !redis.HasErrorPrefix(err, "NOKEY") {
		t.Fatal(err)
	}
	return true
}

// End moves what is left and hands the slot over.
func (m *Move) End(t testing.TB) {
	t.Helper()
	for m.Keys(t, 100) {
	}
	id := m.to.Do(t, "cluster", "myid")
	for _, s := range []*Server{m.to, m.from} {
		s.setSlot(t, m.Slot, "node", id)
	}
}
