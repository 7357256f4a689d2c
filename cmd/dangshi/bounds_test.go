package main

import (
	"net"
	"net/http"
	"strings"
	"testing"

	"dangshi/store/storetest"
)

// TestFewFiles: where the system allows fewer open files than connections are set,
// there are fewer connections, and the operator is told why.
func TestFewFiles(t *testing.T) {
	s := defaults()
	for _, c := range []struct {
		files uint64
		known bool
		want  int
		warns bool
	}{
		{0, false, 20000, false},
		{65536, true, 20000, false},
		{1 << 63, true, 20000, false},
		{20000 + filesForRedis + filesOfOurs, true, 20000, false},
		{20000, true, 20000 - filesForRedis - filesOfOurs, true},
		{1024, true, 512, true},
	} {
		n, warning := s.connections(c.files, c.known)
		if n != c.want || (warning != "") != c.warns || c.warns && !strings.Contains(warning, "LimitNOFILE") {
			t.Errorf("%d files: %d connections, %q", c.files, n, warning)
		}
	}
}

// TestConnectionsAreBounded: one connection too many is served when another one is
// closed.
func TestConnectionsAreBounded(t *testing.T) {
	s := defaults()
	s.RedisURL, s.MaxConnections = storetest.Redis(t).URL, 2
	r := start(t, s)
	addr := strings.TrimPrefix(r.url, "http://")
	var idle []net.Conn
	for range s.MaxConnections {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		idle = append(idle, conn)
	}
	served := make(chan error, 1)
	go func() {
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		resp, err := client.Get(r.url + "/healthz")
		if err == nil {
			resp.Body.Close()
		}
		served <- err
	}()
	eventually(t, "both are open", func() bool { return r.clients.n.Load() == 2 })
	select {
	case err := <-served:
		t.Fatalf("a third connection was served: %v", err)
	default:
	}
	idle[0].Close()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
