package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/silenceper/wechat/v2/util"
)

const (
	testSecret = "5ecre7+/5ecre7+/5ecre7+/5ecre7=="
	firstToken = "70ken+one/"
)

// tokens keeps tokens in memory, and what was done with them.
type tokens struct {
	mu     sync.Mutex
	values map[string]string
	lives  []time.Duration
	down   error // what every call says, unless nil
}

func (s *tokens) Token(_ context.Context, name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.values[name], s.down
}

func (s *tokens) KeepToken(_ context.Context, name, value string, ttl time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down == nil {
		if s.values == nil {
			s.values = map[string]string{}
		}
		s.values[name] = value
		s.lives = append(s.lives, ttl)
	}
	return s.down
}

func (s *tokens) DropToken(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.values, name)
	return s.down
}

// with is a place that keeps a token already.
func with(token string) *tokens {
	return &tokens{values: map[string]string{"access:" + testAppID: token}}
}

// observation is what Observe was told.
type observation struct {
	path string
	code int
}

type observed struct {
	mu  sync.Mutex
	all []observation
}

func (o *observed) observe(path string, code int, d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all = append(o.all, observation{path, code})
}

func (o *observed) count(path string) (n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, each := range o.all {
		if each.path == path {
			n++
		}
	}
	return n
}

func newAPI(t testing.TB, base string, kept Tokens, log io.Writer, o *observed) *API {
	t.Helper()
	cfg := APIConfig{AppID: testAppID, Secret: testSecret, Base: base, Tokens: kept, Logger: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	if o != nil {
		cfg.Observe = o.observe
	}
	a, err := NewAPI(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

// answers is a server that answers each path with what it is given, and the address of it.
func answers(t testing.TB, by map[string]http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h, ok := by[r.URL.Path]; ok {
			h(w, r)
			return
		}
		t.Errorf("nothing is prepared for %s", r.URL.Path)
		http.NotFound(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func says200(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, body) }
}

// silent fails the test where an error or the log holds what nobody may read.
func silent(t *testing.T, log fmt.Stringer, err error) {
	t.Helper()
	text := log.String()
	if err != nil {
		text += fmt.Sprintf("\n%v\n%+v", err, err)
		for inner := err; inner != nil; inner = errors.Unwrap(inner) {
			text += "\n" + inner.Error()
		}
	}
	for _, word := range []string{testSecret, firstToken, member} {
		for _, form := range []string{word, url.QueryEscape(word)} {
			if strings.Contains(text, form) {
				t.Errorf("%q can be read:\n%s", form, text)
			}
		}
	}
	for _, word := range []string{"access_token=", "secret="} {
		if strings.Contains(text, word) {
			t.Errorf("%q can be read:\n%s", word, text)
		}
	}
}

// lockedBuffer takes the log of several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

const pathMass = "/cgi-bin/message/mass/sendall"

// What goes wrong on the way: is it sure that WeChat has not seen the request?
func TestTransportFaults(t *testing.T) {
	hijack := func(say string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			io.WriteString(conn, say)
			conn.Close()
		}
	}
	status := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(code)
			io.WriteString(w, strings.ReplaceAll(body, "URL", r.URL.String()))
		}
	}
	tests := []struct {
		name   string
		handle http.HandlerFunc // nil: nobody listens
		class  error
		says   string
	}{
		{"nobody listens", nil, ErrUnreachable, "connection refused"},
		{"cut off without an answer", hijack(""), ErrAmbiguous, "EOF"},
		{"cut off within the header", hijack("HTTP/1.1 200 OK\r\nContent-"), ErrAmbiguous, "Content-"},
		{"cut off within the body", hijack("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"errcode\":0,"), ErrAmbiguous, "EOF"},
		{"no HTTP", hijack("SSH-2.0-" + url.QueryEscape(firstToken) + "\r\n"), ErrAmbiguous, "malformed"},
		{"a gateway's page", status(502, "<html>URL</html>"), ErrAmbiguous, "502"},
		{"a page with status 200", says200("<html>"), ErrAmbiguous, "JSON"},
		{"not found", status(404, "URL"), ErrAmbiguous, "404"},
		{"nothing", says200(""), ErrAmbiguous, "JSON"},
		{"null", says200("null"), ErrAmbiguous, "缺少"},
		{"no msg_id", says200(`{"errcode":0,"errmsg":"ok"}`), ErrAmbiguous, "缺少"},
		{"a msg_id that is none", says200(`{"errcode":0,"errmsg":"ok","msg_id":"x"}`), ErrAmbiguous, "JSON"},
		{"an endless answer", says200(strings.Repeat(" ", maxAnswer+1)), ErrAmbiguous, "过长"},
		{"system error", says200(`{"errcode":-1,"errmsg":"system error"}`), ErrAmbiguous, "繁忙"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			base := "http://127.0.0.1:1"
			if tt.handle != nil {
				base = answers(t, map[string]http.HandlerFunc{pathMass: tt.handle})
			}
			var log lockedBuffer
			var o observed
			a := newAPI(t, base, with(firstToken), &log, &o)
			id, err := a.MassText(t.Context(), "早上好", "d20260101")
			if id != 0 || !errors.Is(err, tt.class) || errors.Is(err, ErrUnreachable) == errors.Is(err, ErrAmbiguous) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%d %v", id, err)
			}
			if n := o.count(pathMass); n != 1 {
				t.Errorf("it was sent %d times", n)
			}
			silent(t, &log, err)
		})
	}
}

