package store

import (
	"bytes"
	"testing"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
	"dangshi/store/storetest"
)

func backUp(t *testing.T, s *Store) []byte {
	t.Helper()
	return []byte(everything(t, s, lasting))
}

func restore(t *testing.T, client redis.UniversalClient, backup []byte, rename func(string) (string, bool)) {
	t.Helper()
	_, err := Restore(t.Context(), client, bytes.NewReader(backup), rename)
	must(t, err)
}

func (s *Store) mustErase(t *testing.T, id string) {
	t.Helper()
	record := get[quiz.Loaded](t)(s.Load(t.Context(), id, 0)).Record
	must(t, s.Erase(t.Context(), id, record.Version, 0, ""))
}

// checkLife compares what is there of a member with what its first message of
// this life was; 0: nothing may be there but replies.
func checkLife(t *testing.T, s *Store, id string, first uint64) {
	t.Helper()
	r := get[quiz.Loaded](t)(s.Load(t.Context(), id, 0)).Record
	if first != 0 {
		if !r.Seen(first) {
			t.Errorf("the life that began with message %d is not there: %+v", first, r)
		}
		return
	}
	for _, key := range traces(t, s, id) {
		if k, _, _, _ := parseKey(key); k.name != "reply" {
			t.Errorf("%s came back", key)
		}
	}
}

// A member has three lives; backups of each meet installations of each.
func TestRestoreHonoursErasures(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		begin := func(first uint64) {
			t.Helper()
			r := get[quiz.Loaded](t)(s.Commit(t.Context(), anID, change(quiz.Record{}, first, 1))).Record
			must(t, s.CommitPractice(t.Context(), anID, []byte("cards"), "", first, "r"))
			get[quiz.Loaded](t)(s.Commit(t.Context(), anID, change(r, first+1, 2)))
		}
		again := func(backup []byte, first uint64) {
			t.Helper()
			restore(t, s.client, backup, nil)
			checkLife(t, s, anID, first)
		}
		live(t, s, "neighbour")
		begin(100)
		firstLife := backUp(t, s)
		again(firstLife, 100)
		s.mustErase(t, anID)
		afterFirst := backUp(t, s)
		again(firstLife, 0)
		again(afterFirst, 0)
		begin(200)
		secondLife := backUp(t, s)
		again(firstLife, 200) // the old one does not replace the new one
		again(secondLife, 200)
		must(t, s.client.Del(t.Context(), memberKey(s.shard(anID), anID), logKey(s.shard(anID), "2026", anID)).Err()) // a fault, no erasure
		restore(t, s.client, firstLife, nil)
		if r := get[quiz.Loaded](t)(s.Load(t.Context(), anID, 0)).Record; r.Version != "" {
			t.Errorf("the first life takes the place of a lost second one: %+v", r)
		}
		again(secondLife, 200)
		s.mustErase(t, anID) // within the same millisecond or not
		for _, backup := range [][]byte{firstLife, afterFirst, secondLife} {
			again(backup, 0)
		}
		checkLife(t, s, "neighbour", 1)
	})
}

// What was erased on a cluster is not brought back by a backup of a single Redis
// and the other way round, and the tombstones move along.
func TestErasuresMoveBetweenShards(t *testing.T) {
	cluster := servers.Cluster(t).URL
	single := "redis://" + storetest.Miniredis(t).Addr() + "/0"
	ids := []string{"mover-a", "mover-b", "mover-c", "mover-d"}
	one := openTest(t, single)
	for _, id := range ids {
		live(t, one, id)
	}
	before := backUp(t, one)
	toCluster := func(key string) (string, bool) { return Rekey(key, ClusterShards) }
	toSingle := func(key string) (string, bool) { return Rekey(key, 1) }
	many := openTest(t, cluster)
	check := func(s *Store, gone int) {
		t.Helper()
		for i, id := range ids {
			checkLife(t, s, id, map[bool]uint64{true: 0, false: 2}[i < gone])
		}
	}
	move := func(backup []byte, to *Store, rename func(string) (string, bool)) {
		t.Helper()
		restore(t, to.client, backup, rename)
		setShards(t, to.client, to.Shards())
	}
	one.mustErase(t, ids[0])
	afterFirst := backUp(t, one)
	move(afterFirst, many, toCluster)
	many = openTest(t, cluster) // with the secret that came along
	check(many, 1)
	for i, id := range ids[1:3] {
		many.mustErase(t, id)
		check(many, i+2)
	}
	move(before, many, toCluster)
	check(many, 3)
	move(backUp(t, many), one, toSingle)
	stones := get[int64](t)(one.client.ZCard(t.Context(), erasedKey(0)).Result())
	if stones != 3 {
		t.Errorf("%d tombstones came back, not 3", stones)
	}
	for _, id := range ids[1:3] {
		one.mustErase(t, id) // what was there before the backup came stays until it is erased here
	}
	move(before, one, toSingle)
	check(one, 3)
}

// One is erased while a dump is read: whether the dump still has the member or
// not, restoring it there brings nobody back.
func TestEraseWhileDumping(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		for _, script := range []int{1, 2, 3} {
			s, other := openTest(t, url), openTest(t, url)
			live(t, s, anID)
			live(t, s, "neighbour")
			s.mustErase(t, "neighbour") // a tombstone to read
			n := 0
			s.client.AddHook(&beforeEval{do: func() {
				if n++; n == script {
					other.mustErase(t, anID)
				}
			}})
			backup := backUp(t, s)
			if n < script {
				t.Fatalf("the dump took %d scripts", n)
			}
			restore(t, other.client, backup, nil)
			checkLife(t, other, anID, 0)
		}
	})
}

// The file of the embedded store keeps the tombstones.
func TestEmbeddedKeepsTombstones(t *testing.T) {
	dir := t.TempDir()
	e := startEmbedded(t, dir, EmbeddedOptions{})
	s := openTest(t, e.URL())
	live(t, s, anID)
	before := backUp(t, s)
	s.mustErase(t, anID)
	must(t, s.Close(), e.Close())
	e = startEmbedded(t, dir, EmbeddedOptions{})
	again := openTest(t, e.URL())
	restore(t, again.client, before, nil)
	checkLife(t, again, anID, 0)
}
