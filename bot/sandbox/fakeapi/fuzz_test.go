package fakeapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dangshi/bot/sandbox/fakeapi"
)

// fuzzed is an account to which a stranger may say anything.
type fuzzed struct {
	*fakeapi.API
	token  string
	events []fakeapi.Event
}

func newFuzzed(t *testing.T) *fuzzed {
	f := &fuzzed{}
	api, err := fakeapi.New(fakeapi.Config{
		Service:   true,
		Followers: func(context.Context) ([]string, error) { return members, nil },
		Event:     func(_ context.Context, e fakeapi.Event) { f.events = append(f.events, e) },
	})
	no(t, err)
	f.API = api
	no(t, api.Interact(t.Context(), members[0], fakeapi.Wrote))
	no(t, api.Consent(t.Context(), members[0], fakeapi.DailyNotice, 1))
	rec := f.ask("POST", "/cgi-bin/stable_token", "", "", []byte(`{"grant_type":"client_credential","appid":"a","secret":"b"}`))
	var given struct {
		Token string `json:"access_token"`
	}
	no(t, json.Unmarshal(rec.Body.Bytes(), &given))
	f.token = given.Token
	return f
}

func (f *fuzzed) ask(method, path, query, contentType string, body []byte) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	r.URL.RawQuery = query
	r.Header.Set("Content-Type", contentType)
	rec := httptest.NewRecorder()
	f.ServeHTTP(rec, r)
	return rec
}

// checkAnswer wants an answer that a client can read.
func checkAnswer(t *testing.T, rec *httptest.ResponseRecorder) {
	t.Helper()
	if !strings.HasPrefix(rec.Header().Get("Content-Type"), "application/json") {
		if rec.Code != 200 {
			t.Errorf("status %d", rec.Code)
		}
		return // a file
	}
	var a struct {
		Code    int    `json:"errcode"`
		Message string `json:"errmsg"`
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &a); err != nil {
		t.Fatalf("%v: %q", err, rec.Body)
	}
	_, known := fakeapi.Messages()[a.Code]
	if a.Code == -1 || a.Code != 0 && (!known || !rid.MatchString(a.Message)) || rec.Code != 200 && rec.Code != 413 {
		t.Errorf("status %d: %s", rec.Code, rec.Body)
	}
}

// FuzzCall: whatever is sent to whichever path, the answer is one that WeChat could give, and what
// came of it can be read.
func FuzzCall(f *testing.F) {
	paths := slices.Sorted(maps.Keys(fakeapi.Routes()))
	for i := range paths {
		f.Add(byte(i), true, "", "application/json", []byte("{}"))
	}
	files, err := filepath.Glob("testdata/documented/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, b := range blocks(string(raw)) {
			method, target, _ := strings.Cut(b.head, " ")
			path, query, _ := strings.Cut(target, "?")
			if i := slices.Index(paths, path); i >= 0 {
				body := strings.ReplaceAll(b.body, "$m1", members[0])
				f.Add(byte(i), method == "POST", query, "application/json", []byte(body))
			}
		}
	}
	form := "--x\r\nContent-Disposition: form-data; name=\"media\"; filename=\"a.png\"\r\n\r\n" + string(png) + "\r\n--x--\r\n"
	f.Add(byte(slices.Index(paths, "/cgi-bin/media/upload")), true, "type=image", "multipart/form-data; boundary=x", []byte(form))
	f.Fuzz(func(t *testing.T, n byte, post bool, query, contentType string, body []byte) {
		account := newFuzzed(t)
		method := map[bool]string{true: "POST", false: "GET"}[post]
		path := paths[int(n)%len(paths)]
		for range 2 { // what the first leaves behind must not harm the second
			checkAnswer(t, account.ask(method, path, "access_token="+account.token+"&"+query, contentType, body))
		}
		if scene, ok := account.Scene(query); ok && scene == "" {
			t.Error("a ticket for nothing")
		}
		if _, err := account.Outbox(t.Context()); err != nil {
			t.Error(err)
		}
		account.Wait()
		for _, e := range account.events {
			if err := xml.Unmarshal(e.XML("gh_1", time.Unix(1, 0)), new(struct{})); err != nil {
				t.Error(err)
			}
		}
	})
}

