package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/bot/wechat/peer"
	"dangshi/quiz"
	"dangshi/store"
	"dangshi/store/storetest"
)

// fault is a row of the table of faults in docs/operations.md.
type fault struct {
	name string // its first cell
	test func(t *testing.T)
	at   string // instead: where the test is, as "bot/push/x_test.go TestX"
}

// faultTable are all rows, in their order.
func faultTable(s *stand) []fault {
	return []fault{
		{name: "Redis 停了、连不上", test: s.refused},
		{name: "Redis 不出声（网断了、半开的连接）", test: silent},
		{name: "Redis 答得慢（每次 5 秒）", test: slow},
		{name: "Redis 正在启动、载入数据", test: s.loading},
		{name: "Redis 被一个长脚本占住", test: s.busy},
		{name: "Redis 内存到了上限", test: s.outOfMemory},
		{name: "Redis 内存不够时自行删数据", test: s.evicting},
		{name: "Redis 的密码改了或写错了", test: s.password},
		{name: "Redis 被清空", test: s.emptied},
		{name: "Redis 换成了别的数据", test: s.replaced},
		{name: "Redis 的磁盘满了", test: fullDisk},
		{name: "Redis 被 kill -9，`appendfsync always`", test: killedAlways},
		{name: "Redis 被 kill -9，`appendfsync everysec`", test: killedEverysec},
		{name: "Redis 的机器断电，`appendfsync everysec`", test: powerCut},
		{name: "写入的结果不明", at: "cmd/dangshi/fire_test.go TestUnderFire"},
		{name: "`serve` 被 kill -9，正在计一条回答", test: serveKilled},
		{name: "`serve` 停了几分钟", at: "cmd/dangshi/serve_test.go TestDayAndRestart"},
		{name: "内置存储的 `serve` 被 kill -9", test: embeddedKilled},
		{name: "内置存储的磁盘满了", test: embeddedFullDisk},
		{name: "时钟往前跳（一小时、一天）", test: clockForward},
		{name: "时钟往回跳（一小时、一天）", test: clockBack},
		{name: "服务器的时间和微信差 10 分钟以上", test: clockWrong},
		{name: "人太多", at: "cmd/dangshi/burst_test.go TestBurst"},
		{name: "有人慢慢地发、慢慢地收（slowloris）", at: "cmd/dangshi/burst_test.go TestSlowClients"},
		{name: "排行榜丢了或不对", at: "store/rebuild_test.go TestVerifyFindsAndRebuildMends"},
		{name: "恢复了当天的备份", at: "bot/push/restored_test.go TestRestoredBackup"},
		{name: "某一天的推送没发", at: "cmd/dangshi/push_test.go TestPushInTheSandbox"},
		{name: "逐个发的推送停在半路", at: "bot/push/takeover_test.go TestTakenOverWithin15Seconds"},
	}
}

// TestFaults: what the table of faults promises, row by row, through the whole
// product. The table and the tests have the same rows.
func TestFaults(t *testing.T) {
	s := newStand(t)
	rows := faultRows(t)
	all := faultTable(s)
	if len(rows) != len(all) {
		t.Errorf("the table has %d rows, there are %d tests", len(rows), len(all))
	}
	for i, f := range all {
		if i < len(rows) && rows[i] != f.name {
			t.Errorf("row %d of the table is %q, its test is called %q", i+1, rows[i], f.name)
		}
		if f.test != nil {
			t.Run(f.name, f.test)
			continue
		}
		file, name, _ := strings.Cut(f.at, " ")
		if text := document(t, "../../"+file); !strings.Contains(text, "\nfunc "+name+"(t *testing.T)") {
			t.Errorf("%s: there is no %s", f.name, f.at)
		}
	}
}

// faultRows are the first cells of the table of faults.
func faultRows(t *testing.T) (names []string) {
	t.Helper()
	_, section, _ := strings.Cut(document(t, "../../docs/operations.md"), "\n## 出故障时\n")
	section, _, _ = strings.Cut(section, "\n## ")
	for _, m := range regexp.MustCompile(`(?m)^\| ([^|]+) \|.*\|$`).FindAllStringSubmatch(section, -1) {
		if m[1] != "故障" && !strings.HasPrefix(m[1], "---") {
			names = append(names, m[1])
		}
	}
	return names
}

// stand is one replica over a Redis that can be broken in many ways. Each fault
// has a member of its own and leaves all of it sound.
type stand struct {
	server *storetest.Server
	proxy  *storetest.Proxy
	admin  *redis.Client
	*replica
}

func newStand(t *testing.T, args ...string) *stand {
	t.Helper()
	s := &stand{server: storetest.Redis(t, append([]string{"--appendonly", "yes", "--enable-debug-command", "local"}, args...)...)}
	s.begin(t)
	return s
}

func (s *stand) begin(t *testing.T) {
	t.Helper()
	s.proxy = storetest.FlakyProxy(t, s.server.Addr, 1)
	s.admin = redis.NewClient(&redis.Options{Addr: s.server.Addr, PoolSize: 1, MaxRetries: -1})
	t.Cleanup(func() { s.admin.Close() })
	settings := defaults()
	settings.RedisURL = s.proxy.URL
	s.replica = start(t, settings)
}

