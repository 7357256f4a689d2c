// Package proof serves the small files with which WeChat checks that a domain is
// the account's (MP_verify_….txt): its console hands them out, and reads them from
// the root of the domain.
package proof

import (
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"regexp"
)

// fileName is what WeChat calls them; whoever asks for another one gets nothing,
// so that no other file of the folder can be read.
var fileName = regexp.MustCompile(`^MP_verify_[0-9A-Za-z]{1,64}\.txt$`)

// maxFile is the largest file, in bytes: WeChat's have 16.
const maxFile = 1 << 10

// Handler serves the files of a folder, which is read at each request, so that a
// file works once it lies there. A folder that is not there has none.
func Handler(folder fs.FS, logger *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := path.Base(r.URL.Path)
		if r.URL.Path != "/"+name || !fileName.MatchString(name) || r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.NotFound(w, r)
			return
		}
		text, err := read(folder, name)
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) {
				logger.WarnContext(r.Context(), "a file that proves the domain is not served", "error", err)
			}
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(text) // the reader has gone
	})
}

// The faults of a file.
var (
	errKind = errors.New("it is no regular file")
	errSize = errors.New("it is larger than 1 KB")
)

func read(folder fs.FS, name string) ([]byte, error) {
	f, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was read only
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errKind
	}
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = errSize
	}
	return text, err
}