// FuzzUpload: of whatever form, the file is a part of what was sent.
func FuzzUpload(f *testing.F) {
	const plain = "multipart/form-data; boundary=x"
	for _, body := range []string{
		"", "--x--", "--x\r\n\r\n--x--", "--x\r\nContent-Disposition: form-data; name=a; filename=b\r\n\r\nfile\r\n--x--\r\n",
		"--x\r\nContent-Disposition: form-data; name=description\r\n\r\n{}\r\n--x\r\nContent-Disposition: form-data; filename=\"\\\"\"\r\n\r\n\x00\r\n--x--",
		"--x\r\nContent-Disposition: form-data; filename*=UTF-8''%e5%85%9a\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=41\r\n--x--",
	} {
		f.Add(plain, []byte(body))
	}
	f.Add(`multipart/form-data; boundary="a b"; charset=utf-8`, []byte("--a b--"))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		_, data, description, code := fakeapi.ReadUpload(contentType, body)
		switch {
		case code == 41005 || code == 44001:
		case code != 0:
			t.Errorf("errcode %d", code)
		case len(data) == 0 || len(data) > len(body) || len(description) > len(body):
			t.Errorf("a file of %d and a description of %d bytes out of %d", len(data), len(description), len(body))
		}
	})
}

// FuzzFault: what a page arms is refused or works as it says; nothing else happens.
func FuzzFault(f *testing.F) {
	for _, body := range []string{
		`{"path":"/cgi-bin/menu","code":45009,"times":3}`, `{"code":-1,"after":true,"message":"x"}`, `{"hang":true}`, `{"drop":true,"times":-1}`,
		`{"code":45009,"before":true,"after":true}`, `{}`, `[]`, `{"code":1}{"code":2}`, `{"CODE":1}`, `{"code":1,"times":-9223372036854775808}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		api, err := fakeapi.New(fakeapi.Config{})
		no(t, err)
		rec := httptest.NewRecorder()
		api.FaultHandler().ServeHTTP(rec, httptest.NewRequest("POST", "/", bytes.NewReader(body)))
		armed := api.Faults()
		if rec.Code == 400 && len(armed) == 0 {
			return
		}
		if rec.Code != 200 || len(armed) != 1 || !json.Valid(rec.Body.Bytes()) {
			t.Fatalf("%d %s, armed %+v", rec.Code, rec.Body, armed)
		}
		fault := armed[0]
		if fault.Times == 0 || fault.Before && fault.After || fault.Code == 0 && !fault.Hang && !fault.Drop {
			t.Errorf("armed %+v", fault)
		}
		met := strings.HasPrefix("/cgi-bin/menu/get", fault.Path)
		rec, cut := meet(api)
		var a struct {
			Code int `json:"errcode"`
		}
		if cut != (met && (fault.Hang || fault.Drop)) {
			t.Errorf("cut: %t, %+v", cut, fault)
		} else if err := json.NewDecoder(rec.Body).Decode(&a); !cut && (err != nil || (a.Code == fault.Code) != met && fault.Code != 41001) {
			t.Errorf("%v, errcode %d, %+v", err, a.Code, fault)
		}
	})
}

// meet calls the API as a client that has already given up, and reports whether it was cut off.
func meet(api http.Handler) (rec *httptest.ResponseRecorder, cut bool) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	rec = httptest.NewRecorder()
	defer func() {
		fault := recover()
		err, _ := fault.(error)
		if cut = errors.Is(err, http.ErrAbortHandler); fault != nil && !cut {
			panic(fault)
		}
	}()
	api.ServeHTTP(rec, httptest.NewRequestWithContext(ctx, "GET", "/cgi-bin/menu/get", io.NopCloser(strings.NewReader(""))))
	return rec, false
}
