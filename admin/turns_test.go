package admin

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dangshi/admin/frame"
)

// desk is a console that does nothing but make files.
type desk struct {
	*Console
	t *testing.T
}

func newDesk(t *testing.T) desk {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	f, err := frame.New(frame.Config{Now: time.Now, Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	return desk{&Console{frame: f, files: make(chan struct{}, filesAtOnce), spools: newSpools(filepath.Join(t.TempDir(), "downloads"), quiet)}, t}
}

// asks asks for a file; it panics as a handler does.
func (d desk) asks(by string, w http.ResponseWriter, make func(*frame.Visit)) {
	v := d.frame.Outside(w, httptest.NewRequestWithContext(d.t.Context(), http.MethodGet, "/", nil))
	v.Who.Name = by
	d.inTurn(v, "GET /", make)
}

// begins asks behind the test, until it waits for the clock.
func (d desk) begins(by string, w http.ResponseWriter, make func(*frame.Visit)) {
	go func() {
		defer func() { _ = recover() }() // as net/http does
		d.asks(by, w, make)
	}()
	synctest.Wait()
}

func (d desk) refused(by, why string) {
	d.t.Helper()
	asked, w := time.Now(), httptest.NewRecorder()
	d.asks(by, w, func(*frame.Visit) { d.t.Error("one too many is made") })
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), why) || time.Since(asked) != turnPatience {
		d.t.Errorf("%s is told %d after %v: %s", by, w.Code, time.Since(asked), w.Body)
	}
}

// left checks that nothing of any file is left.
func (d desk) left() {
	d.t.Helper()
	d.spools.mutex.Lock()
	defer d.spools.mutex.Unlock()
	if all, err := os.ReadDir(d.spools.folder); err != nil && !errors.Is(err, os.ErrNotExist) || len(all) > 0 || d.spools.used != 0 {
		d.t.Errorf("left behind: %v, %d bytes, %v", all, d.spools.used, err)
	}
}

// slow is a browser on a slow line.
type slow struct {
	*httptest.ResponseRecorder
	takes time.Duration
}

func (s slow) Write(p []byte) (int, error) {
	time.Sleep(s.takes)
	return s.ResponseRecorder.Write(p)
}

// gone is a browser that has left.
type gone struct{ *httptest.ResponseRecorder }

func (gone) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

// much is a file that does not fit into memory.
var much = strings.Repeat("0123456789abcdef", spoolMemory/4) + "the end"

func handsOut(text string, err error) func(*frame.Visit) {
	return func(v *frame.Visit) {
		failed := v.Hand("名单.csv", func(w io.Writer) error {
			for part := range bytes.SplitSeq([]byte(text), []byte("a")) { // the rest is written in pieces of no size in particular
				if _, err := w.Write(part); err != nil {
					return err
				}
			}
			return err
		})
		if failed != nil {
			v.Fail("GET /", failed)
		}
	}
}

// TestFilesInTurn: a few files are made at once, one for each account; the next one waits
// for its turn and is told after a while that it did not come; one that breaks off leaves
// its turn. The clock of this bubble is synctest's.
func TestFilesInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t) // what it waits for belongs to the bubble
		const long = 2*turnPatience + 10*time.Second
		breaksOff := func(*frame.Visit) {
			time.Sleep(long)
			panic(http.ErrAbortHandler)
		}
		begun := time.Now()
		d.begins("甲", httptest.NewRecorder(), breaksOff)
		d.refused("甲", "正在为您做上一份")
		for _, by := range []string{"乙", "丙"} {
			d.begins(by, httptest.NewRecorder(), breaksOff)
		}
		d.refused("丁", "为别人做几份文件")
		made := false
		d.asks("甲", httptest.NewRecorder(), func(*frame.Visit) { made = true })
		if !made || time.Since(begun) != long {
			t.Errorf("made %v after %v, the first one is over after %v", made, time.Since(begun), long)
		}
		time.Sleep(long) // the others end
		d.left()
	})
}

