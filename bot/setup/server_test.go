package setup

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/bot/wechat"
)

// TestCheckServer: the real webhook verifies itself, and what may stand before it
// is told apart.
func TestCheckServer(t *testing.T) {
	hook, err := wechat.New(wechat.Config{Token: "a-token", Timeout: time.Second}, func(_ context.Context, _ bot.Message) bot.Reply { return bot.Reply{} })
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/wechat", hook)
	mux.Handle("/today/", http.RedirectHandler("/today/2026-11-26", http.StatusFound))
	mux.Handle("/moved/wechat", http.RedirectHandler("/wechat", http.StatusMovedPermanently))
	mux.HandleFunc("/down/wechat", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "", http.StatusBadGateway) })
	mux.HandleFunc("/other/wechat", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) })
	mux.HandleFunc("/odd/wechat", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "", http.StatusTeapot) })
	server := httptest.NewServer(mux)
	defer server.Close()
	secure := httptest.NewTLSServer(mux)
	defer secure.Close()
	visitor := NewVisitor(10 * time.Second)
	for _, c := range []struct {
		base, token string
		reached     bool
		says        string
	}{
		{server.URL, "a-token", true, ""},
		{server.URL + "/", "a-token", true, ""},
		{server.URL, "another", true, "令牌"},
		{server.URL + "/none", "a-token", true, "反向代理没有把 /wechat 转到"},
		{server.URL + "/moved", "a-token", true, "不会跟过去"},
		{server.URL + "/down", "a-token", true, "serve 没有运行"},
		{server.URL + "/other", "a-token", true, "不是 serve 的"},
		{server.URL + "/odd", "a-token", true, "418"},
		{secure.URL, "a-token", false, "证书"},
		{"http://127.0.0.1:1", "a-token", false, "连不上"},
	} {
		err := CheckServer(t.Context(), visitor, c.base, c.token, time.Now())
		if c.says == "" {
			if err != nil {
				t.Errorf("%s: %v", c.base, err)
			}
			continue
		}
		fault, ok := errors.AsType[*ServerError](err)
		if !ok || fault.Reached != c.reached || !strings.Contains(fault.Why, c.says) || strings.Contains(fault.Why, "signature") {
			t.Errorf("%s: %v, want %s", c.base, err, c.says)
		}
	}
	if err := CheckPage(t.Context(), visitor, server.URL, "/other/wechat"); err != nil {
		t.Error(err)
	}
	if err := CheckPage(t.Context(), visitor, server.URL, "/today/"); err != nil {
		t.Error(err)
	}
	for _, path := range []string{"/none/", "/moved/wechat"} {
		if err := CheckPage(t.Context(), visitor, server.URL, path); err == nil {
			t.Errorf("%s can be opened", path)
		}
	}
}
