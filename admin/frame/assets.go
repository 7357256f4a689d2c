package frame

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// assetsPath is where style and script are.
const assetsPath = "/admin/assets/"

type asset struct {
	data []byte
	kind string
	sum  string
}

// slug names a section in paths of its assets: "banks" of /admin/banks.
func (s *Section) slug() string { return path.Base(s.Path) }

// addAssets takes style and script of a section, where it has them.
func (f *Frame) addAssets(slug string, from fs.FS) error {
	for _, a := range []struct{ file, name, kind string }{
		{"console.css", "console.css", "text/css; charset=utf-8"}, {"console.js", "console.js", "text/javascript; charset=utf-8"},
		{"style.css", slug + ".css", "text/css; charset=utf-8"}, {"script.js", slug + ".js", "text/javascript; charset=utf-8"},
	} {
		data, err := fs.ReadFile(from, a.file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		f.assets[a.name] = asset{data, a.kind, hex.EncodeToString(sum[:6])}
	}
	return nil
}

// links are the addresses of a section's style and script. The sum in them lets
// browsers keep each for good.
func (f *Frame) links(slug string) (styles, scripts []string) {
	if a, ok := f.assets[slug+".css"]; ok {
		styles = append(styles, assetsPath+slug+".css?"+a.sum)
	}
	if a, ok := f.assets[slug+".js"]; ok {
		scripts = append(scripts, assetsPath+slug+".js?"+a.sum)
	}
	return styles, scripts
}

// Assets serves them; they hold nothing that is not public.
func (f *Frame) Assets() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := f.assets[strings.TrimPrefix(r.URL.Path, assetsPath)]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", a.kind)
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		_, _ = w.Write(a.data)
	})
}