// TestSlowBrowsersKeepNobodyOut: a file that is fetched holds no turn, on whatever line;
// an account on slow lines waits for itself alone.
func TestSlowBrowsersKeepNobodyOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t) // what it waits for belongs to the bubble
		begun := time.Now()
		line := func() slow { return slow{httptest.NewRecorder(), time.Hour} }
		for n := range 3 * filesInHand {
			d.begins([]string{"甲", "乙", "丙"}[n%3], line(), handsOut(much, nil))
		}
		w := httptest.NewRecorder()
		if d.asks("丁", w, handsOut(much, nil)); w.Body.String() != strings.ReplaceAll(much, "a", "") || time.Since(begun) != 0 {
			t.Errorf("%d bytes after %v", w.Body.Len(), time.Since(begun))
		}
		d.refused("甲", "前几份文件还没有下载完")
		time.Sleep(100 * time.Hour) // all of them end
		d.left()
	})
}

// TestFilesAreFetchedWhole: what browsers get is what was made, whether or not there was
// room for it; of one that failed they get nothing, and nothing of any stays on the disk.
func TestFilesAreFetchedWhole(t *testing.T) {
	whole := strings.ReplaceAll(much, "a", "")
	bad := errors.New("the store is gone")
	for name, c := range map[string]struct {
		room   func(*spools)
		text   string
		err    error
		status int
		length bool // it is told beforehand
		broken bool
	}{
		"small":                      {text: "small", status: 200, length: true},
		"large":                      {text: much, status: 200, length: true},
		"failed":                     {text: much, err: bad, status: 500},
		"larger than one may be":     {room: func(s *spools) { s.each = spoolMemory }, text: much, status: 200},
		"no room left":               {room: func(s *spools) { s.used = s.all - spoolMemory - 1 }, text: much, status: 200},
		"no disk":                    {room: func(s *spools) { s.folder = "/dev/null/none" }, text: much, status: 200},
		"no room left, then failed":  {room: func(s *spools) { s.each = spoolMemory }, text: much, err: bad, status: 200, broken: true},
		"without a room, but in one": {room: func(s *spools) { s.each = 0 }, text: "small", status: 200, length: true},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			if c.room != nil {
				c.room(d.spools)
			}
			used, w, broken := d.spools.used, httptest.NewRecorder(), false
			func() {
				defer func() { broken = recover() != nil }()
				d.asks("甲", w, handsOut(c.text, c.err))
			}()
			if w.Code != c.status || broken != c.broken {
				t.Errorf("status %d, broken off: %v", w.Code, broken)
			}
			if c.err == nil && w.Body.String() != strings.ReplaceAll(c.text, "a", "") {
				t.Errorf("it has %d bytes of %d", w.Body.Len(), len(whole))
			}
			if kept := w.Header().Get("Content-Disposition") != ""; kept != (c.status == 200) {
				t.Errorf("it is a file: %v", kept)
			}
			if told := w.Header().Get("Content-Length"); c.length && told != strconv.Itoa(w.Body.Len()) {
				t.Errorf("it is told to have %s bytes of %d", told, w.Body.Len())
			}
			if d.spools.used -= used; c.room == nil || d.spools.folder != "/dev/null/none" {
				d.left()
			}
		})
	}
}

// TestNothingIsLeftOfFiles: neither of one whose browser left, nor of those of a process
// that died.
func TestNothingIsLeftOfFiles(t *testing.T) {
	d := newDesk(t)
	func() {
		defer func() {
			if fmt.Sprint(recover()) != fmt.Sprint(http.ErrAbortHandler) {
				t.Error("it is not broken off")
			}
		}()
		d.asks("甲", gone{httptest.NewRecorder()}, handsOut(much, nil))
	}()
	d.left()
	crashed := filepath.Join(d.spools.folder, strings.ReplaceAll(spoolName, "*", "123"))
	if err := os.WriteFile(crashed, []byte(much), 0o600); err != nil {
		t.Fatal(err)
	}
	newSpools(d.spools.folder, d.spools.logger)
	d.left()
}
