package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"dangshi/admin/account"
)

// consolePage is the console of a replica in a headless Chromium, or without one.
type consolePage struct {
	*phonePage
	replica *replica
	axe     string
}

// password is that of every account of these tests.
const password = "一句只有自己知道的话"

// admit opens an account with a password of its own and signs in: a client whose
// cookies are those of the session, and which follows no redirect.
func admit(t *testing.T, r *replica, name string, role account.Role) *http.Client {
	t.Helper()
	desk := newDesk(r.data)
	once, err := desk.Open(t.Context(), name, role, "测试", r.now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Choose(t.Context(), name, once, password, r.now()); err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.PostForm(r.url+"/admin/login", url.Values{"name": {name}, "password": {password}})
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("signing in: status %d", answer.StatusCode)
	}
	return client
}

// openConsole starts a browser in which somebody of that role is signed in.
func openConsole(t *testing.T, r *replica, role account.Role) *consolePage {
	t.Helper()
	p := &consolePage{phonePage: openBrowser(t, r), replica: r}
	script, err := os.ReadFile(filepath.Join("testdata", "axe", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	p.axe = string(script)
	p.become(role)
	p.size(1280, 900, 1)
	return p
}

// become signs somebody of that role in instead.
func (p *consolePage) become(role account.Role) {
	p.t.Helper()
	name := role.Word() + strconv.Itoa(int(time.Now().UnixNano()%1e9))
	p.take(admit(p.t, p.replica, name, role))
}

// take gives the browser the session of a client.
func (p *consolePage) take(client *http.Client) {
	p.t.Helper()
	at, err := url.Parse(p.replica.url + "/admin/")
	if err != nil {
		p.t.Fatal(err)
	}
	for _, c := range client.Jar.Cookies(at) {
		p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: at.String(), Path: "/admin/", HTTPOnly: new(true)})
			return err
		}))
	}
}

// open goes to a page of the console: "/admin/banks".
func (p *consolePage) open(path string) {
	p.t.Helper()
	p.do(chromedp.Navigate(p.replica.url + path))
	p.ready()
}

// ready waits until the page is there.
func (p *consolePage) ready() {
	p.t.Helper()
	p.wait("the page is there", `document.readyState === "complete" && document.querySelector("main h1")`)
}

// click hits something that leads to another page, and waits for that, and for what was
// begun, which the page may show going on.
func (p *consolePage) click(selector string) {
	p.t.Helper()
	eval[bool](p.phonePage, `window.left = true`)
	p.tap(selector)
	p.wait("another page is there", `window.left !== true && document.readyState === "complete" && document.querySelector("main h1") && !document.querySelector("[data-again]")`)
}

// says fails unless the page's main part holds each of the words.
func (p *consolePage) says(words ...string) {
	p.t.Helper()
	mustSay(p.t, eval[string](p.phonePage, `document.querySelector("main").innerText`), words...)
}

// fill types into a field in place of what is there.
func (p *consolePage) fill(selector, text string) {
	p.t.Helper()
	p.tap(selector)
	eval[bool](p.phonePage, fmt.Sprintf(`(document.querySelector(%s).select?.(), true)`, strconv.Quote(selector)))
	p.write(text)
}

// accessible has axe-core look at the page as it is, on a desktop and on a phone, and
// fails where anything is wrong by WCAG 2.2 AA or where the page is wider than the
// screen.
func (p *consolePage) accessible() {
	p.t.Helper()
	for _, size := range [][2]int64{{1280, 900}, {390, 844}} {
		p.size(size[0], size[1], 1)
		eval[bool](p.phonePage, p.axe+"; true")
		found := eval[[]string](p.phonePage, `axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
			.then(r => r.violations.map(v => v.id + ": " + v.help + " " + v.nodes.map(n => n.html.slice(0, 160) + " " + n.any.map(a => a.message).join("; ")).slice(0, 3).join(" | ")))`)
		for _, fault := range found {
			p.t.Errorf("at width %d: %s", size[0], fault)
		}
		for _, small := range eval[[]string](p.phonePage, smallTargets) {
			p.t.Errorf("at width %d too small to be hit: %s", size[0], small)
		}
		if over := eval[int](p.phonePage, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
			p.t.Errorf("at width %d the page is %d wider than the screen", size[0], over)
		}
	}
	p.size(1280, 900, 1)
}

// smallTargets are what is not easily hit: buttons, fields and links that stand alone and
// are lower than 34 pixels, and entries of the menu beyond the edge of the screen.
const smallTargets = `[...document.querySelectorAll("button, summary, select, input:not([type=hidden], [type=checkbox], [type=radio]), label.tick, .menu a, .me a, main p > a:only-child")]
	.filter(e => { const r = e.getBoundingClientRect(); return r.width > 2 && !e.closest(".hide, .skip") && !(e.matches("main p > a") && e.parentElement.innerText.trim() !== e.innerText.trim()) && (r.height < 34 || r.right > innerWidth && e.closest(".menu")) })
	.map(e => e.outerHTML.slice(0, 120))`

// TestConsoleSignIn is the first day of an account: one-time password, a password of
// one's own, out, in again, wrong ones.
func TestConsoleSignIn(t *testing.T) {
	s := defaults()
	s.RedisURL = servers.Redis(t).URL
	r := start(t, s)
	desk := newDesk(r.data)
	once, err := desk.Open(t.Context(), "王秀英", account.Staff, "测试", r.now())
	if err != nil {
		t.Fatal(err)
	}
	p := &consolePage{phonePage: openBrowser(t, r), replica: r}
	script, err := os.ReadFile(filepath.Join("testdata", "axe", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	p.axe = string(script)
	p.do(chromedp.Navigate(r.url + "/admin/"))
	p.ready()
	p.accessible()
	p.picture("login")
	p.fill("#name", "王秀英")
	p.tap("[data-unmask] input")
	p.fill("#password", strings.ToUpper(once))
	if typed := eval[string](p.phonePage, `document.querySelector("#password[type=text]").value`); typed != strings.ToUpper(once) {
		t.Errorf("the password is shown as %q", typed)
	}
	p.click("button.main")
	p.says("一次性密码", "工作人员")
	p.accessible()
	p.picture("me")
	p.fill("#old", once)
	p.fill("#new", password)
	p.fill("#again", password)
	p.click("button.main")
	p.open("/admin/me")
	if strings.Contains(eval[string](p.phonePage, `document.querySelector("main").innerText`), "一次性密码") {
		t.Error("a password was chosen, and the page still asks for one")
	}
	p.open("/admin/")
	p.picture("today")
	p.click(".me button")
	p.says("登录")
	p.open("/admin/me")
	p.says("登录")
}

// picture keeps a screenshot where DANGSHI_TEST_PICTURES names a folder, to be looked
// at: NAME-desktop.png and NAME-phone.png.
func (p *consolePage) picture(name string) {
	p.t.Helper()
	folder := os.Getenv("DANGSHI_TEST_PICTURES")
	if folder == "" {
		return
	}
	for kind, size := range map[string][2]int64{"desktop": {1280, 900}, "phone": {390, 844}} {
		p.size(size[0], size[1], 1)
		ctx, cancel := context.WithTimeout(p.ctx, patience)
		data, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
		cancel()
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name+"-"+kind+".png"), data, 0o644)
		}
		if err != nil {
			p.t.Fatal(err)
		}
	}
	p.size(1280, 900, 1)
}
