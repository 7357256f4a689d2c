package proof

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFiles: those that WeChat asks for, and none besides.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	files := filepath.Join(dir, "verify")
	if err := os.MkdirAll(filepath.Join(files, "MP_verify_folder.txt"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"verify/MP_verify_aB3.txt": "aB3", "verify/MP_verify_a-b.txt": "other", "verify/notes.txt": "secret",
		"verify/MP_verify_big.txt": strings.Repeat("x", maxFile+1), "verify/MP_verify_full.txt": strings.Repeat("x", maxFile),
		"MP_verify_above.txt": "secret", "store.resp": "secret",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h := Handler(os.DirFS(files), slog.New(slog.DiscardHandler))
	for target, want := range map[string]string{
		"/MP_verify_aB3.txt": "aB3", "/MP_verify_full.txt": strings.Repeat("x", maxFile),
		"/MP_verify_none.txt": "", "/MP_verify_big.txt": "", "/MP_verify_folder.txt": "", "/MP_verify_a-b.txt": "", "/notes.txt": "",
		"/mp_verify_aB3.txt": "", "/MP_verify_aB3.txt/": "", "/x/MP_verify_aB3.txt": "", "/MP_verify_.txt": "", "/MP_verify_aB3.txt%00": "",
		"/..%2fMP_verify_above.txt": "", "/%2e%2e/MP_verify_above.txt": "", "/../store.resp": "", "/MP_verify_aB3.txt%0a": "",
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
		if want == "" && (w.Code != http.StatusNotFound || strings.Contains(w.Body.String(), "secret")) || want != "" && (w.Code != 200 || w.Body.String() != want) {
			t.Errorf("%s: %d %q", target, w.Code, w.Body)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/MP_verify_aB3.txt", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("POST: %d", w.Code)
	}
	w = httptest.NewRecorder()
	Handler(os.DirFS(filepath.Join(dir, "none")), slog.Default()).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/MP_verify_aB3.txt", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("without a folder: %d", w.Code)
	}
}
