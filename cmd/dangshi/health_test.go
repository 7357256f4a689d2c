package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestHealth asks a real serve, one whose Redis is gone, and none.
func TestHealth(t *testing.T) {
	t.Chdir(t.TempDir())
	// What a container may be given must not lead the question away.
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	s := defaults()
	s.Data = t.TempDir()
	r := start(t, s)
	addr := strings.TrimPrefix(r.url, "http://")
	_, port, _ := strings.Cut(addr, ":")

	for _, a := range []string{addr, ":" + port, "0.0.0.0:" + port, "[::]:" + port} {
		t.Setenv("DANGSHI_ADDR", a)
		if code, out, errs := run(t, "health"); code != exitDone || !strings.Contains(out, "正常") {
			t.Errorf("a serve that runs, addr %s: exit %d: %s%s", a, code, out, errs)
		}
	}
	r.stop()
	if code, _, errs := run(t, "health"); code != exitFailed || !strings.Contains(errs, "连不上") {
		t.Errorf("no serve: exit %d: %s", code, errs)
	}
}

func TestHealthNotReady(t *testing.T) {
	t.Chdir(t.TempDir())
	sick := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			t.Errorf("health asked for %s", r.URL.Path)
		}
		http.Error(w, "Redis 连不上", http.StatusServiceUnavailable)
	}))
	defer sick.Close()
	code, _, errs := run(t, "health", "--addr", strings.TrimPrefix(sick.URL, "http://"))
	if code != exitFailed || !strings.Contains(errs, "Redis 连不上") || !strings.Contains(errs, "503") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

func TestLoopback(t *testing.T) {
	for addr, want := range map[string]string{
		":8080":            "127.0.0.1:8080",
		"0.0.0.0:80":       "127.0.0.1:80",
		"[::]:80":          "127.0.0.1:80",
		"[::1]:80":         "[::1]:80",
		"192.0.2.7:80":     "192.0.2.7:80",
		"dangshi.test:443": "dangshi.test:443",
	} {
		if got := loopback(addr); got != want {
			t.Errorf("%s is asked at %s, want %s", addr, got, want)
		}
	}
}
