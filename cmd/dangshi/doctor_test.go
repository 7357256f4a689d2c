package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dangshi/quiz"
	"dangshi/store"
	"dangshi/store/storetest"
)

// doctor runs it and gives the lines of its report about one thing, as printed.
func doctor(t *testing.T, args ...string) (code int, about func(string) string) {
	t.Helper()
	code, out, errs := run(t, append([]string{"doctor"}, args...)...)
	if failed := strings.Contains(out, "✘ 错误 0，"); failed != (code == exitDone) || failed != (errs == "") {
		t.Errorf("exit %d with\n%s%s", code, out, errs)
	}
	return code, reportOf(out)
}

// reportOf gives the lines of a report about one thing, as printed.
func reportOf(out string) func(about string) string {
	return func(about string) string {
		var found strings.Builder
		for line := range strings.Lines(out) {
			if _, rest, ok := strings.Cut(line, " "); ok && strings.HasPrefix(rest, about+"：") {
				found.WriteString(line)
			}
		}
		return found.String()
	}
}

// mustHold fails unless a line begins with a mark and holds each of the words.
func mustHold(t *testing.T, line, mark string, words ...string) {
	t.Helper()
	if !strings.HasPrefix(line, mark+" ") || strings.Count(line, "\n") != 1 {
		t.Errorf("not one line that begins with %s:\n%s", mark, line)
	}
	mustSay(t, line, words...)
}

const (
	sandboxReport = `⚠ 公网地址：没有设 DANGSHI_BASE_URL，消息里不带链接。请填手机能打开的地址，例如 https://dangshi.example.org。
– 安全模式：沙盒不需要；接公众号时要设 DANGSHI_WECHAT_AESKEY。
– 接口凭据和 IP 白名单：没有检查：沙盒没有公众号，接口由模拟器代替。
✔ 内置存储：数据目录是 data。它适合试用和单个支部，断电时会丢最后几秒的答题；人多请用 Redis，设置 DANGSHI_REDIS_URL。
✔ 磁盘：数据目录所在的磁盘还有空间。
✔ 沙盒与真实：数据和设置都属于沙盒。
✔ 题库和条目：都读得出。
✔ 学员的记录：都读得出。
✔ 没做完的事：没有。
✔ 赛季：现在是赛季 %d，%d-01-01 到 %d-12-31。
✔ 设置：都合用。
✔ 话术：用的是自带的。
✔ 证书：可以画；颁发单位还没有设，发证书以前请写在 dangshi.yaml 的 certificate 里。
✔ 题库：已批准 %d 道，60 天内不会重复。
✔ 自带的内容：还有 %d 条条目、%d 道题没有审核，沙盒里照用；正式使用以前请审核：` + approveStarter + `
✔ 党史上的今天：今后 30 天都有已批准的条目。
✔ 每日推送：已打开，每天 07:30。
✔ 管理台：还没有账号。要用管理台，先运行 dangshi admin add 名字，见 docs/console.md。

✘ 错误 0，⚠ 提醒 1，– 没有检查 2，✔ 正常 15。
`
	nothingReport = `⚠ 公网地址：没有设 DANGSHI_BASE_URL，消息里不带链接。请填手机能打开的地址，例如 https://dangshi.example.org。
– 数据：这里还没有数据；第一次运行 serve 时建立，并放入自带的内容。
– 沙盒与真实：没有检查：还没有数据。
– 题库和条目：没有检查：还没有数据。
– 学员的记录：没有检查：还没有数据。
– 没做完的事：没有检查：还没有数据。
– 赛季：没有检查：还没有数据。
– 安全模式：沙盒不需要；接公众号时要设 DANGSHI_WECHAT_AESKEY。
– 接口凭据和 IP 白名单：没有检查：沙盒没有公众号，接口由模拟器代替。
– 题库：没有检查：还没有数据。
– 自带的内容：没有检查：还没有数据。
– 党史上的今天：没有检查：还没有数据。
– 每日推送：没有检查：还没有数据。
– 管理台：没有检查：还没有数据。
✔ 内置存储：数据目录是 data。它适合试用和单个支部，断电时会丢最后几秒的答题；人多请用 Redis，设置 DANGSHI_REDIS_URL。
✔ 磁盘：数据目录所在的磁盘还有空间。
✔ 设置：都合用。
✔ 话术：用的是自带的。
✔ 证书：可以画；颁发单位还没有设，发证书以前请写在 dangshi.yaml 的 certificate 里。

✘ 错误 0，⚠ 提醒 1，– 没有检查 13，✔ 正常 5。
`
)

