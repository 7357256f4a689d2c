package ranking

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"dangshi/admin/account"
	"dangshi/admin/frame"
)

// TestReasonIsInNoAddress: why a key is wrong may name somebody; it comes back from the
// address of the preview all the same.
func TestReasonIsInNoAddress(t *testing.T) {
	sessions := scs.New()
	f, err := frame.New(frame.Config{Sessions: sessions, Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	sessions.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sessions.Put(r.Context(), "name", "张三")
		p := Proposal{Question: "q1", Revision: 2, Way: "void", Reason: "王芳来电", By: "张三"}
		to, err := p.address(f.Visit(w, r, account.Account{Name: "张三"}, nil), previewPath)
		if plain, _ := url.QueryUnescape(to); err != nil || strings.Contains(plain, "王芳") || !strings.Contains(plain, "question=q1") {
			t.Fatalf("%s, %v", plain, err)
		}
		back := httptest.NewRequestWithContext(r.Context(), http.MethodGet, to, nil)
		if got := proposed(f.Visit(w, back, account.Account{Name: "张三"}, nil)); got != p {
			t.Errorf("%+v", got)
		}
	})).ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, previewPath, nil))
}
