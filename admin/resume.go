package admin

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"dangshi/admin/account"
	"dangshi/admin/frame"
)

// resumption is an action that came when its sender was signed in no longer. It travels
// through the page of the login and back in a hidden field, and lies nowhere meanwhile;
// after signing in it is shown, and done by one more tap.
type resumption struct {
	To     string     `json:"to"` // path and query of the action, a POST
	Fields url.Values `json:"fields"`
	Files  bool       `json:"files,omitempty"` // came with it and are lost: a page cannot give them back
	Parts  bool       `json:"parts,omitempty"` // it is sent as multipart/form-data

	right account.Right // that the action takes
}

// What of an action is kept: maxKept bounds it as a hidden field, in bytes, and maxLogin
// the form of the login with it. Its letters are such as a form sends as they are.
const (
	maxKept  = 384 << 10
	maxLogin = maxKept + 16<<10
)

// resumed reads what was typed into an action. It is "" where nothing was, or more than
// is kept; long and files tell what is lost.
func resumed(r *http.Request) (kept string, long, files bool) {
	p := resumption{To: r.URL.RequestURI(), Fields: url.Values{}}
	long = !p.read(r)
	// Who signs in may be somebody else, and the page of what is resumed does not say what
	// was confirmed: that is asked anew.
	p.Fields.Del("confirmed")
	typed := slices.ContainsFunc(slices.Collect(maps.Values(p.Fields)), func(values []string) bool {
		return slices.ContainsFunc(values, func(value string) bool { return strings.TrimSpace(value) != "" })
	})
	if long || !typed {
		return "", long, p.Files
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(p); err != nil {
		return "", true, p.Files
	}
	if kept = base64.RawURLEncoding.EncodeToString(text.Bytes()); len(kept) > maxKept {
		return "", true, p.Files
	}
	return kept, false, p.Files
}

// read takes the fields of a form that is not longer than is kept. Files are passed over.
func (p *resumption) read(r *http.Request) (ok bool) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		r.Body = http.MaxBytesReader(nil, r.Body, 3*maxKept) // as it is sent, each byte of a character takes three
		if r.ParseForm() != nil {
			return false
		}
		p.Fields = r.PostForm
		return true
	}
	p.Parts = true
	reader, err := r.MultipartReader()
	for left := int64(maxKept); err == nil; {
		part, next := reader.NextPart()
		if errors.Is(next, io.EOF) {
			return true
		}
		if err = next; err != nil {
			break
		}
		_, about, _ := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
		if _, file := about["filename"]; file {
			var n int64
			n, err = io.Copy(io.Discard, part)
			p.Files = p.Files || n > 0
			continue
		}
		value, failed := io.ReadAll(io.LimitReader(part, left+1))
		if left -= int64(len(value)); failed != nil || left < 0 {
			return false
		}
		p.Fields.Add(part.FormName(), string(value))
	}
	return false
}

// signInAgain answers a change of somebody who is signed in no more. What was typed waits
// in the page, unless the action is about the account itself: a password is in no page.
func (c *Console) signInAgain(w http.ResponseWriter, r *http.Request, at *frame.Section, most int64) {
	form := loginForm{Next: Path, Expired: true}
	if at != nil && at != c.last() {
		r.Body = http.MaxBytesReader(w, r.Body, most)
		form.Next = at.Path
		form.Kept, form.Long, form.Files = resumed(r)
	}
	c.showLogin(w, r, http.StatusUnauthorized, form)
}

// resumption reads what the page of the login kept; ok is false where it is nothing that
// could be done: the field comes from the browser, and is worth what a browser says.
func (c *Console) resumption(kept string) (p resumption, at *frame.Section, ok bool) {
	data, err := base64.RawURLEncoding.DecodeString(kept)
	if kept == "" || err != nil || json.Unmarshal(data, &p) != nil || inside(p.To) != p.To {
		return p, nil, false
	}
	to, err := url.Parse(p.To)
	if err != nil {
		return p, nil, false
	}
	_, pattern := c.declared.Handler(&http.Request{Method: http.MethodPost, URL: to})
	at, p.right = c.actions[pattern], c.rights[pattern]
	return p, at, at != nil && at != c.last()
}

// resumeView is the page on which what was typed is sent once more.
type resumeView struct {
	resumption
	Section, Back string
	Written       []string // what a person has written of it
	Denied        bool     // nothing else is told
}

// resume shows what somebody wanted to do before they had to sign in again. Who signs in
// may be somebody else: what was typed, perhaps a member's name, is for those alone who
// may do it.
func (c *Console) resume(w http.ResponseWriter, r *http.Request, who account.Account, p resumption, at *frame.Section) {
	v := c.frame.Visit(w, r, who, c.last())
	if !v.May(p.right) {
		if err := v.ShowStatus(http.StatusForbidden, "resume.html", "不能接着做", resumeView{Section: at.Name, Back: Path, Denied: true}); err != nil {
			v.Fail("resume", err)
		}
		return
	}
	x := resumeView{resumption: p, Section: at.Name, Back: at.Path}
	for _, name := range slices.Sorted(maps.Keys(p.Fields)) {
		for _, value := range p.Fields[name] {
			if strings.IndexFunc(value, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 && !slices.Contains(x.Written, value) {
				x.Written = append(x.Written, value)
			}
		}
	}
	if err := v.Show("resume.html", "接着做", x); err != nil {
		v.Fail("resume", err)
	}
}
