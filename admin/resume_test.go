package admin

import (
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"dangshi/admin/account"
	"dangshi/admin/frame"
)

// TestResumption: what waited for signing in leads to actions of the console and nowhere
// else, whatever the field of the form says.
func TestResumption(t *testing.T) {
	rooms := frame.Section{Path: "/admin/rooms", Name: "房间", Right: account.Look, Files: fstest.MapFS{}, Routes: []frame.Route{
		{Pattern: "GET /admin/rooms", Right: account.Look}, {Pattern: "POST /admin/rooms/{id}/lock", Right: account.Govern},
	}}
	c, err := New(Config{Now: time.Now, Logger: slog.New(slog.DiscardHandler), Sections: []frame.Section{rooms}})
	if err != nil {
		t.Fatal(err)
	}
	for to, want := range map[string]bool{
		"/admin/rooms/3/lock": true, "/admin/rooms/3/lock?season=2026": true, "/admin/rooms": false, "/admin/rooms/3": false, "/admin/rooms/3/lock/": false,
		"/admin/me/password": false, "/admin/logout": false, "/admin/login": false, "/admin/nothing": false, "": false, "/wechat": false, "/admin/../wechat": false,
		"https://evil.example/admin/rooms/3/lock": false, "//evil.example/admin/rooms/3/lock": false, "/admin/rooms//3/lock": false, "javascript:alert(1)": false,
	} {
		kept, err := json.Marshal(resumption{To: to, Fields: url.Values{"a": {"甲"}}})
		if err != nil {
			t.Fatal(err)
		}
		p, at, ok := c.resumption(base64.RawURLEncoding.EncodeToString(kept))
		if ok != want || ok && (at.Path != "/admin/rooms" || p.Fields.Get("a") != "甲") {
			t.Errorf("%q: %t, %+v", to, ok, p)
		}
	}
	for _, kept := range []string{"", "!", "bnVsbA", base64.RawURLEncoding.EncodeToString([]byte(`{"to":3}`))} {
		if _, _, ok := c.resumption(kept); ok {
			t.Errorf("%q is taken", kept)
		}
	}
}

// TestResumedIsBounded: as much of a form is kept as a page can carry, all of it or
// nothing, and of an empty one nothing.
func TestResumedIsBounded(t *testing.T) {
	for _, c := range []struct {
		about      string
		kind, body string
		kept, long bool
	}{
		{"a form", "application/x-www-form-urlencoded", "a=1", true, false},
		{"an empty one", "application/x-www-form-urlencoded", "a=&b=+", false, false},
		{"a long one", "application/x-www-form-urlencoded", "a=" + strings.Repeat("%E9", maxKept), false, true},
		{"one longer than a page", "application/x-www-form-urlencoded", "a=" + strings.Repeat("x", maxKept*3/4), false, true},
		{"one that is broken", "application/x-www-form-urlencoded", "a=%zz", false, true},
		{"parts", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n", true, false},
		{"a long part", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + strings.Repeat("x", maxKept+1) + "\r\n--b--\r\n", false, true},
		{"parts that break off", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1", false, true},
		{"no form", "application/json", `{"a":1}`, false, false},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/admin/rooms/3/lock", strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.kind)
		if kept, long, files := resumed(r); kept != "" != c.kept || long != c.long || files {
			t.Errorf("%s: %d bytes, long %t, files %t", c.about, len(kept), long, files)
		}
	}
}

// TestKeptFitsTheLogin: what is kept of an action comes back with the form of the login,
// whatever was typed: none of its letters takes more room there.
func TestKeptFitsTheLogin(t *testing.T) {
	for _, letter := range []string{">", "?", "\u7d2b", "\u9f3e", "\U0010ffff"} {
		text := url.Values{"text": {strings.Repeat(letter, 280_000/len(letter))}}
		r := httptest.NewRequest(http.MethodPost, "/admin/x", strings.NewReader(text.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		kept, long, _ := resumed(r)
		if sent := len(url.QueryEscape(kept)); long || len(kept) < maxKept*9/10 || sent > maxKept {
			t.Errorf("%q: %d bytes are kept, %d are sent, %d may be", letter, len(kept), sent, maxKept)
		}
	}
}

// TestResumedByAnother: what was typed is shown to nobody who may not do it.
func TestResumedByAnother(t *testing.T) {
	rooms := frame.Section{Path: "/admin/rooms", Name: "房间", Right: account.Look, Files: fstest.MapFS{}, Routes: []frame.Route{{Pattern: "POST /admin/rooms/{id}/lock", Right: account.Govern}}}
	c, err := New(Config{Now: time.Now, Logger: slog.New(slog.DiscardHandler), Sections: []frame.Section{rooms}})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := json.Marshal(resumption{To: "/admin/rooms/3/lock", Fields: url.Values{"why": {"王芳来电"}}})
	if err != nil {
		t.Fatal(err)
	}
	p, at, ok := c.resumption(base64.RawURLEncoding.EncodeToString(kept))
	for role, may := range map[account.Role]bool{account.Admin: true, account.Staff: false} {
		ctx, err := c.sessions.Load(t.Context(), "")
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		w := httptest.NewRecorder()
		c.resume(w, httptest.NewRequestWithContext(ctx, http.MethodPost, "/admin/login", nil), account.Account{Name: "张三", Role: role}, p, at)
		page := w.Body.String()
		if strings.Contains(page, "王芳") != may || strings.Contains(page, "/3/lock") != may || strings.Contains(page, "不能接着做") == may {
			t.Errorf("%s sees, with status %d: %s", role, w.Code, page)
		}
	}
}
