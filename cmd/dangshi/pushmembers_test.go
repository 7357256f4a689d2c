package main

import (
	"strings"
	"testing"
	"time"

	"dangshi/bot/push"
	"dangshi/bot/sandbox/fakeapi"
	"dangshi/quiz"
)

// TestPushToMembersInTheSandbox: the sandbox's members are sent to one by one: those
// who wrote lately by a customer message, one who agreed by a notice, nobody twice;
// the command line tells how many.
func TestPushToMembersInTheSandbox(t *testing.T) {
	t.Chdir(t.TempDir())
	s := defaults()
	s.RedisURL = servers.Redis(t).URL
	s.file.Push.Channels = []string{"notice", "custom"}
	r := start(t, s)
	day := quiz.DayOf(r.now()) + 1
	advance(t, r, day.Start().Add(20*time.Hour).Sub(r.now()).String())
	ids := map[string]string{}
	for _, name := range []string{"王阿姨", "小张"} {
		ids[name] = memberNamed(t, r, name)
		act(t, r, ids[name], "follow", "")
		act(t, r, ids[name], "text", "答题")
	}
	act(t, r, ids["小张"], "agree", "")
	act(t, r, ids["小张"], "text", "我的数据")
	write(t, "dangshi.yaml", "push: {channels: [notice, custom]}\n")
	code, out, errs := run(t, "push", "--dry-run", "--day", (day + 1).String(), "--redis-url", s.RedisURL)
	if code != exitDone {
		t.Errorf("exit %d: %s", code, errs)
	}
	mustSay(t, out, "订阅通知，给同意接收的学员；其余的客服消息", "现在能送达：客服消息 1 人，订阅通知 1 人；没有渠道能送达 0 人")
	advance(t, r, "12h")
	kinds := map[string]string{}
	for _, m := range outbox(t, r) {
		for _, to := range m.To {
			kinds[to] += m.Kind + " "
		}
	}
	if len(kinds) != 2 || kinds[ids["王阿姨"]] != "custom " || kinds[ids["小张"]] != "subscribe " {
		t.Errorf("sent %v", kinds)
	}
	code, out, errs = run(t, "push", "status", "--watch", "--redis-url", s.RedisURL)
	if code != exitDone {
		t.Errorf("exit %d: %s", code, errs)
	}
	mustSay(t, out, "/members：已发出", "客服消息发出 1，订阅通知发出 1", "100%（2 / 2 人）", strings.Repeat("█", barWidth))
	if code, out, _ := run(t, "push", "--redis-url", s.RedisURL); code != exitDone || !strings.Contains(out, "此前已经发过") {
		t.Errorf("push again: exit %d: %s", code, out)
	}
}

// TestChannelsGiveWay: what WeChat refuses of one channel goes by the next one: the
// article whose quota is used up, the notice that a member does not want any more.
func TestChannelsGiveWay(t *testing.T) {
	s := defaults()
	s.Data = t.TempDir()
	s.file.Push.Channels = []string{"article", "notice", "custom"}
	r := start(t, s)
	day := quiz.DayOf(r.now()) + 1
	advance(t, r, day.Start().Add(20*time.Hour).Sub(r.now()).String())
	id := memberNamed(t, r, "小张")
	act(t, r, id, "follow", "")
	act(t, r, id, "text", "答题")
	act(t, r, id, "agree", "")
	before := len(outbox(t, r))
	r.simulator.api.Fail(fakeapi.Fault{Path: "/cgi-bin/message/mass/sendall", Code: 45028, Times: -1})
	r.simulator.api.Fail(fakeapi.Fault{Path: "/cgi-bin/message/subscribe/bizsend", Code: 43101, Times: -1})
	advance(t, r, "12h")
	days, err := r.push.Status(t.Context(), 1)
	if err != nil || len(days[0].Sends) != 2 || days[0].Outcome != push.DaySent {
		t.Fatalf("%+v, %v", days, err)
	}
	if article := days[0].Sends[0]; article.Channel != "article" || article.State != push.Refused || !strings.Contains(article.Reason, "45028") || !strings.HasPrefix(article.Link, "https://mp.weixin.qq.com/s?") {
		t.Errorf("%+v", article)
	}
	if each := days[0].Sends[1].Each; each == nil || each.Unknown != 0 || each.Sent["custom"] != 1 {
		t.Errorf("%+v", each)
	}
	if sent := outbox(t, r)[before:]; len(sent) != 1 || sent[0].Kind != fakeapi.KindCustom || !strings.Contains(sent[0].Content, days[0].Sends[0].Link) {
		t.Errorf("%+v", sent)
	}
}

func TestPushSettings(t *testing.T) {
	t.Chdir(t.TempDir())
	for text, want := range map[string]string{
		"channels: [letter]":          `"letter" 不是 draft`,
		"channels: [custom, custom]":  "custom 写了两次",
		"per_second: -1":              "per_second：应为",
		"notice: {template: T}":       "缺少 data",
		"notice: {data: {thing1: x}}": "缺少 template",
		`notice: {template: T, data: {thing1: "{name}", other: x}}`: "没有叫 other 的项",
		`notice: {template: T, data: {thing1: "{name}"}}`:           "不能有 {name}",
		`notice: {template: T, data: {thing1: " "}}`:                "thing1 是空的",
	} {
		write(t, "dangshi.yaml", "push:\n  "+text+"\n")
		code, _, errs := run(t, "push", "status")
		if code != exitUsage || !strings.Contains(errs, want) || !strings.Contains(errs, "dangshi.yaml") {
			t.Errorf("%s: exit %d: %s", text, code, errs)
		}
	}
}
