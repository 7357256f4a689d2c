package frame

import (
	"context"
	"encoding/json"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"dangshi/admin/account"
)

// Visit is one request of somebody who is signed in.
type Visit struct {
	W   http.ResponseWriter
	R   *http.Request
	Who account.Account
	Now time.Time // the product's time: the sandbox's in a sandbox

	frame   *Frame
	at      *Section
	outside bool // of any session
}

// Context ends with the request.
func (v *Visit) Context() context.Context { return v.R.Context() }

// May reports whether who asks has a right.
func (v *Visit) May(right account.Right) bool { return v.Who.Role.May(right) }

// By is the name under which a change is logged.
func (v *Visit) By() string { return v.Who.Name }

// Undo is how what was just done can be taken back: a form of one button.
type Undo struct {
	Path   string            `json:"path"` // of the action, a POST
	Fields map[string]string `json:"fields,omitempty"`
	Name   string            `json:"name,omitempty"` // of the button; "": 撤销
}

// Note is what is told at the top of the next page.
type Note struct {
	Text string `json:"text"`
	Bad  bool   `json:"bad,omitempty"`
	Undo *Undo  `json:"undo,omitempty"`
}

const noteKey = "note"

// Undoable is the note of a change that undo takes back, if what that takes was kept;
// whether it was could not be found out where err is not nil: whoever asks for it is told
// then.
func (n Note) Undoable(kept bool, err error, undo *Undo) Note {
	if kept || err != nil {
		n.Undo = undo
	} else {
		n.Text += "改得太多，或数据库的内存不够，没有留底，这一次不能撤销。"
	}
	return n
}

// Done ends an action: the browser goes on to a page, where the note is told. Only
// what is stored may be told as done. Text and undo may name a member: they are sealed,
// since the page may never be opened, and an erasure does not look into sessions.
func (v *Visit) Done(path string, note Note) error {
	text, err := json.Marshal(note)
	if err != nil {
		return err
	}
	sealed, err := v.seal(noteKey, string(text))
	if err != nil {
		return err
	}
	v.frame.sessions.Put(v.Context(), noteKey, sealed)
	http.Redirect(v.W, v.R, path, http.StatusSeeOther)
	return nil
}

// Keep keeps a text for the time that somebody stays signed in. It may name a member: it
// is sealed, since an erasure does not look into sessions.
func (v *Visit) Keep(name, text string) error {
	sealed, err := v.seal(keptKey+name, text)
	if err == nil {
		v.frame.sessions.Put(v.Context(), keptKey+name, sealed)
	}
	return err
}

const keptKey = "kept "

// Kept is what Keep kept; "": nothing.
func (v *Visit) Kept(name string) string {
	text, _ := v.unseal(keptKey+name, v.frame.sessions.GetString(v.Context(), keptKey+name))
	return text
}

// againHeader comes with a page that asks for itself again, see console.js.
const againHeader = "Dangshi-Again"

// note takes the note that waits, nil where none does. A page that asks for itself again,
// perhaps in another window, takes none: it may be for the page that is about to come.
func (v *Visit) note() *Note {
	if v.outside || v.R.Header.Get(againHeader) != "" {
		return nil
	}
	sealed := v.frame.sessions.PopString(v.Context(), noteKey)
	if sealed == "" {
		return nil
	}
	text, ok := v.unseal(noteKey, sealed)
	var n Note
	if !ok || json.Unmarshal([]byte(text), &n) != nil {
		return nil
	}
	return &n
}

// Config is what a Frame needs.
type Config struct {
	Sessions *scs.SessionManager
	Now      func() time.Time
	Sandbox  bool // said on each page
	Logger   *slog.Logger
}

// Frame holds the sections together.
type Frame struct {
	sessions *scs.SessionManager
	now      func() time.Time
	sandbox  bool
	logger   *slog.Logger
	sections []*Section
	assets   map[string]asset              // by path
	problems map[string]*template.Template // pages of the frame itself, by file
}

// New makes a frame. Sections are added before anybody visits.
func New(cfg Config) (*Frame, error) {
	f := &Frame{sessions: cfg.Sessions, now: cfg.Now, sandbox: cfg.Sandbox, logger: cfg.Logger, assets: map[string]asset{}}
	var err error
	if f.problems, err = parse(files); err != nil {
		return nil, err
	}
	return f, f.addAssets("console", files)
}

// Add adds a section at the end of the navigation.
func (f *Frame) Add(s Section) error {
	var err error
	if s.pages, err = parse(s.Files); err != nil {
		return fmt.Errorf("%s: %w", s.Path, err)
	}
	f.sections = append(f.sections, &s)
	return f.addAssets(s.slug(), s.Files)
}

// Sections are those that were added.
func (f *Frame) Sections() []*Section { return f.sections }

// Visit makes the visit of who is signed in to a section.
func (f *Frame) Visit(w http.ResponseWriter, r *http.Request, who account.Account, at *Section) *Visit {
	return &Visit{W: w, R: r, Who: who, Now: f.now(), frame: f, at: at}
}

// Outside makes a visit where no session could be read.
func (f *Frame) Outside(w http.ResponseWriter, r *http.Request) *Visit {
	v := f.Visit(w, r, account.Account{}, nil)
	v.outside = true
	return v
}
