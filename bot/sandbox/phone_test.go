package sandbox_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/bot/sandbox"
	"dangshi/bot/sandbox/fakeapi"
	"dangshi/bot/wechat"
	"dangshi/store"
)

const (
	testToken  = "sandbox"
	testAppID  = "wx0123456789abcdef"
	testAESKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
)

// phoneWorld is a phone, the fake API and the real webhook over a real store.
type phoneWorld struct {
	t     testing.TB
	store *store.Store
	clock *sandbox.Clock
	api   *fakeapi.API
	phone *sandbox.Phone
	url   string // of the page
	log   *bytes.Buffer
	front front

	mu    sync.Mutex
	heard []bot.Message
	reply bot.Reply
}

// front stands before the webhook and may go wrong.
type front struct {
	mu      sync.Mutex
	webhook http.Handler
	// before is called with each delivery and its number, from 1; true: it has
	// answered, or will not.
	before func(w http.ResponseWriter, r *http.Request, n int) bool
	came   []string // the bodies
	status []int    // what the webhook itself answered
}

// answered notes a status.
type answered struct {
	http.ResponseWriter
	status int
}

func (a *answered) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	f.mu.Lock()
	f.came = append(f.came, string(body))
	n, before := len(f.came), f.before
	f.mu.Unlock()
	if before != nil && before(w, r, n) {
		return
	}
	a := &answered{w, http.StatusOK}
	f.webhook.ServeHTTP(a, r)
	f.mu.Lock()
	f.status = append(f.status, a.status)
	f.mu.Unlock()
}

// option changes how a world begins.
type option func(*sandbox.PhoneConfig)

func safeMode(c *sandbox.PhoneConfig) { c.AESKey = testAESKey }

func withShelf(wrap func(sandbox.Shelf) sandbox.Shelf) option {
	return func(c *sandbox.PhoneConfig) { c.Shelf = wrap(c.Shelf) }
}

// openStore starts an embedded store.
func openStore(t testing.TB) *store.Store {
	t.Helper()
	e, err := store.StartEmbedded(t.Context(), t.TempDir(), store.EmbeddedOptions{Private: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() }) // its file goes with the folder
	st, err := store.Open(t.Context(), store.Options{URL: e.URL(), Sandbox: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st
}

// newPhone opens a world of its own.
func newPhone(t *testing.T, options ...option) *phoneWorld {
	t.Helper()
	return newReplica(t, openStore(t), options...)
}

// newReplica opens a world over data that others may share.
func newReplica(t testing.TB, st *store.Store, options ...option) *phoneWorld {
	t.Helper()
	w := &phoneWorld{t: t, store: st, log: &bytes.Buffer{}, reply: bot.Reply{Text: "好的"}}
	logger := slog.New(slog.NewTextHandler(&locked{w: w.log}, nil))
	var err error
	if w.clock, err = sandbox.NewClock(t.Context(), time.Now, st); err != nil {
		t.Fatal(err)
	}
	w.api, err = fakeapi.New(fakeapi.Config{
		Now: w.clock.Now, Store: st.Simulator(), Logger: logger, Service: true,
		Followers: func(ctx context.Context) ([]string, error) { return w.phone.Followers(ctx) },
	})
	if err != nil {
		t.Fatal(err)
	}
	hooked := httptest.NewServer(&w.front)
	t.Cleanup(hooked.Close)
	cfg := sandbox.PhoneConfig{
		Webhook: hooked.URL + "/wechat", Token: testToken, AppID: testAppID, Clock: w.clock, PushAt: "07:30",
		Shelf: st.Simulator(), API: w.api, Logger: logger,
		Ledger: func(context.Context) (any, error) { return []string{"sent"}, nil },
	}
	for _, o := range options {
		o(&cfg)
	}
	w.front.webhook, err = wechat.New(wechat.Config{Token: testToken, AppID: testAppID, AESKey: cfg.AESKey, Logger: logger}, w.handle)
	if err != nil {
		t.Fatal(err)
	}
	if w.phone, err = sandbox.NewPhone(cfg); err != nil {
		t.Fatal(err)
	}
	page := httptest.NewServer(sandbox.LoopbackOnly(w.phone.Handler()))
	t.Cleanup(page.Close)
	t.Cleanup(w.api.Wait)
	w.url = page.URL
	return w
}

// locked lets several goroutines write.
type locked struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

func (w *phoneWorld) handle(_ context.Context, m bot.Message) bot.Reply {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.heard = append(w.heard, m)
	return w.reply
}

func (w *phoneWorld) says(r bot.Reply) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reply = r
}

// last is the message that the account heard last.
func (w *phoneWorld) last() bot.Message {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.heard) == 0 {
		w.t.Fatal("the account heard nothing")
	}
	return w.heard[len(w.heard)-1]
}

