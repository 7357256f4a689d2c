package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"dangshi/quiz"
)

// safeBuffer is a log that several goroutines write.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// TestOwnData: the link of the chat asks before it is used up, gives everything
// once, in words and for programs, and never shows in logs or metrics.
func TestOwnData(t *testing.T) {
	t.Chdir(t.TempDir())
	s := defaults()
	s.BaseURL = "https://dangshi.example.cn/"
	s.SandboxOpen = true
	var logged safeBuffer
	r := startApp(t, &app{Settings: s, logger: slog.New(slog.NewTextHandler(&logged, nil))})
	ids := rank(t, r, 1)
	c := r.client()
	say(t, c, ids[0], "绑定 李大钊 第一支部")
	say(t, c, ids[0], "确认绑定")
	say(t, c, ids[0], "提醒 20:00")
	say(t, c, ids[0], "申诉 第1题</script><b>不对")
	token := func() string {
		text := say(t, c, ids[0], "我的数据")
		m := regexp.MustCompile(`href="https://dangshi\.example\.cn/data/([^"]+)"`).FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("no link in\n%s", text)
		}
		return m[1]
	}
	fetch := func(method, path string, form url.Values) (*http.Response, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, r.url+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		if form != nil {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		answer, err := patient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		h := answer.Header
		if h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(h.Get("X-Robots-Tag"), "noindex") ||
			!strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: headers %v", method, h)
		}
		return answer, string(body)
	}
	first := token()
	path := "/data/" + first
	for _, method := range []string{"GET", "HEAD", "GET"} { // previews and the member
		answer, body := fetch(method, path, nil)
		if answer.StatusCode != 200 || method == "GET" && (!strings.Contains(body, "<button") || strings.Contains(body, "李大钊") || strings.Contains(body, "<script")) {
			t.Errorf("%s: %d\n%s", method, answer.StatusCode, body)
		}
	}
	answer, body := fetch("POST", path, nil)
	if answer.StatusCode != 200 || !strings.HasPrefix(answer.Header.Get("Content-Disposition"), "attachment") {
		t.Fatalf("%d %v\n%s", answer.StatusCode, answer.Header, body)
	}
	mine := say(t, c, ids[0], "我的")
	receipt := regexp.MustCompile(`100分 ([0-9A-Z]{8})`).FindStringSubmatch(mine)[1]
	for _, want := range []string{ids[0], "李大钊", "第一支部", "每天 20:00", receipt, "100 分", "第1题＜/script＞＜b＞不对", "✓"} {
		if !strings.Contains(body, want) {
			t.Errorf("the file lacks %q", want)
		}
	}
	embedded := regexp.MustCompile(`(?s)<script type="application/json" id="data">(.*?)</script>`).FindStringSubmatch(body)
	checkOwnJSON(t, embedded[1], ids[0], receipt)
	for _, method := range []string{"GET", "POST"} {
		if answer, body := fetch(method, path, nil); answer.StatusCode != 404 || !strings.Contains(body, "链接已失效") {
			t.Errorf("%s of a used link: %d\n%s", method, answer.StatusCode, body)
		}
	}
	if answer, body := fetch("POST", "/data/"+token(), url.Values{"as": {"page"}}); answer.Header.Get("Content-Disposition") != "" || !strings.Contains(body, "李大钊") {
		t.Errorf("to be read here: %v", answer.Header)
	}
	_, body = fetch("POST", "/data/"+token(), url.Values{"as": {"json"}})
	checkOwnJSON(t, body, ids[0], receipt)

	// An hour by the sandbox's clock, and an erasure, end a link.
	late := token()
	advance(t, r, "61m")
	if answer, _ := fetch("GET", "/data/"+late, nil); answer.StatusCode != 404 {
		t.Errorf("after an hour: %d", answer.StatusCode)
	}
	gone := token()
	say(t, c, ids[0], "注销")
	say(t, c, ids[0], "确认注销")
	if answer, _ := fetch("POST", "/data/"+gone, nil); answer.StatusCode != 404 {
		t.Errorf("after an erasure: %d", answer.StatusCode)
	}
	answer, err := patient.Get(r.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	metrics, err := io.ReadAll(answer.Body)
	if all := logged.String() + string(metrics); err != nil || strings.Contains(all, first) || strings.Contains(all, gone) || strings.Contains(all, ids[0]) {
		t.Errorf("a token or an openid is logged: %v\n%s", err, logged.String())
	}
}

func checkOwnJSON(t *testing.T, text, id, receipt string) {
	t.Helper()
	var got struct {
		OpenID, Name, Reminder string
		Objections             quiz.Objections
		Seasons                []struct {
			Points float64
			Log    []struct {
				Receipt string
				Answers []struct{ Right bool }
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if got.OpenID != id || got.Name != "李大钊" || got.Reminder != "20:00" || len(got.Objections) != 1 || len(got.Seasons) != 1 ||
		got.Seasons[0].Points != 100 || len(got.Seasons[0].Log) != 1 || got.Seasons[0].Log[0].Receipt != receipt || len(got.Seasons[0].Log[0].Answers) != 5 {
		t.Errorf("%+v", got)
	}
}
