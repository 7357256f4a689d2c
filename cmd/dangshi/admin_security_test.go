package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dangshi/admin"
	"dangshi/admin/account"
	"dangshi/quiz"
	"dangshi/store"
	"dangshi/store/storetest"
)

// place is one method and path of the console that can be asked for.
type place struct {
	method, path, pattern string
	right                 account.Right
}

var wildcard = regexp.MustCompile(`\{[^}]*\}`)

// places are all routes of the console, with values in their paths that lead nowhere.
func places(t *testing.T, r *replica) (all []place) {
	t.Helper()
	for _, route := range r.admin.(*admin.Console).Routes() {
		method, path, _ := strings.Cut(route.Pattern, " ")
		path = wildcard.ReplaceAllStringFunc(path, func(w string) string {
			return map[bool]string{true: "", false: "nothing"}[w == "{$}"]
		})
		all = append(all, place{method, path, route.Pattern, route.Right})
	}
	if len(all) < 10 {
		t.Fatalf("only %d routes", len(all))
	}
	return all
}

// stranger is a client that is not signed in and follows no redirect.
func stranger(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// knock asks for something with an empty form.
func knock(t *testing.T, client *http.Client, method, address string, header ...string) (*http.Response, string) {
	t.Helper()
	var body io.Reader
	if method != http.MethodGet && method != http.MethodHead {
		body = strings.NewReader("")
	}
	r, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return answer, drained(t, answer)
}

// guarded fails unless an answer has what keeps browsers from harm.
func guarded(t *testing.T, about string, answer *http.Response) {
	t.Helper()
	csp := answer.Header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
		if !strings.Contains(csp, part) {
			t.Errorf("%s: the policy lacks %s: %q", about, part, csp)
		}
	}
	if strings.Contains(csp, "unsafe") {
		t.Errorf("%s: %s", about, csp)
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"} {
		if got := answer.Header.Get(name); got != want {
			t.Errorf("%s: %s is %q", about, name, got)
		}
	}
	if kind := answer.Header.Get("Content-Type"); strings.HasPrefix(kind, "text/html") && answer.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s: a page may be kept: %q", about, answer.Header.Get("Cache-Control"))
	}
}

// deeds counts the lines of the audit log.
func deeds(t *testing.T, r *replica) (n int) {
	t.Helper()
	if err := r.data.EachAudited(t.Context(), func(store.Audited) bool { n++; return true }); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestAdminEveryRoute: each route for each role and for none, asked for from another
// site, and in ways that it does not take. Routes that are added are among them.
func TestAdminEveryRoute(t *testing.T) {
	storetest.InTurn(t)
	s := defaults()
	s.RedisURL = servers.Redis(t).URL
	r := start(t, s)
	all := places(t, r)
	mustSay(t, consoleAnnounced(t, r), "管理台：http://localhost:8080/admin/，还没有账号：先运行 dangshi admin add 名字。")
	nobody, fresh := stranger(t), stranger(t)
	once, err := r.accounts.Open(t.Context(), "新来的", account.Admin, "测试", r.now())
	if err != nil {
		t.Fatal(err)
	}
	if answer, _ := form(t, fresh, r.url+"/admin/login", url.Values{"name": {"新来的"}, "password": {once}}); answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("the one-time password: %d", answer.StatusCode)
	}
	clients := map[account.Role]*http.Client{}
	for _, role := range account.Roles() {
		clients[role] = admit(t, r, role.Word(), role)
	}
	if told := consoleAnnounced(t, r); told != "管理台：http://localhost:8080/admin/。" {
		t.Errorf("with accounts serve says %s", told)
	}
	lookersChangeNothing(t, r, all, clients[account.Admin])
	before := deeds(t, r)
	for _, p := range all {
		reads := p.method == http.MethodGet
		answer, _ := knock(t, nobody, p.method, r.url+p.path)
		guarded(t, "nobody, "+p.pattern, answer)
		if to := answer.Header.Get("Location"); reads && (answer.StatusCode != http.StatusSeeOther || to != "/admin/login?next="+url.QueryEscape(p.path)) {
			t.Errorf("nobody, %s: %d to %q", p.pattern, answer.StatusCode, to)
		} else if !reads && answer.StatusCode != http.StatusUnauthorized {
			t.Errorf("nobody, %s: %d", p.pattern, answer.StatusCode)
		}
		if own := strings.HasPrefix(p.path, "/admin/me") || p.path == "/admin/logout"; !own {
			if answer, _ := knock(t, fresh, p.method, r.url+p.path); answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != "/admin/me" {
				t.Errorf("with a one-time password, %s: %d", p.pattern, answer.StatusCode)
			}
		}
		for role, client := range clients {
			if role.May(p.right) {
				continue
			}
			answer, body := knock(t, client, p.method, r.url+p.path)
			guarded(t, p.pattern, answer)
			if answer.StatusCode != http.StatusForbidden || !strings.Contains(body, "没有这一项权限") {
				t.Errorf("%s, %s: %d", role, p.pattern, answer.StatusCode)
			}
		}
		if reads {
			continue
		}
		for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}} {
			if answer, body := knock(t, clients[account.Admin], p.method, r.url+p.path, header...); answer.StatusCode != http.StatusForbidden || !strings.Contains(body, "从别的网站送来的") {
				t.Errorf("%s with %v: %d", p.pattern, header, answer.StatusCode)
			}
		}
	}
	if after := deeds(t, r); after != before {
		t.Errorf("%d things were done by those who may not", after-before)
	}
	for _, role := range account.Roles() {
		mayAsk(t, r, all, role, clients[role])
	}
	undeclared(t, r, all, nobody, clients[account.Admin])
}

