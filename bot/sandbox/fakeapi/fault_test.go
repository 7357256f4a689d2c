package fakeapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"dangshi/bot/sandbox/fakeapi"
)

// onDemand are the errcodes that a technician may want to see, with WeChat's words for them.
var onDemand = map[int]string{
	-1: "system error", 40001: "invalid credential", 40013: "invalid appid", 40125: "invalid appsecret",
	40164: "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist", 42001: "access_token expired",
	43004: "require subscribe", 43019: "require remove blacklist", 43101: "user refuse to accept the msg", 45001: "media size out of limit",
	45009: "reach max api daily quota limit", 45011: "api minute-quota reach limit", 45015: "response out of time limit",
	45028: "has no masssend quota", 45047: "out of response count limit", 45065: "clientmsgid exist", 45066: "same clientmsgid retry too fast",
	47001: "data format error", 47003: "argument invalid!", 48001: "api unauthorized", 48004: "api forbidden for irregularities",
	50001: "user unauthorized", 50002: "user limited", 87014: "risky content", 89503: "this IP requires",
}

func TestErrcodesOnDemand(t *testing.T) {
	w := open(t, fakeapi.Config{Service: true})
	w.signed("")
	for code, words := range onDemand {
		w.Fail(fakeapi.Fault{Path: "/cgi-bin/menu", Code: code})
		got := w.get("/cgi-bin/menu/get")
		if got.code() != code || !strings.HasPrefix(got.text("errmsg"), words) || !rid.MatchString(got.text("errmsg")) {
			t.Errorf("%d: %s", code, got.body)
		}
		if got := w.get("/cgi-bin/menu/get"); got.code() != good {
			t.Errorf("%d: the call after it: %s", code, got.body)
		}
	}
	// Any number will do, and any words.
	w.Fail(fakeapi.Fault{Code: 99999, Message: "某处出错"})
	if got := w.get("/cgi-bin/menu/get"); got.code() != 99999 || !strings.HasPrefix(got.text("errmsg"), "某处出错 rid: ") {
		t.Errorf("%s", got.body)
	}
	for code, words := range fakeapi.Messages() {
		if code == 0 || words == "" {
			t.Errorf("%d: %q", code, words)
		}
	}
}

// Faults meet the paths that they are for, as often as they say, in the order in which they came.
func TestWhichCallsAFaultMeets(t *testing.T) {
	w := open(t, fakeapi.Config{})
	w.Fail(fakeapi.Fault{Path: "/cgi-bin/menu/get", Code: 1, Times: 2})
	w.Fail(fakeapi.Fault{Path: "/cgi-bin/menu", Code: 2})
	w.Fail(fakeapi.Fault{Path: "/cgi-bin/user", Code: 3, Times: -1})
	w.Fail(fakeapi.Fault{Path: "/cgi-bin/stable_token/x", Code: 4})
	codes := func(paths ...string) (all []int) {
		for _, path := range paths {
			all = append(all, w.get(path).code())
		}
		return all
	}
	got := codes("/cgi-bin/menu/get", "/cgi-bin/user/get", "/cgi-bin/menu/get", "/cgi-bin/menu/get", "/cgi-bin/menu/get", "/cgi-bin/user/info", "/cgi-bin/tags/get")
	if want := []int{1, 3, 1, 2, good, 3, 0}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if left := w.Faults(); len(left) != 2 || left[0].Code != 3 || left[0].Times != -1 || left[1].Code != 4 || left[1].Times != 1 {
		t.Errorf("left: %+v", left)
	}
	w.ClearFaults()
	if got := codes("/cgi-bin/user/get"); got[0] != 0 || len(w.Faults()) != 0 {
		t.Errorf("%v", got)
	}
}

// outcome is what a client sees of a call that went wrong.
type outcome struct {
	code     int
	noAnswer bool
}

func (w *world) outcome(ctx context.Context, path, body string) outcome {
	w.t.Helper()
	req, err := http.NewRequestWithContext(ctx, "POST", w.server.URL+prefix+w.signed(path), strings.NewReader(body))
	no(w.t, err)
	res, err := w.server.Client().Do(req)
	if err != nil {
		return outcome{noAnswer: true}
	}
	a, err := answered(res)
	if err != nil || len(a.fields) == 0 {
		return outcome{noAnswer: true}
	}
	return outcome{code: a.code()}
}

