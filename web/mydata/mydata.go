// Package mydata is the page at which members fetch all that is kept of them, by a
// link that is good once. It never logs a token: whoever has one reads a person's
// answers.
package mydata

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"dangshi/quiz"
	"dangshi/web/csp"
)

// Links gives what belongs to a token.
type Links interface {
	// CheckLink says whether a token is good; it stays so.
	CheckLink(ctx context.Context, token string, now time.Time) error
	// TakeLink uses a token up and gives everything that is kept of its member.
	TakeLink(ctx context.Context, token string, now time.Time) (quiz.OwnData, error)
}

// Config is what the page needs.
type Config struct {
	Links  Links
	Bad    error                    // the error of Links that says that a token is not good
	Branch func(code string) string // its name
	Now    func() time.Time         // the product's clock
	Logger *slog.Logger
}

// atOnce bounds how many files are made at the same time; who comes then is asked
// to try again, and the link stays good.
const atOnce = 4

// answerTime is how long one answer may take.
const answerTime = 10 * time.Second

// Page is the page /data/TOKEN.
type Page struct {
	cfg  Config
	busy chan struct{}
	mux  *http.ServeMux
}

// New makes the page, to be mounted at /data/.
func New(cfg Config) *Page {
	p := &Page{cfg: cfg, busy: make(chan struct{}, atOnce), mux: http.NewServeMux()}
	p.mux.HandleFunc("GET /data/{token}", p.ask)
	p.mux.HandleFunc("POST /data/{token}", p.give)
	return p
}

var (
	//go:embed page.html
	pageText string
	//go:embed file.html
	fileText string
	//go:embed page.css
	style string

	pages  = template.Must(template.New("page").Parse(pageText))
	policy = csp.Form(style)
)

// ServeHTTP answers.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	p.mux.ServeHTTP(w, r)
}

// view is what the page says.
type view struct {
	Style template.CSS
	Title string
	Text  string
	Ask   bool // the buttons are shown
}

// ask shows the page that asks before the link is used up: chats and scanners fetch
// links by themselves, so that looking at one changes nothing.
func (p *Page) ask(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), answerTime)
	defer cancel()
	if err := p.cfg.Links.CheckLink(ctx, r.PathValue("token"), p.cfg.Now()); err != nil {
		p.fail(w, r, err)
		return
	}
	p.show(w, http.StatusOK, view{Title: "我的数据", Ask: true})
}

// give uses the link up. The form says how the data are wanted: to be read here, or
// as a file.
func (p *Page) give(w http.ResponseWriter, r *http.Request) {
	select {
	case p.busy <- struct{}{}:
		defer func() { <-p.busy }()
	default:
		w.Header().Set("Retry-After", "10")
		p.show(w, http.StatusServiceUnavailable, view{Title: "请稍等", Text: "现在取数据的人多，请过十来秒再点一次，链接仍然有效。"})
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), answerTime)
	defer cancel()
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	as := r.PostFormValue("as")
	now := p.cfg.Now()
	data, err := p.cfg.Links.TakeLink(ctx, r.PathValue("token"), now)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	f := file{data: data, at: now, branch: p.cfg.Branch}
	kind, name, write := "text/html; charset=utf-8", "my-data.html", f.html
	if as == "json" {
		kind, name, write = "application/json", "my-data.json", f.json
	}
	text, err := write()
	if err != nil {
		p.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	if as != "page" {
		w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"; filename*=UTF-8''%E6%88%91%E7%9A%84%E6%95%B0%E6%8D%AE`+name[len("my-data"):])
	}
	_, _ = w.Write(text) // who has gone asks for another link
}

// fail says what a member can do. The error itself may name a member: only its kind
// is logged.
func (p *Page) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, p.cfg.Bad) {
		p.show(w, http.StatusNotFound, view{Title: "链接已失效", Text: "这个链接用过了，或者过了一小时。请在公众号里重新发“我的数据”，会得到新的链接。"})
		return
	}
	p.cfg.Logger.ErrorContext(r.Context(), "a member's own data could not be given", "unavailable", errors.Is(err, quiz.ErrUnavailable))
	w.Header().Set("Retry-After", "30")
	p.show(w, http.StatusServiceUnavailable, view{Title: "请稍后再试", Text: "系统开小差了，请过一会儿再打开这个链接；打不开时，在公众号里重新发“我的数据”。"})
}

func (p *Page) show(w http.ResponseWriter, status int, v view) {
	v.Style = template.CSS(style)
	var text bytes.Buffer
	if err := pages.Execute(&text, v); err != nil {
		panic(err) // the template is part of the program
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(text.Bytes())
}
