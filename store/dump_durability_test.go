package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
	"dangshi/store/storetest"
)

func TestDurability(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		want []string // parts of the warning, a line each; none: no warning
	}{
		{"append only", []string{"--appendonly", "yes"}, nil},
		{"nothing", nil, []string{"不保存数据"}},
		{"snapshots", []string{"--save", "3600 1"}, []string{"快照"}},
		{"evicting", []string{"--appendonly", "yes", "--maxmemory-policy", "allkeys-lru"}, []string{"allkeys-lru"}},
		{"evicting what expires", []string{"--appendonly", "yes", "--maxmemory-policy", "volatile-lru"}, []string{"推送的账本"}},
		{"both", []string{"--maxmemory-policy", "allkeys-random"}, []string{"不保存数据", "allkeys-random"}},
		{"a replica", []string{"--appendonly", "yes", "--replicaof", "127.0.0.1", "1"}, []string{"从节点"}},
		{"without CONFIG", []string{"--appendonly", "yes", "--rename-command", "CONFIG", ""}, nil},
		{"without CONFIG, not durable", []string{"--rename-command", "CONFIG", ""}, []string{"appendonly yes"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Durability(t.Context(), dumpClient(t, storetest.Redis(t, c.args...).Addr))
			must(t, err)
			checkWarning(t, got, c.want)
		})
	}
	t.Run("miniredis does not say", func(t *testing.T) {
		got, err := Durability(t.Context(), dumpClient(t, storetest.Miniredis(t).Addr()))
		must(t, err)
		checkWarning(t, got, []string{"不允许查看"})
	})
	t.Run("the disk refuses", func(t *testing.T) {
		server := storetest.Redis(t, "--appendonly", "yes", "--save", "3600 1")
		client := dumpClient(t, server.Addr)
		must(t, os.MkdirAll(filepath.Join(server.Dir, "dump.rdb", "in the way"), 0o700))
		must(t, client.Set(t.Context(), "x", "y", 0).Err(), client.BgSave(t.Context()).Err())
		var got string
		for range 600 {
			got, _ = Durability(t.Context(), client)
			if got != "" {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		checkWarning(t, got, []string{"rdb_last_bgsave_status:err"})
	})
	t.Run("not reached", func(t *testing.T) {
		s := storetest.Redis(t)
		s.Kill()
		if got, err := Durability(t.Context(), dumpClient(t, s.Addr)); err == nil {
			t.Fatalf("warning %q of a server that is down", got)
		}
	})
	t.Run("cluster", func(t *testing.T) {
		c := storetest.Cluster(t)
		must(t, dumpClient(t, c.Addrs[0]).ConfigSet(t.Context(), "appendonly", "yes").Err())
		client := redis.NewClusterClient(&redis.ClusterOptions{Addrs: c.Addrs})
		defer client.Close()
		got, err := Durability(t.Context(), client)
		must(t, err)
		if strings.Contains(got, c.Addrs[0]) || !strings.Contains(got, c.Addrs[1]+": ") || !strings.Contains(got, c.Addrs[2]+": ") {
			t.Fatal(got)
		}
	})
}

// TestDurabilityOf: a server is looked at before anything is begun there, and
// stays as empty.
func TestDurabilityOf(t *testing.T) {
	s := storetest.Redis(t)
	got, err := DurabilityOf(t.Context(), s.URL)
	must(t, err)
	checkWarning(t, got, []string{"不保存数据"})
	if n := dumpClient(t, s.Addr).DBSize(t.Context()).Val(); n != 0 {
		t.Errorf("it holds %d keys now", n)
	}
	if _, err := DurabilityOf(t.Context(), "http://x"); err == nil {
		t.Error("a wrong address is taken")
	}
	s.Kill()
	if got, err := DurabilityOf(t.Context(), s.URL); !errors.Is(err, quiz.ErrUnavailable) {
		t.Errorf("a server that is down: %q, %v", got, err)
	}
}

func checkWarning(t *testing.T, got string, want []string) {
	t.Helper()
	var lines []string
	if got != "" {
		lines = strings.Split(got, "\n")
	}
	if len(lines) != len(want) {
		t.Fatalf("%d warnings, want %d:\n%s", len(lines), len(want), got)
	}
	for i, part := range want {
		if !strings.Contains(lines[i], part) {
			t.Errorf("%q does not say %q", lines[i], part)
		}
	}
}