// Before and after, an answer and none: whether the message went out is what counts.
func TestWhatAFaultLeavesBehind(t *testing.T) {
	for name, c := range map[string]struct {
		fault fakeapi.Fault
		want  outcome
		sent  bool
	}{
		"before":             {fakeapi.Fault{Code: 45009, Before: true}, outcome{code: 45009}, false},
		"neither, so before": {fakeapi.Fault{Code: 45009}, outcome{code: 45009}, false},
		"after":              {fakeapi.Fault{Code: -1, After: true}, outcome{code: -1}, true},
		"dropped before":     {fakeapi.Fault{Drop: true}, outcome{noAnswer: true}, false},
		"dropped after":      {fakeapi.Fault{Drop: true, After: true}, outcome{noAnswer: true}, true},
		"hangs before":       {fakeapi.Fault{Hang: true}, outcome{noAnswer: true}, false},
		"hangs after":        {fakeapi.Fault{Hang: true, After: true}, outcome{noAnswer: true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t, fakeapi.Config{})
			w.signed("")
			c.fault.Path = pathSendAll
			w.Fail(c.fault)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if c.fault.Hang {
				// The client gives up as soon as the call has met its fault.
				go func() {
					for len(w.Faults()) > 0 || c.sent && len(w.sent()) == 0 {
						time.Sleep(time.Millisecond)
					}
					cancel()
				}()
			}
			body := `{"filter":{"is_to_all":true},"msgtype":"text","text":{"content":"今天"},"clientmsgid":"a"}`
			if got := w.outcome(ctx, pathSendAll, body); got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
			sent, events := w.sent(), w.heard()
			for i := 0; c.sent && len(events) == 0 && i < 10_000; i++ { // nobody waits for an answer here
				time.Sleep(time.Millisecond)
				events = w.heard()
			}
			if (len(sent) == 1) != c.sent || (len(events) == 1) != c.sent {
				t.Errorf("sent %+v, events %+v", sent, events)
			}
			again := w.post(pathSendAll, body)
			if want := map[bool]int{true: 45065, false: 0}[c.sent]; again.code() != want {
				t.Errorf("again: %s", again.body)
			}
			calls := w.Calls()
			mine := calls[len(calls)-2]
			if mine.Path != pathSendAll || mine.Method != "POST" || mine.Cut != c.want.noAnswer || !mine.Cut && mine.Code != c.want.code {
				t.Errorf("shown as %+v", mine)
			}
		})
	}
}

// A client that gives up does not stop what it asked for.
func TestAClientThatDoesNotWait(t *testing.T) {
	w := open(t, fakeapi.Config{})
	r := httptest.NewRequest("POST", w.signed(pathSendAll), strings.NewReader(`{"filter":{"is_to_all":true},"msgtype":"text","text":{"content":"今天"}}`))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w.API.ServeHTTP(httptest.NewRecorder(), r.WithContext(ctx))
	if sent := w.sent(); len(sent) != 1 {
		t.Errorf("%+v", sent)
	}
}

// The answer arrives also where a large body was not wanted.
func TestLargeBodiesThatNobodyReads(t *testing.T) {
	w := open(t, fakeapi.Config{})
	large := strings.Repeat("x", 8<<20)
	w.Fail(fakeapi.Fault{Path: "/cgi-bin/menu/create", Code: 48004})
	for target, want := range map[string]int{w.signed("/cgi-bin/menu/create"): 48004, "/cgi-bin/none": 40066} {
		if a, err := w.send("POST", target, "application/json", large); err != nil || a.code() != want {
			t.Errorf("%s: %v, %s", target, err, a.body)
		}
	}
	if a, err := w.send("PUT", w.signed("/cgi-bin/menu/create"), "application/json", large); err != nil || a.code() != 43002 {
		t.Errorf("PUT: %v, %s", err, a.body)
	}
}

