package main

import (
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestProfiles: they are on an address of their own when they are asked for, never on
// the one of the service, and for this machine alone.
func TestProfiles(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, addr := range []string{"6060", ":6060", "0.0.0.0:6060", "[::]:6060", "192.168.1.2:6060", "example.org:6060", "127.0.0.1.example.org:6060"} {
		mustFail(t, exitUsage, []string{"serve", "--addr", "127.0.0.1:0", "--pprof", addr}, "--pprof", "DANGSHI_PPROF")
	}
	ctx, stop := context.WithCancel(t.Context())
	var out buffer
	ended := make(chan int, 1)
	go func() {
		ended <- Run(ctx, []string{"serve", "--addr", "127.0.0.1:0", "--pprof", "127.0.0.1:0"}, &out, io.Discard)
	}()
	said := regexp.MustCompile(`pprof：(http://127\.0\.0\.1:\d+/debug/pprof/)`)
	eventually(t, "serve says where profiles are", func() bool { return said.MatchString(out.String()) && strings.Contains(out.String(), "内置存储") })
	at := said.FindStringSubmatch(out.String())[1]
	service := regexp.MustCompile(`http://localhost:(\d+)/wechat`).FindStringSubmatch(out.String())[1]

	status := func(url, host string) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		io.Copy(io.Discard, resp.Body)
		return resp.StatusCode
	}
	for _, path := range []string{"", "heap?gc=1", "goroutine?debug=1"} {
		if code := status(at+path, ""); code != http.StatusOK {
			t.Errorf("%s: %d", path, code)
		}
	}
	if code := status(at, "rebound.example.org"); code != http.StatusForbidden {
		t.Errorf("under another name: %d", code)
	}
	if code := status("http://127.0.0.1:"+service+"/debug/pprof/", ""); code != http.StatusNotFound {
		t.Errorf("on the address of the service: %d", code)
	}
	stop()
	if code := <-ended; code != exitDone {
		t.Errorf("exit %d", code)
	}
}
