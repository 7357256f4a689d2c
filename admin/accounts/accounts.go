// Package accounts is the page on which administrators name who may use the console.
package accounts

import (
	"embed"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"dangshi/admin/account"
	"dangshi/admin/frame"
)

//go:embed *.html style.css
var files embed.FS

const (
	path    = "/admin/accounts"
	onePath = path + "/one"
)

// Page is the page.
type Page struct{ desk *account.Desk }

// New makes the page.
func New(desk *account.Desk) *Page { return &Page{desk} }

// Section is the page as a part of the console.
func (p *Page) Section() frame.Section {
	return frame.Section{Path: path, Name: "账号", Right: account.Govern, Files: files, Routes: []frame.Route{
		{Pattern: "GET " + path, Right: account.Govern, Do: p.list},
		{Pattern: "POST " + path, Right: account.Govern, Do: p.open},
		{Pattern: "GET " + onePath, Right: account.Govern, Do: p.one},
		{Pattern: "POST " + path + "/role", Right: account.Govern, Do: p.role},
		{Pattern: "POST " + path + "/reset", Right: account.Govern, Do: p.reset},
		{Pattern: "POST " + path + "/close", Right: account.Govern, Do: p.close},
		{Pattern: "POST " + path + "/reopen", Right: account.Govern, Do: p.reopen},
	}}
}

// line is one account as it is shown.
type line struct {
	account.Account
	State, Mood string // Mood is the kind of the tag
	Link        string
	Own         bool
}

func show(a account.Account, v *frame.Visit) (line, error) {
	mood := "good"
	switch {
	case a.Closed:
		mood = "soft"
	case a.OneTime:
		mood = "warn"
	}
	link, err := v.Sealed(onePath, nil, url.Values{"name": {a.Name}})
	return line{a, a.State(v.Now), mood, link, a.Name == v.By()}, err
}

type listView struct {
	Lines         []line
	Roles         []account.Role
	Name, Problem string
	Role          account.Role
}

func (p *Page) list(v *frame.Visit) error {
	view, err := p.lines(v)
	if err != nil {
		return err
	}
	return v.Show("accounts.html", "账号", view)
}

func (p *Page) lines(v *frame.Visit) (view listView, err error) {
	all, err := p.desk.Accounts(v.Context())
	if err != nil {
		return view, err
	}
	view.Roles, view.Role = account.Roles(), account.Staff
	for _, a := range all {
		x, err := show(a, v)
		if err != nil {
			return view, err
		}
		view.Lines = append(view.Lines, x)
	}
	return view, nil
}

func (p *Page) open(v *frame.Visit) error {
	name, role := v.R.PostFormValue("name"), account.Role(v.R.PostFormValue("role"))
	password, err := p.desk.Open(v.Context(), name, role, v.By(), v.Now)
	var misnamed account.Misnamed
	if errors.Is(err, account.ErrTaken) || errors.As(err, &misnamed) {
		view, failed := p.lines(v)
		if failed != nil {
			return failed
		}
		view.Name, view.Role, view.Problem = name, role, err.Error()
		return v.ShowAgain("accounts.html", "账号", view)
	}
	if err != nil {
		return err
	}
	return p.tell(v, account.CleanName(name), password, "账号已开")
}

type passwordView struct {
	Title, Name, Password string
	Days                  int
}

// tell shows a one-time password: nowhere else, and never again.
func (p *Page) tell(v *frame.Visit, name, password, title string) error {
	return v.Show("password.html", title, passwordView{title, name, password, int(account.OneTimeLife / (24 * time.Hour))})
}

type oneView struct {
	line
	Roles []account.Role
}

func (p *Page) one(v *frame.Visit) error {
	asked, ok := v.Unsealed()
	if !ok { // signed in anew since
		http.Redirect(v.W, v.R, path, http.StatusSeeOther)
		return nil
	}
	a, err := p.desk.Account(v.Context(), asked.Get("name"))
	if err != nil {
		return refused(err)
	}
	x, err := show(a, v)
	if err != nil {
		return err
	}
	return v.Show("one.html", "账号："+a.Name, oneView{x, account.Roles()})
}