// What a page may arm, and what it is told.
func TestFaultHandler(t *testing.T) {
	w := open(t, fakeapi.Config{})
	h := w.FaultHandler()
	ask := func(method, body string) *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(method, "/", strings.NewReader(body)))
		return rec
	}
	if rec := ask("GET", ""); rec.Code != 200 || rec.Body.String() != "[]" || rec.Header().Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	for body, words := range map[string]string{
		"": "JSON", "{": "JSON", "[]": "JSON", `"x"`: "JSON", `{"code":"45009"}`: "JSON", `{"code":45009,"colour":"red"}`: "JSON",
		`{"code":45009}{}`: "一个", `{"code":45009} x`: "一个", `{"code":1e99}`: "JSON",
		`{}`: "code", `{"code":0}`: "code", `{"code":0,"after":true}`: "code",
		`{"code":45009,"before":true,"after":true}`: "before", `{"code":45009,"path":"cgi-bin"}`: "path",
		`{"code":45009,"message":"` + strings.Repeat("长", 2000) + `"}`: "JSON",
	} {
		if rec := ask("POST", body); rec.Code != 400 || !strings.Contains(rec.Body.String(), words) {
			t.Errorf("%.60s: %d %s", body, rec.Code, rec.Body)
		}
	}
	for _, method := range []string{"PUT", "PATCH", "HEAD"} {
		if rec := ask(method, "{}"); rec.Code != 405 || rec.Header().Get("Allow") != "GET, POST, DELETE" {
			t.Errorf("%s: %d", method, rec.Code)
		}
	}
	if len(w.Faults()) != 0 {
		t.Fatalf("armed: %+v", w.Faults())
	}
	rec := ask("POST", `{"path":"/cgi-bin/menu","code":45009,"times":3}`)
	var armed []fakeapi.Fault
	if err := json.Unmarshal(rec.Body.Bytes(), &armed); err != nil || rec.Code != 200 || len(armed) != 1 ||
		armed[0] != (fakeapi.Fault{Path: "/cgi-bin/menu", Code: 45009, Times: 3}) {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if ask("POST", `{"hang":true}`); w.Faults()[1] != (fakeapi.Fault{Hang: true, Times: 1}) {
		t.Errorf("%+v", w.Faults())
	}
	for range 98 {
		ask("POST", `{"drop":true}`)
	}
	if rec := ask("POST", `{"drop":true}`); rec.Code != 400 || !strings.Contains(rec.Body.String(), "100") || len(w.Faults()) != 100 {
		t.Errorf("one too many: %d %s", rec.Code, rec.Body)
	}
	if rec := ask("DELETE", ""); rec.Code != 200 || rec.Body.String() != "[]" || len(w.Faults()) != 0 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

// The page sees the last calls, and nothing in them that is secret.
func TestCalls(t *testing.T) {
	w := open(t, fakeapi.Config{})
	for i := range 250 {
		w.get("/cgi-bin/user/info?openid=" + members[0] + "&n=" + strconv.Itoa(i))
	}
	w.ask("GET", "/"+strings.Repeat("x", 5000), "", "")
	calls := w.Calls()
	last := calls[len(calls)-1]
	if len(calls) != 200 || calls[0].Path != "/cgi-bin/user/info" || last.Code != 40066 || len(last.Path) != 64 {
		t.Errorf("%d calls, %+v … %+v", len(calls), calls[0], last)
	}
	shown, err := json.Marshal(calls)
	no(t, err)
	for _, word := range []string{w.token, secret, members[0], "access_token"} {
		if strings.Contains(string(shown), word) {
			t.Errorf("it shows %s", word)
		}
	}
	if !calls[0].Time.Equal(w.clock.Now()) {
		t.Errorf("at %s", calls[0].Time)
	}
}

// A store that is down is WeChat being busy, and nothing else.
func TestStoreDown(t *testing.T) {
	down := errors.New("down")
	store := &faultyStore{Store: fakeapi.NewMemory()}
	w := open(t, fakeapi.Config{Store: store})
	w.signed("")
	store.before = func(string) error { return down }
	for _, r := range tableOfRoutes(t) {
		a := w.ask(r.method, w.signed(r.path), "application/json", "{}")
		if a.code() != -1 && a.code() != 41002 || a.status != 200 {
			t.Errorf("%s: %s", r.path, a.body)
		}
	}
	if _, err := w.Outbox(t.Context()); !errors.Is(err, down) {
		t.Error(err)
	}
	if err := w.Interact(t.Context(), members[0], fakeapi.Wrote); !errors.Is(err, down) {
		t.Error(err)
	}
	store.before = nil
	if a := w.get("/cgi-bin/menu/get"); a.code() != good {
		t.Errorf("%s", a.body)
	}
}
