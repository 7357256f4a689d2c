package store

import (
	"bytes"
	"context"
	"errors"
	"hash/maphash"
	"io"
	"os"
	"slices"
	"testing"
	"time"

	"dangshi/quiz"
	"dangshi/store/storetest"
)

// Openids that were moved halfway are backed up as they are: with the same table the
// move goes on elsewhere.
func TestBackupOfHalfAMove(t *testing.T) {
	all := places(t)
	w := newRekeyed(t, all["redis"](), 8)
	moves := w.moves(1)
	if _, _, err := w.process(t, moves, 60, false); !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	if _, err := w.s.notRekeying(t.Context()); !errors.Is(err, ErrRekeying) {
		t.Fatal(err)
	}
	w.url = all["cluster"]()
	backup := mustBackUp(t, w.s)
	get[Restored](t)(RestoreBackup(t.Context(), bytes.NewReader(backup), RestoreOptions{Target: at(w.url), Sandbox: true, Timeout: patience}))
	w.s = openTest(t, w.url)
	if _, _, err := w.process(t, moves, 0, false); err != nil {
		t.Fatal(err)
	}
	for i, m := range moves {
		w.ids[i] = m.New
		if w.has(t, m.Old) {
			t.Errorf("%s is there twice", m.New)
		}
	}
	w.whole(t)
}

// Where members are moved, or a season begins, while a backup is made, it is made
// again, and the file holds everyone.
func TestBackupAgainWhereSomethingMoves(t *testing.T) {
	w := newRekeyed(t, places(t)["redis"](), 8)
	folder := t.TempDir()
	save := func(name string, meanwhile func()) BackupInfo {
		t.Helper()
		tries := 0
		info := get[BackupInfo](t)(w.s.SaveBackup(t.Context(), folder+"/"+name, BackupOptions{At: backupTime, Wait: time.Millisecond, Progress: func(n int) {
			if n <= len(w.ids) && tries == 0 {
				meanwhile()
			}
			tries++
		}}))
		if tries < 2 {
			t.Errorf("%s was made once", name)
		}
		return info
	}
	save("moved.resp.gz", func() {
		if _, _, err := w.process(t, w.moves(1), 0, false); err != nil {
			t.Error(err)
		}
	})
	for i, m := range w.moves(1) {
		w.ids[i] = m.New
	}
	info := save("season.resp.gz", func() {
		get[quiz.Terms](t)(w.s.BeginSeason(t.Context(), "2027", quiz.Terms{From: testDay + 365, Weights: quiz.DefaultWeights}))
	})
	if info.Members() != len(w.ids) {
		t.Errorf("%d members are in the backup", info.Members())
	}
	for _, name := range []string{"/moved.resp.gz", "/season.resp.gz"} {
		url := places(t)["miniredis"]()
		mustRestoreBackup(t, url, get[[]byte](t)(os.ReadFile(folder+name)))
		there := &rekeyed{s: openTest(t, url), season: w.season, ids: w.ids, began: w.began, totals: w.totals, streaks: w.streaks}
		there.whole(t)
	}
}

// While slots of a cluster are on their way no backup is made: a key may be seen on
// neither node.
func TestBackupWhileSlotsMove(t *testing.T) {
	c := servers.Cluster(t)
	s, _ := backedUp(t, c.URL, 4)
	ctx := t.Context()
	nodes := get[[]string](t)(nodesOf(ctx, s))
	from, err := masters(ctx, s.client)
	must(t, err)
	slot := get[int64](t)(s.client.ClusterKeySlot(ctx, pinKey()).Result())
	done := false
	for i, node := range from {
		// Only its owner takes it.
		to := (i + 1) % len(nodes)
		if node.Do(ctx, "cluster", "setslot", slot, "migrating", nodes[to]).Err() != nil {
			continue
		}
		must(t, from[to].Do(ctx, "cluster", "setslot", slot, "importing", nodes[i]).Err())
		done = true
		if _, err := s.Backup(ctx, io.Discard, BackupOptions{At: backupTime}); !errors.Is(err, ErrMoving) {
			t.Errorf("while a slot is on its way: %v", err)
		}
		must(t, node.Do(ctx, "cluster", "setslot", slot, "stable").Err(), from[to].Do(ctx, "cluster", "setslot", slot, "stable").Err())
	}
	if !done {
		t.Fatal("no node has the slot")
	}
	mustBackUp(t, s)
}

// nodesOf are the ids of the masters, in their order.
func nodesOf(ctx context.Context, s *Store) (ids []string, err error) {
	nodes, err := masters(ctx, s.client)
	for _, node := range nodes {
		id, err := node.Do(ctx, "cluster", "myid").Text()
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, err
}

// A backup that is broken off leaves nothing behind, and what was there stays.
func TestBackupBrokenOff(t *testing.T) {
	s, _ := backedUp(t, places(t)["miniredis"](), 6)
	folder := t.TempDir()
	path := folder + "/b.resp.gz"
	get[BackupInfo](t)(s.SaveBackup(t.Context(), path, BackupOptions{At: backupTime}))
	before := get[[]byte](t)(os.ReadFile(path))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if _, err := s.SaveBackup(ctx, path, BackupOptions{At: time.Now(), Progress: func(int) { cancel() }}); err == nil {
		t.Error("it was made all the same")
	}
	entries := get[[]os.DirEntry](t)(os.ReadDir(folder))
	if after := get[[]byte](t)(os.ReadFile(path)); len(entries) != 1 || !bytes.Equal(before, after) {
		t.Errorf("%d files are left", len(entries))
	}
}

// A member whom the scan shows twice is copied twice, and what has gone in between is
// gone in the backup.
func TestBackupSeenTwice(t *testing.T) {
	s, players := backedUp(t, places(t)["miniredis"](), 6)
	ctx, id := t.Context(), players[2].id
	var b bytes.Buffer
	out := newDumpWriter(&b, &dumpHead{At: backupTime, Kind: kindOf(true), Shards: 1})
	c := &copying{store: s, out: out, seasons: []string{"2026"}, seed: maphash.MakeSeed(), seen: map[uint64]struct{}{}}
	ids := get[[]string](t)(c.sort(ctx, []string{memberKey(0, id), logKey(0, "2026", id), memberKey(0, id)}))
	if !slices.Equal(ids, []string{id}) || !slices.Equal(c.again, ids) || len(c.orphans) != 0 {
		t.Fatalf("%v, again %v, orphans %v", ids, c.again, c.orphans)
	}
	must(t, c.members(ctx, ids, false), s.client.Del(ctx, practiceKey(0, id)).Err(), c.members(ctx, c.again, true))
	get[DumpStats](t)(out.finish())
	client := dumpClient(t, storetest.Miniredis(t).Addr())
	mustRestore(t, client, b.Bytes())
	if n := client.Exists(ctx, memberKey(0, id), logKey(0, "2026", id), practiceKey(0, id)).Val(); n != 2 {
		t.Errorf("%d keys of the member", n)
	}
}
