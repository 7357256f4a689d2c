package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dangshi/store/storetest"
)

// standOn is a stand over another server.
func standOn(t *testing.T, server *storetest.Server) *stand {
	t.Helper()
	s := &stand{server: server}
	s.begin(t)
	return s
}

// With everysec Redis goes on and refuses to write; with always it ends.
func fullDisk(t *testing.T) {
	t.Parallel()
	s := standOn(t, storetest.RedisOnDisk(t, "--appendonly", "yes", "--appendfsync", "everysec"))
	s.endures(t, "oDisk", func() {
		s.server.Full(t, 1)
		// The first write that does not fit is still in memory, and told.
		n := 0
		eventually(t, "Redis refuses", func() bool {
			n++
			return strings.Contains(say(t, s.client(), fmt.Sprint("oNew", n), "答题"), "开小差")
		})
		s.doctor(t, "写不进磁盘")
	}, func() {
		s.server.Empty(t)
		eventually(t, "Redis writes again", func() bool {
			return strings.Contains(s.admin.Info(t.Context(), "persistence").Val(), "aof_last_write_status:ok")
		})
	})
	s.settles(t)
	s.restarts(t)
	s.counted(t, "oDisk", 5)

	s = standOn(t, storetest.RedisOnDisk(t, "--appendonly", "yes", "--appendfsync", "always"))
	s.endures(t, "oDisk", func() { s.server.Full(t, 1); friendly(t, say(t, s.client(), "oLast", "答题")) }, func() { s.server.Start(t) })
}

// restarts kills the server and starts it on the same folder.
func (s *stand) restarts(t *testing.T) {
	t.Helper()
	s.server.Kill()
	s.server.Start(t)
	s.recovers(t)
}

// Nothing that a member was told is lost.
func killedAlways(t *testing.T) {
	t.Parallel()
	s := standOn(t, storetest.Redis(t, "--appendonly", "yes", "--appendfsync", "always"))
	say(t, s.client(), "oFirst", "答题")
	told := storm(t, s.replica, 40, false, func() { s.restarts(t) })
	compare(t, s.replica, told)
}

// What Redis had written, the system still has: a process that dies loses at most
// what waited for the disk. All that was told before the last second is there.
func killedEverysec(t *testing.T) {
	t.Parallel()
	s := standOn(t, storetest.Redis(t, "--appendonly", "yes", "--appendfsync", "everysec"))
	answerAll(t, s.client(), "oEarly")
	s.settles(t)
	storm(t, s.replica, 40, true, func() { s.restarts(t) })
	s.counted(t, "oEarly", 5)
}

// settles waits until all that was written is on disk.
func (s *stand) settles(t *testing.T) {
	t.Helper()
	eventually(t, "it is on disk", func() bool {
		info := s.admin.Info(t.Context(), "persistence").Val()
		return strings.Contains(info, "aof_buffer_length:0") && strings.Contains(info, "aof_pending_bio_fsync:0")
	})
}

// A machine that loses its power loses the end of the file: first answers only,
// then also the day's paper and that the season has begun. The member gives the
// lost answers again, and none counts twice.
func powerCut(t *testing.T) {
	t.Parallel()
	s := standOn(t, storetest.Redis(t, "--appendonly", "yes", "--appendfsync", "everysec"))
	c := s.client()
	before := s.tail(t)
	mustSay(t, say(t, c, "oPower", "答题"), "第1题")
	mustSay(t, say(t, c, "oPower", "A"), "第2题")
	after := s.tail(t)
	mustSay(t, say(t, c, "oPower", "A"), "第3题")
	s.cut(t, after)
	mustSay(t, say(t, c, "oPower", "答题"), "第2题")
	s.cut(t, before)
	s.finishes(t, "oPower", 0)
}

// tail is how long the append-only file is.
func (s *stand) tail(t *testing.T) int64 {
	t.Helper()
	s.settles(t)
	info, err := os.Stat(s.file(t))
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func (s *stand) file(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(s.server.Dir, "appendonlydir", "*.incr.aof"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%q, %v", files, err)
	}
	return files[0]
}

// cut ends the server, with all of the file lost from there on, and starts it.
func (s *stand) cut(t *testing.T, from int64) {
	t.Helper()
	s.server.Kill()
	if err := os.Truncate(s.file(t), from); err != nil {
		t.Fatal(err)
	}
	s.server.Start(t)
	s.recovers(t)
}
