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

// takingBack is an answer of which the browser may have nothing yet: then it can become
// another one.
type takingBack interface{ TakeBack() bool }

// Hand answers with a file while it is written. An error once something was written takes
// it back; where the browser has some of it, it can only break it off, so that nobody takes
// a part for the whole.
func (v *Visit) Hand(name string, write func(io.Writer) error) error {
	w := &handed{visit: v, name: name}
	err := write(w)
	if err != nil && w.begun {
		kept, ok := v.W.(takingBack)
		if !ok || !kept.TakeBack() {
			panic(http.ErrAbortHandler)
		}
		v.W.Header().Del("Content-Disposition")
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
