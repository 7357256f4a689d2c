// Package audit is the page of what was done by whom: to be looked through, searched
// and taken away.
package audit

import (
	"context"
	"embed"
	"io"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"dangshi/admin/account"
	"dangshi/admin/board"
	"dangshi/admin/frame"
	"dangshi/quiz"
)

//go:embed *.html style.css
var files embed.FS

const path = "/admin/audit"

// Line is one line of the log.
type Line struct {
	Place int64 // in the log, from 1 at the oldest, for ever
	At    time.Time
	By    string
	Did   string
	On    string // of what
	Why   string
	More  string
}

// Word is what was done, as people read it.
func (l Line) Word() string { return Word(l.Did) }

// Detail is More as people read it.
func (l Line) Detail() string { return detail(l.More) }

// Log is the log.
type Log interface {
	// EachLine hands out lines from before a place on (0: all), the newest first, until
	// take says false. Errors: quiz.ErrUnavailable.
	EachLine(ctx context.Context, before int64, take func(Line) bool) error
	// Exported adds a line: that somebody took lines away. Errors: quiz.ErrUnavailable,
	// quiz.ErrUnknown.
	Exported(ctx context.Context, l Line) error
	// Named reports whether there is an account of exactly that name. Errors:
	// quiz.ErrUnavailable.
	Named(ctx context.Context, name string) (bool, error)
}

// each is how many lines a page shows; most is how many are looked through for it,
// then the search can be gone on with.
const (
	each = 50
	most = 10_000
)

// Page is the page.
type Page struct{ log Log }

// New makes the page.
func New(log Log) *Page { return &Page{log} }

// Section is the page as a part of the console.
func (p *Page) Section() frame.Section {
	return frame.Section{Path: path, Name: "记录", Right: account.Govern, Files: files, Routes: []frame.Route{
		{Pattern: "GET " + path, Right: account.Govern, Do: p.show},
		{Pattern: "POST " + path, Right: account.Govern, Do: p.find},
		{Pattern: "POST " + path + "/export", Right: account.Govern, Do: p.export, Slow: true, File: true},
	}}
}

// filter is what is looked for.
type filter struct {
	By, Text string
	Did      string // a thing ("member"), or one deed ("member.unbind")
	From, To string // days, both included; "": no bound

	from, to time.Time
}

// open and hidden are the fields of a filter: who looks for whom, and for which text,
// stands in no address that others can read.
var open, hidden = []string{"did", "from", "to"}, []string{"by", "text"}

// find takes what is looked for.
func (p *Page) find(v *frame.Visit) error { return v.Find(path, open, hidden) }

// read takes the filter of a request. Errors: frame.Refusal of a date that is none.
func read(v *frame.Visit, who url.Values) (f filter, err error) {
	get := func(name string) string { return strings.TrimSpace(v.R.FormValue(name)) }
	f = filter{By: strings.TrimSpace(who.Get("by")), Text: strings.TrimSpace(who.Get("text")), Did: get("did"), From: get("from"), To: get("to")}
	for _, d := range []struct {
		text string
		to   *time.Time
		add  quiz.Day
	}{{f.From, &f.from, 0}, {f.To, &f.to, 1}} {
		if d.text == "" {
			continue
		}
		day, err := quiz.ParseDay(d.text)
		if err != nil {
			return f, frame.Bad("日期应写成 2026-07-01 的样子。")
		}
		*d.to = (day + d.add).Start()
	}
	return f, nil
}

// Any reports whether anything is looked for.
func (f filter) Any() bool {
	return f.By != "" || f.Text != "" || f.Did != "" || f.From != "" || f.To != ""
}

func (f filter) takes(l Line) bool {
	thing, _, _ := strings.Cut(l.Did, ".")
	switch {
	case !f.from.IsZero() && l.At.Before(f.from), !f.to.IsZero() && !l.At.Before(f.to):
		return false
	case f.Did != "" && f.Did != l.Did && f.Did != thing:
		return false
	case !holds(l.By, f.By):
		return false
	}
	return f.Text == "" || slices.ContainsFunc([]string{l.On, l.Why, l.More, l.Detail(), l.Word(), l.Did}, func(s string) bool { return holds(s, f.Text) })
}

