package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
	"dangshi/store/storetest"
)

// A slot that was moved to another master is found, and the commit is carried
// out once.
func TestSlotMoves(t *testing.T) {
	cluster := storetest.Cluster(t)
	s := openTest(t, cluster.URL)
	shard := s.shard("moved")
	slot := get[int64](t)(s.client.ClusterKeySlot(t.Context(), memberKey(shard, "moved")).Result())
	owner := slices.IndexFunc(cluster.Addrs, func(addr string) bool {
		return owns(t, addr, slot)
	})
	target := cluster.Addrs[(owner+1)%len(cluster.Addrs)]
	id := get[string](t)(nodeOf(t, target).Do(t.Context(), "cluster", "myid").Text())
	for _, addr := range []string{target, cluster.Addrs[owner], cluster.Addrs[(owner+2)%len(cluster.Addrs)]} {
		if err := nodeOf(t, addr).Do(t.Context(), "cluster", "setslot", slot, "node", id).Err(); err != nil {
			t.Fatal(err)
		}
	}
	r := get[quiz.Loaded](t)(s.Commit(t.Context(), "moved", change(quiz.Record{}, 1, 1))).Record
	get[quiz.Loaded](t)(s.Commit(t.Context(), "moved", change(r, 2, 2)))
	if n := get[int64](t)(nodeOf(t, target).ClusterCountKeysInSlot(t.Context(), int(slot)).Result()); n != 5 {
		t.Errorf("the new master has %d keys, want record, log, board and two replies", n)
	}
	if log := get[[]byte](t)(s.Log(t.Context(), "moved", "2026")); len(log) != 4 {
		t.Errorf("two commits wrote %d bytes of log", len(log))
	}
}

func nodeOf(t testing.TB, addr string) *redis.Client {
	t.Helper()
	c := redis.NewClient(&redis.Options{Addr: addr, MaintNotificationsConfig: withoutMaintenance()})
	t.Cleanup(func() { c.Close() })
	return c
}

// owns reports whether a node serves a slot itself.
func owns(t *testing.T, addr string, slot int64) bool {
	t.Helper()
	for _, shard := range get[[]redis.ClusterShard](t)(nodeOf(t, addr).ClusterShards(t.Context()).Result()) {
		for _, r := range shard.Slots {
			if r.Start <= slot && slot <= r.End {
				return strings.HasSuffix(addr, fmt.Sprint(":", shard.Nodes[0].Port))
			}
		}
	}
	return false
}

// Every master serves some of the shards.
func TestShardsAreSpread(t *testing.T) {
	cluster := servers.Cluster(t)
	s := openTest(t, cluster.URL)
	served := map[string]int{}
	for shard := range s.Shards() {
		slot := get[int64](t)(s.client.ClusterKeySlot(t.Context(), genKey(shard)).Result())
		for _, addr := range cluster.Addrs {
			if owns(t, addr, slot) {
				served[addr]++
			}
		}
	}
	for _, addr := range cluster.Addrs {
		if served[addr] < ClusterShards/5 {
			t.Errorf("the shards are spread unevenly: %v", served)
		}
	}
}

// One master of three is gone: members of its shards are told so, the others
// are served.
func TestOneMasterGone(t *testing.T) {
	cluster := storetest.Cluster(t)
	for _, srv := range cluster.Servers { // else the cluster stops as a whole
		if err := nodeOf(t, srv.Addr).ConfigSet(t.Context(), "cluster-require-full-coverage", "no").Err(); err != nil {
			t.Fatal(err)
		}
	}
	s := openTest(t, cluster.URL)
	gone := cluster.Addrs[2]
	var lost, kept []string
	for i := range 26 {
		id := string(rune('a' + i))
		slot := get[int64](t)(s.client.ClusterKeySlot(t.Context(), memberKey(s.shard(id), id)).Result())
		if owns(t, gone, slot) {
			lost = append(lost, id)
		} else {
			kept = append(kept, id)
		}
	}
	cluster.Servers[2].Kill()
	for _, id := range kept {
		get[quiz.Loaded](t)(s.Commit(t.Context(), id, change(quiz.Record{}, 1, 1)))
	}
	for _, id := range lost {
		if _, err := s.Commit(t.Context(), id, change(quiz.Record{}, 1, 1)); !isOutcome(err) {
			t.Errorf("%s: %v", id, err)
		}
	}
	if len(lost) == 0 || len(kept) == 0 {
		t.Fatalf("lost %v, kept %v", lost, kept)
	}
	if _, _, err := s.Rank(t.Context(), "2026", 1); err == nil {
		t.Error("a rank without a third of the members")
	}
	cluster.Servers[2].Start(t)
	if err := cluster.AwaitOK(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, id := range lost {
		eventually(t, func() bool {
			_, err := s.Commit(t.Context(), id, change(quiz.Record{}, 1, 1))
			return err == nil || errors.Is(err, quiz.ErrConflict) // counted by one that timed out
		})
	}
	if _, total, err := s.Rank(t.Context(), "2026", 1); total != 26 || err != nil {
		t.Errorf("%d members on the board, %v", total, err)
	}
}
