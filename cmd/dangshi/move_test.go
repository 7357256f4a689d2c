package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dangshi/quiz"
	"dangshi/store/storetest"
)

// TestMoveToRedis moves an installation from the embedded store into a real
// Redis as the manual says: with redis-cli --pipe, and nothing else. The ranking
// is computed again there and agrees, and members go on where they were.
func TestMoveToRedis(t *testing.T) {
	storetest.InTurn(t)
	storetest.Require(t, "redis-cli")
	t.Chdir(t.TempDir())
	s := defaults()
	r := start(t, s)
	advance(t, r, (quiz.DayOf(r.now()) + 1).Start().Add(8*time.Hour).Sub(r.now()).String())
	ids := []string{"oMoveA", "oMoveB", "oMoveC"}
	for _, id := range ids {
		answerAll(t, r.client(), id)
	}
	mustSay(t, say(t, r.client(), "oMoveA", "提醒 20:00"), "20:00")
	ranking, own := say(t, r.client(), "oMoveA", "排行"), say(t, r.client(), "oMoveA", "我的")
	r.stop()

	server := storetest.Redis(t)
	s.RedisURL = server.URL
	mustSay(t, pipe(t, server.Addr, filepath.Join(s.Data, "store.resp")), "errors: 0,")
	code, out, errs := run(t, "board", "verify", "--redis-url", server.URL)
	if code != exitDone || !strings.Contains(out, "核对 3 人，其中 3 人上榜，0 人不一致") {
		t.Errorf("board verify: exit %d: %s%s", code, out, errs)
	}
	r = start(t, s)
	if after := say(t, r.client(), "oMoveA", "排行"); after != ranking {
		t.Errorf("the ranking was\n%s\nand is now\n%s", ranking, after)
	}
	if after := say(t, r.client(), "oMoveA", "我的"); after != own {
		t.Errorf("the member's record was\n%s\nand is now\n%s", own, after)
	}
	eventually(t, "the reminder is on the index", func() bool { return reminded(t, r, 20*60, "oMoveA") })
	advance(t, r, "24h")
	for _, id := range ids {
		mustSay(t, answerAll(t, r.client(), id), "已连续 2 天")
	}
	if code, out, errs := run(t, "board", "verify", "--redis-url", server.URL); code != exitDone {
		t.Errorf("board verify after another day: exit %d: %s%s", code, out, errs)
	}
}

// TestRemindersOutliveARestart: the embedded store's file leaves the index out.
func TestRemindersOutliveARestart(t *testing.T) {
	s := defaults()
	s.Data = t.TempDir()
	r := start(t, s)
	mustSay(t, say(t, r.client(), "oRemind", "提醒 20:00"), "20:00")
	r.stop()
	if r = start(t, s); !reminded(t, r, 20*60, "oRemind") {
		t.Error("after a restart nobody is reminded")
	}
}

// reminded reports whether a member is on the index at a minute of the day.
func reminded(t *testing.T, r *replica, minute int, id string) (found bool) {
	t.Helper()
	err := r.data.Reminders(t.Context(), minute, func(ids []string) error {
		found = found || slices.Contains(ids, id)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// pipe feeds a file to redis-cli --pipe and gives what it says.
func pipe(t *testing.T, addr, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	host, port, _ := strings.Cut(addr, ":")
	cmd := exec.CommandContext(t.Context(), "redis-cli", "-h", host, "-p", port, "--pipe")
	cmd.Stdin = f
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("redis-cli --pipe: %v: %s", err, out)
	}
	return string(out)
}