// message is a member's message that can be sent again.
func message(id, text string, key int64, now time.Time) peer.Fields {
	f := peer.Text(id, text)
	f["MsgId"], f["CreateTime"] = fmt.Sprint(key), fmt.Sprint(now.Unix())
	return f
}

// friendly fails unless a reply is the sentence for faults, which never asks for
// the letter again.
func friendly(t *testing.T, reply string) {
	t.Helper()
	mustSay(t, reply, "开小差", "发“答题”继续")
}

// endures lets a member answer while something is broken. The answer gets a
// friendly sentence; the same one sent again when all is well gets its verdict,
// twice the same, and is counted once.
func (s *stand) endures(t *testing.T, id string, broken, healed func()) {
	t.Helper()
	c := s.client()
	mustSay(t, say(t, c, id, "答题"), "第1题")
	time.Sleep(20 * time.Millisecond) // longer than it takes to lose trust in what is remembered
	broken()
	answer := message(id, "A", 77, time.Now())
	var others sync.WaitGroup
	others.Go(func() {
		a, err := c.Send(t.Context(), peer.Text(id+"Too", "答题"))
		if err != nil || !strings.Contains(a.Text, "开小差") {
			t.Errorf("another member: %d, %s, %v", a.Status, a.Text, err)
		}
	})
	friendly(t, post(t, c, answer))
	others.Wait()
	healed()
	s.recovers(t)
	first := post(t, c, answer)
	mustSay(t, first, "第2题")
	if again := post(t, c, answer); again != first {
		t.Errorf("its repeat reads:\n%s", again)
	}
	s.finishes(t, id, 1)
}

// recovers waits until the replica is ready.
func (s *stand) recovers(t *testing.T) {
	t.Helper()
	eventually(t, "Redis is back", func() bool { return s.readyz(t) == "ok\n" })
}

func (s *stand) readyz(t *testing.T) string {
	t.Helper()
	_, text := get(t, s.url+"/readyz")
	return text
}

// finishes answers the rest of the paper, of which so many answers are given, and
// looks at what was counted.
func (s *stand) finishes(t *testing.T, id string, given int) {
	t.Helper()
	c := s.client()
	mustSay(t, say(t, c, id, "答题"), fmt.Sprintf("第%d题（共5题）", given+1))
	reply := ""
	for range 5 - given {
		reply = say(t, c, id, "A")
	}
	mustSay(t, reply, "题答完了")
	s.counted(t, id, 5)
}

// counted looks whether a member's log has days with so many answers each, and
// whether the board is what the logs give.
func (r *replica) counted(t *testing.T, id string, days ...int) {
	t.Helper()
	season := seasonOf(t, r)
	log, err := r.data.Log(t.Context(), id, season.ID)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := quiz.ParseLog(log, season.From)
	var answers []int
	for _, e := range entries {
		answers = append(answers, len(e.Given))
	}
	if err != nil || !slices.Equal(answers, days) {
		t.Errorf("%s: in the log are days of %d answers, want %d; %v", id, answers, days, err)
	}
	r.verifies(t)
}

func (r *replica) verifies(t *testing.T) {
	t.Helper()
	report, err := r.data.Verify(t.Context(), seasonOf(t, r), store.VerifyOptions{})
	if err != nil || len(report.Differences) > 0 {
		t.Errorf("board verify: %+v, %v", report.Differences, err)
	}
}

// do runs a command past the proxy.
func (s *stand) do(t *testing.T, args ...any) {
	t.Helper()
	if err := s.admin.Do(t.Context(), args...).Err(); err != nil {
		t.Fatalf("%v: %v", args, err)
	}
}

// answersWith waits until Redis answers a ping with an error of this kind.
func (s *stand) answersWith(t *testing.T, prefix string) {
	t.Helper()
	eventually(t, prefix, func() bool { return redis.HasErrorPrefix(s.admin.Ping(t.Context()).Err(), prefix) })
}

// storm lets members answer a day each, all at once, and calls strike in the middle.
// It gives what they were told, some of which Redis may lose where loses says so.
func storm(t *testing.T, r *replica, members int, loses bool, strike func()) []verdicts {
	t.Helper()
	told := make([]verdicts, members)
	done := make(chan int, members)
	for i := range members {
		go func() {
			m := &shaken{t: t, id: fmt.Sprintf("oFire%03d", i), replicas: []*replica{r}, rng: rand.New(rand.NewPCG(7, uint64(i))), loses: loses}
			told[i] = m.day()
			done <- i
		}()
	}
	<-done // somebody has finished, others are under way
	strike()
	for range members - 1 {
		<-done
	}
	return told
}

// kept is a dump of all that is in Redis.
func (s *stand) kept(t *testing.T) *bytes.Buffer {
	t.Helper()
	var b bytes.Buffer
	if _, err := dumpAll(t.Context(), s.admin, &b); err != nil {
		t.Fatal(err)
	}
	return &b
}

// whileRunning calls f with a context that ends with it.
func whileRunning(t *testing.T, f func(ctx context.Context)) (wait func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); f(context.WithoutCancel(t.Context())) }()
	return func() { <-done }
}
