// Package today serves the page of a day's item at /today/YYYY-MM-DD: for phones
// and for old eyes, with no script and nothing from elsewhere but the item's own
// picture and audio. Anyone may read it; it shows approved items only, and none of
// a day that is still to come.
package today

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// Library gives the approved content.
type Library interface {
	Library(ctx context.Context) (*content.Library, error)
}

// Config is what the page needs.
type Config struct {
	Library Library
	// Question is the stem of a day's first question as plain text; empty where
	// there is none to answer. nil: no page shows one.
	Question func(ctx context.Context, day quiz.Day) (string, error)
	// Paper is the day's paper, with which stays what is read on a day without an item;
	// nil where there is none. nil: no day has one.
	Paper   func(ctx context.Context, day quiz.Day) (*quiz.Paper, error)
	Now     func() time.Time // the product's clock: wall time, or the sandbox's
	BaseURL string           // the public address, for what shares a page; may be empty
	Logger  *slog.Logger     // nil: slog.Default
}

// Path is where the pages are.
const Path = "/today/"

// Link is the address of a day's page under a public address; empty without one.
func Link(base string, day quiz.Day) string { return Beneath(base, Path+day.String()) }

// Beneath is the address of a path under a public address; empty without one.
func Beneath(base, path string) string {
	if base == "" {
		return ""
	}
	return strings.TrimRight(base, "/") + path
}

// firstDay is the first one that has a page: there is one for each day on which
// somebody may have been sent an item, and not one for each of the past.
var firstDay = quiz.Date(2000, time.January, 1)

// Page answers below Path.
type Page struct{ Config }

// New makes the handler.
func New(cfg Config) *Page {
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	return &Page{cfg}
}

var dateForm = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)

// ServeHTTP shows a day; Path itself leads to today.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		p.refuse(w, r, http.StatusMethodNotAllowed, methodWords)
		return
	}
	now := p.Now()
	today := quiz.DayOf(now)
	date := strings.TrimPrefix(r.URL.Path, Path)
	if date == "" || r.URL.Path == strings.TrimSuffix(Path, "/") {
		w.Header().Set("Cache-Control", "no-store") // tomorrow it leads elsewhere
		http.Redirect(w, r, Path+today.String(), http.StatusFound)
		return
	}
	if !dateForm.MatchString(date) {
		p.refuse(w, r, http.StatusBadRequest, formWords)
		return
	}
	day, err := quiz.ParseDay(date)
	switch {
	case err != nil:
		p.refuse(w, r, http.StatusNotFound, noDayWords)
	case day > today:
		p.refuse(w, r, http.StatusNotFound, aheadWords)
	case day < firstDay:
		p.refuse(w, r, http.StatusNotFound, pastWords)
	default:
		p.show(w, r, day, today)
	}
}

// show writes the page of a day that has come.
func (p *Page) show(w http.ResponseWriter, r *http.Request, day, today quiz.Day) {
	ctx := r.Context()
	library, err := p.Library.Library(ctx)
	if err != nil {
		p.away(w, r, "the library", err)
		return
	}
	var question string
	if p.Question != nil {
		if question, err = p.Question(ctx, day); err != nil {
			p.away(w, r, "the day's question", err)
			return
		}
	}
	var paper *quiz.Paper
	if p.Paper != nil {
		if paper, err = p.Paper(ctx, day); err != nil {
			p.away(w, r, "the day's paper", err)
			return
		}
	}
	it, ok := quiz.ToRead(library, day, paper)
	if !ok {
		p.refuse(w, r, http.StatusNotFound, emptyWords)
		return
	}
	v := p.view(it, day, today)
	v.Question = question
	p.write(w, r, http.StatusOK, v)
}

// away says that it will be better later.
func (p *Page) away(w http.ResponseWriter, r *http.Request, what string, err error) {
	if r.Context().Err() == nil { // else the reader has gone
		p.Logger.WarnContext(r.Context(), "a day's page was not made", "unread", what, "error", err)
	}
	w.Header().Set("Retry-After", "60")
	p.refuse(w, r, http.StatusServiceUnavailable, awayWords)
}

// refuse writes a page that says why there is none, and leads to today's.
func (p *Page) refuse(w http.ResponseWriter, r *http.Request, status int, words words) {
	p.write(w, r, status, view{Name: siteName, Title: words.title, Paragraphs: []string{words.text}, Refusal: true})
}

// maxAge is for how many seconds a page may be shown without asking again: a
// correction is seen after it.
const maxAge = "60"

func (p *Page) write(w http.ResponseWriter, r *http.Request, status int, v view) {
	body, err := v.render()
	if err != nil { // a fault of the template
		p.Logger.ErrorContext(r.Context(), "a day's page was not made", "error", err)
		http.Error(w, awayWords.text, http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", v.policy())
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer") // hosts of pictures refuse those of strangers
	if status != http.StatusOK {
		h.Set("Cache-Control", "no-store")
		w.WriteHeader(status)
		if r.Method != http.MethodHead {
			_, _ = w.Write(body) // the reader has gone
		}
		return
	}
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	h.Set("ETag", tag)
	h.Set("Cache-Control", "public, max-age="+maxAge)
	if sameTag(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the reader has gone
	}
}

// sameTag reports whether a reader has this version already. A proxy that
// compresses makes the tag a weak one.
func sameTag(header, tag string) bool {
	for has := range strings.SplitSeq(header, ",") {
		if has = strings.TrimSpace(has); has == "*" || strings.TrimPrefix(has, "W/") == tag {
			return true
		}
	}
	return false
}