func holds(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// fields are the filter as the fields of a form, those that are empty left out.
func (f filter) fields() (open, hidden url.Values) {
	open, hidden = url.Values{}, url.Values{}
	for _, x := range []struct {
		to          url.Values
		name, value string
	}{{open, "did", f.Did}, {open, "from", f.From}, {open, "to", f.To}, {hidden, "by", f.By}, {hidden, "text", f.Text}} {
		if x.value != "" {
			x.to.Set(x.name, x.value)
		}
	}
	return open, hidden
}

// link is the address of the filter from before a place on.
func (f filter) link(v *frame.Visit, before int64) (string, error) {
	open, hidden := f.fields()
	if before > 0 {
		open.Set("before", strconv.FormatInt(before, 10))
	}
	return v.Sealed(path, open, hidden)
}

// noted is the filter for the log. The text that was looked for is left out, and who,
// unless that is named: it may be a member's name, and the log is for ever.
func (f filter) noted(named bool) string {
	open, _ := f.fields()
	switch {
	case named:
		open.Set("by", f.By)
	case f.By != "":
		open.Set("by", "…")
	}
	if f.Text != "" {
		open.Set("text", "…")
	}
	text, _ := url.QueryUnescape(open.Encode())
	return text
}

// choice is one thing or deed that can be looked for.
type choice struct{ Value, Word string }

type view struct {
	filter
	Lines   []Line
	Choices []choice
	Before  bool   // not the newest
	Newest  string // address of the first page
	Older   string // address of the next page; "": there is none
	Unread  bool   // the search stopped before the end
	Lost    bool   // what was looked for is no longer known
	Since   time.Time
}

func (p *Page) show(v *frame.Visit) error {
	who, known := v.Unsealed()
	f, err := read(v, who)
	if err != nil {
		return err
	}
	before, _ := strconv.ParseInt(v.R.FormValue("before"), 10, 64) // nonsense: from the newest
	before = max(before, 0)
	x := view{filter: f, Before: before > 0, Lost: !known, Choices: choices()}
	if x.Newest, err = f.link(v, 0); err != nil {
		return err
	}
	looked, next := 0, int64(0)
	err = p.log.EachLine(v.Context(), before, func(l Line) bool {
		if len(x.Lines) == each || looked == most {
			next, x.Unread = l.Place+1, looked == most && len(x.Lines) < each
			return false
		}
		looked++
		x.Since = l.At
		if f.takes(l) {
			x.Lines = append(x.Lines, l)
		}
		return true
	})
	if err == nil && next > 0 {
		x.Older, err = f.link(v, next)
	}
	if err != nil {
		return err
	}
	return v.Show("audit.html", "操作记录", x)
}

// choices are the things that can be looked for, by their words.
func choices() (all []choice) {
	for _, thing := range slices.Sorted(maps.Keys(things)) {
		all = append(all, choice{thing, things[thing]})
	}
	return all
}

// export hands out all lines of the filter; that it did is a line, too.
func (p *Page) export(v *frame.Visit) error {
	f, err := read(v, v.R.PostForm)
	if err != nil {
		return err
	}
	t := board.Table{Name: "操作记录", Columns: []string{"时间", "谁", "做了什么", "代号", "对象", "为什么", "其他"}, Widths: []float64{18, 14, 22, 18, 30, 40, 40}}
	t.Rows = func(put func([]string) error) error {
		var failed error
		err := p.log.EachLine(v.Context(), 0, func(l Line) bool {
			if f.takes(l) {
				failed = put([]string{l.At.In(quiz.Zone).Format(time.DateTime), l.By, l.Word(), l.Did, l.On, l.Why, l.Detail()})
			}
			return failed == nil
		})
		if failed != nil {
			return failed
		}
		return err
	}
	name, write := "操作记录-"+v.Now.In(quiz.Zone).Format(time.DateOnly), map[string]func(io.Writer) error{"csv": t.WriteCSV, "xlsx": t.WriteXLSX}
	format := v.R.PostFormValue("format")
	if write[format] == nil {
		return frame.Bad("只能导出为 XLSX 或 CSV。")
	}
	named := false
	if f.By != "" {
		if named, err = p.log.Named(v.Context(), f.By); err != nil {
			return err
		}
	}
	if err := p.log.Exported(v.Context(), Line{At: v.Now, By: v.By(), Did: "audit.export", On: format, More: f.noted(named)}); err != nil {
		return err
	}
	return v.Hand(name+"."+format, write[format])
}
