// Package frame is what all pages of the console share: who asks and what they may,
// the layout, notes and undo, confirmations, errors, assets.
//
// A page is a package with templates (page.html …, style and script beside them) and
// a method Routes. It answers through a Visit and never writes headers of its own,
// other than for files.
package frame

import (
	"html/template"
	"io/fs"
	"net/http"

	"dangshi/admin/account"
)

// Route is one page or one action.
type Route struct {
	Pattern string        // as of http.ServeMux, with the method: "GET /admin/banks/{id}"
	Right   account.Right // that it takes
	Do      func(*Visit) error
	MaxBody int64 // bytes that may be sent to it; 0: 1 MiB
	// Slow allows minutes for what is sent and what is answered: files. Without it
	// a request has the few seconds of the server.
	Slow bool
	// File is for what makes a file of much: few are made at once, the next ones wait for
	// their turn.
	File bool
}

// MaxBody is the limit of a request to a route that says nothing else, in bytes.
const MaxBody = 1 << 20

// Section is a part of the console with an entry in its navigation.
type Section struct {
	Path  string // of its first page: "/admin/banks"
	Name  string
	Right account.Right // without which it is not offered
	// Files holds the templates; style.css and script.js, if there, are loaded on the
	// pages of the section, and no others.
	Files  fs.FS
	Routes []Route

	pages map[string]*template.Template // by file
}

// Refusal is an error that people are told as it is, with its status.
type Refusal struct {
	Status int
	Text   string
}

func (r Refusal) Error() string { return r.Text }

// NotFound is the refusal of what is not there.
func NotFound(text string) error { return Refusal{http.StatusNotFound, text} }

// Bad is the refusal of what was sent.
func Bad(text string) error { return Refusal{http.StatusUnprocessableEntity, text} }
