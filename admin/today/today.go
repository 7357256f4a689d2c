// Package today is the first page of the console: how the day goes and what is to be
// done.
package today

import (
	"context"
	"embed"

	"dangshi/admin/account"
	"dangshi/admin/frame"
	"dangshi/content"
)

//go:embed *.html
var files embed.FS

// soon is how many days ahead items are looked at.
const soon = 7

// Data is what the page shows.
type Data interface {
	// Library is what is in use. Errors: quiz.ErrUnavailable.
	Library(ctx context.Context) (*content.Library, error)
}

// Today is the page.
type Today struct{ data Data }

// New makes the page.
func New(data Data) *Today { return &Today{data} }

// Section is the page as a part of the console.
func (t *Today) Section() frame.Section {
	return frame.Section{Path: "/admin/", Name: "今天", Right: account.Look, Files: files, Routes: []frame.Route{
		{Pattern: "GET /admin/{$}", Right: account.Look, Do: t.show},
	}}
}

type view struct {
	Days []content.CalendarDay
}

func (t *Today) show(v *frame.Visit) error {
	library, err := t.data.Library(v.Context())
	if err != nil {
		return err
	}
	return v.Show("today.html", "今天", view{content.Calendar(library, nil, v.Now, soon)})
}
