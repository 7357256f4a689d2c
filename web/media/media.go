// Package media serves pictures and audio that were uploaded in the console, at
// /media/NAME. Anyone may fetch them. A name says what the file holds, so that whoever
// has it never asks again.
package media

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"dangshi/content"
)

// Shelf has the files.
type Shelf interface {
	// Media is a file, nil where there is none. Errors: quiz.ErrUnavailable.
	Media(ctx context.Context, name string) ([]byte, error)
}

// memory bounds the files that stay in memory, in bytes: on a morning all ask for the
// same one or two.
const memory = 24 << 20

// wait bounds one read of the shelf.
const wait = 5 * time.Second

var kinds = map[string]string{".jpg": "image/jpeg", ".mp3": "audio/mpeg", ".m4a": "audio/mp4"}

// Handler serves them.
type Handler struct {
	shelf  Shelf
	logger *slog.Logger
	flight singleflight.Group

	mu    sync.Mutex
	files map[string][]byte
	order []string // oldest first
	size  int
}

// New makes the handler.
func New(shelf Shelf, logger *slog.Logger) *Handler {
	return &Handler{shelf: shelf, logger: logger, files: map[string][]byte{}}
}

// ServeHTTP answers with a file, or a part of one that a player asks for.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, content.MediaPath)
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "只能看，不能改。", http.StatusMethodNotAllowed)
		return
	}
	if !content.IsMediaName(name) {
		http.NotFound(w, r)
		return
	}
	data, err := h.file(name)
	switch {
	case err != nil:
		h.logger.Warn("an uploaded file was not read", "error", err)
		w.Header().Set("Retry-After", "60")
		http.Error(w, "系统正忙，请过一会儿再看。", http.StatusServiceUnavailable)
	case data == nil:
		http.NotFound(w, r)
	default:
		head := w.Header()
		head.Set("Content-Type", kinds[path.Ext(name)])
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Content-Security-Policy", "default-src 'none'; sandbox")
		head.Set("Cache-Control", "public, max-age=31536000, immutable")
		head.Set("ETag", `"`+name+`"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	}
}

// file gives a file from memory, or once for all who ask at the same moment from the
// shelf.
func (h *Handler) file(name string) ([]byte, error) {
	h.mu.Lock()
	data, ok := h.files[name]
	h.mu.Unlock()
	if ok {
		return data, nil
	}
	// It goes on when the first who asked has gone: others wait for it.
	v, err, _ := h.flight.Do(name, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.Background(), wait)
		defer cancel()
		data, err := h.shelf.Media(ctx, name)
		if err == nil && data != nil {
			h.keep(name, data)
		}
		return data, err
	})
	data, _ = v.([]byte)
	return data, err
}

func (h *Handler) keep(name string, data []byte) {
	if len(data) > memory/2 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, there := h.files[name]; there {
		return
	}
	h.files[name], h.order, h.size = data, append(h.order, name), h.size+len(data)
	for h.size > memory {
		oldest := h.order[0]
		h.size -= len(h.files[oldest])
		delete(h.files, oldest)
		h.order = h.order[1:]
	}
}
