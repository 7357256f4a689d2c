package wechat

import (
	"errors"
	"io"
	"net/http"
	"testing"
)

// TestPublish: what WeChat answers to a publication, and what becomes of it.
func TestPublish(t *testing.T) {
	const submit, get = "/cgi-bin/freepublish/submit", "/cgi-bin/freepublish/get"
	var says string
	body := map[string]string{}
	handler := func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		body[r.URL.Path] = string(b)
		io.WriteString(w, says)
	}
	a := newAPI(t, answers(t, map[string]http.HandlerFunc{submit: handler, get: handler}), with(firstToken), io.Discard, nil)
	for _, c := range []struct {
		says, id string
		err      error
	}{
		{`{"errcode":0,"errmsg":"ok","publish_id":"100000001","msg_data_id":"7"}`, "100000001", nil},
		{`{"errcode":0,"errmsg":"ok","publish_id":2247503051}`, "2247503051", nil},
		{`{"errcode":53503,"errmsg":"no"}`, "", ErrContent},
		{`{"errcode":48001,"errmsg":"no"}`, "", ErrRights},
		{`{"errcode":0,"errmsg":"ok"}`, "", ErrAmbiguous},
		{`{"errcode":0,"publish_id":{}}`, "", ErrAmbiguous},
	} {
		says = c.says
		if id, err := a.Publish(t.Context(), "m1"); id != c.id || !errors.Is(err, c.err) {
			t.Errorf("%s: %q, %v", c.says, id, err)
		}
	}
	if body[submit] != `{"media_id":"m1"}` {
		t.Error(body[submit])
	}
	for _, c := range []struct {
		says string
		want Publication
		err  error
	}{
		{`{"publish_id":"1","publish_status":0,"article_id":"A","article_detail":{"count":1,"item":[{"idx":1,"article_url":"http://mp.weixin.qq.com/s?a=1"}]},"fail_idx":[]}`, Publication{Done: true, URL: "https://mp.weixin.qq.com/s?a=1"}, nil},
		{`{"publish_id":"1","publish_status":1,"fail_idx":[]}`, Publication{}, nil},
		{`{"publish_id":"1","publish_status":4,"fail_idx":[1]}`, Publication{Done: true, Why: "平台审核没有通过"}, nil},
		{`{"publish_id":"1","publish_status":9}`, Publication{Done: true, Why: "微信没有发布，状态 9"}, nil},
		{`{"publish_id":"1","publish_status":0,"article_detail":{"item":[{"article_url":"javascript:1"}]}}`, Publication{Done: true, Why: "微信没有给出文章的地址"}, nil},
		{`{"errcode":48001,"errmsg":"no"}`, Publication{}, ErrRights},
		{`{"publish_id":"1"}`, Publication{}, ErrUnreachable},
	} {
		says = c.says
		if p, err := a.Published(t.Context(), "1"); p != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %+v, %v", c.says, p, err)
		}
	}
	if body[get] != `{"publish_id":"1"}` {
		t.Error(body[get])
	}
}