// ask sends a request as the page does and gives status and text.
func (w *phoneWorld) ask(method, path, contentType, body string) (int, string) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.url+"/sandbox/"+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", cmp.Or(contentType, "application/json"))
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp.StatusCode, strings.TrimSpace(string(text))
}

func (w *phoneWorld) get(path string, into any) {
	w.t.Helper()
	status, text := w.ask("GET", path, "", "")
	if status != 200 {
		w.t.Fatalf("%s: %d %s", path, status, text)
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		w.t.Fatal(err)
	}
}

// act is what the page posts.
type act map[string]any

// does posts an act of a member and fails unless it is taken.
func (w *phoneWorld) does(member string, a act) {
	w.t.Helper()
	if status, text := w.tries(member, a); status != 200 {
		w.t.Fatalf("%v: %d %s", a, status, text)
	}
}

func (w *phoneWorld) tries(member string, a act) (int, string) {
	w.t.Helper()
	a["member"] = member
	body, err := json.Marshal(a)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.ask("POST", "send", "", string(body))
}

// told is the state as the page reads it.
type told struct {
	Now      int64
	Revision string
	Safe     bool
	Push     string
	Trace    int
	Members  []struct {
		ID, Name      string
		Follows       bool
		Count, Unread int
	}
}

func (w *phoneWorld) state() (s told) {
	w.t.Helper()
	w.get("state", &s)
	return s
}

// member is the openid of the n-th member, from 0.
func (w *phoneWorld) member(n int) string { return w.state().Members[n].ID }

// follower is the n-th member, who follows from now on.
func (w *phoneWorld) follower(n int) string {
	w.t.Helper()
	id := w.member(n)
	w.does(id, act{"type": "follow"})
	return id
}

// bubble is an entry of a chat as the page reads it.
type bubble struct {
	ID, Side, Kind, Text, Ref, URL, Media string
	At                                    int64
	Articles                              []struct{ Title, Description, URL string }
	Parts                                 []struct {
		Text, URL string
		Tap       *struct{ Content, MenuID string }
	}
}

// chat is a member's chat after an entry; "": all.
func (w *phoneWorld) chat(member, after string) (all []bubble, whole bool) {
	w.t.Helper()
	w.state() // the page looks there first
	var c struct {
		Entries []bubble
		Whole   bool
	}
	w.get("chat?member="+member+"&after="+after, &c)
	return c.Entries, c.Whole
}

// lines are the last n entries of a chat, in short.
func (w *phoneWorld) lines(member string, n int) string {
	w.t.Helper()
	all, _ := w.chat(member, "")
	var out []string
	for _, b := range all[max(0, len(all)-n):] {
		out = append(out, b.Side+" "+b.Kind+": "+b.Text)
	}
	return strings.Join(out, "\n")
}

// delivered is a message in the technician's list.
type delivered struct {
	N          int
	From, What string
	Deliveries []struct {
		Method, URL, Request, Opened, Reply, ReplyOpened, Error string
		Header, ReplyHeader                                     []string
		Status                                                  int
	}
}

func (w *phoneWorld) trace() (all []delivered) {
	w.t.Helper()
	w.get("trace", &all)
	return all
}
