package admin

import (
	"embed"
	"errors"
	"net/http"
	"net/netip"
	"strings"

	"dangshi/admin/account"
	"dangshi/admin/frame"
)

//go:embed login.html me.html
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
	Plain               bool // the password would go over the network readable
}

func (c *Console) loginPage(w http.ResponseWriter, r *http.Request) {
	if _, ok, err := c.who(r); err == nil && ok {
		http.Redirect(w, r, Path, http.StatusSeeOther)
		return
	}
	c.showLogin(w, r, http.StatusOK, loginForm{Next: r.URL.Query().Get("next")})
}

func (c *Console) showLogin(w http.ResponseWriter, r *http.Request, status int, form loginForm) {
	form.Plain = !overTLS(r) && !local(r)
	v := c.frame.Visit(w, r, account.Account{}, c.last())
	show := v.Show
	if status != http.StatusOK {
		show = v.ShowAgain
	}
	if err := show("login.html", "登录", form); err != nil {
		v.Fail("login", err)
	}
}

// last is the section of own.
func (c *Console) last() *frame.Section {
	all := c.frame.Sections()
	return all[len(all)-1]
}

// login begins a session under a new token: one that was known before is worth
// nothing afterwards.
func (c *Console) login(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	form := loginForm{Name: r.PostFormValue("name"), Next: r.PostFormValue("next")}
	if !overTLS(r) && !local(r) {
		form.Problem = "这个地址没有加密，密码会在网络上被看到。请用 https:// 开头的地址打开。"
		c.showLogin(w, r, http.StatusForbidden, form)
		return
	}
	a, err := c.desk.SignIn(r.Context(), form.Name, r.PostFormValue("password"), caller(r), c.cfg.Wall())
	var often account.TooMany
	switch {
	case errors.Is(err, account.ErrWrong), errors.As(err, &often):
		c.cfg.Logger.Warn("console: somebody could not sign in", "why", err.Error())
		form.Problem = err.Error()
		c.showLogin(w, r, http.StatusForbidden, form)
		return
	case err == nil:
		err = c.sessions.RenewToken(r.Context())
	}
	if err != nil {
		c.frame.Visit(w, r, account.Account{}, nil).Fail("login", err)
		return
	}
	c.sessions.Put(r.Context(), nameKey, a.Name)
	c.sessions.Put(r.Context(), epochKey, a.Epoch)
	to := Path
	if strings.HasPrefix(form.Next, Path) && !strings.HasPrefix(form.Next, "//") && !strings.Contains(form.Next, "\\") {
		to = form.Next
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// caller is whom attempts are counted for: of IPv6 the network, which one subscriber
// has whole.
func caller(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	a := peer.Addr().Unmap().WithZone("")
	if p, err := a.Prefix(64); a.Is6() && err == nil {
		return p.String()
	}
	return a.String()
}

type meForm struct{ Problem string }

func (c *Console) me(v *frame.Visit) error { return v.Show("me.html", "我的账号", meForm{}) }

func (c *Console) choose(v *frame.Visit) error {
	chosen := v.R.PostFormValue("new")
	if chosen != v.R.PostFormValue("again") {
		return v.ShowAgain("me.html", "我的账号", meForm{"两次输入的新密码不一样"})
	}
	a, err := c.desk.Choose(v.Context(), v.Who.Name, v.R.PostFormValue("old"), chosen)
	var weak account.Weak
	var often account.TooMany
	switch {
	case errors.Is(err, account.ErrWrong):
		return v.ShowAgain("me.html", "我的账号", meForm{"原来的密码不对"})
	case errors.As(err, &weak), errors.As(err, &often):
		return v.ShowAgain("me.html", "我的账号", meForm{err.Error()})
	case err != nil:
		return err
	}
	if err := c.sessions.RenewToken(v.Context()); err != nil {
		return err
	}
	c.sessions.Put(v.Context(), epochKey, a.Epoch)
	return v.Done(Path, frame.Note{Text: "密码已经改好。别处的登录都已退出。"})
}

func (c *Console) logout(v *frame.Visit) error {
	if err := c.sessions.Destroy(v.Context()); err != nil {
		return err
	}
	http.Redirect(v.W, v.R, "/admin/login", http.StatusSeeOther)
	return nil
}