// roomy runs it on a machine whose disk has room, as this one's may not have.
func roomy(t *testing.T) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	a := app{space: func(string) (free, size uint64, ok bool) { return diskNarrow, diskNarrow, true }}
	code = a.run(t.Context(), []string{"doctor"}, &o, &e)
	return code, o.String(), e.String()
}

// TestDoctor examines a sandbox before its first start, while serve runs and
// after it: it finds no error, and leaves all as it was.
func TestDoctor(t *testing.T) {
	requireFont(t)
	t.Chdir(t.TempDir())
	code, out, errs := roomy(t)
	if code != exitDone || out != nothingReport || errs != "" {
		t.Errorf("before the first start: exit %d\n%s%s\nwant\n%s", code, out, errs, nothingReport)
	}
	if _, err := os.Stat("data"); !os.IsNotExist(err) {
		t.Errorf("doctor has begun data: %v", err)
	}
	r := start(t, defaults())
	now := quiz.DayOf(r.bot.Now())
	year, _, _ := now.Civil()
	export, _ := mustRun(t, "bank", "export")
	questions := strings.Count(export, `"state":"approved"`)
	items, left, err := r.data.Unreviewed(t.Context())
	if err != nil || left != questions || items < 366 {
		t.Fatalf("%d items and %d questions to review, %v", items, left, err)
	}
	want := fmt.Sprintf(sandboxReport, year, year, year, questions, items, left)
	running := strings.Replace(want, "目录是 data。", "目录是 data（正由运行中的 serve 使用）。", 1)
	if code, out, errs := roomy(t); code != exitDone || out != running || errs != "" {
		t.Errorf("while serve runs: exit %d\n%s%s\nwant\n%s", code, out, errs, running)
	}
	r.stop()
	before := filesIn(t, "data")
	if code, out, errs := roomy(t); code != exitDone || out != want || errs != "" {
		t.Errorf("after serve: exit %d\n%s%s\nwant\n%s", code, out, errs, want)
	}
	if after := filesIn(t, "data"); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

// filesIn describes all files of a folder but the lock, which holds a pid.
func filesIn(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, e := range entries {
		info, err := os.Stat(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(e.Name(), ".lock") {
			continue
		}
		fmt.Fprintln(&b, e.Name(), info.Size(), info.ModTime())
	}
	return b.String()
}

// TestDoctorRedis: whether it is reached, and keeps what it confirms.
func TestDoctorRedis(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	code, about := doctor(t, "--redis-url", "redis://127.0.0.1:1")
	if code != exitFailed {
		t.Errorf("exit %d", code)
	}
	mustHold(t, about("Redis"), "✘", "连不上", "127.0.0.1:1", "DANGSHI_REDIS_URL")
	mustHold(t, about("题库"), "–", "连不上 Redis")

	server := storetest.Redis(t)
	code, about = doctor(t, "--redis-url", server.URL)
	mustHold(t, about("Redis"), "✘", "都会丢失", "appendonly yes")
	mustHold(t, about("数据"), "–", "还没有数据")
	if code != exitFailed {
		t.Errorf("exit %d", code)
	}
	// Nothing was begun: data of a real account may still come here.
	if _, err := store.Open(t.Context(), store.Options{URL: server.URL, Existing: true}); err == nil {
		t.Error("doctor has pinned the data")
	}
	_, about = doctor(t, "--redis-url", server.URL+"?cluster=true")
	mustHold(t, about("Redis"), "✘", "不是集群")

	kept := storetest.Redis(t, "--appendonly", "yes")
	mustRun(t, "bank", "load", fileOf(t, "bank.jsonl", bankLines), "--redis-url", kept.URL)
	code, about = doctor(t, "--redis-url", kept.URL)
	mustHold(t, about("Redis"), "✔", "保存到磁盘")
	mustHold(t, about("沙盒与真实"), "✔", "沙盒")
	mustHold(t, about("题库"), "✔")
	if code != exitDone || about("内置存储") != "" {
		t.Errorf("exit %d, of the embedded store it says %s", code, about("内置存储"))
	}
}

func TestDoctorCluster(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	url := servers.Cluster(t).URL
	mustRun(t, "bank", "load", fileOf(t, "bank.jsonl", bankLines), "--redis-url", url)
	_, about := doctor(t, "--redis-url", url)
	mustHold(t, about("沙盒与真实"), "✔")
	mustHold(t, about("每日推送"), "✔")
	if lines := about("Redis"); strings.Count(lines, "✘") != 3 {
		t.Errorf("of three servers that keep nothing it says\n%s", lines)
	}
	if lines := about("从节点"); lines != "" {
		t.Errorf("it was not asked to wait, and says %s", lines)
	}
	_, about = doctor(t, "--redis-url", url, "--redis-wait", "1")
	mustHold(t, about("从节点"), "✘", "只有 0 个", "DANGSHI_REDIS_WAIT")
}

// TestDoctorContent: a bank that is too small, days without an item, entries that
// are damaged.
func TestDoctorContent(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	t.Setenv("DANGSHI_REDIS_URL", storetest.Redis(t, "--appendonly", "yes").URL)
	mustRun(t, "bank", "load", fileOf(t, "bank.jsonl", bankLines))
	export, _ := mustRun(t, "bank", "export")
	approved := strings.Count(export, `"state":"approved"`)

	code, about := doctor(t, "--questions", "10")
	mustHold(t, about("题库"), "⚠", fmt.Sprintf("有 %d 道", approved), "需要 600 道", fmt.Sprintf("还差 %d 道", 600-approved), "bank load")
	if code != exitDone {
		t.Errorf("a bank that is too small is an error: exit %d", code)
	}

	data, err := store.Open(t.Context(), store.Options{URL: os.Getenv("DANGSHI_REDIS_URL"), Existing: true})
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	today := quiz.DayOf(calm(t, data))
	gap, draft, beyond := today+10, today+12, today+40
	write(t, "items.jsonl", fmt.Sprintf(`{"id":"today-%[1]s","date":"%[1]s","title":"停用","text":"正文","state":"retired"}
{"id":"today-%[2]s","date":"%[2]s","title":"草稿","text":"正文"}
{"id":"today-%[3]s","date":"%[3]s","title":"停用","text":"正文","state":"retired"}
`, gap.MonthDay(), draft.MonthDay(), beyond.MonthDay()))
	mustRun(t, "content", "load", "items.jsonl")
	// Until it is taken back, the item that was approved before stays in use.
	_, about = doctor(t)
	mustHold(t, about("党史上的今天"), "⚠", fmt.Sprintf("到第 30 天还有 1 天没有已批准的条目：%s。", gap))
	mustRun(t, "content", "retire", "--id", "today-"+draft.MonthDay(), "--by", "审核员")
	mustRun(t, "content", "reopen", "--id", "today-"+draft.MonthDay(), "--by", "审核员")
	_, about = doctor(t)
	mustHold(t, about("党史上的今天"), "⚠", fmt.Sprintf("到第 30 天还有 2 天没有已批准的条目：%s、%s（有草稿）。", gap, draft), "content load")
	nearGaps(t, today+2)

	write(t, "none.jsonl", strings.ReplaceAll(export, `"state":"approved"`, `"state":"retired"`))
	mustRun(t, "bank", "load", "none.jsonl")
	code, about = doctor(t)
	mustHold(t, about("题库"), "✘", "只有 0 道", "要 5 道")
	if code != exitFailed {
		t.Errorf("a bank without a question: exit %d", code)
	}

	if err := data.Client().HSet(t.Context(), "{all}:questions", "t-1", "{").Err(); err != nil {
		t.Fatal(err)
	}
	_, about = doctor(t)
	mustHold(t, about("题库和条目"), "✘", "有 1 条已损坏", "question:t-1")
}

// TestDoctorSettings: faults of the settings are lines like all others, and what
// fits none of them together.
func TestDoctorSettings(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "words.yaml", "welcome: 你好\n")
	code, about := doctor(t, "--questions", "11", "--push-at", "7", "--wording", "words.yaml", "--redis-url", "http://x")
	if code != exitFailed {
		t.Errorf("exit %d", code)
	}
	if lines := about("设置"); strings.Count(lines, "✘ ") != 3 {
		t.Errorf("of three faults it says\n%s", lines)
	}
	mustSay(t, about("设置"), "--questions", "11", "--push-at", `"7"`, "--redis-url")
	mustHold(t, about("话术"), "✘", "words.yaml", "serve 不能启动")
	mustHold(t, about("证书"), "–", "请先改好设置")
	mustHold(t, about("题库"), "–", "DANGSHI_REDIS_URL")

	_, about = doctor(t, "--wechat-secret", "s", "--sandbox-open", "--base-url", "https://dangshi.example.org", "--font", "none.ttc")
	mustHold(t, about("证书"), "⚠", "none.ttc")
	mustSay(t, about("设置"), "⚠", "仍按沙盒运行", "DANGSHI_SANDBOX_OPEN")
	mustHold(t, about("公网地址"), "✔", "https://dangshi.example.org")
	_, about = doctor(t, "--wechat-token", "?")
	mustHold(t, about("设置"), "✘", "DANGSHI_WECHAT_TOKEN")
	mustFail(t, exitUsage, []string{"doctor", "--loud"}, "--loud")
	mustFail(t, exitUsage, []string{"doctor", "--config", "none.yaml"}, "none.yaml")
}

// TestDoctorSeasons: settings that do not go with a season that has begun.
func TestDoctorSeasons(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	r := start(t, defaults())
	today := quiz.DayOf(r.bot.Now())
	if _, err := r.bot.IssuePaper(t.Context(), today); err != nil { // begins the season
		t.Fatal(err)
	}
	year, _, _ := today.Civil()
	write(t, "moved.yaml", fmt.Sprintf("seasons: [{id: \"%d\", from: %s, to: %s}]\n", year, today-1, today+9))
	code, about := doctor(t, "--config", "moved.yaml")
	mustHold(t, about("赛季"), "✘", "不能改起始日", "serve 不能启动")
	if code != exitFailed {
		t.Errorf("exit %d", code)
	}
	write(t, "over.yaml", fmt.Sprintf("seasons: [{id: over, from: %s, to: %s}]\n", today-9, today-8))
	code, about = doctor(t, "--config", "over.yaml")
	mustHold(t, about("赛季"), "⚠", "不在任何赛季里", "over.yaml")
	if code != exitDone {
		t.Errorf("exit %d", code)
	}
	write(t, "weights.yaml", "weights: {finish: 50, correct: 50}\n")
	_, about = doctor(t, "--config", "weights.yaml")
	mustHold(t, about("赛季"), "⚠", "40 和 60", "50 和 50", "下个赛季")
}

// TestDoctorFolderInUse: another command holds the folder and cannot be asked.
func TestDoctorFolderInUse(t *testing.T) {
	t.Chdir(t.TempDir())
	held, err := store.StartEmbedded(t.Context(), "data", store.EmbeddedOptions{Private: true})
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	_, about := doctor(t)
	mustHold(t, about("数据"), "✘", "正由另一个进程", fmt.Sprint(os.Getpid()))
	mustHold(t, about("题库"), "–", "数据目录正被占用")
}

func TestSome(t *testing.T) {
	if got := some([]string{"甲", "乙"}); got != "甲、乙" {
		t.Error(got)
	}
	if got := some(strings.Split(strings.Repeat("x,", maxNamed), ",")); strings.Count(got, "x") != maxNamed || !strings.HasSuffix(got, "等") {
		t.Error(got)
	}
}
