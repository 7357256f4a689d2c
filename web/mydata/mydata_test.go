package mydata

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"dangshi/quiz"
)

var errBad = errors.New("no such link")

// links gives what a test wants; what the real ones give, cmd/dangshi tries.
type links struct {
	data    quiz.OwnData
	err     error
	taken   chan struct{} // nil: nobody waits
	carryOn chan struct{}
}

func (l *links) CheckLink(context.Context, string, time.Time) error { return l.err }

func (l *links) TakeLink(context.Context, string, time.Time) (quiz.OwnData, error) {
	if l.taken != nil {
		l.taken <- struct{}{}
		<-l.carryOn
	}
	return l.data, l.err
}

func newPage(l *links, log *bytes.Buffer) *Page {
	return New(Config{
		Links: l, Bad: errBad, Branch: func(code string) string { return code }, Now: time.Now, Logger: slog.New(slog.NewTextHandler(log, nil)),
	})
}

func ask(p *Page, method, as string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/data/TOKEN", strings.NewReader("as="+as))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w
}

// TestTheFileIsNoMarkup: whatever a member wrote stays text in the page, and comes
// whole out of what is for programs.
func TestTheFileIsNoMarkup(t *testing.T) {
	const hostile = `</script><script>alert("1")</script><!--`
	l := &links{data: quiz.OwnData{ID: "o1", Member: quiz.Member{Joined: 20_000, Name: hostile, Branch: hostile}}}
	l.data.Objections = quiz.Objections{{Number: 1, Text: hostile, Reply: hostile, Replied: 5}}
	page := ask(newPage(l, &bytes.Buffer{}), "POST", "page").Body.String()
	if strings.Count(page, "<script") != 1 || strings.Count(page, "</script") != 1 || strings.Contains(page, "<!--") {
		t.Errorf("markup came through:\n%s", page)
	}
	for _, text := range []string{
		regexp.MustCompile(`(?s)id="data">(.*)</script>`).FindStringSubmatch(page)[1],
		ask(newPage(l, &bytes.Buffer{}), "POST", "json").Body.String(),
	} {
		var got struct{ Name, Branch string }
		if err := json.Unmarshal([]byte(text), &got); err != nil || got.Name != hostile || got.Branch != hostile {
			t.Errorf("%v\n%s", err, text)
		}
	}
}

// TestManyAtOnce: who comes when enough files are being made is told so, and the
// link stays.
func TestManyAtOnce(t *testing.T) {
	l := &links{taken: make(chan struct{}, atOnce+1), carryOn: make(chan struct{})}
	p := newPage(l, &bytes.Buffer{})
	var all sync.WaitGroup
	for range atOnce {
		all.Go(func() {
			if w := ask(p, "POST", "file"); w.Code != http.StatusOK {
				t.Errorf("%d", w.Code)
			}
		})
	}
	for range atOnce {
		<-l.taken
	}
	if w := ask(p, "POST", "file"); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || len(l.taken) > 0 {
		t.Errorf("%d, %v", w.Code, w.Header())
	}
	close(l.carryOn)
	all.Wait()
}

// TestLinksThatFail: a link that is no good and a store that is away are two
// things, and neither logs a token or whom it is of.
func TestLinksThatFail(t *testing.T) {
	for err, want := range map[error]int{
		errBad: http.StatusNotFound, fmt.Errorf("%w: read oSecret", quiz.ErrUnavailable): http.StatusServiceUnavailable,
		errors.New("oSecret is damaged"): http.StatusServiceUnavailable,
	} {
		var log bytes.Buffer
		for _, method := range []string{"GET", "POST"} {
			if w := ask(newPage(&links{err: err}, &log), method, "page"); w.Code != want || strings.Contains(w.Body.String(), "oSecret") {
				t.Errorf("%s, %v: %d\n%s", method, err, w.Code, w.Body)
			}
		}
		if text := log.String(); strings.Contains(text, "TOKEN") || strings.Contains(text, "oSecret") {
			t.Error(text)
		}
	}
}
