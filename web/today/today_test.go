package today

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"dangshi/content"
	"dangshi/quiz"
)

// shelf is a library in memory; nil: it cannot be read.
type shelf struct{ library *content.Library }

func (s shelf) Library(context.Context) (*content.Library, error) {
	if s.library == nil {
		return nil, quiz.ErrUnavailable
	}
	return s.library, nil
}

func item(id, date, title string, change ...func(*content.Item)) content.Item {
	it := content.Item{ID: id, Kind: content.Today, Date: date, Title: title, Text: title + "的正文。", State: content.Approved}
	for _, c := range change {
		c(&it)
	}
	return it
}

var noon = time.Date(2026, time.November, 26, 12, 0, 0, 0, quiz.Zone)

func open(now time.Time, items ...content.Item) *Page {
	return New(Config{
		Library: shelf{content.NewLibrary(items, nil)}, Now: func() time.Time { return now },
		Question: func(_ context.Context, day quiz.Day) (string, error) { return "题目 " + day.String(), nil },
		BaseURL:  "https://dangshi.example.org/", Logger: slog.New(slog.DiscardHandler),
	})
}

func get(p *Page, path string, header ...string) *httptest.ResponseRecorder {
	return ask(p, http.MethodGet, path, header...)
}

func ask(p *Page, method, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w
}

func mustHold(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("it lacks %q:\n%s", w, text)
		}
	}
}

func mustLack(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(text, w) {
			t.Errorf("it holds %q:\n%s", w, text)
		}
	}
}

