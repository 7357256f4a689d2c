package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"dangshi/bot/wechat/peer"
	"dangshi/store/storetest"
)

// TestBurst: ten times as many members as there are places answer while Redis is
// silent. Those beyond the places read at once that there is a crowd, without
// Redis; nothing of it is counted. The same messages sent again when Redis is back
// get their verdicts, once.
func TestBurst(t *testing.T) {
	const most, members = 8, 80
	proxy := storetest.FlakyProxy(t, storetest.Redis(t).Addr, 1)
	s := defaults()
	s.RedisURL, s.MaxMessages = proxy.URL, most
	r := start(t, s)
	c := r.client()
	id := func(i int) string { return fmt.Sprintf("oBurst%02d", i) }
	for i := range members {
		mustSay(t, say(t, c, id(i), "答题"), "第1题")
	}
	time.Sleep(20 * time.Millisecond) // longer than it takes to lose trust in what is remembered
	proxy.BlackHole()
	answers := make([]peer.Fields, members)
	replies := make([]string, members)
	for i := range members {
		answers[i] = message(id(i), "A", int64(1000+i), time.Now())
	}
	var inside, outside sync.WaitGroup
	for i := range most {
		inside.Go(func() { replies[i] = post(t, c, answers[i]) })
	}
	eventually(t, "all places are taken", func() bool { return r.gauge(t, "dangshi_messages_under_way") == most })
	for i := most; i < members; i++ {
		outside.Go(func() { replies[i] = post(t, c, answers[i]) })
	}
	outside.Wait()
	proxy.Heal(t)
	inside.Wait()
	crowded := 0
	for i, reply := range replies {
		switch {
		case strings.Contains(reply, "现在人多"):
			crowded++
		case i >= most && r.gauge(t, "dangshi_events_total{event=\"shed\"}") == 0:
			t.Errorf("%s read:\n%s", id(i), reply)
		}
	}
	if crowded == 0 {
		t.Error("nobody was told of a crowd")
	}
	eventually(t, "Redis is back", func() bool { status, _ := get(t, r.url+"/readyz"); return status == http.StatusOK })
	for i := range members {
		first := post(t, c, answers[i])
		mustSay(t, first, "第2题")
		if i < 3 || i > members-3 { // its repeat
			if again := post(t, c, answers[i]); again != first {
				t.Errorf("%s: its repeat reads:\n%s", id(i), again)
			}
		}
	}
	if shed := r.gauge(t, "dangshi_events_total{event=\"shed\"}"); int(shed) != crowded {
		t.Errorf("%v messages were shed, %d members told", shed, crowded)
	}
	if n := r.gauge(t, "dangshi_messages_under_way"); n != 0 {
		t.Errorf("%v messages are under way", n)
	}
}

// gauge is the value of a metric, 0 where it is not there.
func (r *replica) gauge(t *testing.T, name string) (value float64) {
	t.Helper()
	return gaugeAt(t, r.url, name)
}

// gaugeAt is gauge of whatever serves there.
func gaugeAt(t *testing.T, url, name string) (value float64) {
	t.Helper()
	_, text := get(t, url+"/metrics")
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			if _, err := fmt.Sscan(rest, &value); err != nil {
				t.Fatal(err)
			}
		}
	}
	return value
}

// TestSlowClients: who sends a header or a body a byte at a time, or never reads a
// reply, takes no place from anybody and is cut off.
func TestSlowClients(t *testing.T) {
	s := defaults()
	s.RedisURL, s.MaxMessages = storetest.Redis(t).URL, 1
	r := start(t, s)
	c := r.client()
	body := peer.Client{URL: r.url + "/wechat", Token: s.token()}
	req, err := body.Request(t.Context(), []byte("<xml>"))
	if err != nil {
		t.Fatal(err)
	}
	var ended sync.WaitGroup
	for range 4 {
		header := dial(t, r, "POST /wechat HTTP/1.1\r\nHost: ")
		ended.Go(func() { dribble(t, header, "a") })
		half := dial(t, r, "POST "+req.URL.RequestURI()+" HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n<xml>")
		ended.Go(func() {
			if text := dribble(t, half, " "); !strings.HasPrefix(text, "HTTP/1.1 408 ") {
				t.Errorf("a slow body: %q", text)
			}
		})
		// More replies than the system keeps for somebody who does not read.
		deaf := dial(t, r, strings.Repeat("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", 400))
		defer deaf.Close()
	}
	mustSay(t, answerAll(t, c, "oQuick"), "题答完了")
	ended.Wait()
	mustSay(t, say(t, c, "oQuick", "我的"), "答完 1 天")
}

// dial opens a connection and sends something.
func dial(t *testing.T, r *replica, text string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return conn
}

// dribble sends a byte now and then until the server has closed the connection, and
// gives what it has said.
func dribble(t *testing.T, conn net.Conn, letter string) string {
	defer conn.Close()
	said := make(chan string, 1)
	go func() {
		text, _ := io.ReadAll(conn)
		said <- string(text)
	}()
	for range 600 {
		select {
		case text := <-said:
			return text
		case <-time.After(50 * time.Millisecond):
			_, _ = io.WriteString(conn, letter) // it may be closed by now
		}
	}
	t.Error("the connection was not closed within 30 s")
	return ""
}

// line is one connection that is kept, for a peer.Client of its own.
type line struct {
	conn net.Conn
	in   *bufio.Reader
}

// RoundTrip sends a request over the connection.
func (l *line) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := l.conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return nil, err
	}
	if err := req.Write(l.conn); err != nil {
		return nil, err
	}
	resp, err := http.ReadResponse(l.in, req)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return resp, err
}
