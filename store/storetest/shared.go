package storetest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// Shared keeps servers for all tests of one package, since a cluster takes
// seconds to start. The zero value is ready; its tests must not run in parallel:
//
//	var servers storetest.Shared
//
//	func TestMain(m *testing.M) { os.Exit(servers.Run(m)) }
type Shared struct {
	mu      sync.Mutex
	redis   *Server
	cluster *ClusterServers
}

// Run runs the package's tests, stops the servers they shared, and sees that nothing is
// left running.
func (sh *Shared) Run(m *testing.M) (code int) {
	flag.Parse() // as m.Run would
	rapidRounds()
	func() {
		defer sh.close()
		code = m.Run()
	}()
	if code != 0 {
		return code
	}
	if left := leftRunning(); left != nil {
		fmt.Println(left)
		return 1
	}
	return 0
}

// leftRunning tells of goroutines that outlive the tests. Those that are ending get the
// time of a loaded machine.
func leftRunning() (left error) {
	for end := time.Now().Add(startTimeout); time.Now().Before(end); {
		if left = goleak.Find(); left == nil {
			return nil
		}
	}
	return left
}

// Redis returns the shared redis-server, emptied; it starts at first use.
func (sh *Shared) Redis(t testing.TB) *Server {
	t.Helper()
	Require(t, "redis-server")
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.redis == nil {
		s, err := launchTemp()
		if err != nil {
			t.Fatal(err)
		}
		sh.redis = s
	}
	sh.redis.flush(t)
	return sh.redis
}

// Cluster returns the shared cluster, emptied; it starts at first use.
func (sh *Shared) Cluster(t testing.TB) *ClusterServers {
	t.Helper()
	Require(t, "redis-server")
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.cluster == nil {
		c, err := launchCluster(masters, launchTemp)
		if err != nil {
			t.Fatal(err)
		}
		sh.cluster = c
	}
	for _, s := range sh.cluster.Servers {
		s.flush(t)
	}
	return sh.cluster
}

func (sh *Shared) close() {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	var all []*Server
	if sh.redis != nil {
		all = append(all, sh.redis)
	}
	if sh.cluster != nil {
		all = append(all, sh.cluster.Servers...)
	}
	for _, s := range all {
		s.Kill()
		_ = os.RemoveAll(s.Dir)
	}
}

func launchTemp(args ...string) (*Server, error) {
	dir, err := os.MkdirTemp("", "storetest-")
	if err != nil {
		return nil, err
	}
	s, err := launch(dir, args)
	if err != nil {
		_ = os.RemoveAll(dir)
	}
	return s, err
}

func (s *Server) flush(t testing.TB) {
	t.Helper()
	client := plainClient(s.Addr)
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	for _, cmd := range [][]any{{"flushall", "async"}, {"script", "flush"}} {
		if err := client.Do(ctx, cmd...).Err(); err != nil {
			t.Fatalf("empty the redis-server on %s: %v", s.Addr, err)
		}
	}
}
