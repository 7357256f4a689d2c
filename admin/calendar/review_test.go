package calendar

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/quiz"
)

// moved is a library in which an item is at its third revision.
type moved struct{ Data }

func (moved) ItemHistory(context.Context, string) ([]content.Page[content.Item], int, error) {
	return []content.Page[content.Item]{{Revision: 1, State: content.Draft, Value: &content.Item{ID: "a", Revision: 1, State: content.Draft}}}, 3, nil
}

func (moved) ItemSheet(context.Context, string) (content.Sheet[content.Item], quiz.Version, bool, error) {
	return content.Sheet[content.Item]{Value: content.Item{ID: "a", Revision: 3, State: content.Approved}}, "v3", true, nil
}

func (moved) Signatures() int { return 1 }

// errWritten stands for the store: what was seen is what it is asked to write over.
var errWritten = errors.New("written")

func (moved) Write(_ context.Context, _ content.Hand, w Writing) error {
	if e := w.Items[0]; e.Seen != "v3" || e.Value.Revision != 3 {
		return errors.New("over something else")
	}
	return errWritten
}

// TestRestoreWhatWasSeen: an earlier revision comes back over the one on the page, and over
// nothing that was written since in another window.
func TestRestoreWhatWasSeen(t *testing.T) {
	for seen, want := range map[string]error{"3.approved": errWritten, "2.draft": quiz.ErrConflict, "3.draft": quiz.ErrConflict} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(url.Values{"revision": {"1"}, "state": {"draft"}, "seen": {seen}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetPathValue("id", "a")
		if err := New(moved{}, nil).restore(&frame.Visit{R: r}); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", seen, err, want)
		}
	}
}