// Where the token can't be fetched, the call itself was surely not made.
func TestTokenFaults(t *testing.T) {
	tests := []struct {
		name, answer string
		class        error
	}{
		{"a page", "<html>", ErrUnreachable},
		{"no token", `{"expires_in":7200}`, ErrUnreachable},
		{"busy", `{"errcode":-1,"errmsg":"system error"}`, ErrUnreachable},
		{"whitelist", `{"errcode":40164,"errmsg":"invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 1"}`, ErrWhitelist},
		{"secret", `{"errcode":40125,"errmsg":"invalid appsecret ` + testSecret + `"}`, ErrSecret},
		{"secret, by another code", `{"errcode":40001,"errmsg":"invalid credential"}`, ErrSecret},
		{"quota", `{"errcode":45009,"errmsg":"reach max api daily quota limit"}`, ErrQuota},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var log lockedBuffer
			var o observed
			a := newAPI(t, answers(t, map[string]http.HandlerFunc{pathToken: says200(tt.answer)}), &tokens{}, &log, &o)
			_, err := a.MassText(t.Context(), "早上好", "d20260101")
			if !errors.Is(err, tt.class) || errors.Is(err, ErrAmbiguous) {
				t.Error(err)
			}
			if tt.class == ErrWhitelist && !strings.Contains(err.Error(), "（微信看到的本机地址是 203.0.113.7）") {
				t.Error(err)
			}
			if o.count(pathToken) != 1 {
				t.Errorf("%+v", o.all)
			}
			silent(t, &log, err)
			if check := a.Check(t.Context()); !errors.Is(check, tt.class) {
				t.Error(check)
			}
		})
	}
}

// A caller that gives up while WeChat has the request must not take it for not sent.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	base := answers(t, map[string]http.HandlerFunc{pathMass: func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) // only then the server sees the client go
		cancel()
		<-r.Context().Done()
	}})
	var log lockedBuffer
	a := newAPI(t, base, with(firstToken), &log, nil)
	_, err := a.MassText(ctx, "早上好", "d20260101")
	if !errors.Is(err, ErrAmbiguous) || !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	_, err = a.MassText(ctx, "早上好", "d20260101")
	if !errors.Is(err, ErrUnreachable) || !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	silent(t, &log, err)
}

// The clock of this bubble is synctest's, the network is net.Pipe.
func TestTimeouts(t *testing.T) {
	tests := []struct {
		name  string
		dial  func(ctx context.Context) (net.Conn, error)
		class error
	}{
		{"no connection", func(ctx context.Context) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }, ErrUnreachable},
		{"no answer", func(context.Context) (net.Conn, error) {
			here, there := net.Pipe()
			go func() { io.Copy(io.Discard, there); there.Close() }() // reads all, says nothing
			return here, nil
		}, ErrAmbiguous},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log lockedBuffer
				var o observed
				a := newAPI(t, "http://127.0.0.1:1", with(firstToken), &log, &o)
				a.client.Transport = &http.Transport{DisableKeepAlives: true,
					DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return tt.dial(ctx) }}
				start := time.Now()
				_, err := a.MassText(t.Context(), "早上好", "d20260101")
				if !errors.Is(err, tt.class) || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "等待超时") {
					t.Error(err)
				}
				if took := time.Since(start); took != 15*time.Second { // of the bubble's clock
					t.Error(took)
				}
				silent(t, &log, err)
			})
		})
	}
}

