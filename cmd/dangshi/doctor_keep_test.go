package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dangshi/quiz"
	"dangshi/store"
	"dangshi/store/storetest"
)

// TestDoctorBounds: from when on a disk, a memory and a clock are worth a word, and
// how much of one.
func TestDoctorBounds(t *testing.T) {
	for _, c := range []struct {
		free     uint64
		embedded bool
		want     grade
		word     string
	}{
		{100 << 20, true, losing, "答题记录存不下"}, {100 << 20, false, doubt, "备份写不下"},
		{500 << 20, true, doubt, "只剩 500 MB"}, {diskNarrow, true, fine, "还有空间"},
	} {
		if g, text := diskFinding(c.free, c.embedded); g != c.want || !strings.Contains(text, c.word) {
			t.Errorf("%d free: %v %s", c.free, g, text)
		}
	}
	for used, want := range map[float64]grade{96: losing, 80: doubt, 50: fine} {
		if g, text := memoryFinding(store.NodeMemory{Addr: "h:1", Used: used * (1 << 20), Here: 100 << 20}); g != want || want != fine && !strings.Contains(text, fmt.Sprintf("已用 %.0f MB，是机器内存的 %.0f%%", used, used)) {
			t.Errorf("%v%%: %v %s", used, g, text)
		}
	}
	for _, c := range []struct {
		whose string
		ahead time.Duration
		want  grade
		word  string
	}{
		{"微信", 6 * time.Minute, wrong, "慢 6m0s"}, {"微信", -time.Hour, wrong, "快 1h0m0s"}, {"Redis", time.Hour, doubt, "错时"},
		{"微信", time.Minute, doubt, "错时"}, {"Redis", -29 * time.Second, fine, ""},
	} {
		if g, text := clockFinding(c.whose, c.ahead); g != c.want || !strings.Contains(text, c.word) || strings.Contains(text, "%!") {
			t.Errorf("%s %v: %v %s", c.whose, c.ahead, g, text)
		}
	}
}

// TestDoctorOrder: what loses data comes before what merely does not work, and that
// before doubts; either makes the exit code 1.
func TestDoctorOrder(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	server := storetest.Redis(t, "--appendonly", "yes")
	t.Setenv("DANGSHI_REDIS_URL", server.URL)
	s := defaults()
	s.RedisURL = server.URL
	r := start(t, s)
	answerAll(t, r.client(), "oWell")
	ctx := t.Context()
	code, about := doctor(t)
	mustHold(t, about("学员的记录"), "✔", "都读得出")
	mustHold(t, about("Redis 的内存"), "✔")
	mustHold(t, about("时钟"), "✔")
	mustHold(t, about("没做完的事"), "✔", "没有")
	if code != exitDone {
		t.Errorf("exit %d", code)
	}

	client := r.data.Client()
	if err := client.Set(ctx, "{s00}:member:oDamaged", "\xff", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if err := client.Set(ctx, "{all}:moves", `12345678[{"file":"a","moves":1,"begun":1}]`, 0).Err(); err != nil {
		t.Fatal(err)
	}
	if err := client.ConfigSet(ctx, "maxmemory-policy", "allkeys-lru").Err(); err != nil {
		t.Fatal(err)
	}
	code, out, errs := run(t, "doctor", "--wording", "none.yaml")
	about = reportOf(out)
	mustHold(t, about("学员的记录"), "✘", "有 1 人", "board verify", "备份恢复")
	mustHold(t, about("没做完的事"), "⚠", "member rekey", "同一份表格")
	mustHold(t, about("话术"), "✘", "none.yaml")
	order := []string{"✘ Redis：", "✘ 学员的记录：", "✘ 话术：", "⚠ 没做完的事：", "✔ 时钟："}
	last := -1
	for _, line := range order {
		at := strings.Index(out, line)
		if at <= last {
			t.Errorf("%s is not in its place:\n%s", line, out)
		}
		last = at
	}
	if mustSay(t, errs, "3 处要先改好", "前 2 处会丢数据"); code != exitFailed {
		t.Errorf("exit %d", code)
	}
	if strings.Contains(out, "oDamaged") {
		t.Errorf("it names a member:\n%s", out)
	}

	// A voided day that was begun and is not finished, by a process that lives, or is dead.
	if err := client.Set(ctx, "{all}:claim:regrade", "token there/7", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if err := client.Set(ctx, "{all}:rulings", `12345678{"staged":{"void":{"day":"`+quiz.DayOf(r.now()).String()+`","how":1,"at":1},"seasons":[]}}`, 0).Err(); err != nil {
		t.Fatal(err)
	}
	_, about = doctor(t)
	mustSay(t, about("没做完的事"), "season void", "正在做", "there/7", "member rekey")
	r.stop() // which would go on with it
	left, err := store.Open(ctx, store.Options{URL: server.URL, Existing: true})
	if err != nil {
		t.Fatal(err)
	}
	defer left.Close()
	if err := left.Client().Del(ctx, "{all}:claim:regrade").Err(); err != nil {
		t.Fatal(err)
	}
	_, about = doctor(t)
	mustSay(t, about("没做完的事"), "season void", "没有进程在做", "member rekey")
}
