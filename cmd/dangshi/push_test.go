package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"dangshi/bot/sandbox/fakeapi"
	"dangshi/bot/wechat/peer"
	"dangshi/quiz"
	"dangshi/store/storetest"
)

// outbox is what GET /sandbox/outbox answers.
func outbox(t *testing.T, r *replica) (sent []fakeapi.Sent) {
	t.Helper()
	resp, err := http.Get(r.url + "/sandbox/outbox")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("outbox: %d %v %s", resp.StatusCode, err, body)
	}
	if err := json.Unmarshal(body, &sent); err != nil {
		t.Fatalf("outbox: %v: %s", err, body)
	}
	return sent
}

// TestPushInTheSandbox: the sandbox's clock drives the push: nothing is made up for
// at the first start, then each day has one mass text, over a restart and on two
// replicas, and the account's report on it arrives through the webhook.
func TestPushInTheSandbox(t *testing.T) {
	s := defaults()
	s.RedisURL = servers.Redis(t).URL
	r := start(t, s)
	if sent := outbox(t, r); len(sent) != 0 {
		t.Errorf("at the first start %d messages went out", len(sent))
	}
	first := quiz.DayOf(r.now())
	if !r.now().Before(first.Start().Add(7*time.Hour + 30*time.Minute)) {
		first++
	}
	until := func(r *replica, day quiz.Day) {
		t.Helper()
		advance(t, r, (day.Start().Add(9 * time.Hour).Sub(r.now())).String())
	}
	until(r, first)
	other := start(t, s)
	until(other, first+1)
	r.stop()
	until(other, first+2)
	sent := outbox(t, other)
	if len(sent) != 3 {
		t.Fatalf("%d messages in three days: %+v", len(sent), sent)
	}
	for i, m := range sent {
		day := first + quiz.Day(i)
		if m.Kind != fakeapi.KindMass || !m.ToAll || quiz.DayOf(m.Time) != day {
			t.Errorf("day %s: %+v", day, m)
		}
		mustSay(t, m.Content, "【党史上的今天】", "答题")
	}
	eventually(t, "WeChat's report is in the ledger", func() bool {
		days, err := other.push.Status(t.Context(), 1)
		return err == nil && len(days[0].Sends) == 1 && days[0].Sends[0].Counts != nil
	})
	// From the command line it is found sent.
	code, out, errs := run(t, "push", "--redis-url", s.RedisURL)
	if code != exitDone || !strings.Contains(out, "此前已经发过") {
		t.Errorf("push again: exit %d: %s%s", code, out, errs)
	}
	if now := outbox(t, other); len(now) != 3 {
		t.Errorf("after it %d messages", len(now))
	}
}

// TestReminderInTheSandbox: who asked for a reminder gets one while the paper is
// open, and none when it is done.
func TestReminderInTheSandbox(t *testing.T) {
	s := defaults()
	s.Data = t.TempDir()
	r := start(t, s)
	advance(t, r, (quiz.DayOf(r.now()) + 1).Start().Add(8*time.Hour).Sub(r.now()).String())
	follow := func(name string) string {
		t.Helper()
		id := memberNamed(t, r, name)
		act(t, r, id, "follow", "")
		act(t, r, id, "text", "提醒 20:00")
		act(t, r, id, "text", "答题")
		return id
	}
	idle, busy := follow("王阿姨"), follow("小张")
	for range 5 {
		act(t, r, busy, "text", "A")
	}
	advance(t, r, "13h")
	var reminded []string
	for _, m := range outbox(t, r) {
		if m.Kind == fakeapi.KindCustom {
			reminded = append(reminded, m.To...)
		}
	}
	if len(reminded) != 1 || reminded[0] != idle {
		t.Errorf("reminded: %q, want only %q", reminded, idle)
	}
}

