package admin

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dangshi/admin/frame"
)

// TestFilesInTurn: a few files are made at once; the next one waits for its turn and is
// told after a while that it did not come; one that breaks off leaves its turn. The clock
// of this bubble is synctest's.
func TestFilesInTurn(t *testing.T) {
	f, err := frame.New(frame.Config{Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		c := &Console{frame: f, files: make(chan struct{}, filesAtOnce)}
		ask := func(make func(*frame.Visit)) *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			c.inTurn(f.Outside(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)), "GET /", make)
			return w
		}
		const long = turnPatience + 10*time.Second
		for range filesAtOnce {
			go func() {
				defer func() { _ = recover() }() // as net/http does
				ask(func(*frame.Visit) {
					time.Sleep(long)
					panic(http.ErrAbortHandler)
				})
			}()
		}
		synctest.Wait()
		begun := time.Now()
		if w := ask(func(*frame.Visit) { t.Error("one too many is made") }); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "一分钟再试") || time.Since(begun) != turnPatience {
			t.Errorf("told %d after %v: %s", w.Code, time.Since(begun), w.Body)
		}
		made := false
		ask(func(*frame.Visit) { made = true })
		if !made || time.Since(begun) != long {
			t.Errorf("made %v after %v, the others are over after %v", made, time.Since(begun), long)
		}
	})
}
