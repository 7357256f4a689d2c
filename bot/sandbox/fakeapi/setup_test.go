package fakeapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"dangshi/bot/sandbox/fakeapi"
	"dangshi/quiz"
)

const (
	appID  = "wx0123456789abcdef"
	secret = "0123456789abcdef0123456789abcdef"
	prefix = "/sandbox/wechat" // under which the tests mount the API
)

// clock is a clock that only the test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// world is a fake account with its members, served over HTTP.
type world struct {
	*fakeapi.API
	t         *testing.T
	clock     *clock
	server    *httptest.Server
	followers []string
	token     string

	mu     sync.Mutex
	events []fakeapi.Event
}

var members = []string{"oTest0000000000000000Member1", "oTest0000000000000000Member2", "oTest0000000000000000Member3"}

// open plays an account: Monday 2026-06-01, 07:30 in Shanghai, three followers. An AppID of "-" is
// none.
func open(t *testing.T, cfg fakeapi.Config) *world {
	t.Helper()
	w := &world{t: t, clock: &clock{now: time.Date(2026, 6, 1, 7, 30, 0, 0, quiz.Zone)}, followers: members}
	if cfg.Now == nil {
		cfg.Now = w.clock.Now
	}
	switch cfg.AppID {
	case "":
		cfg.AppID, cfg.Secret = appID, secret
	case "-":
		cfg.AppID = ""
	}
	cfg.Followers = func(context.Context) ([]string, error) { return w.followers, nil }
	if cfg.Event == nil {
		cfg.Event = func(_ context.Context, e fakeapi.Event) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.events = append(w.events, e)
		}
	}
	api, err := fakeapi.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	w.API = api
	w.serve(api)
	t.Cleanup(api.Wait)
	return w
}

func (w *world) serve(api http.Handler) {
	mux := http.NewServeMux()
	mux.Handle(prefix+"/", http.StripPrefix(prefix, api))
	w.server = httptest.NewServer(mux)
	w.t.Cleanup(w.server.Close)
}

// heard are the events so far.
func (w *world) heard() []fakeapi.Event {
	w.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]fakeapi.Event{}, w.events...)
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
	fields map[string]any
}

// answered reads what came back.
func answered(res *http.Response) (a answer, err error) {
	defer func() { _ = res.Body.Close() }()
	a.status, a.header = res.StatusCode, res.Header
	if a.body, err = io.ReadAll(res.Body); err != nil {
		return a, err
	}
	d := json.NewDecoder(bytes.NewReader(a.body))
	d.UseNumber()
	_ = d.Decode(&a.fields) // a file is no JSON
	return a, nil
}

func (a answer) code() int { return int(a.number("errcode")) }

func (a answer) text(name string) string {
	s, _ := a.fields[name].(string)
	return s
}

func (a answer) number(name string) int64 {
	n, _ := a.fields[name].(json.Number)
	i, _ := n.Int64() // 0 where there is none
	return i
}

// send makes one request as it is.
func (w *world) send(method, target, contentType, body string) (answer, error) {
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+prefix+target, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	res, err := w.server.Client().Do(req)
	if err != nil {
		return answer{}, err
	}
	return answered(res)
}

// ask sends and expects an answer.
func (w *world) ask(method, target, contentType, body string) answer {
	w.t.Helper()
	a, err := w.send(method, target, contentType, body)
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

// signed adds the account's token to a path, and gets one where there is none yet.
func (w *world) signed(path string) string {
	w.t.Helper()
	if w.token == "" {
		w.token = w.newToken(false)
	}
	glue := "?"
	if strings.Contains(path, "?") {
		glue = "&"
	}
	return path + glue + "access_token=" + url.QueryEscape(w.token)
}

func (w *world) newToken(force bool) string {
	w.t.Helper()
	body, _ := json.Marshal(map[string]any{"grant_type": "client_credential", "appid": appID, "secret": secret, "force_refresh": force})
	a := w.ask("POST", "/cgi-bin/stable_token", "application/json", string(body))
	if a.text("access_token") == "" {
		w.t.Fatalf("no token: %s", a.body)
	}
	return a.text("access_token")
}

// post calls a path with JSON and the account's token.
func (w *world) post(path, body string) answer {
	w.t.Helper()
	return w.ask("POST", w.signed(path), "application/json", body)
}

func (w *world) get(path string) answer {
	w.t.Helper()
	return w.ask("GET", w.signed(path), "", "")
}

// upload sends a file.
func (w *world) upload(path, name string, data []byte) answer {
	w.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile("media", name)
	if err != nil {
		w.t.Fatal(err)
	}
	_, _ = part.Write(data) // a buffer takes all
	_ = form.Close()
	return w.ask("POST", w.signed(path), form.FormDataContentType(), b.String())
}

// cover uploads a picture that drafts can have.
func (w *world) cover() string {
	w.t.Helper()
	a := w.upload("/cgi-bin/material/add_material?type=image", "cover.png", png)
	if a.text("media_id") == "" {
		w.t.Fatalf("no cover: %s", a.body)
	}
	return a.text("media_id")
}

// sent is the outbox.
func (w *world) sent() []fakeapi.Sent {
	w.t.Helper()
	all, err := w.Outbox(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// Files of each format, as far as the API looks at them.
var (
	png  = []byte("\x89PNG\r\n\x1a\n picture")
	jpeg = []byte("\xff\xd8\xff\xe0 picture")
	mp3  = []byte("ID3\x03 voice")
	mp4  = []byte("\x00\x00\x00\x18ftypmp42 video")

	samples = map[string][]byte{"png": png, "jpeg": jpeg, "mp3": mp3, "mp4": mp4}
)
