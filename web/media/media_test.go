package media

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"dangshi/quiz"
)

type shelf struct {
	files map[string][]byte
	asked int
}

func (s *shelf) Media(_ context.Context, name string) ([]byte, error) {
	s.asked++
	if s.files == nil {
		return nil, quiz.ErrUnavailable
	}
	return s.files[name], nil
}

func ask(h http.Handler, method, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// TestMedia: a file is kept by browsers for good, a player may ask for a part, and
// what is no name of a file never reaches the shelf.
func TestMedia(t *testing.T) {
	name := strings.Repeat("a", 32) + ".mp3"
	s := &shelf{files: map[string][]byte{name: []byte("0123456789")}}
	h := New(s, slog.New(slog.DiscardHandler))
	w := ask(h, "GET", "/media/"+name)
	if w.Code != 200 || w.Body.String() != "0123456789" || w.Header().Get("Content-Type") != "audio/mpeg" || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("status %d, %v, %q", w.Code, w.Header(), w.Body)
	}
	if w := ask(h, "GET", "/media/"+name, "Range", "bytes=2-4"); w.Code != http.StatusPartialContent || w.Body.String() != "234" {
		t.Errorf("a part: status %d, %q", w.Code, w.Body)
	}
	if w := ask(h, "GET", "/media/"+name, "If-None-Match", `"`+name+`"`); w.Code != http.StatusNotModified {
		t.Errorf("what the browser has: status %d", w.Code)
	}
	for _, path := range []string{"/media/", "/media/x.jpg", "/media/../pin", "/media/" + strings.Repeat("a", 32) + ".html", "/media/" + name + "/x"} {
		if w := ask(h, "GET", path); w.Code != 404 {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
	if s.asked != 1 {
		t.Errorf("the shelf was asked %d times", s.asked)
	}
	if w := ask(h, "GET", "/media/"+strings.Repeat("b", 32)+".jpg"); w.Code != 404 {
		t.Errorf("an absent one: status %d", w.Code)
	}
	if w := ask(h, "POST", "/media/"+name); w.Code != 405 {
		t.Errorf("POST: status %d", w.Code)
	}
	if w := ask(New(&shelf{}, slog.New(slog.DiscardHandler)), "GET", "/media/"+name); w.Code != 503 {
		t.Errorf("without the shelf: status %d", w.Code)
	}
}

// TestMemory: what stays in memory is bounded.
func TestMemory(t *testing.T) {
	s := &shelf{files: map[string][]byte{}}
	h := New(s, slog.New(slog.DiscardHandler))
	for i := range 5 {
		name := fmt.Sprintf("%032x.m4a", i)
		s.files[name] = bytes.Repeat([]byte{1}, memory/3)
		ask(h, "GET", "/media/"+name)
	}
	if h.size > memory || len(h.files) != len(h.order) || len(h.files) != 3 {
		t.Errorf("%d files of %d bytes are kept", len(h.files), h.size)
	}
}