// A redirection would carry the token elsewhere.
func TestRedirectionIsNotFollowed(t *testing.T) {
	elsewhere := answers(t, map[string]http.HandlerFunc{})
	base := answers(t, map[string]http.HandlerFunc{pathMass: func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere+r.URL.RequestURI(), http.StatusTemporaryRedirect)
	}})
	var log lockedBuffer
	_, err := newAPI(t, base, with(firstToken), &log, nil).MassText(t.Context(), "早上好", "d20260101")
	if !errors.Is(err, ErrAmbiguous) || !strings.Contains(err.Error(), "307") {
		t.Error(err)
	}
	silent(t, &log, err)
}

// What WeChat says is repeated without what nobody may read.
func TestRefusalsAreCleaned(t *testing.T) {
	said := "bad\r\n\x1b[31m token " + firstToken + " " + url.QueryEscape(firstToken) + " of " + member + " secret " + testSecret + strings.Repeat("很", 300)
	body, err := json.Marshal(map[string]any{"errcode": 40003, "errmsg": said})
	if err != nil {
		t.Fatal(err)
	}
	var log lockedBuffer
	a := newAPI(t, answers(t, map[string]http.HandlerFunc{"/cgi-bin/message/custom/send": says200(string(body))}), with(firstToken), &log, nil)
	err = a.CustomText(t.Context(), member, "早上好")
	var refused *APIError
	if !errors.As(err, &refused) || refused.Code != 40003 || refused.Path != "/cgi-bin/message/custom/send" || !errors.Is(err, ErrNotFollower) {
		t.Fatal(err)
	}
	if !strings.HasPrefix(refused.Message, "bad [31m token *** *** of *** secret ***很很") || len([]rune(refused.Message)) != maxForeign {
		t.Error(refused.Message)
	}
	silent(t, &log, err)
}

func TestClassesOfRefusals(t *testing.T) {
	all := []error{ErrUnreachable, ErrAmbiguous, ErrToken, ErrSecret, ErrWhitelist, ErrQuota, ErrPace, ErrRights, ErrWindow, ErrConsent, ErrNotFollower, ErrContent}
	want := map[int]error{-1: ErrAmbiguous, 40001: ErrToken, 42001: ErrToken, 40014: ErrToken, 45009: ErrQuota, 45028: ErrQuota, 45011: ErrPace,
		48001: ErrRights, 40164: ErrWhitelist, 45015: ErrWindow, 45047: ErrWindow, 43101: ErrConsent, 43004: ErrNotFollower,
		40125: ErrSecret, 45002: ErrContent, 40016: nil, 99999: nil}
	for code, class := range want {
		err := error(&APIError{Path: pathMass, Code: code, Message: "said"})
		for _, c := range all {
			if errors.Is(fmt.Errorf("wrapped: %w", err), c) != (c == class) {
				t.Errorf("%d: %v", code, c)
			}
		}
	}
	for code, v := range verdicts {
		text := (&APIError{Path: pathMass, Code: code}).Error()
		if v.advice == "" || !strings.HasPrefix(text, fmt.Sprintf("微信接口 %s 返回 %d：%s", pathMass, code, v.advice)) {
			t.Errorf("%d: %s", code, text)
		}
		if strings.ContainsAny(strings.ReplaceAll(v.advice, "https://", ""), ",;:?!()") {
			t.Errorf("%d: half-width punctuation: %s", code, v.advice)
		}
	}
	if text := (&APIError{Path: pathMass, Code: 99999}).Error(); !strings.Contains(text, "全局返回码") {
		t.Error(text)
	}
}