// memberNamed is the openid of a member of the phone page.
func memberNamed(t *testing.T, r *replica, name string) string {
	t.Helper()
	resp, err := http.Get(r.url + "/sandbox/state")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var state struct {
		Members []struct{ ID, Name string }
	}
	if err := json.NewDecoder(resp.Body).Decode(&state); err != nil {
		t.Fatal(err)
	}
	for _, m := range state.Members {
		if m.Name == name {
			return m.ID
		}
	}
	t.Fatalf("no member %s", name)
	return ""
}

// act does something on the phone page.
func act(t *testing.T, r *replica, member, kind, text string) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"member": member, "type": kind, "text": text})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := patient.Post(r.url+"/sandbox/send", "application/json", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(resp.Body)
		t.Fatalf("%s %q: status %d: %s", kind, text, resp.StatusCode, said)
	}
}

// realAccount are settings of a real account whose API is a fake.
func realAccount(t *testing.T) (Settings, *fakeapi.API) {
	t.Helper()
	undisturbed(t)
	s := defaults()
	s.RedisURL = servers.Redis(t).URL
	s.WechatAppid, s.WechatSecret, s.WechatToken, s.WechatAeskey = "wx0123456789abcdef", "a-secret", "a-token", strings.Repeat("k", 43)
	api, err := fakeapi.New(fakeapi.Config{AppID: s.WechatAppid, Secret: s.WechatSecret})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	s.WechatAPI = server.URL
	return s, api
}

// flags writes settings as a command line has them.
func flags(s Settings, args ...string) []string {
	return append(args, "--redis-url", s.RedisURL, "--wechat-appid", s.WechatAppid, "--wechat-secret", s.WechatSecret,
		"--wechat-token", s.WechatToken, "--wechat-aeskey", s.WechatAeskey, "--wechat-api", s.WechatAPI)
}

// TestPushOfARealAccount: it is off until it is switched on, and begins with a
// draft; a mass text only where the settings say so.
func TestPushOfARealAccount(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	s, api := realAccount(t)
	start(t, s)
	expect := func(want int, args string, words ...string) {
		t.Helper()
		code, out, errs := run(t, flags(s, strings.Fields(args)...)...)
		if code != want {
			t.Errorf("dangshi %s: exit %d: %s%s", args, code, out, errs)
		}
		mustSay(t, out+errs, words...)
		if strings.Contains(out+errs, s.WechatSecret) {
			t.Errorf("dangshi %s tells the secret", args)
		}
	}
	count := func(drafts, sent int) {
		t.Helper()
		d, err := api.Drafts(t.Context())
		o, err2 := api.Outbox(t.Context())
		if err != nil || err2 != nil || len(d) != drafts || len(o) != sent {
			t.Errorf("%d drafts (%v) and %d messages (%v), want %d and %d", len(d), err, len(o), err2, drafts, sent)
		}
	}
	expect(exitFailed, "push", "没有已批准的")
	expect(exitDone, "content approve --starter --by 审核员", "草稿 → 已批准")
	expect(exitDone, "bank approve --starter --by 审核员", "草稿 → 已批准")
	expect(exitFailed, "push", "没有打开", "push on")
	expect(exitDone, "push --dry-run", "推送没有打开", "draft", "标题")
	count(0, 0)
	expect(exitDone, "push on", "已打开")
	api.Fail(fakeapi.Fault{Path: "/cgi-bin/draft/add", Code: 48001, Times: -1})
	expect(exitFailed, "push", "被拒绝", "48001", "权限")
	api.ClearFaults()
	api.Fail(fakeapi.Fault{Code: 40164, Message: "invalid ip 203.0.113.9, not in whitelist", Times: -1})
	expect(exitFailed, "push", "白名单", "203.0.113.9")
	api.ClearFaults()
	expect(exitDone, "push", "已发出")
	expect(exitDone, "push", "此前已经发过")
	count(1, 0)
	expect(exitDone, "push status", "已打开", "已发出", "/draft")
	expect(exitUsage, "push --day 2026-01-01", "--dry-run")
	expect(exitUsage, "push --dry-run --day tomorrow", "tomorrow")
	expect(exitDone, "push off", "已关闭")
	// The same data with the settings of a sandbox are refused.
	code, out, errs := run(t, "push", "--redis-url", s.RedisURL)
	if code != exitUsage {
		t.Errorf("as a sandbox: exit %d", code)
	}
	mustSay(t, out+errs, "真实公众号", "沙盒")
}

