package frame

import (
	"mime"
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