func TestAPISettings(t *testing.T) {
	good := APIConfig{AppID: testAppID, Secret: testSecret, Tokens: &tokens{}}
	tests := []struct {
		name   string
		change func(*APIConfig)
		says   string // "": it is taken
		base   string
	}{
		{"all", func(*APIConfig) {}, "", "https://api.weixin.qq.com"},
		{"sandbox", func(c *APIConfig) { c.Base = "http://127.0.0.1:8080/sandbox/api/" }, "", "http://127.0.0.1:8080/sandbox/api"},
		{"no AppID", func(c *APIConfig) { c.AppID = "" }, "DANGSHI_WECHAT_APPID", ""},
		{"no secret", func(c *APIConfig) { c.Secret = "" }, "DANGSHI_WECHAT_SECRET", ""},
		{"no tokens", func(c *APIConfig) { c.Tokens = nil }, "tokens", ""},
		{"negative time", func(c *APIConfig) { c.Timeout = -1 }, "negative", ""},
		{"no scheme", func(c *APIConfig) { c.Base = "api.weixin.qq.com" }, "DANGSHI_WECHAT_API", ""},
		{"another scheme", func(c *APIConfig) { c.Base = "ftp://api.weixin.qq.com" }, "DANGSHI_WECHAT_API", ""},
		{"a query", func(c *APIConfig) { c.Base = "https://x/?access_token=" + firstToken }, "DANGSHI_WECHAT_API", ""},
		{"a user", func(c *APIConfig) { c.Base = "https://u:" + firstToken + "@x/" }, "DANGSHI_WECHAT_API", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := good
			tt.change(&cfg)
			a, err := NewAPI(cfg)
			if tt.says == "" && (err != nil || a.base != tt.base) || tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says)) {
				t.Error(err)
			}
			silent(t, new(bytes.Buffer), err)
		})
	}
	for base, warned := range map[string]bool{"http://proxy.internal": true, "http://localhost:1": false, "http://[::1]:1": false, "https://proxy.internal": false} {
		var log lockedBuffer
		newAPI(t, base, &tokens{}, &log, nil)
		if strings.Contains(log.String(), "level=WARN") != warned {
			t.Errorf("%s: %s", base, log.String())
		}
	}
}

// What is written is what members read: no escapes, no control characters, nothing else.
func TestWhatIsWritten(t *testing.T) {
	const said = "<a href=\"https://example.com/?a=1&b=2\">党史</a>\u2028二\x00\x1b\xff三\t四"
	const read = "<a href=\"https://example.com/?a=1&b=2\">党史</a>\n二三\t四"
	var mu sync.Mutex
	bodies := map[string]string{}
	keep := func(answer string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json; charset=utf-8" || r.URL.Query().Get("access_token") != firstToken {
				t.Errorf("%s %v: %v", r.Method, r.Header, err)
			}
			mu.Lock()
			defer mu.Unlock()
			bodies[r.URL.Path] = string(body)
			io.WriteString(w, answer)
		}
	}
	base := answers(t, map[string]http.HandlerFunc{
		pathMass:                       keep(`{"errcode":0,"errmsg":"send job submission success","msg_id":34182,"msg_data_id":206227730}`),
		"/cgi-bin/message/custom/send": keep(`{"errcode":0,"errmsg":"ok"}`),
		"/cgi-bin/draft/add":           keep(`{"media_id":"m1"}`),
		"/cgi-bin/menu/create":         keep(`{"errcode":0,"errmsg":"ok"}`),
	})
	var log lockedBuffer
	a := newAPI(t, base, with(firstToken), &log, nil)
	if id, err := a.MassText(t.Context(), said, "d20260101"); id != 34182 || err != nil {
		t.Error(id, err)
	}
	if err := a.CustomText(t.Context(), member, said); err != nil {
		t.Error(err)
	}
	if id, err := a.AddDraft(t.Context(), Article{Title: " 一\u2028二 ", Author: "编辑", Digest: "摘\x00要", Content: said, SourceURL: "https://example.com/?a=1&b=2", CoverMediaID: "c1"}); id != "m1" || err != nil {
		t.Error(id, err)
	}
	if err := a.SetMenu(t.Context(), []Button{{Type: "click", Name: "答题\x00", Key: "答题"}, {Name: "学", Sub: []Button{{Type: "view", Name: "<今天>", URL: "https://example.com/?a=1&b=2"}}}}); err != nil {
		t.Error(err)
	}
	want := map[string]string{
		pathMass:                       `{"filter":{"is_to_all":true},"text":{"content":TEXT},"msgtype":"text","clientmsgid":"d20260101"}`,
		"/cgi-bin/message/custom/send": `{"touser":"` + member + `","msgtype":"text","text":{"content":TEXT}}`,
		"/cgi-bin/draft/add": `{"articles":[{"title":"一 二","author":"编辑","digest":"摘要","content":TEXT,"content_source_url":"https://example.com/?a=1&b=2",` +
			`"thumb_media_id":"c1","show_cover_pic":0,"need_open_comment":0,"only_fans_can_comment":0}]}`,
		"/cgi-bin/menu/create": `{"button":[{"type":"click","name":"答题","key":"答题"},{"name":"学","sub_button":[{"type":"view","name":"<今天>","url":"https://example.com/?a=1&b=2"}]}]}`,
	}
	quoted := strings.NewReplacer("\"", `\"`, "\n", `\n`, "\t", `\t`).Replace(read)
	for path, text := range want {
		if text = strings.Replace(text, "TEXT", `"`+quoted+`"`, 1); bodies[path] != text {
			t.Errorf("%s\ngot  %s\nwant %s", path, bodies[path], text)
		}
	}
	silent(t, &log, nil)
}

