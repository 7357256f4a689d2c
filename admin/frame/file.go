package frame

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// File heads an answer that is a file to be kept, under a name that any browser and
// any disk can take: what old browsers read is ASCII, the others read all of it.
func (v *Visit) File(name string) {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`+"\x7f", r) {
			return '_'
		}
		return r
	}, name)
	plain := strings.Map(func(r rune) rune {
		if r > '~' || r == '%' {
			return '_'
		}
		return r
	}, name)
	h := v.W.Header()
	h.Set("Content-Disposition", `attachment; filename="`+plain+`"; filename*=UTF-8''`+strings.ReplaceAll(url.QueryEscape(name), "+", "%20"))
	kind := mime.TypeByExtension(path.Ext(name))
	if kind == "" || path.Ext(name) == ".html" || path.Ext(name) == ".svg" {
		kind = "application/octet-stream" // never shown in the console's own origin
	}
	h.Set("Content-Type", kind)
}

// Hand answers with a file while it is written. Once something was written an error can
// only break it off, so that nobody takes a part for the whole.
func (v *Visit) Hand(name string, write func(io.Writer) error) error {
	w := &handed{visit: v, name: name}
	err := write(w)
	if err != nil && w.begun {
		panic(http.ErrAbortHandler)
	}
	return err
}

// handed is an answer that becomes a file with the first byte that is written.
type handed struct {
	visit *Visit
	name  string
	begun bool
}

func (h *handed) Write(p []byte) (int, error) {
	if !h.begun {
		h.visit.File(h.name)
		h.begun = true
	}
	return h.visit.W.Write(p)
}
