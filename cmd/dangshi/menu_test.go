package main

import (
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"dangshi/bot/sandbox/fakeapi"
)

// newAccount is a real account in the environment, to which nothing was done yet:
// there are no data.
func newAccount(t *testing.T, cfg fakeapi.Config) *fakeapi.API {
	t.Helper()
	t.Chdir(t.TempDir())
	cfg.AppID, cfg.Secret = "wx0123456789abcdef", "a-secret"
	api, err := fakeapi.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"APPID": cfg.AppID, "SECRET": cfg.Secret, "TOKEN": "a-token", "AESKEY": strings.Repeat("k", 43), "API": server.URL,
	} {
		t.Setenv("DANGSHI_WECHAT_"+name, value)
	}
	return api
}

const (
	consoleMenu    = `{"button":[{"type":"text","name":"地址","value":"人民路1号"},{"type":"voice","name":"录音","value":"x"}]}`
	consoleReplies = `{"is_add_friend_reply_open":0,"is_autoreply_open":1,"keyword_autoreply_info":{"list":[
		{"rule_name":"联系","reply_mode":"reply_all","keyword_list_info":[{"type":"text","match_mode":"contain","content":"电话"}],"reply_list_info":[{"type":"text","content":"0571"}]}]}}`
)

// TestMenu: what the account had is fetched before there are any data, the menu
// goes out only when nothing is lost unasked, and what was fetched goes on
// working in the chat.
func TestMenu(t *testing.T) {
	api := newAccount(t, fakeapi.Config{})
	if err := api.SetConsole(t.Context(), fakeapi.Console{Menu: []byte(consoleMenu), Replies: []byte(consoleReplies)}); err != nil {
		t.Fatal(err)
	}
	out, _ := mustRun(t, "menu", "import")
	mustSay(t, out, "menu:", "word: 地址", "words: [电话]", "录音")
	_, errs := mustRun(t, "menu", "import", "-o", "had.yaml")
	mustSay(t, errs, "菜单 1 栏", "自动回复 2 条", "1 处要留意")
	mustFail(t, exitUsage, []string{"menu", "import", "-o", "had.yaml"}, "had.yaml", "已经有了")

	out, _ = mustRun(t, "menu", "show")
	mustSay(t, out, "+ 答题", "+   党史上的今天", "- 地址", "- 录音", "回复“人民路1号”")
	mustRun(t, "menu", "push", "--dry-run")
	mustFail(t, exitUsage, []string{"menu", "push"}, "地址、录音", "什么也没有装", "menu import", "--yes")
	if menu, err := api.Menu(t.Context()); err != nil || menu != nil {
		t.Fatalf("installed unasked: %v, %v", menu, err)
	}
	had, err := os.ReadFile("had.yaml")
	if err != nil {
		t.Fatal(err)
	}
	write(t, "dangshi.yaml", strings.Replace(string(had), "menu:\n", "menu:\n  - name: 答题\n    word: 答题\n", 1))
	mustFail(t, exitUsage, []string{"menu", "push"}, "录音")
	out, _ = mustRun(t, "menu", "push", "--yes")
	mustSay(t, out, "~ 地址", "回复“人民路1号” → 发“地址”", "已装上")
	out, _ = mustRun(t, "menu", "push")
	mustSay(t, out, "没有变化")
	if menu, err := api.Menu(t.Context()); err != nil || len(menu) != 2 {
		t.Errorf("%v, %v", menu, err)
	}
	if _, err := os.Stat("data"); !os.IsNotExist(err) {
		t.Errorf("data were begun: %v", err)
	}
}

// TestMenuRefused: what WeChat refuses is told with what to do.
func TestMenuRefused(t *testing.T) {
	newAccount(t, fakeapi.Config{Unverified: true})
	mustFail(t, exitFailed, []string{"menu", "push"}, "48001", "微信认证")
	mustRun(t, "menu", "import")
	write(t, "dangshi.yaml", "menu:\n- {name: 这个名字太长了, word: 答题}\n- {name: 甲, word: 电话}\n")
	mustFail(t, exitUsage, []string{"menu", "push"}, "这个名字太长了", "16", "电话", "answers")
	write(t, "dangshi.yaml", "")
	t.Setenv("DANGSHI_WECHAT_SECRET", "")
	mustFail(t, exitUsage, []string{"menu", "show"}, "DANGSHI_WECHAT_SECRET")
}

// TestMenuOfTheSandbox: the simulator's menu is shown and changed as a real one's,
// and an own answer works by a tap.
func TestMenuOfTheSandbox(t *testing.T) {
	t.Chdir(t.TempDir())
	mustFail(t, exitFailed, []string{"menu", "show"}, "serve")
	r := start(t, defaults())
	eventually(t, "the menu is installed", func() bool {
		menu, err := r.simulator.api.Menu(t.Context())
		return err == nil && menu != nil
	})
	out, _ := mustRun(t, "menu", "show")
	mustSay(t, out, "没有变化")
	write(t, "dangshi.yaml", "answers:\n- {words: [电话], reply: \"0571\"}\nmenu:\n- {name: 电话, word: 电话}\n")
	out, _ = mustRun(t, "menu", "push", "--yes")
	mustSay(t, out, "+ 电话", "- 答题", "已装上")
}