// consoleAnnounced is what serve says of the console at its start.
func consoleAnnounced(t *testing.T, r *replica) (told string) {
	t.Helper()
	if err := r.app.announceConsole(r.service, "8080", func(format string, args ...any) { told += fmt.Sprintf(format, args...) }); err != nil {
		t.Fatal(err)
	}
	return told
}

// lookersChangeNothing: whoever opens pages before anybody has answered begins no season
// and draws no paper; the page on trends says what will be there.
func lookersChangeNothing(t *testing.T, r *replica, all []place, client *http.Client) {
	t.Helper()
	kept := func() []string {
		keys := slices.DeleteFunc(allKeys(t, r), func(key string) bool {
			// Who is signed in, messages of the minute, what a page works out behind it.
			return regexp.MustCompile(`^\{all\}:(session|attempt|activity|work|claim|audit)\b`).MatchString(key)
		})
		slices.Sort(keys)
		return keys
	}
	before := kept()
	for _, p := range all {
		if p.method == http.MethodGet {
			knock(t, client, p.method, r.url+p.path)
		}
	}
	knock(t, client, http.MethodGet, r.url+"/today/"+quiz.DayOf(r.now()).String())
	if after := kept(); !slices.Equal(before, after) {
		t.Errorf("to look has changed what is kept:\n%q\nbefore:\n%q", after, before)
	}
	if answer, body := knock(t, client, http.MethodGet, r.url+"/admin/trends"); answer.StatusCode != http.StatusOK {
		t.Errorf("trends before anybody has answered: %d", answer.StatusCode)
	} else {
		mustSay(t, body, "还没有人答过题", "这里会有", "03:30")
	}
}

