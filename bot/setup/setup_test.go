package setup

import (
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"dangshi/bot"
	"dangshi/bot/sandbox/fakeapi"
	"dangshi/bot/wechat"
)

// tokens keeps them in memory.
type tokens struct{ sync.Map }

func (s *tokens) Token(_ context.Context, name string) (string, error) {
	v, _ := s.Load(name)
	token, _ := v.(string)
	return token, nil
}

func (s *tokens) KeepToken(_ context.Context, name, value string, _ time.Duration) error {
	s.Store(name, value)
	return nil
}

func (s *tokens) DropToken(_ context.Context, name string) error {
	s.Delete(name)
	return nil
}

// account is an account with its API, and a client of that.
func account(t *testing.T, cfg fakeapi.Config) (*fakeapi.API, *wechat.API) {
	t.Helper()
	fake, err := fakeapi.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	t.Cleanup(fake.Wait)
	api, err := wechat.NewAPI(wechat.APIConfig{AppID: "wx0123456789abcdef", Secret: "a-secret", Base: server.URL, Tokens: new(tokens)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	return fake, api
}

// console gives the account what its editors have made in WeChat's console.
func console(t *testing.T, fake *fakeapi.API) {
	t.Helper()
	menu, err := os.ReadFile("testdata/menu.json")
	if err != nil {
		t.Fatal(err)
	}
	replies, err := os.ReadFile("testdata/replies.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := fake.SetConsole(t.Context(), fakeapi.Console{Menu: menu, Replies: replies}); err != nil {
		t.Fatal(err)
	}
}

// fetched is what the account has, carried over.
func fetched(t *testing.T, api *wechat.API) Carried {
	t.Helper()
	menu, err := api.OwnMenu(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	replies, err := api.AutoReplies(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return Carry(menu, replies)
}

// settings reads a part of dangshi.yaml.
func settings(t testing.TB, text []byte) (menu []bot.MenuEntry, answers []bot.Answer) {
	t.Helper()
	var file struct {
		Menu    []bot.MenuEntry
		Answers []bot.Answer
	}
	dec := yaml.NewDecoder(strings.NewReader(string(text)))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil && err.Error() != "EOF" {
		t.Fatalf("%v:\n%s", err, text)
	}
	return file.Menu, file.Answers
}

// TestCarry: what the console of a real account holds comes over as settings that
// can be used as they are, and what does not is named.
func TestCarry(t *testing.T) {
	fake, api := account(t, fakeapi.Config{Unverified: true})
	console(t, fake)
	text, err := fetched(t, api).YAML(time.Date(2026, time.November, 26, 9, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/carried.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != string(want) {
		t.Errorf("carried over:\n%s", text)
	}
	menu, answers := settings(t, text)
	if err := bot.CheckMenu(menu, answers); err != nil || len(menu) != 3 || len(answers) != 6 {
		t.Errorf("%d entries, %d answers, %v", len(menu), len(answers), err)
	}
}

// TestNothingToCarry: an account whose editors have made nothing.
func TestNothingToCarry(t *testing.T) {
	_, api := account(t, fakeapi.Config{})
	c := fetched(t, api)
	text, err := c.YAML(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if menu, answers := settings(t, text); len(menu)+len(answers)+len(c.Left) > 0 || !strings.Contains(string(text), "没有可以照搬的菜单") {
		t.Errorf("%s", text)
	}
}

// FuzzCarry: whatever stands in the console makes settings that can be read and
// mean the same.
func FuzzCarry(f *testing.F) {
	f.Add("text", "联系我们", "0571", "http://x.cn/a?b=1&c=2", "equal", "电话")
	f.Add("news", "帮助", "a\nb: c # d", "https://mp.weixin.qq.com/s", "contain", "答题")
	f.Add("click", "\"'{[", "\u0085\u2028\x00", "javascript:1", "", " ")
	f.Fuzz(func(t *testing.T, kind, name, value, address, mode, word string) {
		news := []wechat.News{{Title: name, URL: address}}
		b := wechat.OwnButton{Button: wechat.Button{Type: kind, Name: name, Key: word, URL: address, AppID: word, PagePath: value}, Value: value, News: news}
		reply := wechat.AutoReply{Type: kind, Content: value, News: news}
		rule := wechat.ReplyRule{Name: name, All: mode == "", Keywords: []wechat.Keyword{{Text: word, Whole: mode == "equal"}}, Replies: []wechat.AutoReply{reply, {Type: "text", Content: value}}}
		c := Carry(wechat.OwnMenu{Buttons: []wechat.OwnButton{b, {Button: wechat.Button{Name: name}, Sub: []wechat.OwnButton{b, b}}}},
			wechat.AutoReplies{Follow: &reply, Default: &reply, Rules: []wechat.ReplyRule{rule}})
		text, err := c.YAML(time.Unix(0, 0))
		if err != nil {
			t.Fatal(err)
		}
		menu, answers := settings(t, text)
		if err := bot.CheckMenu(menu, answers); err != nil {
			// The name of an entry at the bar is bounded by WeChat, and not by what was made up here.
			if !strings.Contains(err.Error(), "菜单名称") {
				t.Fatalf("%v:\n%s", err, text)
			}
		}
		same := func(a, b bot.Answer) bool {
			return slices.Equal(a.Words, b.Words) && a.Exact == b.Exact && a.Reply == b.Reply && slices.Equal(a.Replies, b.Replies) && a.Image == b.Image
		}
		if len(menu) != len(c.Menu) || !slices.EqualFunc(answers, c.Answers, same) {
			t.Fatalf("it reads as %v, %v:\n%s", menu, answers, text)
		}
	})
}

// TestInstall: what changes is shown, what only the account has is not lost
// unasked, and what is there already is not sent again.
func TestInstall(t *testing.T) {
	fake, api := account(t, fakeapi.Config{})
	console(t, fake)
	menu := []bot.MenuEntry{
		{Name: "答题", Word: "答题"},
		{Name: "关于我们", Items: []bot.MenuEntry{{Name: "官网", URL: "https://www.example.cn/new"}, {Name: "今天", Word: "今天"}}},
	}
	d, err := Install(t.Context(), api, menu, false)
	lost, ok := errors.AsType[*LostError](err)
	if !ok || !slices.Equal(lost.Names, []string{"小程序", "公告", "招聘", "照片", "地址", "帮助", "老系统"}) {
		t.Fatalf("%v", err)
	}
	var shown []string
	for _, l := range d.Lines {
		shown = append(shown, string(l.Mark)+strings.Repeat("  ", l.Depth)+l.Name+"|"+l.Does+"|"+l.Was)
	}
	for _, want := range []string{"+答题|发“答题”|", " 关于我们||", "~  官网|打开 https://www.example.cn/new|打开 http://www.example.cn/", "+  今天|发“今天”|", "-  公告|图文|", "-  照片|图片|"} {
		if !slices.Contains(shown, want) {
			t.Errorf("the difference lacks %q: %q", want, shown)
		}
	}
	if has, err := fake.Menu(t.Context()); err != nil || has != nil {
		t.Errorf("it was installed all the same: %v, %v", has, err)
	}
	if _, err := Install(t.Context(), api, menu, true); err != nil {
		t.Fatal(err)
	}
	sent := func() (n int) {
		for _, c := range fake.Calls() {
			if c.Path == "/cgi-bin/menu/create" {
				n++
			}
		}
		return n
	}
	if d, err := Install(t.Context(), api, menu, false); err != nil || !d.None() || sent() != 1 {
		t.Errorf("again: %+v, %v, sent %d times", d, err, sent())
	}
	slices.Reverse(menu)
	if d, err := Install(t.Context(), api, menu, false); err != nil || d.None() || !d.Moved || sent() != 2 {
		t.Errorf("in another order: %+v, %v, sent %d times", d, err, sent())
	}
}
