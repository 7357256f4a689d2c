// Package web has the public pages: the check of a certificate.
package web

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"dangshi/quiz"
	"dangshi/web/certificate"
	"dangshi/web/csp"
)

// Awards finds who was honoured.
type Awards interface {
	// AwardByCode is the award whose certificate has that code; ok is false where
	// there is none. Errors: quiz.ErrUnavailable.
	AwardByCode(ctx context.Context, code string) (a quiz.Award, ok bool, err error)
}

// Config is what the check of certificates needs.
type Config struct {
	Awards  Awards
	Wording certificate.Wording
	Branch  func(code string) string // its name
	Now     func() time.Time         // wall time: how fast an address asks
	Logger  *slog.Logger
}

// Verify is the page /verify/CODE, and the form /verify/. It never logs a code:
// whoever has one reads a name.
type Verify struct {
	cfg   Config
	limit *limiter
	mux   *http.ServeMux
}

// NewVerify makes the page, to be mounted at /verify/.
func NewVerify(cfg Config) *Verify {
	v := &Verify{cfg: cfg, limit: newLimiter(), mux: http.NewServeMux()}
	v.mux.HandleFunc("GET /verify/{$}", v.form)
	v.mux.HandleFunc("GET /verify/{code}", v.check)
	return v
}

var (
	//go:embed page/verify.html
	pageText string
	//go:embed page/verify.css
	pageStyle string

	page   = template.Must(template.New("verify").Parse(pageText))
	policy = csp.Form(pageStyle)
)

// view is what the page shows: an award, or words and the form.
type view struct {
	Title   string
	Style   template.CSS
	State   string // the verdict; "" on the empty form
	Good    bool   // it is a good one
	Revoked bool
	Award   *shown
	Text    string
	Typed   string // what the form holds
}

// shown is an award in words.
type shown struct {
	Name, Branch, Honour, Season, Dates, Date, Organisation, Code string
	Place                                                         int
	Reason, Note                                                  string
}

// ServeHTTP answers.
func (v *Verify) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	v.mux.ServeHTTP(w, r)
}

// form is the empty form. What was typed into it is brought to the address of
// its certificate, which can be kept and sent.
func (v *Verify) form(w http.ResponseWriter, r *http.Request) {
	typed := r.FormValue("code")
	if code, ok := certificate.ParseCode(typed); ok {
		http.Redirect(w, r, "/verify/"+url.PathEscape(code), http.StatusSeeOther)
		return
	}
	if typed = strings.TrimSpace(typed); typed != "" {
		v.unknown(w, r, typed)
		return
	}
	v.show(w, r, http.StatusOK, view{Text: "请输入证书上的编号，看看它是不是真的。"})
}

func (v *Verify) check(w http.ResponseWriter, r *http.Request) {
	if !v.limit.allow(Address(r), v.cfg.Now()) {
		w.Header().Set("Retry-After", "30")
		v.show(w, r, http.StatusTooManyRequests, view{State: "请稍等一会儿", Text: "从您这里查得太快了，请过半分钟再试。"})
		return
	}
	typed := r.PathValue("code")
	code, ok := certificate.ParseCode(typed)
	if !ok {
		v.unknown(w, r, typed)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), 4*time.Second)
	defer cancel()
	a, ok, err := v.cfg.Awards.AwardByCode(ctx, code)
	switch {
	case err != nil:
		v.cfg.Logger.ErrorContext(ctx, "a certificate could not be looked up", "error", err)
		w.Header().Set("Retry-After", "30")
		v.show(w, r, http.StatusServiceUnavailable, view{State: "暂时查不了", Text: "系统开小差了，请过一会儿再查。这不说明证书有问题。", Typed: certificate.Spaced(code)})
	case !ok:
		v.unknown(w, r, certificate.Spaced(code))
	default:
		v.show(w, r, http.StatusOK, v.award(a))
	}
}

func (v *Verify) unknown(w http.ResponseWriter, r *http.Request, typed string) {
	if len(typed) > 80 {
		typed = ""
	}
	v.show(w, r, http.StatusNotFound, view{
		State: "没有查到这张证书", Typed: typed,
		Text: "请照着证书再核对一遍编号。如果编号无误仍查不到，这张证书不是由这里颁发的，可以向颁发单位询问。",
	})
}

// award puts an award into words.
func (v *Verify) award(a quiz.Award) view {
	s := &shown{
		Name: a.Name, Branch: v.cfg.Branch(a.Branch), Honour: v.cfg.Wording.HonourName(),
		Season: a.Season.ID, Dates: datesText(a.Season), Place: a.Honour.Place, Date: dateText(a.Closed),
		Organisation: v.cfg.Wording.Organisation, Code: certificate.Spaced(a.Code),
	}
	switch {
	case a.Erased:
		s.Name, s.Branch = "（姓名已删除）", ""
		s.Note = "获得者已注销，姓名和支部按本人意愿删除。荣誉和名次仍然有效。"
	case a.Name == "":
		s.Name = "（没有登记姓名）"
	}
	if r := a.Honour.Revoked; r != nil {
		s.Note = ""
		s.Reason = "此荣誉已于" + dateText(r.At) + "撤销，证书不再有效。"
		if r.Reason != "" {
			s.Reason += "原因：" + strings.TrimRight(r.Reason, "。") + "。"
		}
		return view{State: "已撤销", Revoked: true, Award: s}
	}
	return view{State: "✓ 证书有效", Good: true, Award: s}
}

// datesText are the first and the last day of a season; "" where they are not
// known.
func datesText(s quiz.Season) string {
	if s.From == 0 || s.To == 0 {
		return ""
	}
	civil := func(d quiz.Day) string {
		y, month, day := d.Civil()
		return fmt.Sprintf("%d年%d月%d日", y, month, day)
	}
	return civil(s.From) + "至" + civil(s.To)
}

func dateText(unix int64) string {
	return time.Unix(unix, 0).In(quiz.Zone).Format("2006年1月2日")
}

func (v *Verify) show(w http.ResponseWriter, r *http.Request, status int, x view) {
	x.Title, x.Style = "证书查验", template.CSS(pageStyle)
	var out bytes.Buffer
	if err := page.Execute(&out, x); err != nil {
		v.cfg.Logger.ErrorContext(r.Context(), "the page of a certificate", "error", err)
		http.Error(w, "系统开小差了，请过一会儿再查。", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = out.WriteTo(w) // an error means that the browser has gone
	}
}