// target is the account that a form is about, and the act. Oneself is left alone: a
// slip would shut the door behind who makes it.
func (p *Page) target(v *frame.Visit) (name string, act account.Act, err error) {
	name = account.CleanName(v.R.PostFormValue("name"))
	act = account.Act{By: v.By(), At: v.Now, Seen: account.Any}
	if seen := v.R.PostFormValue("seen"); seen != "" {
		if act.Seen, err = strconv.Atoi(seen); err != nil || act.Seen < 0 {
			return "", act, frame.Bad("送来的内容不完整，请回到上一页再做一次。")
		}
	}
	if name == v.By() {
		return "", act, frame.Bad("这是您自己的账号。要改密码，请点右上角自己的名字；别的请另一位管理员来做。")
	}
	return name, act, nil
}

// refused makes what cannot be done to an account a refusal.
func refused(err error) error {
	var misnamed account.Misnamed
	switch {
	case errors.Is(err, account.ErrNobody):
		return frame.NotFound(err.Error() + "。")
	case errors.Is(err, account.ErrMoved):
		return frame.Refusal{Status: http.StatusConflict, Text: err.Error() + "。"}
	case errors.Is(err, account.ErrClosed), errors.Is(err, account.ErrSame), errors.Is(err, account.ErrLast), errors.As(err, &misnamed):
		return frame.Bad(err.Error() + "。")
	}
	return err
}

func (p *Page) role(v *frame.Visit) error {
	name, act, err := p.target(v)
	if err != nil {
		return err
	}
	role := account.Role(v.R.PostFormValue("role"))
	was, err := p.desk.SetRole(v.Context(), name, role, act)
	if err != nil {
		return refused(err)
	}
	undo := map[string]string{"name": name, "role": string(was)}
	if act.Seen != account.Any { // it leaves alone what another administrator does meanwhile
		undo["seen"] = strconv.Itoa(act.Seen + 1)
	}
	return v.Done(path, frame.Note{
		Text: "“" + name + "”的角色由" + was.Word() + "改成" + role.Word() + "，要重新登录。",
		Undo: &frame.Undo{Path: path + "/role", Fields: undo},
	})
}

func (p *Page) reset(v *frame.Visit) error {
	name, act, err := p.target(v)
	if err != nil {
		return err
	}
	a, err := p.desk.Account(v.Context(), name)
	if err != nil {
		return refused(err)
	}
	x, err := show(a, v)
	if err != nil {
		return err
	}
	ask := frame.Confirm{
		Title: "给“" + name + "”一个新的一次性密码？", Path: path + "/reset", Button: "给新密码", Back: x.Link,
		Facts:  []string{"原来的密码马上不能用了，现在的登录都退出。", "新密码只显示一次，请当面或用别的办法交给本人。"},
		Fields: map[string]string{"name": name, "seen": strconv.Itoa(a.Epoch)},
	}
	if !v.Confirmed(&ask) {
		return v.Ask(&ask)
	}
	password, err := p.desk.Reset(v.Context(), name, act)
	if err != nil {
		return refused(err)
	}
	return p.tell(v, name, password, "密码已换")
}

func (p *Page) close(v *frame.Visit) error {
	name, act, err := p.target(v)
	if err != nil {
		return err
	}
	if err := p.desk.Close(v.Context(), name, act); err != nil {
		return refused(err)
	}
	return v.Done(path, frame.Note{
		Text: "“" + name + "”已停用，马上退出，不能再登录。",
		Undo: &frame.Undo{Path: path + "/reopen", Fields: map[string]string{"name": name}},
	})
}

func (p *Page) reopen(v *frame.Visit) error {
	name, act, err := p.target(v)
	if err != nil {
		return err
	}
	if err := p.desk.Reopen(v.Context(), name, act); err != nil {
		return refused(err)
	}
	return v.Done(path, frame.Note{
		Text: "“" + name + "”已恢复，密码还是原来的。",
		Undo: &frame.Undo{Path: path + "/close", Fields: map[string]string{"name": name}, Name: "再停用"},
	})
}
