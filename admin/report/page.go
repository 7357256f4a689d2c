package report

import (
	"bytes"
	"embed"
	"html/template"
	"io"
)

//go:embed page.html page.css
var files embed.FS

// figure reports whether a column holds figures: all after the one that is wide.
func figure(column, wide int) bool { return column > wide }

var pages = template.Must(template.New("").Funcs(template.FuncMap{"figure": figure}).ParseFS(files, "page.html"))

// HTML is the report as a part of a page.
func (r Report) HTML() (template.HTML, error) {
	var b bytes.Buffer
	err := pages.ExecuteTemplate(&b, "body", r)
	return template.HTML(b.String()), err
}

// WriteHTML writes the report as a page of its own, which needs nothing beside it.
func WriteHTML(w io.Writer, r Report) error {
	style, err := files.ReadFile("page.css")
	if err != nil {
		return err
	}
	return pages.ExecuteTemplate(w, "file", map[string]any{"Report": r, "Style": template.CSS(style)})
}
