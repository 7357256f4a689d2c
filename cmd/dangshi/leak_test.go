package main

import (
	"net/http"
	"testing"

	"go.uber.org/goleak"

	"dangshi/store/storetest"
)

// TestNothingLeftRunning: a serve that was stopped leaves no goroutine behind, also
// where Redis was away meanwhile and handlers were given up.
func TestNothingLeftRunning(t *testing.T) {
	server := storetest.Redis(t)
	for _, kind := range []string{"embedded", "redis"} {
		t.Run(kind, func(t *testing.T) {
			s := defaults()
			s.Data = t.TempDir()
			proxy := storetest.FlakyProxy(t, server.Addr, 1)
			if kind == "redis" {
				s.RedisURL = proxy.URL
			}
			ignored := goleak.IgnoreCurrent()
			r := start(t, s)
			c := r.client()
			transport := &http.Transport{}
			c.HTTP = &http.Client{Transport: transport}
			mustSay(t, answerAll(t, c, "oLeak"), "题答完了")
			if kind == "redis" {
				proxy.Refuse()
				friendly(t, say(t, c, "oLeak", "我的"))
				proxy.Heal(t)
			}
			advance(t, r, "24h")
			r.stop()
			transport.CloseIdleConnections()
			http.DefaultClient.CloseIdleConnections()
			proxy.Refuse() // its own goroutines end with their connections
			if err := goleak.Find(ignored, goleak.IgnoreAnyFunction("dangshi/store/storetest.(*Proxy).accept"),
				goleak.IgnoreAnyFunction("dangshi/store/storetest.(*Proxy).listen.func1")); err != nil {
				t.Error(err)
			}
		})
	}
}
