package frame

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"time"

	"dangshi/admin/account"
	"dangshi/content"
	"dangshi/quiz"
)

//go:embed layout.html parts.html problem.html confirm.html console.css console.js
var files embed.FS

// functions are what templates may call besides the standard ones.
var functions = template.FuncMap{
	"date":    func(t time.Time) string { return shown(t, "2006-01-02") },
	"minute":  func(t time.Time) string { return shown(t, "2006-01-02 15:04") },
	"unix":    func(n int64) string { return shown(time.Unix(n, 0), "2006-01-02 15:04") },
	"number":  number,
	"titled":  content.Titled,
	"percent": func(part, whole int) string { return Percent(part, whole) },
	"map":     pairs,
}

// shown is a time as people read it; the zero time is none.
func shown(t time.Time, layout string) string {
	if t.IsZero() || t.Unix() == 0 {
		return ""
	}
	return t.In(quiz.Zone).Format(layout)
}

// Number groups digits by three: 1,234,567.
func Number[N int | int64 | uint64](n N) string {
	s := strconv.FormatInt(int64(n), 10)
	digits := strings.TrimPrefix(s, "-")
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return s[:len(s)-len(strings.TrimPrefix(s, "-"))] + digits
}

// number is Number of whatever kind of integer a template has.
func number(n any) (string, error) {
	switch n := n.(type) {
	case int:
		return Number(n), nil
	case int64:
		return Number(n), nil
	case uint64:
		return Number(n), nil
	}
	return "", fmt.Errorf("number of a %T", n)
}

// Percent is part ÷ whole, "—" where the whole is nothing.
func Percent[N int | int64](part, whole N) string {
	if whole == 0 {
		return "—"
	}
	return strconv.FormatFloat(100*float64(part)/float64(whole), 'f', 1, 64) + "%"
}

// pairs makes the data of a part from names and values in turn.
func pairs(list ...any) (map[string]any, error) {
	m := make(map[string]any, len(list)/2)
	for i := 0; i+1 < len(list); i += 2 {
		name, ok := list[i].(string)
		if !ok {
			return nil, errors.New("map needs names")
		}
		m[name] = list[i+1]
	}
	return m, nil
}

// parse reads the pages of a section, each with the layout, the parts of all, and
// those of the section: files whose names begin with _.
func parse(pages fs.FS) (map[string]*template.Template, error) {
	base, err := template.New("layout.html").Funcs(functions).ParseFS(files, "layout.html", "parts.html")
	if err != nil {
		return nil, err
	}
	if own, _ := fs.Glob(pages, "_*.html"); len(own) > 0 {
		if base, err = base.ParseFS(pages, own...); err != nil {
			return nil, err
		}
	}
	all := map[string]*template.Template{}
	names, err := fs.Glob(pages, "*.html")
	for _, name := range names {
		if strings.HasPrefix(name, "_") || name == "layout.html" || name == "parts.html" {
			continue
		}
		t, err := template.Must(base.Clone()).ParseFS(pages, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all[name] = t
	}
	return all, err
}

// entry is one line of the navigation.
type entry struct {
	Path, Name string
	Here       bool
}

// view is what the layout shows around a page; a page's own data are .Data, and
// .Who, .May and .Now are there for it, too.
type view struct {
	Title   string
	Who     account.Account
	Now     time.Time
	Sandbox bool
	Menu    []entry
	Styles  []string
	Scripts []string
	Note    *Note
	Data    any
}

// May reports whether who looks has the right, by its name in templates.
func (x view) May(right string) bool {
	return x.Who.Role.May(map[string]account.Right{"look": account.Look, "names": account.Names, "export": account.Export, "edit": account.Edit, "govern": account.Govern}[right])
}

// Show answers with a page of the section: a template that defines "main".
func (v *Visit) Show(page, title string, data any) error {
	return v.show(http.StatusOK, v.at.pages[page], title, data)
}

// ShowAgain answers with a page on which something has to be mended first.
func (v *Visit) ShowAgain(page, title string, data any) error {
	return v.show(http.StatusUnprocessableEntity, v.at.pages[page], title, data)
}

// ShowStatus is Show with another status.
func (v *Visit) ShowStatus(status int, page, title string, data any) error {
	return v.show(status, v.at.pages[page], title, data)
}

func (v *Visit) show(status int, t *template.Template, title string, data any) error {
	if t == nil {
		return fmt.Errorf("there is no such page: %s", title)
	}
	x := view{Title: title, Who: v.Who, Now: v.Now, Sandbox: v.frame.sandbox, Data: data, Note: v.note()}
	x.Styles, x.Scripts = v.frame.links("console")
	if v.at != nil {
		styles, scripts := v.frame.links(v.at.slug())
		x.Styles, x.Scripts = append(x.Styles, styles...), append(x.Scripts, scripts...)
	}
	for _, s := range v.frame.sections {
		if s.Name != "" && v.May(s.Right) {
			x.Menu = append(x.Menu, entry{s.Path, s.Name, s == v.at})
		}
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout.html", x); err != nil {
		return err
	}
	v.W.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.W.WriteHeader(status)
	_, _ = v.W.Write(b.Bytes()) // who has gone needs no page
	return nil
}

// Part answers with one part of a page, a template of the section by its name, for
// script that replaces it.
func (v *Visit) Part(page, name string, data any) error {
	t := v.at.pages[page]
	if t == nil {
		return fmt.Errorf("there is no such page: %s", page)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, name, data); err != nil {
		return err
	}
	v.W.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = v.W.Write(b.Bytes())
	return nil
}
