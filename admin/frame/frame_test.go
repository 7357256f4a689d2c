package frame_test

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/alexedwards/scs/v2"

	"dangshi/admin/account"
	"dangshi/admin/frame"
	"dangshi/quiz"
)

// station is a frame with one section, visited by one person.
type station struct {
	t        *testing.T
	frame    *frame.Frame
	sessions *scs.SessionManager
	section  frame.Section
	who      account.Account
	cookie   *http.Cookie
}

func newStation(t *testing.T, routes ...frame.Route) *station {
	t.Helper()
	s := &station{t: t, sessions: scs.New(), who: account.Account{Name: "<b>王</b>", Role: account.Staff}}
	f, err := frame.New(frame.Config{Sessions: s.sessions, Now: func() time.Time { return time.Date(2026, 5, 1, 0, 30, 0, 0, quiz.Zone) }, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	page := fstest.MapFS{"page.html": {Data: []byte(`{{define "main"}}<h1>{{.Title}}</h1>{{.Data}}{{if .May "govern"}}删{{end}}{{end}}`)}}
	s.section = frame.Section{Path: "/admin/rooms", Name: "房间", Right: account.Look, Files: page, Routes: routes}
	for _, section := range []frame.Section{s.section, {Path: "/admin/keys", Name: "钥匙", Right: account.Govern, Files: page}} {
		if err := f.Add(section); err != nil {
			t.Fatal(err)
		}
	}
	s.frame = f
	return s
}

// ask sends a request to the first route, with some headers.
func (s *station) ask(form url.Values, header ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	at := s.frame.Sections()[0]
	route := at.Routes[0]
	method, path, _ := strings.Cut(route.Pattern, " ")
	r := httptest.NewRequestWithContext(s.t.Context(), method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if s.cookie != nil {
		r.AddCookie(s.cookie)
	}
	w := httptest.NewRecorder()
	s.sessions.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.frame.Handler(at, route)(s.frame.Visit(w, r, s.who, at))
	})).ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		s.cookie = c
	}
	return w
}

func TestAPageShowsWhatItsVisitorMay(t *testing.T) {
	s := newStation(t, frame.Route{Pattern: "GET /admin/rooms", Right: account.Look, Do: func(v *frame.Visit) error {
		return v.Show("page.html", "房间", "<script>alert(1)</script>")
	}})
	page := s.ask(nil).Body.String()
	for _, bad := range []string{"<script>alert", "<b>王", "钥匙", "删"} {
		if strings.Contains(page, bad) {
			t.Errorf("staff see %q", bad)
		}
	}
	for _, good := range []string{"房间", "工作人员", "2026-05-01 00:30", `aria-current="page"`} {
		if !strings.Contains(page, good) {
			t.Errorf("the page lacks %q:\n%s", good, page)
		}
	}
	s.who.Role = account.Admin
	if page := s.ask(nil).Body.String(); !strings.Contains(page, "钥匙") || !strings.Contains(page, "删") {
		t.Error("an administrator does not see all")
	}
}

func TestWithoutTheRightNothingIsDone(t *testing.T) {
	s := newStation(t, frame.Route{Pattern: "POST /admin/rooms", Right: account.Govern, Do: func(*frame.Visit) error {
		t.Error("it was done")
		return nil
	}})
	if w := s.ask(nil); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "没有这一项权限") {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
}

func TestANoteIsToldOnceWithItsUndo(t *testing.T) {
	acted := false
	s := newStation(t, frame.Route{Pattern: "POST /admin/rooms", Right: account.Look, Do: func(v *frame.Visit) error {
		if acted {
			return v.Show("page.html", "房间", nil)
		}
		acted = true
		return v.Done("/admin/rooms", frame.Note{Text: "锁了 3 间", Undo: &frame.Undo{Path: "/admin/rooms/open", Fields: map[string]string{"id": `1">`}}})
	}})
	if w := s.ask(nil); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/admin/rooms" {
		t.Fatalf("status %d", w.Code)
	}
	if strings.Contains(s.ask(nil, "Dangshi-Again", "yes").Body.String(), "锁了") {
		t.Error("a page that asks for itself again, in another window, takes the note away")
	}
	page := s.ask(nil).Body.String()
	for _, want := range []string{"锁了 3 间", `action="/admin/rooms/open"`, `name="id" value="1&#34;&gt;"`, "撤销"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s:\n%s", want, page)
		}
	}
	if strings.Contains(s.ask(nil).Body.String(), "锁了") {
		t.Error("the note is told twice")
	}
}

func TestUndoIsOfferedWhereItWasKept(t *testing.T) {
	undo, said := &frame.Undo{Path: "/admin/rooms/open"}, frame.Note{Text: "锁了 3 间。"}
	if n := said.Undoable(true, nil, undo); n.Undo != undo || n.Text != said.Text {
		t.Errorf("kept: %+v", n)
	}
	if n := said.Undoable(false, errors.New("not known"), undo); n.Undo != undo || n.Text != said.Text {
		t.Errorf("not known: %+v", n)
	}
	if n := said.Undoable(false, nil, undo); n.Undo != nil || !strings.Contains(n.Text, "锁了 3 间。") || !strings.Contains(n.Text, "不能撤销") {
		t.Errorf("not kept: %+v", n)
	}
}