// TestPage: all that an item has, and the ways to the days beside it.
func TestPage(t *testing.T) {
	p := open(noon, item("a", "11-26", "那一年的事", func(it *content.Item) {
		it.Year, it.Text = 1949, "第一段。\n\n　　第二段。"
		it.Picture, it.Audio = "https://img.example.org/a.jpg?x=1&y=2", "https://audio.example.org:8443/a.mp3"
		it.Source, it.Grade = "人民网", content.Official
	}), item("b", "11-25", "昨天的事", func(it *content.Item) { it.Source, it.Grade = "某网站", content.Secondary }))
	w := get(p, "/today/2026-11-26")
	body := w.Body.String()
	mustHold(t, body, "<h1>那一年的事</h1>", "11月26日", "2026年 星期四", "1949年", "<p>第一段。</p>", "<p>第二段。</p>", "来源：人民网",
		`<img src="https://img.example.org/a.jpg?x=1&amp;y=2"`, `preload="none" src="https://audio.example.org:8443/a.mp3"`,
		"今日一题", "题目 2026-11-26", "<b>答题</b>", `href="/today/2026-11-25"`,
		`property="og:title" content="11月26日｜那一年的事"`, `property="og:url" content="https://dangshi.example.org/today/2026-11-26"`,
		`property="og:image" content="https://img.example.org/a.jpg`, `property="og:description" content="第一段。第二段。"`)
	mustLack(t, body, "<script", "后一天", "2026-11-27", `class="turn now"`)
	policy := w.Header().Get("Content-Security-Policy")
	mustHold(t, policy, "default-src 'none'", "img-src https://img.example.org", "media-src https://audio.example.org:8443", "frame-ancestors 'none'")
	_, style, _ := strings.Cut(body, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	sum := sha256.Sum256([]byte(style))
	mustHold(t, policy, "style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")

	w = get(p, "/today/2026-11-25")
	body = w.Body.String()
	mustHold(t, body, "昨天的事", "这天的一题", "已经收卷", `href="/today/2026-11-24"`, `href="/today/2026-11-26"`, `class="turn now"`)
	mustLack(t, body, "某网站", "来源", "今日一题")
	mustLack(t, w.Header().Get("Content-Security-Policy"), "img-src", "media-src")
}

// TestWays: which addresses show what.
func TestWays(t *testing.T) {
	leap := item("leap", "02-29", "闰日的事")
	waiting := item("draft", "11-20", "没有批准的", func(it *content.Item) { it.State = content.Draft })
	qa := item("qa", "", "百问一则", func(it *content.Item) { it.Kind = content.QA })
	p := open(noon, item("a", "11-26", "今天的事"), item("z", "11-27", "明天的事"), leap, waiting, qa)
	for _, c := range []struct {
		path   string
		status int
		holds  string
	}{
		{"/today/2026-11-26", 200, "今天的事"},
		{"/today/2024-02-29", 200, "闰日的事"},
		{"/today/2026-02-29", 404, "日历上没有这一天"},
		{"/today/2026-13-01", 404, "日历上没有这一天"},
		{"/today/2026-11-27", 404, "还没到这一天"},
		{"/today/9999-12-31", 404, "还没到这一天"},
		{"/today/2000-01-01", 200, "百问一则"},
		{"/today/1999-12-31", 404, "2000 年起"},
		{"/today/2026-11-20", 200, "党史百问"},
		{"/today/2026-1-1", 400, "看不懂"},
		{"/today/%3Cscript%3E", 400, "看不懂"},
		{"/today/2026-11-26/", 400, "看不懂"},
		{"/today/２０２６-11-26", 400, "看不懂"},
	} {
		w := get(p, c.path)
		if w.Code != c.status {
			t.Errorf("%s: status %d, want %d", c.path, w.Code, c.status)
		}
		mustHold(t, w.Body.String(), c.holds, "<!doctype html>")
		mustLack(t, w.Body.String(), "没有批准的", "明天的事", "<script")
		if c.status != 200 {
			mustHold(t, w.Body.String(), `href="/today/"`)
			mustHold(t, w.Header().Get("Cache-Control"), "no-store")
		}
	}
	for _, path := range []string{"/today/", "/today"} {
		if w := get(p, path); w.Code != 302 || w.Header().Get("Location") != "/today/2026-11-26" {
			t.Errorf("%s: %d to %s", path, w.Code, w.Header().Get("Location"))
		}
	}
	for _, at := range []struct {
		now  time.Time
		want int
	}{{noon.Add(12*time.Hour - time.Second), 404}, {noon.Add(12 * time.Hour), 200}} { // midnight in Shanghai
		if w := get(open(at.now, item("z", "11-27", "明天的事")), "/today/2026-11-27"); w.Code != at.want {
			t.Errorf("at %s: %d, want %d", at.now, w.Code, at.want)
		}
	}
	if w := ask(p, http.MethodPost, "/today/2026-11-26"); w.Code != 405 || w.Header().Get("Allow") == "" {
		t.Errorf("POST: %d", w.Code)
	}
	mustHold(t, get(open(noon), "/today/2026-11-26").Body.String(), "还没有准备好")
}

// TestHostile: what a bank holds stays text, and an address names nothing but a
// host.
func TestHostile(t *testing.T) {
	p := open(noon, item("a", "11-26", `<script>alert(1)</script>"'`, func(it *content.Item) {
		it.Text = "<img src=x onerror=alert(1)>\n</style><b>粗</b>{{.Title}}"
		it.Source, it.Grade = `<a href="javascript:alert(1)">x</a>`, content.Official
		it.Picture = `https://evil.example/";script-src *;/x.jpg`
		it.Audio = `https://evil.example;script-src *;/a.mp3`
	}))
	p.Question = func(context.Context, quiz.Day) (string, error) { return `<b>题</b>&amp;`, nil }
	w := get(p, "/today/2026-11-26")
	mustLack(t, w.Body.String(), "<script", "<img src=x", "<b>粗", "<b>题", `href="javascript`, "a.mp3")
	mustHold(t, w.Body.String(), "{{.Title}}", "&lt;b&gt;题")
	policy := w.Header().Get("Content-Security-Policy")
	mustLack(t, policy, "script-src", "*")
	mustHold(t, policy, "img-src https://evil.example")
	for _, address := range []string{"http://x.cn/a.jpg", "javascript:alert(1)", "data:image/png;base64,AA", "//x.cn/a.jpg", "https:///a.jpg", "https://u:p@x.cn/a.jpg", "https://x.cn'/a", "https://中文.cn/a", "\xff"} {
		if got := webAddress(address); got != "" {
			t.Errorf("%q is shown from %q", address, got)
		}
	}
}

// TestFreshness: who has a page is not sent it again, until it changes.
func TestFreshness(t *testing.T) {
	p := open(noon, item("a", "11-26", "今天的事"))
	w := get(p, "/today/2026-11-26")
	tag := w.Header().Get("ETag")
	mustHold(t, w.Header().Get("Cache-Control"), "public", "max-age=60")
	for header, want := range map[string]int{tag: 304, "W/" + tag: 304, `"other", ` + tag: 304, "*": 304, `"other"`: 200} {
		again := get(p, "/today/2026-11-26", "If-None-Match", header)
		if again.Code != want || (again.Body.Len() == 0) != (want == 304) || again.Header().Get("ETag") != tag {
			t.Errorf("If-None-Match %s: %d, %d bytes", header, again.Code, again.Body.Len())
		}
	}
	if w := ask(p, http.MethodHead, "/today/2026-11-26"); w.Code != 200 || w.Body.Len() != 0 || w.Header().Get("ETag") != tag {
		t.Errorf("HEAD: %d, %d bytes", w.Code, w.Body.Len())
	}
	p.Library = shelf{content.NewLibrary([]content.Item{item("a", "11-26", "改过的事")}, nil)}
	if w := get(p, "/today/2026-11-26", "If-None-Match", tag); w.Code != 200 {
		t.Errorf("after a correction: %d", w.Code)
	}
}

// TestAway: a store that is away is told as such, and never as a day without an
// item.
func TestAway(t *testing.T) {
	p := open(noon, item("a", "11-26", "今天的事"))
	p.Question = func(context.Context, quiz.Day) (string, error) { return "", errors.New("away") }
	for range 2 {
		w := get(p, "/today/2026-11-26")
		if w.Code != 503 || w.Header().Get("Retry-After") == "" || w.Header().Get("ETag") != "" {
			t.Errorf("status %d, %v", w.Code, w.Header())
		}
		mustHold(t, w.Body.String(), "请过一会儿")
		p.Library = shelf{}
	}
}

// TestLink: an address exists only under a public one.
func TestLink(t *testing.T) {
	day := quiz.DayOf(noon)
	for base, want := range map[string]string{
		"": "", "https://x.cn": "https://x.cn/today/2026-11-26", "https://x.cn/": "https://x.cn/today/2026-11-26",
	} {
		if got := Link(base, day); got != want {
			t.Errorf("%q: %q, want %q", base, got, want)
		}
	}
}

// TestOriginal: an episode of a series leads to the thing itself, where its source
// may be shown.
func TestOriginal(t *testing.T) {
	episode := func(grade content.Grade, address string) *Page {
		return open(noon, item("a", "11-26", "第一集", func(it *content.Item) {
			it.Series, it.Source, it.Grade, it.URL = "百集", "央视网", grade, address
		}))
	}
	mustHold(t, get(episode(content.Official, "https://tv.example.cn/1"), "/today/2026-11-26").Body.String(), `<a href="https://tv.example.cn/1">看原文</a>`)
	mustLack(t, get(episode(content.Secondary, "https://tv.example.cn/1"), "/today/2026-11-26").Body.String(), "看原文")
	mustLack(t, get(episode(content.Official, "javascript:alert(1)"), "/today/2026-11-26").Body.String(), "看原文", "javascript")
}

// TestAlone: without a public address and without questions a page lacks nothing
// but these.
func TestAlone(t *testing.T) {
	p := open(noon, item("a", "11-26", "今天的事"))
	p.BaseURL, p.Question = "", nil
	body := get(p, "/today/2026-11-26").Body.String()
	mustHold(t, body, "今天的事", "og:title")
	mustLack(t, body, "og:url", "一题")
}

// FuzzPage: whatever an item holds, it is no markup, and the policy names no more
// than two hosts.
func FuzzPage(f *testing.F) {
	f.Add("<b>", "a\nb", "人民网", "https://x.cn/a.jpg", "https://x.cn/a.mp3", "题")
	f.Add("</style><script>", "\x00\xff", "'\"", "https://x.cn;*/a", "https://[::1]:1/", "{{.}}")
	f.Fuzz(func(t *testing.T, title, text, source, picture, audio, stem string) {
		p := open(noon, item("a", "11-26", title, func(it *content.Item) {
			it.Text, it.Source, it.Grade, it.Picture, it.Audio = text, source, content.Official, picture, audio
		}))
		p.Question = func(context.Context, quiz.Day) (string, error) { return content.Plain(stem), nil }
		w := get(p, "/today/2026-11-26")
		body := w.Body.String()
		tags := strings.Count(body, "<img ") + strings.Count(body, "<audio ")
		if w.Code != 200 || !utf8.ValidString(body) || strings.Contains(strings.ToLower(body), "<script") || tags > 2 || strings.Count(body, "<style") != 1 {
			t.Fatalf("status %d:\n%s", w.Code, body)
		}
		policy := w.Header().Get("Content-Security-Policy")
		if strings.Count(policy, ";") > 6 || strings.ContainsAny(policy, "\r\n*") || strings.Contains(policy, "script") {
			t.Fatal(policy)
		}
	})
}

// TestPageOfPaper: a day without an item shows what its paper says was read on it.
func TestPageOfPaper(t *testing.T) {
	kind := func(it *content.Item) { it.Kind = content.QA }
	p := open(noon, item("a", "", "第一问", kind), item("b", "", "第二问", kind))
	for read, title := range map[string]string{"a": "第一问", "b": "第二问"} {
		p.Paper = func(context.Context, quiz.Day) (*quiz.Paper, error) { return &quiz.Paper{Read: read}, nil }
		mustHold(t, get(p, "/today/2026-11-24").Body.String(), "<h1>"+title+"</h1>")
	}
	p.Paper = func(context.Context, quiz.Day) (*quiz.Paper, error) { return nil, quiz.ErrUnavailable }
	if w := get(p, "/today/2026-11-24"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("without its paper: %d", w.Code)
	}
}
