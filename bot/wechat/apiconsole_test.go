package wechat

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

// consoleAPI is an API of which one path answers.
func consoleAPI(t *testing.T, path, answer string) *API {
	t.Helper()
	base := answers(t, map[string]http.HandlerFunc{path: says200(answer)})
	return newAPI(t, base, with(firstToken), io.Discard, nil)
}

// TestOwnMenu reads the menu as the documents show it, and as an empty account
// has it.
func TestOwnMenu(t *testing.T) {
	const path = "/cgi-bin/get_current_selfmenu_info"
	got, err := consoleAPI(t, path, `{"is_menu_open":1,"selfmenu_info":{"button":[
		{"name":"更多","sub_button":{"list":[{"type":"news","name":"公告","value":"id","news_info":{"list":[{"title":"题","content_url":"http://mp.weixin.qq.com/s"}]}}]}},
		{"type":"click","name":"点","key":"今天"}]}}`).OwnMenu(t.Context())
	want := OwnMenu{Open: true, Buttons: []OwnButton{
		{Button: Button{Name: "更多"}, Sub: []OwnButton{{Button: Button{Type: "news", Name: "公告"}, Value: "id", News: []News{{"题", "http://mp.weixin.qq.com/s"}}}}},
		{Button: Button{Type: "click", Name: "点", Key: "今天"}},
	}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := consoleAPI(t, path, `{"is_menu_open":0}`).OwnMenu(t.Context()); err != nil || got.Open || got.Buttons != nil {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := consoleAPI(t, path, `{}`).OwnMenu(t.Context()); !errors.Is(err, ErrUnreachable) {
		t.Errorf("an answer without anything: %v", err)
	}
}

// TestAutoReplies reads the replies as the documents show them.
func TestAutoReplies(t *testing.T) {
	const path = "/cgi-bin/get_current_autoreply_info"
	got, err := consoleAPI(t, path, `{"is_add_friend_reply_open":1,"is_autoreply_open":1,"add_friend_autoreply_info":{"type":"text","content":"欢迎"},
		"keyword_autoreply_info":{"list":[{"rule_name":"规则","create_time":1,"reply_mode":"reply_all",
		"keyword_list_info":[{"type":"text","match_mode":"contain","content":"甲"},{"type":"text","match_mode":"equal","content":"乙"}],
		"reply_list_info":[{"type":"text","content":"好"},{"type":"news","news_info":{"list":[{"title":"题","content_url":"http://x.cn"}]}}]}]}}`).AutoReplies(t.Context())
	want := AutoReplies{FollowOpen: true, Open: true, Follow: &AutoReply{Type: "text", Content: "欢迎"}, Rules: []ReplyRule{{
		Name: "规则", All: true, Keywords: []Keyword{{"甲", false}, {"乙", true}},
		Replies: []AutoReply{{Type: "text", Content: "好"}, {Type: "news", News: []News{{"题", "http://x.cn"}}}},
	}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := consoleAPI(t, path, `{"is_add_friend_reply_open":0,"is_autoreply_open":0}`).AutoReplies(t.Context()); err != nil || !reflect.DeepEqual(got, AutoReplies{}) {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestSceneCode: what is asked for, and what is not even asked.
func TestSceneCode(t *testing.T) {
	var asked string
	base := answers(t, map[string]http.HandlerFunc{"/cgi-bin/qrcode/create": func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked = string(body)
		fmt.Fprint(w, `{"ticket":"gQ","url":"http://weixin.qq.com/q/02"}`)
	}})
	a := newAPI(t, base, with(firstToken), io.Discard, nil)
	address, err := a.SceneCode(t.Context(), "zb1")
	if err != nil || address != "http://weixin.qq.com/q/02" || asked != `{"action_name":"QR_LIMIT_STR_SCENE","action_info":{"scene":{"scene_str":"zb1"}}}` {
		t.Errorf("%q, %v, asked with %s", address, err, asked)
	}
	asked = ""
	for _, scene := range []string{"", strings.Repeat("a", 65), "a\x00"} {
		if _, err := a.SceneCode(t.Context(), scene); err == nil || asked != "" {
			t.Errorf("%q is asked for: %v", scene, err)
		}
	}
	_, err = consoleAPI(t, "/cgi-bin/qrcode/create", `{"errcode":48001,"errmsg":"api unauthorized"}`).SceneCode(t.Context(), "zb1")
	if !errors.Is(err, ErrRights) {
		t.Errorf("%v", err)
	}
}

// TestMay: only one refusal means that the account has no right.
func TestMay(t *testing.T) {
	for _, c := range []struct {
		answer            string
		may, sure, failed bool
	}{
		{`{"errcode":0,"errmsg":"ok","quota":{"daily_limit":100,"used":1,"remain":99}}`, true, true, false},
		{`{"errcode":0,"errmsg":"ok","quota":{"daily_limit":0,"used":0,"remain":0}}`, true, false, false},
		{`{"errcode":76022,"errmsg":"could not use this cgi_path, no permission"}`, false, true, false},
		{`{"errcode":48001,"errmsg":"api unauthorized"}`, false, false, true}, // to ask
		{`{"errcode":76021,"errmsg":"cgi_path not found, please check"}`, false, false, true},
		{`{"errcode":0,"errmsg":"ok"}`, false, false, true},
	} {
		may, sure, err := consoleAPI(t, "/cgi-bin/openapi/quota/get", c.answer).May(t.Context(), "/cgi-bin/draft/add")
		if may != c.may || sure != c.sure || (err != nil) != c.failed {
			t.Errorf("%s: %t, %t, %v", c.answer, may, sure, err)
		}
	}
}
