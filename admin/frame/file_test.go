package frame

import (
	"mime"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestFileNames: a name leads nowhere, ends no header, and comes back as it was where
// it is harmless; what browsers would run is never offered as that.
func TestFileNames(t *testing.T) {
	for name, want := range map[string]string{
		"排行榜2026-前100名.xlsx": "排行榜2026-前100名.xlsx",
		"a b+c.csv":          "a b+c.csv",
		"../../etc/passwd":   ".._.._etc_passwd",
		`a"; filename="b.js`: "a_; filename=_b.js",
		"a\r\nSet-Cookie: b": "a__Set-Cookie_ b",
		"100%.csv":           "100%.csv",
		`C:\Windows\a.html`:  "C__Windows_a.html",
	} {
		w := httptest.NewRecorder()
		(&Visit{W: w}).File(name)
		head := w.Header().Get("Content-Disposition")
		kind, parts, err := mime.ParseMediaType(head) // it knows filename*
		if err != nil || kind != "attachment" || parts["filename"] != want {
			t.Errorf("%q: %s: %q, %v", name, head, parts["filename"], err)
		}
		if i := strings.IndexFunc(head, func(r rune) bool { return r > '~' || r < ' ' }); i >= 0 {
			t.Errorf("%q: the header is not ASCII: %s", name, head)
		}
		if got := w.Header().Get("Content-Type"); strings.Contains(got, "html") || strings.Contains(got, "svg") || got == "" {
			t.Errorf("%q is of the kind %q", name, got)
		}
	}
}
