package main

import (
	"fmt"
	"strings"
	"testing"

	"dangshi/bot/sandbox/fakeapi"
	"dangshi/quiz"
	"dangshi/store/storetest"
)

// nearGaps takes the item of a day of this week away: it is told what would be
// sent instead, and where there is nothing that is an error.
func nearGaps(t *testing.T, day quiz.Day) {
	t.Helper()
	write(t, "near.jsonl", fmt.Sprintf(`{"id":"today-%[1]s","date":"%[1]s","title":"停用","text":"正文","state":"retired"}`, day.MonthDay()))
	mustRun(t, "content", "load", "near.jsonl")
	code, out, _ := run(t, "doctor")
	mustSay(t, out, fmt.Sprintf("⚠ 党史上的今天：7 天内有 1 天没有已批准的条目：%s（将改发“", day), "此后到第 30 天还有 2 天")
	if code != exitDone {
		t.Errorf("a day that gets something else: exit %d", code)
	}
}

// TestFirstConnection goes the way of whoever connects a subscription account for
// the first time: at each step doctor says what is missing, and the next one is
// marked.
func TestFirstConnection(t *testing.T) {
	storetest.InTurn(t)
	api := newAccount(t, fakeapi.Config{})
	if err := api.SetConsole(t.Context(), fakeapi.Console{Menu: []byte(consoleMenu), Replies: []byte(consoleReplies)}); err != nil {
		t.Fatal(err)
	}
	next := func(step string, args ...string) func(string) string {
		t.Helper()
		_, out, _ := run(t, append([]string{"doctor"}, args...)...)
		_, steps, _ := strings.Cut(out, "接入公众号的各步")
		if mark := "← 先看这一步"; strings.Count(steps, mark) != 1 || !strings.Contains(steps, step+"   "+mark) {
			t.Errorf("the next step is not %s:\n%s", step, steps)
		}
		return reportOf(out)
	}
	t.Setenv("DANGSHI_WECHAT_AESKEY", "")
	about := next("设置和密钥")
	mustHold(t, about("安全模式"), "✘", "EncodingAESKey")
	t.Setenv("DANGSHI_WECHAT_AESKEY", strings.Repeat("k", 43))

	api.Fail(fakeapi.Fault{Path: "/cgi-bin/stable_token", Code: 40164, Times: -1})
	about = next("AppID、AppSecret 和 IP 白名单")
	mustHold(t, about("接口凭据和 IP 白名单"), "✘", "203.0.113.7")
	mustHold(t, about("接口权限"), "–", "接口凭据")
	mustHold(t, about("服务器地址"), "–", "DANGSHI_BASE_URL")
	api.ClearFaults()

	mustRun(t, "bank", "load", fileOf(t, "bank.jsonl", bankLines))
	about = next("题库和条目")
	mustHold(t, about("自带的内容"), "⚠", "--starter")
	for _, kind := range []string{"bank", "content"} {
		mustRun(t, kind, "approve", "--starter", "--by", "李老师", "--yes")
	}
	r := startOfEnvironment(t)
	about = next("公网地址和反向代理", "--base-url", r.url+"/none")
	mustHold(t, about("服务器地址"), "✘", "404", "/wechat")
	mustHold(t, about("条目页"), "✘", "404", "/today/")
	about = next("公网地址和反向代理", "--base-url", r.url, "--wechat-token", "another")
	mustHold(t, about("服务器地址"), "✘", "DANGSHI_WECHAT_TOKEN")
	about = next("设置和密钥", "--base-url", "http://127.0.0.1:1") // only warnings are left
	mustHold(t, about("服务器地址"), "⚠", "连不上")
	_, about = doctor(t, "--base-url", r.url)
	mustHold(t, about("服务器地址"), "✔", "通过了")
	mustHold(t, about("条目页"), "✔", "/today/")
	mustHold(t, about("原有的自动回复"), "⚠", "1 条关键词规则", "menu import")
	mustHold(t, about("菜单"), "⚠", "地址、录音", "menu import", "menu push")
	mustHold(t, about("接口权限"), "✔", "订阅号")
	mustRun(t, "menu", "push", "--yes")
	_, about = doctor(t)
	mustHold(t, about("菜单"), "✔")
}

// startOfEnvironment is a replica with the settings of the environment, over the
// data of this folder.
func startOfEnvironment(t *testing.T) *replica {
	t.Helper()
	var c cli
	if _, err := parser(t, &c).Parse([]string{"serve", "--addr", "127.0.0.1:0"}); err != nil {
		t.Fatal(err)
	}
	return start(t, c.Settings)
}

// TestRights: what kinds of accounts lack is told, and it is an error where the
// push has no way at all.
func TestRights(t *testing.T) {
	storetest.InTurn(t)
	for _, c := range []struct {
		name, channels string
		cfg            fakeapi.Config
		mark           string
		words          []string
	}{
		{"an unverified account with drafts", "[draft]", fakeapi.Config{Unverified: true}, "⚠", []string{"没有认证", "提醒", "菜单"}},
		{"an unverified account with mass texts", "[mass]", fakeapi.Config{Unverified: true}, "✘", []string{"没有认证", "群发（推送）", "微信认证"}},
		{"an unverified account with both", "[mass, draft]", fakeapi.Config{Unverified: true}, "⚠", []string{"群发（推送）"}},
		{"a verified subscription account", "[mass]", fakeapi.Config{}, "✔", []string{"订阅号"}},
		{"a verified service account", "[mass]", fakeapi.Config{Service: true}, "✔", []string{"服务号"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			api := newAccount(t, c.cfg)
			write(t, "dangshi.yaml", "push: {channels: "+c.channels+"}\n")
			_, about := doctor(t)
			mustHold(t, about("接口权限"), c.mark, c.words...)
			api.Fail(fakeapi.Fault{Path: "/cgi-bin/openapi/quota/get", Code: 45011, Times: -1})
			_, about = doctor(t)
			mustHold(t, about("接口权限"), "⚠", "问不到", "核对")
		})
	}
}
