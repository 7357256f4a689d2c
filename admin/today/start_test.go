package today

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"dangshi/admin/account"
	"dangshi/admin/frame"
)

// states are the states of steps in a row: ✔ done, ✘ missing, – may be left.
func states(steps []step) string {
	var b strings.Builder
	for _, s := range steps {
		b.WriteString([]string{"✔", "✘", "–"}[s.State])
	}
	return b.String()
}

// TestSteps is an installation on its way: a sandbox, a real account that has nothing,
// one that has everything, and what an examination finds.
func TestSteps(t *testing.T) {
	all := Setup{
		AppID: "wx1", Secret: true, Token: true, AESKey: true, BaseURL: "https://a.example", Server: "https://a.example/wechat", LastMessage: time.Unix(1, 0),
		Approved: 600, Questions: 5, Ahead: 30, Branches: 3, Push: Push{Able: true, On: true, At: "07:30", Channel: "草稿"}, Backup: time.Unix(1, 0), BackupAt: "03:30",
	}
	ready := Checkup{Findings: []Finding{{Fine, "菜单", "一样"}, {Fine, "原有的自动回复", "没有"}}}
	with := func(change func(s *Setup, c *Checkup)) string {
		s, c := all, Checkup{Findings: append([]Finding(nil), ready.Findings...)}
		change(&s, &c)
		return states(s.steps(c))
	}
	for name, c := range map[string]struct {
		change func(s *Setup, c *Checkup)
		want   string
	}{
		"all":     {func(*Setup, *Checkup) {}, "✔✔✔✔✔✔✔✔✔✔"},
		"nothing": {func(s *Setup, c *Checkup) { *s, *c = Setup{Questions: 5, Ahead: 30, Gaps: 30}, Checkup{} }, "✘✘✘✘–✘✘–✘✘"},
		"sandbox": {func(s *Setup, c *Checkup) {
			*s, *c = Setup{Sandbox: true, Approved: 5, Questions: 5, Push: Push{Able: true, On: true}}, Checkup{Starter: 9}
		}, "✔–✔✘✔–✔–✔–"},
		"no key":      {func(s *Setup, _ *Checkup) { s.AESKey = false }, "✘✔✔✔✔✔✔✔✔✔"},
		"http":        {func(s *Setup, _ *Checkup) { s.BaseURL = "http://a.example" }, "✔✘✔✔✔✔✔✔✔✔"},
		"silent":      {func(s *Setup, _ *Checkup) { s.LastMessage = time.Time{} }, "✔✔✘✘✔✔✔✔✔✔"},
		"unreviewed":  {func(_ *Setup, c *Checkup) { c.Starter = 1 }, "✔✔✔✔✔✘✔✔✔✔"},
		"push is off": {func(s *Setup, _ *Checkup) { s.Push.On = false }, "✔✔✔✔✔✔✔✔✘✔"},
		"another menu": {func(_ *Setup, c *Checkup) {
			c.Findings[0] = Finding{Doubt, "菜单", "不一样"}
		}, "✔✔✔✔–✔✔✔✔✔"},
		"wrong secret": {func(_ *Setup, c *Checkup) {
			c.Findings = append(c.Findings, Finding{Broken, "接口凭据和 IP 白名单", "AppSecret 不对"})
		}, "✘✔✔✔✔✔✔✔✔✔"},
		"proxy": {func(_ *Setup, c *Checkup) {
			c.Findings = append(c.Findings, Finding{Broken, "服务器地址", "404"}, Finding{Doubt, "备份", "在同一台机器上"})
		}, "✔✔✘✔✔✔✔✔✔✔"},
	} {
		if got := with(c.change); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if n := missing(Setup{Questions: 5, Ahead: 30, Gaps: 30}.steps(Checkup{})); n != 8 {
		t.Errorf("of nothing %d steps are missing", n)
	}
}

// TestStepsTell: what a step asks for comes with the way to do it, and no doubt of an
// examination says again what the step says.
func TestStepsTell(t *testing.T) {
	c := Checkup{Findings: []Finding{{Doubt, "公网地址", "没有设"}, {Doubt, "党史上的今天", "缺"}, {Doubt, "每日推送", "昨天错过了"}, {Fine, "备份", "好"}}}
	for _, s := range []Setup{{}, {Sandbox: true}, {Questions: 5, Ahead: 30, Gaps: 3, Push: Push{Able: true}}} {
		for _, x := range s.steps(c) {
			text := fmt.Sprint(x.Facts, x.Todo)
			if x.State == todo && x.Todo == "" || text == "[]" || strings.Contains(text, "%!") {
				t.Errorf("%s of %+v says %s", x.Name, s, text)
			}
			if len(x.Findings) > 0 {
				t.Errorf("%s says again %v", x.Name, x.Findings)
			}
		}
	}
	steps := Setup{BaseURL: "http://a", Push: Push{Able: true, On: true}}.steps(c)
	if len(steps[1].Findings) != 1 || len(steps[8].Findings) != 1 {
		t.Errorf("%v and %v are told of address and push", steps[1].Findings, steps[8].Findings)
	}
	for _, x := range (Setup{Token: true, Server: "https://a/wechat", BaseURL: "https://a"}).steps(c) {
		if (x.ID == "server") != (x.Copy != "" && x.Token) {
			t.Errorf("%s offers %q to copy", x.Name, x.Copy)
		}
	}
}

// examined is an installation that is being examined.
type examined struct{ Data }

func (examined) Checkup(context.Context) (Checkup, error)          { return Checkup{Running: true}, nil }
func (examined) Setup(context.Context) (Setup, error)              { return Setup{Token: true}, nil }
func (examined) ShowToken(context.Context, string) (string, error) { return "the-token", nil }

// TestTheTokenStays: the page with the token does not ask for itself again, which would
// be a page that there is not.
func TestTheTokenStays(t *testing.T) {
	sessions := scs.New()
	f, err := frame.New(frame.Config{Sessions: sessions, Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	if err == nil {
		err = f.Add(New(examined{}).Section())
	}
	if err != nil {
		t.Fatal(err)
	}
	at := f.Sections()[0]
	for pattern, token := range map[string]bool{"GET /admin/start": false, "POST /admin/start/token": true} {
		i := slices.IndexFunc(at.Routes, func(r frame.Route) bool { return r.Pattern == pattern })
		method, path, _ := strings.Cut(pattern, " ")
		w := httptest.NewRecorder()
		sessions.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			f.Handler(at, at.Routes[i])(f.Visit(w, r, account.Account{Name: "张三", Role: account.Admin}, at))
		})).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, nil))
		page := w.Body.String()
		if w.Code != http.StatusOK || strings.Contains(page, "the-token") != token || strings.Contains(page, "data-again") == token {
			t.Errorf("%s: status %d\n%s", pattern, w.Code, page)
		}
	}
}
