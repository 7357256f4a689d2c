package sandbox_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// forget makes room for the next try.
func (w *phoneWorld) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.front.mu.Lock()
	defer w.front.mu.Unlock()
	w.heard, w.front.came, w.front.status = nil, nil, nil
}

// FuzzSend: whatever a page posts is refused, or reaches the webhook as a message
// that it can read.
func FuzzSend(f *testing.F) {
	for _, body := range []string{
		`{"type":"text","text":"答题\u0000"}`, `{"type":"tap","text":"A","menuId":"7"}`, `{"type":"voice","text":"]]>"}`, `{"type":"follow"}`, `{"type":"unfollow"}`,
		`{"type":"location","latitude":1e-300,"longitude":179.99,"label":"\ud800"}`, `{"type":"scan","key":"\u2028"}`, `{"type":"click","key":"<"}`, `{"ref":"\b","type":"sticker"}`,
	} {
		f.Add(body)
	}
	w := newReplica(f, openStore(f))
	page, id := w.phone.Handler(), w.member(0)
	f.Fuzz(func(t *testing.T, body string) {
		w.forget()
		// The fuzzer knows no openid: it is put in front.
		body = strings.Replace(body, "{", `{"member":"`+id+`",`, 1)
		rec := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/sandbox/send", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		page.ServeHTTP(rec, r)
		if !slices.Contains([]int{200, 400, 404, 409, 413}, rec.Code) {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
		if slices.ContainsFunc(w.front.status, func(status int) bool { return status != http.StatusOK }) {
			t.Fatalf("the webhook answers %d to %q", w.front.status, w.front.came)
		}
		rec = httptest.NewRecorder()
		page.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), "GET", "/sandbox/chat?member="+id, nil))
		if rec.Code != 200 {
			t.Fatalf("the chat cannot be read: %d %s", rec.Code, rec.Body)
		}
	})
}
