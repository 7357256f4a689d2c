package store

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"dangshi/quiz"
	"dangshi/store/storetest"
)

// What befalls a cluster whose masters have replicas, one thing after the other:
// each commit is refused, unknown or done, and done once. The whole product under
// load is in cmd/dangshi.
func TestClusterFaults(t *testing.T) {
	cluster := storetest.ReplicatedCluster(t)
	for _, wait := range []int{0, 1} {
		s := get[*Store](t)(Open(t.Context(), Options{URL: cluster.URL, Sandbox: true, Timeout: patience, Wait: wait}))
		defer s.Close()
		f := clusterFaults{cluster, s, string(rune('a' + wait))}
		t.Run("slot on its way", f.slotOnItsWay)
		t.Run("too few replicas", f.tooFewReplicas)
		t.Run("handed over", f.handedOver)
	}
}

type clusterFaults struct {
	*storetest.ClusterServers
	s    *Store
	name string // of the members
}

// member is one of the i-th third of the slots.
func (f clusterFaults) member(t *testing.T, i int, name string) (id string, slot int64) {
	t.Helper()
	for n := range 1000 {
		id = f.name + name + strings.Repeat("x", n)
		slot = get[int64](t)(f.s.client.ClusterKeySlot(t.Context(), memberKey(f.s.shard(id), id)).Result())
		if master, _ := f.Pair(t, i); owns(t, master.Addr, slot) {
			return id, slot
		}
	}
	t.Fatal("no member")
	return "", 0
}

// once commits until it is known to be done, as the bot does.
func (f clusterFaults) once(t *testing.T, id string, r quiz.Record, day int) quiz.Record {
	t.Helper()
	c := change(r, uint64(day), int64(day))
	eventually(t, func() bool {
		loaded, err := f.s.Commit(t.Context(), id, c)
		if err == nil {
			r = loaded.Record
			return true
		}
		if !isOutcome(err) {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond)
		loaded, err = f.s.Load(t.Context(), id, c.Key)
		r = loaded.Record
		return err == nil && loaded.Record.Seen(c.Key)
	})
	return r
}

func (f clusterFaults) logged(t *testing.T, id string, days int) {
	t.Helper()
	if log := get[[]byte](t)(f.s.Log(t.Context(), id, "2026")); len(log) != 2*days {
		t.Errorf("%d commits wrote %d bytes of log", days, len(log))
	}
}

func (f clusterFaults) slotOnItsWay(t *testing.T) {
	id, slot := f.member(t, 0, "move")
	r := f.once(t, id, quiz.Record{}, 1)
	from, _ := f.Pair(t, 0)
	to, _ := f.Pair(t, 1)
	m := f.BeginMove(t, slot, from, to)
	for moved := true; moved; moved = m.Keys(t, 1) { // half of them, and at last all
		if _, err := f.s.Commit(t.Context(), id, change(r, 2, 2)); !errors.Is(err, quiz.ErrUnavailable) || !strings.Contains(err.Error(), "TRYAGAIN") {
			t.Fatalf("while the slot is on its way: %v", err)
		}
		// A script with one key is carried out on the side where the key is.
		if help, err := f.s.HelpOnce(t.Context(), id, 1, 7); f.s.wait == 0 && (err != nil || !help) || f.s.wait > 0 && err != nil && !errors.Is(err, quiz.ErrUnknown) {
			t.Fatalf("one key: %v, %v", help, err)
		}
	}
	m.End(t)
	f.once(t, id, r, 2)
	f.logged(t, id, 2)
	f.BeginMove(t, slot, to, from).End(t)
	f.logged(t, id, 2)
}

func (f clusterFaults) tooFewReplicas(t *testing.T) {
	id, _ := f.member(t, 0, "few")
	master, _ := f.Pair(t, 0)
	master.Do(t, "config", "set", "min-replicas-to-write", 2)
	if _, err := f.s.Commit(t.Context(), id, change(quiz.Record{}, 1, 1)); !errors.Is(err, quiz.ErrUnavailable) || !strings.Contains(err.Error(), "NOREPLICAS") {
		t.Error(err)
	}
	master.Do(t, "config", "set", "min-replicas-to-write", 0)
	f.once(t, id, quiz.Record{}, 1)
	f.logged(t, id, 1)
}

// handedOver: the master becomes a replica while commits go on; nothing is lost.
func (f clusterFaults) handedOver(t *testing.T) {
	id, _ := f.member(t, 0, "hand")
	r := f.once(t, id, quiz.Record{}, 1)
	_, replica := f.Pair(t, 0)
	over := make(chan struct{})
	var committing sync.WaitGroup
	days := 1
	committing.Go(func() {
		for days < 100 {
			days++
			r = f.once(t, id, r, days)
			select {
			case <-over:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	})
	f.HandOver(t, 0)
	close(over)
	committing.Wait()
	f.logged(t, id, days)
	if n := get[int64](t)(nodeOf(t, replica.Addr).Exists(t.Context(), memberKey(f.s.shard(id), id)).Result()); n != 1 {
		t.Error("the new master has no record")
	}
	f.AwaitInStep(t)
}