func TestAConfirmationIsForWhatWasShown(t *testing.T) {
	rooms, done := "3", 0
	s := newStation(t, frame.Route{Pattern: "POST /admin/rooms", Right: account.Look, Do: func(v *frame.Visit) error {
		c := &frame.Confirm{Title: "锁 " + rooms + " 间？", Facts: []string{"锁 " + rooms + " 间"}, Path: "/admin/rooms", Button: "锁", Back: "/admin/rooms", Type: "锁", Fields: map[string]string{"a": "1", "b": "2"}}
		if !v.Confirmed(c) {
			return v.Ask(c)
		}
		done++
		return nil
	}})
	digest := func() string {
		page := s.ask(nil).Body.String()
		_, after, ok := strings.Cut(page, `name="confirmed" value="`)
		if !ok {
			t.Fatalf("nothing is asked:\n%s", page)
		}
		shown, _, _ := strings.Cut(after, `"`)
		return shown
	}
	three := digest()
	s.ask(url.Values{"confirmed": {three}})
	told := func(form url.Values, why string) {
		t.Helper()
		if page := s.ask(form).Body.String(); !strings.Contains(page, why) {
			t.Errorf("why nothing was done is not told: %s\n%s", why, page)
		}
	}
	told(url.Values{"confirmed": {three}, "typed": {"开"}}, "输入的不是“锁”")
	rooms = "4"
	told(url.Values{"confirmed": {three}, "typed": {"锁"}}, "情况有了变化")
	if done != 0 {
		t.Fatal("it was done, and not what was shown was confirmed")
	}
	s.ask(url.Values{"confirmed": {digest()}, "typed": {"锁 "}})
	if done != 1 {
		t.Error("it was confirmed, and not done")
	}
}

func TestEveryErrorIsAPage(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		text   string
	}{
		{frame.NotFound("没有这间房"), 404, "没有这间房"},
		{frame.Bad("门牌要是数字"), 422, "门牌要是数字"},
		{quiz.ErrConflict, 409, "别人也改了"},
		{quiz.ErrUnknown, 503, "不知道写成了没有"},
		{quiz.ErrUnavailable, 503, "什么也没有改"},
		{http.ErrBodyNotAllowed, 500, "已经记入日志"},
	} {
		s := newStation(t, frame.Route{Pattern: "GET /admin/rooms", Right: account.Look, Do: func(*frame.Visit) error { return c.err }})
		if w := s.ask(nil); w.Code != c.status || !strings.Contains(w.Body.String(), c.text) {
			t.Errorf("%v: status %d\n%s", c.err, w.Code, w.Body)
		}
	}
}

func TestNumbersAndShares(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1234: "-1,234"} {
		if got := frame.Number(n); got != want {
			t.Errorf("%d is %s", n, got)
		}
	}
	for want, x := range map[string][2]int{"—": {0, 0}, "0.0%": {0, 3}, "66.7%": {2, 3}, "100.0%": {5, 5}} {
		if got := frame.Percent(x[0], x[1]); got != want {
			t.Errorf("%v is %s", x, got)
		}
	}
}

// TestSealedFieldsAreForOneSession: what an address hides is read by the session that
// made it, at the same path, and by nobody else.
func TestSealedFieldsAreForOneSession(t *testing.T) {
	var address string
	var found url.Values
	var ok bool
	var s *station
	s = newStation(t, frame.Route{Pattern: "POST /admin/rooms", Right: account.Look, Do: func(v *frame.Visit) error {
		if address == "" {
			s.sessions.Put(v.Context(), "name", "王芳") // as who signs in
			return v.Find("/admin/rooms", []string{"floor", "none"}, []string{"q"})
		}
		v.R.URL, _ = url.Parse(address)
		found, ok = v.Unsealed()
		return nil
	}})
	address = s.ask(url.Values{"q": {" 王芳&a=b "}, "floor": {"3"}, "none": {" "}}).Header().Get("Location")
	if plain, err := url.QueryUnescape(address); err != nil || strings.Contains(plain, "王芳") || !strings.HasPrefix(address, "/admin/rooms?find=") || !strings.HasSuffix(address, "&floor=3") {
		t.Fatalf("the address is %s, %v", address, err)
	}
	if s.ask(nil); !ok || found.Get("q") != "王芳&a=b" || len(found) != 1 {
		t.Errorf("%v, %t", found, ok)
	}
	whole, own := address, s.cookie
	for name, change := range map[string]func(){
		"another page":    func() { address = strings.Replace(whole, "/rooms", "/keys", 1) },
		"one bit":         func() { address = strings.Replace(whole, "&floor", "A&floor", 1) },
		"no seal":         func() { address = "/admin/rooms?find=" + url.QueryEscape("王芳") },
		"another session": func() { address, s.cookie = whole, nil },
	} {
		s.cookie = own
		change()
		if s.ask(nil); ok || len(found) > 0 {
			t.Errorf("%s: %v, %t", name, found, ok)
		}
	}
}

// TestKeptIsSealed: what a session keeps may name a member, and cannot be read where the
// session is stored.
func TestKeptIsSealed(t *testing.T) {
	var s *station
	s = newStation(t, frame.Route{Pattern: "POST /admin/rooms", Right: account.Look, Do: func(v *frame.Visit) error {
		s.sessions.Put(v.Context(), "name", "张三") // as who signs in
		if v.Kept("whom") != "" {
			t.Error("something is kept already")
		}
		if err := v.Keep("whom", "王芳"); err != nil {
			return err
		}
		if stored := s.sessions.GetString(v.Context(), "kept whom"); stored == "" || strings.Contains(stored, "王芳") || v.Kept("whom") != "王芳" {
			t.Errorf("%q is stored, %q kept", stored, v.Kept("whom"))
		}
		return nil
	}})
	s.ask(nil)
}