// Nothing leaves that WeChat would refuse anyway.
func TestNothingIsSent(t *testing.T) {
	a := newAPI(t, answers(t, nil), with(firstToken), io.Discard, nil)
	draft := func(change func(*Article)) func() error {
		return func() error {
			x := Article{Title: "标题", Content: "正文", CoverMediaID: "c1"}
			change(&x)
			_, err := a.AddDraft(t.Context(), x)
			return err
		}
	}
	mass := func(text, id string) func() error {
		return func() error { _, err := a.MassText(t.Context(), text, id); return err }
	}
	upload := func(data string) func() error {
		return func() error { _, err := a.UploadImage(t.Context(), "a.png", []byte(data)); return err }
	}
	temporary := func(data string) func() error {
		return func() error { _, err := a.UploadTemporary(t.Context(), "a.png", []byte(data)); return err }
	}
	for name, try := range map[string]func() error{
		"no text":              mass("\x00", "d1"),
		"no clientmsgid":       mass("早", ""),
		"long clientmsgid":     mass("早", strings.Repeat("a", 65)),
		"clientmsgid, control": mass("早", "a\x00"),
		"no words":             func() error { return a.CustomText(t.Context(), member, "") },
		"too many words":       func() error { return a.CustomText(t.Context(), member, strings.Repeat("a", 2049)) },
		"no menu":              func() error { return a.SetMenu(t.Context(), nil) },
		"no title":             draft(func(x *Article) { x.Title = " \n" }),
		"long title":           draft(func(x *Article) { x.Title = strings.Repeat("党", 33) }),
		"long author":          draft(func(x *Article) { x.Author = strings.Repeat("党", 17) }),
		"long digest":          draft(func(x *Article) { x.Digest = strings.Repeat("党", 121) }),
		"no content":           draft(func(x *Article) { x.Content = "" }),
		"long content":         draft(func(x *Article) { x.Content = strings.Repeat("党", 20_000) }),
		"no cover":             draft(func(x *Article) { x.CoverMediaID = "" }),
		"no address":           draft(func(x *Article) { x.SourceURL = "example.com" }),
		"no picture":           upload(""),
		"a page as picture":    upload("<html><body>"),
		"no reply's picture":   temporary(""),
		"a bitmap in a reply":  temporary("BM" + strings.Repeat("a", 100)),
		"a large picture":      upload("\x89PNG\r\n\x1a\n" + strings.Repeat("a", 10<<20)),
	} {
		if err := try(); err == nil || errors.Is(err, ErrAmbiguous) || errors.Is(err, ErrUnreachable) || strings.Contains(err.Error(), member) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUpload(t *testing.T) {
	png := "\x89PNG\r\n\x1a\n" + strings.Repeat("a", 100)
	for given, want := range map[string]string{"封面.png": "封面.png", `C:\pictures\a.jpeg`: "a.png", "../../a": "a.png", "a\r\nb\".exe": "a b%22.png"} {
		takes := func(w http.ResponseWriter, r *http.Request) {
			file, header, err := r.FormFile("media")
			if err != nil {
				t.Error(err)
				return
			}
			data, err := io.ReadAll(file)
			if err != nil || string(data) != png || header.Filename != strings.ReplaceAll(want, "%22", `"`) || header.Header.Get("Content-Type") != "image/png" || r.URL.Query().Get("type") != "image" {
				t.Errorf("%q %v %v", header.Filename, header.Header, err)
			}
			io.WriteString(w, `{"media_id":"m1","url":"http://mmbiz.qpic.cn/1"}`)
		}
		for path, upload := range map[string]func(*API, context.Context, string, []byte) (string, error){
			"/cgi-bin/material/add_material": (*API).UploadImage, "/cgi-bin/media/upload": (*API).UploadTemporary,
		} {
			a := newAPI(t, answers(t, map[string]http.HandlerFunc{path: takes}), with(firstToken), io.Discard, nil)
			if id, err := upload(a, t.Context(), given, []byte(png)); id != "m1" || err != nil {
				t.Error(path, id, err)
			}
		}
	}
}

func TestMenuThatIsThere(t *testing.T) {
	const path = "/cgi-bin/menu/get"
	read := func(body string) ([]Button, error) {
		return newAPI(t, answers(t, map[string]http.HandlerFunc{path: says200(body)}), with(firstToken), io.Discard, nil).Menu(t.Context())
	}
	got, err := read(`{"menu":{"button":[{"type":"click","name":"今日","key":"K","sub_button":[]},{"name":"菜单","sub_button":[{"type":"miniprogram","name":"wxa","url":"http://mp.weixin.qq.com","appid":"wx2","pagepath":"p","sub_button":[]}]}],"menuid":208396938}}`)
	want := []Button{{Type: "click", Name: "今日", Key: "K", Sub: []Button{}}, {Name: "菜单", Sub: []Button{{Type: "miniprogram", Name: "wxa", URL: "http://mp.weixin.qq.com", AppID: "wx2", PagePath: "p", Sub: []Button{}}}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v %v", got, err)
	}
	if got, err := read(`{"errcode":46003,"errmsg":"menu no exist"}`); got != nil || err != nil {
		t.Errorf("%+v %v", got, err)
	}
	if got, err := read(`{}`); got != nil || !errors.Is(err, ErrUnreachable) {
		t.Errorf("%+v %v", got, err)
	}
	if got, err := read(`{"errcode":-1}`); got != nil || !errors.Is(err, ErrUnreachable) || errors.Is(err, ErrAmbiguous) {
		t.Errorf("%+v %v", got, err)
	}
}

// The library's client belongs to the whole process: ours leave it as it was.
func TestLibraryClientIsNotTouched(t *testing.T) {
	a := newAPI(t, "https://example.com", &tokens{}, io.Discard, nil)
	if util.DefaultHTTPClient != http.DefaultClient || http.DefaultClient.Transport != nil || a.client.Transport == http.DefaultTransport {
		t.Error("a client is shared")
	}
}

// Whatever comes back: a refusal, a fault or neither, and no panic.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{"", "null", "{}", `{"errcode":0}`, `{"errcode":40001,"errmsg":"x"}`, `{"errcode":45065,"msg_id":7}`, `{"errcode":1e400}`,
		`{"msg_id":9223372036854775807}`, `{"errcode":0,"msg_id":1}`, `[]`, `{"errcode":"0"}`, "{\"errcode\":-1,\"errmsg\":\"\xff" + firstToken + "\"}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var answer struct {
			MsgID int64 `json:"msg_id"`
		}
		for _, complete := range []func() bool{nil, func() bool { return answer.MsgID != 0 }} {
			answer.MsgID = 0
			refused, err := request{path: pathMass, answer: &answer, complete: complete}.read(body)
			if refused != nil && (err != nil || refused.Code == 0) {
				t.Fatalf("%+v %v", refused, err)
			}
			if refused == nil && err == nil && (!json.Valid(body) || complete != nil && answer.MsgID == 0) {
				t.Fatalf("%q was taken", body)
			}
		}
		said := scrub(string(body)+firstToken+testSecret, firstToken, testSecret)
		if strings.Contains(said, firstToken) || strings.Contains(said, testSecret) || len([]rune(said)) > maxForeign {
			t.Fatalf("%q", said)
		}
	})
}
