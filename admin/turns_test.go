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

// TestFilesInTurn: a few files are made at once, one for each account; the next one waits
// for its turn and is told after a while that it did not come; one that breaks off leaves
// its turn. The clock of this bubble is synctest's.
func TestFilesInTurn(t *testing.T) {
	f, err := frame.New(frame.Config{Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		c := &Console{frame: f, files: make(chan struct{}, filesAtOnce)}
		ask := func(by string, make func(*frame.Visit)) *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			v := f.Outside(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
			v.Who.Name = by
			c.inTurn(v, "GET /", make)
			return w
		}
		const long = 2*turnPatience + 10*time.Second
		begin := func(by string) {
			go func() {
				defer func() { _ = recover() }() // as net/http does
				ask(by, func(*frame.Visit) {
					time.Sleep(long)
					panic(http.ErrAbortHandler)
				})
			}()
			synctest.Wait()
		}
		refused := func(by, why string) {
			t.Helper()
			asked := time.Now()
			if w := ask(by, func(*frame.Visit) { t.Error("one too many is made") }); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), why) || time.Since(asked) != turnPatience {
				t.Errorf("%s is told %d after %v: %s", by, w.Code, time.Since(asked), w.Body)
			}
		}
		begun := time.Now()
		begin("甲")
		refused("甲", "您要的上一份文件")
		for _, by := range []string{"乙", "丙"} {
			begin(by)
		}
		refused("丁", "为别人做几份文件")
		made := false
		ask("甲", func(*frame.Visit) { made = true })
		if !made || time.Since(begun) != long {
			t.Errorf("made %v after %v, the first one is over after %v", made, time.Since(begun), long)
		}
		time.Sleep(long) // the others end
	})
}