func TestMassChannelOfARealAccount(t *testing.T) {
	t.Chdir(t.TempDir())
	s, api := realAccount(t)
	write(t, "dangshi.yaml", "push: {channels: [mass, draft]}\n")
	start(t, s)
	for _, step := range []struct {
		args string
		code int
		says string
	}{{"content approve --starter --by 审核员", exitDone, "已写入"}, {"push on", exitDone, "已打开"}, {"push", exitDone, "已发出"}, {"push", exitDone, "此前已经发过"}} {
		code, out, errs := run(t, flags(s, strings.Fields(step.args)...)...)
		if code != step.code || !strings.Contains(out, step.says) {
			t.Errorf("dangshi %s: exit %d: %s%s", step.args, code, out, errs)
		}
	}
	sent, err := api.Outbox(t.Context())
	if err != nil || len(sent) != 1 || !sent[0].ToAll || sent[0].ClientMsgID == "" {
		t.Errorf("sent %+v, %v", sent, err)
	}
}

// TestPushBeforeData: what would be sent can be looked at before anything is there,
// and nothing is left behind.
func TestPushBeforeData(t *testing.T) {
	t.Chdir(t.TempDir())
	code, out, errs := run(t, "push", "--dry-run", "--day", fmt.Sprint(quiz.DayOf(time.Now())+1))
	if code != exitDone || !strings.Contains(out, "【党史上的今天】") || !strings.Contains(errs, "还没有数据") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if _, err := os.Stat("data/store.resp"); !os.IsNotExist(err) {
		t.Errorf("data were begun: %v", err)
	}
	if code, _, errs := run(t, "push"); code != exitFailed || !strings.Contains(errs, "serve") {
		t.Errorf("push without data: exit %d: %s", code, errs)
	}
}

// TestSandboxStaysHere: the phone page and all beside it answer this machine only,
// and /wechat anyone.
func TestSandboxStaysHere(t *testing.T) {
	for _, open := range []bool{false, true} {
		s := defaults()
		s.Data, s.SandboxOpen = t.TempDir(), open
		r := start(t, s)
		for _, path := range []string{"/sandbox/", "/sandbox/outbox", "/sandbox/state", "/sandbox/phone.js", "/sandbox/faults"} {
			req := httptest.NewRequest(http.MethodGet, path, nil)
			req.RemoteAddr, req.Host = "192.0.2.7:1234", "dangshi.example.org"
			w := httptest.NewRecorder()
			r.server.Handler.ServeHTTP(w, req)
			if ok := w.Code == http.StatusOK; ok != open {
				t.Errorf("%s for another machine, open %v: status %d", path, open, w.Code)
			}
		}
	}
	s, _ := realAccount(t)
	r := start(t, s)
	resp, err := http.Get(r.url + "/sandbox/")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("a real account has a phone page: %d", resp.StatusCode)
	}
}

// TestSafeModeInTheSandbox: with a key the simulator encrypts, as the account does.
func TestSafeModeInTheSandbox(t *testing.T) {
	s := defaults()
	s.Data, s.Sandbox = t.TempDir(), true
	s.WechatAppid, s.WechatToken, s.WechatAeskey = "wx0123456789abcdef", "a-token", strings.Repeat("k", 43)
	r := start(t, s)
	id := memberNamed(t, r, "李老师")
	act(t, r, id, "follow", "")
	act(t, r, id, "text", "答题")
	mustSay(t, say(t, r.client(), id, "答题"), "第1题")
	if a, err := (&peer.Client{URL: r.url + "/wechat", Token: "a-token", HTTP: patient}).Send(t.Context(), peer.Text(id, "答题")); err != nil || a.Status == http.StatusOK {
		t.Errorf("a plain message is taken: %d %v", a.Status, err)
	}
}