// allKeys are those of a real Redis.
func allKeys(t *testing.T, r *replica) []string {
	t.Helper()
	keys, err := r.data.Client().Keys(t.Context(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// mayAsk: whoever has the right gets an answer, though there is nothing in the form
// and no such thing. Signing out comes last.
func mayAsk(t *testing.T, r *replica, all []place, role account.Role, client *http.Client) {
	t.Helper()
	for _, p := range all {
		if !role.May(p.right) || p.path == "/admin/logout" {
			continue
		}
		answer, body := knock(t, client, p.method, r.url+p.path)
		guarded(t, p.pattern, answer)
		switch {
		case strings.HasPrefix(answer.Header.Get("Location"), "/admin/login"),
			answer.StatusCode == http.StatusUnauthorized, answer.StatusCode == http.StatusForbidden, answer.StatusCode == http.StatusMethodNotAllowed, answer.StatusCode >= 500:
			t.Errorf("%s, %s: %d to %q: %s", role, p.pattern, answer.StatusCode, answer.Header.Get("Location"), body)
		}
	}
}

// undeclared: what a path does not take is refused by name.
func undeclared(t *testing.T, r *replica, all []place, nobody, admin *http.Client) {
	t.Helper()
	mux := http.NewServeMux()
	for _, p := range all {
		mux.Handle(p.pattern, http.NotFoundHandler())
	}
	for _, p := range all {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
			if _, pattern := mux.Handler(httptest.NewRequest(method, p.path, nil)); pattern != "" {
				continue
			}
			if answer, _ := knock(t, admin, method, r.url+p.path); answer.StatusCode != http.StatusMethodNotAllowed || !strings.Contains(answer.Header.Get("Allow"), p.method) {
				t.Errorf("%s %s: %d, allowed are %q", method, p.path, answer.StatusCode, answer.Header.Get("Allow"))
			}
		}
	}
	for _, path := range []string{"/admin/nothing", "/admin/accounts/nothing/else", "/admin/%2e%2e/healthz", "/admin/assets/..%2flogin.html", "/admin/assets/%2e%2e/%2e%2e/go.mod", "/admin//me", "/admin/./me", "/ADMIN/", "/admin/me/", "/admin/me;x=1", "/admin/me%00"} {
		answer, body := knock(t, nobody, http.MethodGet, r.url+path)
		if answer.StatusCode == http.StatusOK {
			t.Errorf("nobody, %s: %s", path, body)
		}
		if answer, body := knock(t, admin, http.MethodGet, r.url+path); answer.StatusCode == http.StatusOK || answer.StatusCode >= 500 {
			t.Errorf("%s: %d, %s", path, answer.StatusCode, body)
		}
	}
}

// sent is what serve answers to a request as it might arrive.
func sent(t *testing.T, r *replica, method, path, peer, host string, header http.Header, fields url.Values, over *tls.ConnectionState) *http.Response {
	t.Helper()
	q := httptest.NewRequest(method, path, strings.NewReader(fields.Encode()))
	q.RemoteAddr, q.Host, q.TLS = peer, host, over
	for name, values := range header {
		q.Header[name] = values
	}
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	r.server.Handler.ServeHTTP(w, q)
	return w.Result()
}

// TestAdminSignIn: over which ways somebody may sign in, with which cookie, and where
// it leads.
func TestAdminSignIn(t *testing.T) {
	s := defaults()
	s.RedisURL = servers.Redis(t).URL
	s.TrustedProxies = "10.0.0.5"
	r := start(t, s)
	admit(t, r, "张三", account.Admin)
	fields := url.Values{"name": {"张三"}, "password": {password}}
	secured := &tls.ConnectionState{Version: tls.VersionTLS13}
	proxied := func(more ...string) http.Header {
		h := http.Header{"X-Forwarded-For": {"203.0.113.9"}}
		for i := 0; i+1 < len(more); i += 2 {
			h[more[i]] = []string{more[i+1]}
		}
		return h
	}
	for _, c := range []struct {
		about, peer, host string
		header            http.Header
		over              *tls.ConnectionState
		status            int
		secure            bool
	}{
		{"on this machine", "127.0.0.1:1", "localhost:8080", nil, nil, 303, false},
		{"on this machine, IPv6", "[::1]:1", "[::1]:8080", nil, nil, 303, false},
		{"a browser says so, too", "127.0.0.1:1", "localhost:8080", http.Header{"Origin": {"http://localhost:8080"}}, nil, 303, false},
		{"by TLS", "203.0.113.9:1", "dangshi.example.cn", nil, secured, 303, true},
		{"by a proxy on this machine", "127.0.0.1:1", "dangshi.example.cn", proxied("X-Forwarded-Proto", "https"), nil, 303, true},
		{"by a proxy of ours elsewhere", "10.0.0.5:1", "dangshi.example.cn", proxied("X-Forwarded-Proto", "https"), nil, 303, true},
		{"from elsewhere without TLS", "203.0.113.9:1", "dangshi.example.cn", nil, nil, 403, false},
		{"in this network without TLS", "192.168.1.9:1", "192.168.1.1:8080", nil, nil, 403, false},
		{"who says that there was a proxy", "203.0.113.9:1", "dangshi.example.cn", proxied("X-Forwarded-Proto", "https"), nil, 403, false},
		{"a stranger who says to be here", "203.0.113.9:1", "localhost", nil, nil, 403, false},
		{"by a proxy here, without TLS, that names this machine", "127.0.0.1:1", "localhost:8080", proxied(), nil, 403, false},
		{"the same, for a browser that claims to be here", "127.0.0.1:1", "localhost:8080", http.Header{"X-Forwarded-For": {"127.0.0.1"}}, nil, 403, false},
		{"by a proxy that only leaves another mark", "127.0.0.1:1", "localhost:8080", http.Header{"Via": {"1.1 x"}}, nil, 403, false},
		{"by a proxy that leaves no mark at all", "127.0.0.1:1", "127.0.0.1:8080", http.Header{"Origin": {"http://dangshi.example.cn"}, "Sec-Fetch-Site": {"same-origin"}}, nil, 403, false},
		{"a name that was made to point here", "127.0.0.1:1", "evil.example:8080", nil, nil, 403, false},
	} {
		answer := sent(t, r, http.MethodPost, "/admin/login", c.peer, c.host, c.header, fields, c.over)
		cookies := answer.Cookies()
		if answer.StatusCode != c.status || (len(cookies) == 1) != (c.status == 303) {
			t.Errorf("%s: %d, %v", c.about, answer.StatusCode, cookies)
			continue
		}
		if len(cookies) == 1 {
			if k := cookies[0]; k.Secure != c.secure || !k.HttpOnly || k.SameSite != http.SameSiteStrictMode || k.Path != "/admin/" || k.Domain != "" {
				t.Errorf("%s: %s", c.about, k)
			}
		}
		if sts := answer.Header.Get("Strict-Transport-Security"); (sts != "") != c.secure {
			t.Errorf("%s: %q", c.about, sts)
		}
	}
	fields.Set("next", "//evil.example/admin/")
	if to := sent(t, r, http.MethodPost, "/admin/login", "127.0.0.1:1", "localhost", nil, fields, nil).Header.Get("Location"); to != "/admin/" {
		t.Errorf("signing in leads to %q", to)
	}
	huge := url.Values{"name": {"张三"}, "password": {strings.Repeat("x", 20<<10)}}
	if got := sent(t, r, http.MethodPost, "/admin/login", "127.0.0.1:1", "localhost", nil, huge, nil).StatusCode; got != http.StatusRequestEntityTooLarge {
		t.Errorf("a huge password: %d", got)
	}
	client := admit(t, r, "李四", account.Admin)
	if answer, _ := form(t, client, r.url+"/admin/accounts", url.Values{"name": {strings.Repeat("x", 2<<20)}, "role": {"staff"}}); answer.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a huge form: %d", answer.StatusCode)
	}
}

// token is the token of a client's session.
func token(t *testing.T, r *replica, client *http.Client) string {
	t.Helper()
	at, err := url.Parse(r.url + "/admin/")
	if err != nil {
		t.Fatal(err)
	}
	cookies := client.Jar.Cookies(at)
	if len(cookies) != 1 {
		t.Fatalf("%d cookies", len(cookies))
	}
	return cookies[0].Value
}

// holds gives a client a session's token.
func holds(t *testing.T, r *replica, client *http.Client, token string) {
	t.Helper()
	at, err := url.Parse(r.url + "/admin/")
	if err != nil {
		t.Fatal(err)
	}
	client.Jar.SetCookies(at, []*http.Cookie{{Name: "dangshi_admin", Value: token, Path: "/admin/"}})
}

// TestAdminSessions: which tokens are worth something, and until when.
func TestAdminSessions(t *testing.T) {
	s := defaults()
	s.RedisURL = servers.Redis(t).URL
	r := start(t, s)
	inside := func(client *http.Client) bool {
		t.Helper()
		status, _ := get2(t, client, r.url+"/admin/me")
		return status == http.StatusOK
	}
	login := func(client *http.Client, name string) {
		t.Helper()
		if answer, body := form(t, client, r.url+"/admin/login", url.Values{"name": {name}, "password": {password}}); answer.StatusCode != 303 {
			t.Fatalf("%d: %s", answer.StatusCode, body)
		}
	}
	admit(t, r, "张三", account.Admin)
	// Fixation: tokens that somebody else knows beforehand, a made-up one and their own.
	evil := admit(t, r, "李四", account.Staff)
	for _, known := range []string{strings.Repeat("A", 43), token(t, r, evil)} {
		victim, thief := stranger(t), stranger(t)
		holds(t, r, victim, known)
		holds(t, r, thief, known)
		login(victim, "张三")
		if token(t, r, victim) == known || !inside(victim) || inside(thief) {
			t.Errorf("a token that was known beforehand is worth something")
		}
	}
	// Redis does not hold what a browser does.
	first, second := stranger(t), stranger(t)
	login(first, "张三")
	login(second, "张三")
	keys, err := r.data.Client().Keys(t.Context(), "{all}:session:*").Result()
	if err != nil || len(keys) == 0 || slices.ContainsFunc(keys, func(k string) bool { return strings.Contains(k, token(t, r, first)) }) {
		t.Errorf("%q, %v", keys, err)
	}
	ended := func() (n int) { // those that are remembered as such
		for _, key := range keys {
			if value, err := r.data.Client().Get(t.Context(), key).Result(); err != nil || value == "" {
				n++
			}
		}
		return n
	}
	before := ended()
	// Signing out ends the session for everybody who has the token, and that one only.
	copied := stranger(t)
	holds(t, r, copied, token(t, r, first))
	if !inside(copied) {
		t.Fatal("a copy of the cookie is no session")
	}
	if answer, _ := form(t, first, r.url+"/admin/logout", nil); answer.StatusCode != 303 {
		t.Errorf("signing out: %d", answer.StatusCode)
	}
	if inside(first) || inside(copied) || !inside(second) {
		t.Error("signing out ended too little or too much")
	}
	if now := ended(); now != before+1 {
		t.Errorf("%d sessions were ended, then %d", before, now)
	}
	// Who signs in where somebody else is signed in begins with nothing of theirs.
	if answer, body := form(t, second, r.url+"/admin/accounts/role", url.Values{"name": {"李四"}, "role": {"editor"}}); answer.StatusCode != 303 {
		t.Fatalf("%d: %s", answer.StatusCode, body)
	}
	shared := stranger(t)
	holds(t, r, shared, token(t, r, second))
	login(shared, "李四")
	if _, page := get2(t, shared, r.url+"/admin/me"); strings.Contains(page, "角色由") {
		t.Error("what was told to somebody else is told, with its undo")
	}
	login(second, "张三")
	// Another password ends all others.
	login(first, "张三")
	copied = stranger(t)
	holds(t, r, copied, token(t, r, first))
	if answer, body := form(t, first, r.url+"/admin/me/password", url.Values{"old": {password}, "new": {"另外一句自己知道的话"}, "again": {"另外一句自己知道的话"}}); answer.StatusCode != 303 {
		t.Fatalf("%d: %s", answer.StatusCode, body)
	}
	if !inside(first) || inside(second) || inside(copied) {
		t.Error("another password ended too little or too much")
	}
}

// TestAdminBruteForce: counted by the true address and by the account, and what helps
// whom it shuts out.
func TestAdminBruteForce(t *testing.T) {
	s := defaults()
	s.RedisURL = servers.Redis(t).URL
	r := start(t, s)
	admit(t, r, "张三", account.Admin)
	used := func(kind, who string, n int) {
		t.Helper()
		for range n {
			if _, _, err := r.data.Attempt(t.Context(), kind, who, 15*time.Minute); err != nil {
				t.Fatal(err)
			}
		}
	}
	used("address", "203.0.113.9", 50)
	used("account", "张三", 10)
	secured := &tls.ConnectionState{Version: tls.VersionTLS13}
	try := func(peer, chain, password string) string {
		t.Helper()
		h := http.Header{"X-Real-Ip": {"6.6.6.6"}, "X-Forwarded-Proto": {"https"}}
		if chain != "" {
			h["X-Forwarded-For"] = []string{chain}
		}
		answer := sent(t, r, http.MethodPost, "/admin/login", peer, "dangshi.example.cn", h, url.Values{"name": {"张三"}, "password": {password}}, secured)
		return fmt.Sprint(answer.StatusCode, " ", strings.Contains(drained(t, answer), "试得太多了"))
	}
	for i, c := range []struct{ peer, chain string }{
		{"203.0.113.9:1", ""}, {"203.0.113.9:2", "198.51.100.1"}, {"203.0.113.9:3", "127.0.0.1"},
		{"127.0.0.1:1", "203.0.113.9"}, {"127.0.0.1:1", "198.51.100.1, 203.0.113.9"}, // by our proxy
		{"198.51.100.77:1", ""}, // another address, for the account
	} {
		if got := try(c.peer, c.chain, password); got != "429 true" {
			t.Errorf("%d: %+v: %s", i, c, got)
		}
	}
	// The owner comes in from where they always do: admit signed in from here.
	if got := try("127.0.0.1:1", "", password); got != "303 false" {
		t.Errorf("the owner: %s", got)
	}
	code, out, errs := run(t, "admin", "reset", "张三", "--redis-url", s.RedisURL)
	if code != exitDone {
		t.Fatal(errs)
	}
	once := regexp.MustCompile(`[a-z2-9]{4}(-[a-z2-9]{4}){3}`).FindString(out)
	if got := try("198.51.100.77:1", "", once); got != "303 false" {
		t.Errorf("after a reset: %s", got)
	}
}

// TestAdminCommands: accounts by the command line, to the last administrator.
func TestAdminCommands(t *testing.T) {
	storetest.InTurn(t)
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		line string
		code int
		says []string
	}{
		{"admin add 张三", exitDone, []string{"“张三”已开", "管理员", "一次性密码：", "7 天"}},
		{"admin add 张三", exitUsage, []string{"已经有", "admin reset"}},
		{"admin add <b> --role staff", exitUsage, []string{"名字里不能有"}},
		{"admin add 李四 --role staff", exitDone, []string{"工作人员"}},
		{"admin add 王五 --role king", exitUsage, []string{"--role"}},
		{"admin list", exitDone, []string{"张三", "李四", "没有登录过", "等本人改密码"}},
		{"admin close 张三", exitUsage, []string{"最后一个"}},
		{"admin role 张三 editor", exitUsage, []string{"最后一个"}},
		{"admin role 李四 admin", exitDone, []string{"由工作人员改成管理员"}},
		{"admin close 张三", exitDone, []string{"已停用", "admin reopen 张三"}},
		{"admin close 张三", exitUsage, []string{"本来就是这样"}},
		{"admin reset 张三", exitUsage, []string{"停用了"}},
		{"admin list", exitDone, []string{"停用"}},
		{"admin reopen 张三", exitDone, []string{"已恢复"}},
		{"admin reset 张三", exitDone, []string{"一次性密码："}},
		{"admin reset 赵六", exitUsage, []string{"没有叫这个名字的账号"}},
	} {
		code, out, errs := run(t, strings.Fields(c.line)...)
		if code != c.code {
			t.Errorf("dangshi %s: exit %d: %s", c.line, code, errs)
		}
		mustSay(t, out+errs, c.says...)
	}
}

// TestAdminWithoutRedis: whoever comes while Redis is gone is told so, signed in or not.
func TestAdminWithoutRedis(t *testing.T) {
	proxy := storetest.FlakyProxy(t, servers.Redis(t).Addr, 1)
	s := defaults()
	s.RedisURL = proxy.URL
	r := start(t, s)
	client := admit(t, r, "张三", account.Admin)
	proxy.Refuse()
	for _, ask := range []func() (*http.Response, string){
		func() (*http.Response, string) { return knock(t, client, http.MethodGet, r.url+"/admin/") },
		func() (*http.Response, string) { return knock(t, client, http.MethodPost, r.url+"/admin/logout") },
		func() (*http.Response, string) {
			return form(t, stranger(t), r.url+"/admin/login", url.Values{"name": {"张三"}, "password": {password}})
		},
	} {
		answer, body := ask()
		if answer.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, "现在读不到数据") {
			t.Errorf("%d: %s", answer.StatusCode, body)
		}
		guarded(t, "without Redis", answer)
	}
	proxy.Heal(t)
	eventually(t, "the session is still there", func() bool {
		status, _ := get2(t, client, r.url+"/admin/me")
		return status == http.StatusOK
	})
}
