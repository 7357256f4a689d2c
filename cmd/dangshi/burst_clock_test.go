package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dangshi/store/storetest"
)

// TestBurstByTheClock: the push has gone out, and ten times as many write as usual,
// each when it pleases them and not when the one before was answered. In the midst of
// it Redis falls silent: the places fill, and whoever comes then is told of the crowd
// while it still is silent. Nobody is left without a reply, memory stays bounded, and
// afterwards all is as before: whoever was turned away begins with the same message.
//
// Figures of a burst are those of go run ./cmd/benchmark burst.
func TestBurstByTheClock(t *testing.T) {
	const most, usual, factor = 32, 30, 10 // messages at a time, which fewer in all than that never fill; a second
	server := storetest.Redis(t)
	begin(t, "", server.URL)
	proxy := storetest.FlakyProxy(t, server.Addr, 1)
	serve := startServe(t, "DANGSHI_REDIS_URL="+proxy.URL, fmt.Sprint("DANGSHI_MAX_MESSAGES=", most))
	mustSay(t, say(t, serve.client, "oFirst", "答题"), "第1题") // the paper is drawn
	memory := peak(t, serve)
	c := &clockwork{t: t, serve: serve}
	c.send(usual, usual)
	c.wg.Wait()
	if n := c.crowded.Load(); n != 0 {
		t.Errorf("%d were turned away at the usual rate", n)
	}
	c.send(usual*factor, 50)
	proxy.BlackHole()
	sent := make(chan struct{})
	go func() { defer close(sent); c.send(usual*factor, usual*factor) }()
	eventually(t, "the excess is answered while Redis is silent", func() bool { return c.crowded.Load() >= most })
	proxy.Heal(t)
	<-sent
	c.wg.Wait()
	turnedAway := c.crowded.Load()
	eventually(t, "Redis is back", func() bool {
		status, _ := get(t, strings.TrimSuffix(serve.client.URL, "/wechat")+"/readyz")
		return status == http.StatusOK
	})
	c.send(usual, usual)
	c.wg.Wait()
	if n := c.crowded.Load(); n != turnedAway {
		t.Errorf("%d were turned away at the usual rate, after the burst", n-turnedAway)
	}
	if now := peak(t, serve); now > memory+128<<20 {
		t.Errorf("%d bytes of memory, %d before", now, memory)
	}
	for i, reply := range c.replies {
		if !strings.Contains(reply, "第1题") {
			c.replies[i] = post(t, serve.client, message(c.id(i), "答题", int64(1+i), time.Now()))
			mustSay(t, c.replies[i], "第1题")
		}
		mustSay(t, post(t, serve.client, message(c.id(i), "A", int64(100_000+i), time.Now())), "第2题")
	}
	if n := gaugeAt(t, strings.TrimSuffix(serve.client.URL, "/wechat"), "dangshi_messages_under_way"); n != 0 {
		t.Errorf("%v messages are under way", n)
	}
}

// clockwork are members who each begin with 答题, at a given rate.
type clockwork struct {
	t       *testing.T
	serve   *child
	wg      sync.WaitGroup
	crowded atomic.Int64 // were told of the crowd

	mu      sync.Mutex
	replies []string // to each
}

func (c *clockwork) id(i int) string { return fmt.Sprintf("oClock%04d", i) }

// send lets n more members write, so many a second, whether others were answered or
// not.
func (c *clockwork) send(rate, n int) {
	c.mu.Lock()
	first := len(c.replies)
	c.replies = append(c.replies, make([]string, n)...)
	c.mu.Unlock()
	begun := time.Now()
	for i := first; i < first+n; i++ {
		time.Sleep(time.Until(begun.Add(time.Duration(i-first) * time.Second / time.Duration(rate))))
		c.wg.Go(func() { c.begin(i) })
	}
}

func (c *clockwork) begin(i int) {
	a, err := c.serve.client.Send(c.t.Context(), message(c.id(i), "答题", int64(1+i), time.Now()))
	switch {
	case err != nil || a.Status != http.StatusOK:
		c.t.Errorf("%s: status %d, %v", c.id(i), a.Status, err)
	case strings.Contains(a.Text, "现在人多"):
		c.crowded.Add(1)
	case !strings.Contains(a.Text, "第1题") && !strings.Contains(a.Text, "开小差"):
		c.t.Errorf("%s reads:\n%s", c.id(i), a.Text)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.replies[i] = a.Text
}
