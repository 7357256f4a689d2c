package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"

	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store/storetest"
)

// TestLoadReachesMembers: what is loaded while serve runs is what members read a
// moment later, and are asked from the next paper on; a draft is not.
func TestLoadReachesMembers(t *testing.T) {
	storetest.InTurn(t)
	for name, at := range map[string]func(*Settings){
		"embedded": func(s *Settings) { s.Data = t.TempDir() },
		"redis":    func(s *Settings) { s.RedisURL = servers.Redis(t).URL },
		"cluster":  func(s *Settings) { s.RedisURL = servers.Cluster(t).URL },
	} {
		t.Run(name, func(t *testing.T) {
			s := defaults()
			at(&s)
			r := start(t, s)
			t.Chdir(t.TempDir())
			t.Setenv("DANGSHI_DATA", s.Data)
			t.Setenv("DANGSHI_REDIS_URL", s.RedisURL)
			loadReachesMembers(t, r)
		})
	}
}

func loadReachesMembers(t *testing.T, r *replica) {
	c := r.client()
	today := quiz.DayOf(r.bot.Now())
	if first := say(t, c, "oReader", "答题"); strings.Contains(first, "新题") {
		t.Fatal(first)
	}
	write(t, "items.jsonl", fmt.Sprintf(`{"date":"%s","title":"今天的新条目","text":"正文。","state":"approved"}
{"date":"%s","title":"明天的新条目","text":"正文。","state":"approved","question":{"type":"judge","stem":"这是新题吗？","answer":"T","explain":"是。"}}
{"date":"%s","title":"明天的草稿","text":"正文。","id":"a-draft"}
`, today, today+1, today+1))
	if out, _ := mustRun(t, "content", "load", "--dry-run", "items.jsonl"); strings.Contains(say(t, c, "oReader", "今天"), "新条目") {
		t.Errorf("a trial run reached members:\n%s", out)
	}
	out, _ := mustRun(t, "content", "load", "items.jsonl")
	mustSay(t, out, "条目     3       0         0     0", "题目     1       0         0     0", "马上就会用上", "有 1 条还没有批准")
	eventually(t, "the new item", func() bool { return strings.Contains(say(t, c, "oReader", "今天"), "今天的新条目") })
	// The paper of the day is frozen.
	mustSay(t, say(t, c, "oLate", "答题"), "第1题")
	if asked := say(t, c, "oLate", "答题"); strings.Contains(asked, "新题") {
		t.Errorf("the paper of the day has changed:\n%s", asked)
	}
	advance(t, r, "24h")
	mustSay(t, say(t, c, "oReader", "今天"), "明天的新条目")
	mustSay(t, say(t, c, "oNext", "答题"), "第1题", "这是新题吗？", "A. 对")
	mustSay(t, say(t, c, "oNext", "A"), "✅ 答对了", "是。")
}

// TestLoadThroughABadNetwork: with connections that break at any moment, before
// and after the write, a load is done and all is there, or it failed and a second
// one is the same as a first.
func TestLoadThroughABadNetwork(t *testing.T) {
	t.Chdir(t.TempDir())
	redis := servers.Redis(t)
	mustRun(t, "bank", "load", fileOf(t, "first.jsonl", bankLines), "--redis-url", redis.URL)
	proxy := storetest.FlakyProxy(t, redis.Addr, 5)
	proxy.SetRates(0.02, 0.02) // a load takes some forty requests
	done, failed, tried := 0, 0, 0
	for i := 0; i < 8 || i < 200 && (done == 0 || failed == 0 || proxy.Cuts().After == 0); i++ {
		tried++
		name := fileOf(t, "more.jsonl", judges(fmt.Sprintf("n%d", i), 3))
		code, out, errs := run(t, "bank", "load", name, "--redis-url", proxy.URL)
		there, _ := mustRun(t, "bank", "export", "--redis-url", redis.URL)
		n := strings.Count(there, fmt.Sprintf(`"id":"n%d-`, i))
		switch {
		case code == exitDone && n == 3:
			done++
		case code == exitFailed && (n == 0 || n == 3):
			failed++
		default:
			t.Errorf("exit %d, %d of 3 are there:\n%s%s", code, n, out, errs)
		}
		mustRun(t, "bank", "load", name, "--redis-url", redis.URL)
	}
	if cuts := proxy.Cuts(); done == 0 || failed == 0 || cuts.After == 0 {
		t.Errorf("%d were done, %d failed, broken %+v: not tried", done, failed, cuts)
	}
	all, _ := mustRun(t, "bank", "export", "--redis-url", redis.URL)
	if n := strings.Count(all, `"id":"n`); n != 3*tried || strings.Contains(all, `"revision":2`) {
		t.Errorf("%d of %d questions", n, 3*tried)
	}
}

// judges is a file of n questions of different stems.
func judges(prefix string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"id":"%[1]s-%[2]d","type":"judge","stem":"%[1]s 第%[2]d题对吗？","answer":"T","explain":"对。","state":"approved"}`+"\n", prefix, i)
	}
	return b.String()
}

// TestLoadMany says how far it is where that takes a while.
func TestLoadMany(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	_, errs := mustRun(t, "bank", "load", fileOf(t, "few.jsonl", judges("few", manyQuestions-1)))
	if errs != "" {
		t.Errorf("a short load says %s", errs)
	}
	_, errs = mustRun(t, "bank", "load", fileOf(t, "many.jsonl", judges("many", manyQuestions)))
	if want := "读完 many.jsonl：2000 条\n正在和题库比较（2000 条）……\n正在写入（2000 条）……\n"; errs != want {
		t.Errorf("got\n%s\nwant\n%s", errs, want)
	}
	if out, _ := mustRun(t, "bank", "load", "many.jsonl"); !strings.Contains(out, "题目     0       0      2000     0") {
		t.Error(out)
	}
	if export, _ := mustRun(t, "bank", "export"); strings.Count(export, `"id":"many-`) != manyQuestions || strings.Count(export, `"id":"few-`) != manyQuestions-1 {
		t.Error("not all are there")
	}
}

// TestLoadTooMany: more than Redis takes in one step is refused, over all files.
func TestLoadTooMany(t *testing.T) {
	storetest.InTurn(t)
	kind := fileKind{read: func(name string, _ io.Reader) (*content.File, error) {
		f := &content.File{Name: name}
		for i := range content.MaxRows/2 + 1 {
			f.Questions = append(f.Questions, content.Entry[content.Question]{Value: content.Question{ID: name + strconv.Itoa(i)}})
		}
		return f, nil
	}}
	t.Chdir(t.TempDir())
	write(t, "a", "")
	write(t, "b", "")
	a := &app{ctx: t.Context(), errs: io.Discard}
	if _, err := a.readFiles([]string{"a"}, kind); err != nil {
		t.Error(err)
	}
	if _, err := a.readFiles([]string{"a", "b"}, kind); report(io.Discard, err) != exitUsage || !strings.Contains(err.Error(), "共有 200002 条，一次最多载入 200000 条") {
		t.Error(err)
	}
}

// TestLoadIsLeft: at a terminal on which nobody types, a load ends when it is
// told to.
func TestLoadIsLeft(t *testing.T) {
	t.Chdir(t.TempDir())
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdin := os.Stdin
	os.Stdin = r
	t.Cleanup(func() { os.Stdin = stdin; w.Close(); r.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs strings.Builder
	if code := Run(ctx, []string{"bank", "load", "-"}, &out, &errs); code != exitFailed || !strings.Contains(errs.String(), "什么也没有载入") {
		t.Errorf("exit %d: %s%s", code, out.String(), errs.String())
	}
}
