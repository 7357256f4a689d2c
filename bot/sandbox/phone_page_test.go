package sandbox_test

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// pageFiles are the files of the page by their path below page/.
func pageFiles(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir("page", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		files[strings.TrimPrefix(filepath.ToSlash(path), "page/")] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 10 {
		t.Fatalf("only %d files were found", len(files))
	}
	return files
}

// TestPageIsServed: each file, with headers that let the page load nothing from
// elsewhere.
func TestPageIsServed(t *testing.T) {
	w := newPhone(t)
	kinds := map[string]string{".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html"}
	for name, text := range pageFiles(t) {
		path := name
		if name == "index.html" {
			path = ""
		}
		resp, err := http.Get(w.url + "/sandbox/" + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		h := resp.Header
		if kind := kinds[filepath.Ext(name)]; resp.StatusCode != 200 || kind == "" || !strings.HasPrefix(h.Get("Content-Type"), kind) || resp.ContentLength != int64(len(text)) {
			t.Errorf("%s: %d %s", name, resp.StatusCode, h.Get("Content-Type"))
		}
		if policy := h.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; script-src 'self';") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: the policy is %q", name, policy)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: the headers are %v", name, h)
		}
	}
	if status, _ := w.ask("GET", "../phone.go", "", ""); status == 200 {
		t.Error("a file outside of the page is served")
	}
}

// TestPageAlone: nothing comes from another host, and text only becomes text.
func TestPageAlone(t *testing.T) {
	address := regexp.MustCompile(`(?i)https?://[a-z0-9.-]+\.[a-z]{2,}|["'(]//[a-z0-9]`)
	markup := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|srcdoc|createContextualFragment|DOMParser|setAttribute\("on`)
	inline := regexp.MustCompile(`(?i)<script(?:>|[^>]*[^c]>[^<])|\son[a-z]+="|\sstyle="|<style`)
	for name, text := range pageFiles(t) {
		for _, found := range address.FindAllString(text, -1) {
			if found != "http://www.w3.org" {
				t.Errorf("%s names %s", name, found)
			}
		}
		if found := markup.FindString(text); found != "" {
			t.Errorf("%s uses %s", name, found)
		}
		if found := inline.FindString(text); found != "" {
			t.Errorf("%s has %s, which the policy forbids", name, found)
		}
	}
}
