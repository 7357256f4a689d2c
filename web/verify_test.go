package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"dangshi/quiz"
	"dangshi/web/certificate"
)

// book has awards by code, or an error.
type book struct {
	awards map[string]quiz.Award
	err    error
	asked  int
}

func (b *book) AwardByCode(_ context.Context, code string) (quiz.Award, bool, error) {
	b.asked++
	a, ok := b.awards[code]
	return a, ok, b.err
}

const theCode = "7KQ2M9XW4T3HBZ0V"

func theAward() quiz.Award {
	return quiz.Award{
		Season: quiz.Season{ID: "2026", From: quiz.Date(2026, 1, 1), To: quiz.Date(2026, 12, 31)},
		Honour: quiz.Honour{Place: 3}, Code: theCode, Name: "欧阳<文>华", Branch: "zb1",
		Closed: time.Date(2027, 1, 5, 0, 30, 0, 0, quiz.Zone).Unix(),
	}
}

type station struct {
	*Verify
	book *book
	now  time.Time
	logs bytes.Buffer
}

func newStation(a quiz.Award) *station {
	s := &station{book: &book{awards: map[string]quiz.Award{theCode: a}}, now: time.Unix(1_800_000_000, 0)}
	s.Verify = NewVerify(Config{
		Awards: s.book, Wording: certificate.Wording{Organisation: "中共江城区委党校"}, Branch: func(code string) string { return map[string]string{"zb1": "城关第一支部"}[code] },
		Now: func() time.Time { return s.now }, Logger: slog.New(slog.NewTextHandler(&s.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	return s
}

func (s *station) get(path string, more ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(more); i += 2 {
		r.Header.Add(more[i], more[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

var tags = regexp.MustCompile(`(?s)<style>.*?</style>|<[^>]*>`)

// words are what a person sees.
func words(w *httptest.ResponseRecorder) string {
	return strings.Join(strings.Fields(tags.ReplaceAllString(w.Body.String(), " ")), " ")
}

func TestVerify(t *testing.T) {
	revoked := &quiz.Revocation{At: time.Date(2027, 2, 1, 12, 0, 0, 0, quiz.Zone).Unix(), By: "管理员甲", Reason: "由他人代答。"}
	for _, c := range []struct {
		what   string
		change func(*quiz.Award)
		path   string
		status int
		want   string
		lacks  string
	}{
		{"an award", nil, theCode, 200, "证书有效 欧阳&lt;文&gt;华 城关第一支部 “党史学习小达人” 赛季 2026 起止 2026年1月1日至2026年12月31日 名次 第 3 名 授予日期 2027年1月5日 颁发单位 中共江城区委党校 证书编号 7KQ2 M9XW 4T3H BZ0V", "撤销"},
		{"typed by hand", nil, "7kq2%20m9xw-4t3h-bzOv", 200, "证书有效", "没有查到"},
		{"revoked", func(a *quiz.Award) { a.Honour.Revoked = revoked }, theCode, 200, "此荣誉已于2027年2月1日撤销，证书不再有效。原因：由他人代答。", "有效 "},
		{"whoever revoked is not named", func(a *quiz.Award) { a.Honour.Revoked = revoked }, theCode, 200, "已撤销", "管理员甲"},
		{"erased", func(a *quiz.Award) { a.Name, a.Branch, a.Erased = "", "", true }, theCode, 200, "证书有效 （姓名已删除） “党史学习小达人” 获得者已注销，姓名和支部按本人意愿删除。荣誉和名次仍然有效。", "欧阳"},
		{"no name", func(a *quiz.Award) { a.Name = "" }, theCode, 200, "（没有登记姓名）", "删除"},
		{"unknown", nil, "00000000000000AA", 404, "没有查到这张证书", "欧阳"},
		{"no code at all", nil, "%3Cscript%3Ealert(1)%3C%2Fscript%3E", 404, "没有查到这张证书", "欧阳"},
		{"the form", nil, "", 200, "请输入证书上的编号", "没有查到"},
	} {
		a := theAward()
		if c.change != nil {
			c.change(&a)
		}
		s := newStation(a)
		w := s.get("/verify/" + c.path)
		if got := words(w); w.Code != c.status || !strings.Contains(got, c.want) || strings.Contains(got, c.lacks) {
			t.Errorf("%s: %d %s\nwant %d %s, without %s", c.what, w.Code, got, c.status, c.want, c.lacks)
		}
		if strings.Contains(w.Body.String(), "<script") {
			t.Errorf("%s: there is a script", c.what)
		}
		checkSafe(t, w)
		if s.logs.Len() > 0 {
			t.Errorf("%s: logged %s", c.what, &s.logs)
		}
	}
}

var style = regexp.MustCompile(`(?s)<style>(.*?)</style>`)

// checkSafe: the page loads nothing, is in no index and in no cache, and its own
// style is the one that the policy allows.
func checkSafe(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	body, policy := w.Body.String(), w.Header().Get("Content-Security-Policy")
	found := style.FindStringSubmatch(body)
	if found == nil {
		t.Fatal("no style")
	}
	sum := sha256.Sum256([]byte(found[1]))
	if want := "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, want) || !strings.HasPrefix(policy, "default-src 'none';") {
		t.Errorf("the policy %s does not go with the style, want %s", policy, want)
	}
	if strings.Contains(body, "style=") || regexp.MustCompile(`(src|href)="(https?:)?//`).MatchString(body) {
		t.Error("the page loads what its policy forbids")
	}
	for name, want := range map[string]string{"X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestTheFormLeadsToTheCertificate(t *testing.T) {
	s := newStation(theAward())
	w := s.get("/verify/?code=7kq2+m9xw+4t3h+bzov")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/verify/"+theCode {
		t.Errorf("%d %q", w.Code, w.Header().Get("Location"))
	}
	if w = s.get("/verify/?code=%E4%BD%A0%E5%A5%BD"); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), `value="你好"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if s.book.asked != 0 {
		t.Error("the store was asked for what can be no code")
	}
}

func TestTheStoreIsAway(t *testing.T) {
	s := newStation(theAward())
	s.book.err = fmt.Errorf("%w: connection refused", quiz.ErrUnavailable)
	w := s.get("/verify/" + theCode)
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(words(w), "这不说明证书有问题") {
		t.Errorf("%d %s", w.Code, words(w))
	}
	if !strings.Contains(s.logs.String(), "connection refused") || strings.Contains(s.logs.String(), theCode) {
		t.Errorf("logged %s", &s.logs)
	}
}

func TestOneAddressMayNotAskForEver(t *testing.T) {
	s := newStation(theAward())
	statuses := map[int]int{}
	for range limitBurst + 5 {
		statuses[s.get("/verify/"+theCode).Code]++
	}
	if statuses[200] != limitBurst || statuses[429] != 5 {
		t.Errorf("%v", statuses)
	}
	if w := s.get("/verify/" + theCode); w.Header().Get("Retry-After") == "" || !strings.Contains(words(w), "请稍等一会儿") {
		t.Errorf("%s", words(w))
	}
	s.now = s.now.Add(time.Second)
	if w := s.get("/verify/" + theCode); w.Code != 200 {
		t.Errorf("a second later: %d", w.Code)
	}
}

func TestWhoAsks(t *testing.T) {
	for _, c := range []struct{ remote, want string }{
		{"203.0.113.7:4711", "203.0.113.7"},
		{"[2001:db8:1:2:3:4:5:6]:4711", "2001:db8:1:2::"},
		{"[fe80::1%eth0]:4711", "fe80::"},
		{"[::ffff:203.0.113.7]:4711", "203.0.113.7"},
		{"nonsense", "invalid IP"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/verify/", nil)
		r.RemoteAddr = c.remote
		r.Header.Set("X-Forwarded-For", "198.51.100.1") // another one's business
		if got := Address(r); got.String() != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestTheLimiterForgets(t *testing.T) {
	l, now := newLimiter(), time.Unix(1_800_000_000, 0)
	for i := range limitKnown + 10 {
		l.allow(netip.AddrFrom4([4]byte{1, byte(i >> 16), byte(i >> 8), byte(i)}), now)
	}
	if len(l.known) > limitKnown {
		t.Errorf("%d addresses are remembered", len(l.known))
	}
}

func TestOnlyGET(t *testing.T) {
	s := newStation(theAward())
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/verify/"+theCode, nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
	w = httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodHead, "/verify/"+theCode, nil))
	if body, _ := io.ReadAll(w.Body); w.Code != 200 || len(body) > 0 {
		t.Errorf("HEAD: %d, %d bytes", w.Code, len(body))
	}
}
