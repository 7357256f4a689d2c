package admin

import (
	"embed"
	"errors"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"

	"dangshi/admin/account"
	"dangshi/admin/frame"
)

//go:embed login.html me.html resume.html
var pages embed.FS

// own is what concerns only who is signed in: no entry of the navigation.
func (c *Console) own() frame.Section {
	return frame.Section{Path: "/admin/me", Right: account.Look, Files: pages, Routes: []frame.Route{
		{Pattern: "GET /admin/me", Right: account.Look, Do: c.me},
		{Pattern: "POST /admin/me/password", Right: account.Look, Do: c.choose},
		{Pattern: "POST /admin/logout", Right: account.Look, Do: c.logout},
	}}
}

type loginForm struct {
	Name, Next, Problem string
	Kept                string // a resumption; "": none
	Expired             bool   // an action came too late
	Long, Files         bool   // what of it is lost
	Plain               string // what is said where the password would go over the network readable
}

func (c *Console) loginPage(w http.ResponseWriter, r *http.Request) {
	r, cancel := within(r, c.cfg.PageLimit)
	defer cancel()
	if _, ok, err := c.who(r); err == nil && ok {
		http.Redirect(w, r, Path, http.StatusSeeOther)
		return
	}
	c.showLogin(w, r, http.StatusOK, loginForm{Next: r.URL.Query().Get("next")})
}

func (c *Console) showLogin(w http.ResponseWriter, r *http.Request, status int, form loginForm) {
	if !overTLS(r) && !local(r) {
		form.Plain = notEncrypted
	}
	v := c.frame.Visit(w, r, account.Account{}, c.last())
	if err := v.ShowStatus(status, "login.html", "登录", form); err != nil {
		v.Fail("login", err)
	}
}

// last is the section of own.
func (c *Console) last() *frame.Section {
	all := c.frame.Sections()
	return all[len(all)-1]
}

// login lets somebody in.
func (c *Console) login(w http.ResponseWriter, r *http.Request) {
	r, cancel := within(r, c.cfg.PageLimit)
	defer cancel()
	r.Body = http.MaxBytesReader(w, r.Body, maxLogin)
	err := readForm(r)
	if n := len(r.PostFormValue("name")) + len(r.PostFormValue("password")) + len(r.PostFormValue("next")); err == nil && n > maxLogin-maxKept {
		err = &http.MaxBytesError{Limit: maxLogin - maxKept}
	}
	if err != nil {
		c.frame.Visit(w, r, account.Account{}, nil).Fail("login", err)
		return
	}
	form := loginForm{Name: r.PostFormValue("name"), Next: r.PostFormValue("next"), Kept: r.PostFormValue("kept")}
	if !overTLS(r) && !local(r) {
		form.Problem = notEncrypted
		c.showLogin(w, r, http.StatusForbidden, form)
		return
	}
	a, err := c.cfg.Desk.SignIn(r.Context(), form.Name, r.PostFormValue("password"), c.cfg.Caller(r).String(), c.cfg.Now())
	var often account.TooMany
	switch {
	case errors.Is(err, account.ErrWrong), errors.Is(err, account.ErrExpired), errors.As(err, &often):
		c.cfg.Logger.Warn("console: somebody could not sign in", "why", err.Error())
		form.Problem = err.Error() + "。"
		status := http.StatusForbidden
		if often.Wait > 0 {
			status = http.StatusTooManyRequests
			w.Header().Set("Retry-After", strconv.Itoa(int(often.Wait.Seconds())+1))
		}
		c.showLogin(w, r, status, form)
		return
	case err == nil:
		err = c.begin(r.Context(), a)
	}
	if err != nil {
		c.frame.Visit(w, r, account.Account{}, nil).Fail("login", err)
		return
	}
	if p, at, ok := c.resumption(form.Kept); ok && !a.OneTime {
		c.resume(w, r, a, p, at)
		return
	}
	http.Redirect(w, r, inside(form.Next), http.StatusSeeOther)
}

// notEncrypted is said where a password would go over a network readable; also where
// the proxy does not tell that it was not.
const notEncrypted = "这个地址没有加密，密码会在网络上被看到。请用 https:// 开头的地址打开；已经是 https 的，请技术人员看 docs/console.md：反向代理要带上 X-Forwarded-Proto。"

// inside is where somebody wanted to go, the first page where that is not a page of
// the console.
func inside(next string) string {
	u, err := url.Parse(next)
	plain := err == nil && u.Scheme == "" && u.Host == "" && u.User == nil && !strings.ContainsFunc(next, func(r rune) bool { return r == '\\' || r < ' ' })
	if !plain || !strings.HasPrefix(next, Path) || !strings.HasPrefix(path.Clean(u.Path)+"/", Path) || strings.Contains(u.Path, "//") {
		return Path
	}
	return next
}

type meForm struct{ Problem string }

func (c *Console) me(v *frame.Visit) error { return v.Show("me.html", "我的账号", meForm{}) }

func (c *Console) choose(v *frame.Visit) error {
	chosen := v.R.PostFormValue("new")
	if chosen != v.R.PostFormValue("again") {
		return v.ShowAgain("me.html", "我的账号", meForm{"两次输入的新密码不一样。"})
	}
	a, err := c.cfg.Desk.Choose(v.Context(), v.Who.Name, v.R.PostFormValue("old"), chosen, v.Now)
	var weak account.Weak
	var often account.TooMany
	switch {
	case errors.Is(err, account.ErrWrong):
		return v.ShowAgain("me.html", "我的账号", meForm{"原来的密码不对。"})
	case errors.As(err, &weak), errors.As(err, &often), errors.Is(err, account.ErrMoved):
		return v.ShowAgain("me.html", "我的账号", meForm{err.Error() + "。"})
	case err != nil:
		return err
	}
	if err := c.begin(v.Context(), a); err != nil {
		return err
	}
	return v.Done(Path, frame.Note{Text: "密码已经改好。别处的登录都已退出。"})
}

func (c *Console) logout(v *frame.Visit) error {
	if err := c.sessions.Destroy(v.Context()); err != nil {
		return err
	}
	http.Redirect(v.W, v.R, "/admin/login", http.StatusSeeOther)
	return nil
}
