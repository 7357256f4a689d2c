package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dangshi/bot/wechat/peer"
	"dangshi/store/storetest"
)

// TestConnections: 64 and 1,000 connections at a time, each a member who sends as
// fast as the replies come. Each message gets its reply or is told of the crowd; who
// is told sends it again, and all are counted once. Memory stays below what one
// connection may take.
//
// DANGSHI_TEST_CONNECTIONS=10000 makes it so many, with a whole day each.
func TestConnections(t *testing.T) {
	counts, messages := []int{64, storetest.Rounds(1000)}, 2
	if n, _ := strconv.Atoi(os.Getenv("DANGSHI_TEST_CONNECTIONS")); n > 0 {
		counts, messages = []int{64, 1000, n}, 6
	}
	server := storetest.Redis(t)
	begin(t, "", server.URL)
	serve := startServe(t, "DANGSHI_REDIS_URL="+server.URL)
	say(t, serve.client, "oFirst", "答题") // the paper is drawn
	before := peak(t, serve)
	for _, n := range counts {
		l := &load{client: serve.client, connections: n, messages: messages}
		l.run(t)
		memory := peak(t, serve)
		t.Log(l.report(), fmt.Sprintf("内存峰值 %d MB", memory>>20))
		const each = 64 << 10
		if most := before + uint64(n)*each + 256<<20; memory > most {
			t.Errorf("%d connections: %d bytes of memory, at most %d", n, memory, most)
		}
	}
	if code, out, errs := run(t, "board", "verify", "--redis-url", server.URL); code != exitDone {
		t.Errorf("board verify: %s%s", out, errs)
	}
}

// load is so many members at a time, each over a connection of its own.
type load struct {
	client                *peer.Client
	connections, messages int

	took      time.Duration
	shed      atomic.Int64
	mu        sync.Mutex
	latencies []time.Duration
}

func (l *load) run(t *testing.T) {
	t.Helper()
	addr := strings.TrimSuffix(strings.TrimPrefix(l.client.URL, "http://"), "/wechat")
	lines := make([]*line, l.connections)
	for i := range lines { // all are open before the first message
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		lines[i] = &line{conn, bufio.NewReaderSize(conn, 4<<10)}
	}
	begun := time.Now()
	var wg sync.WaitGroup
	for i, line := range lines {
		wg.Go(func() {
			c := *l.client
			c.HTTP = &http.Client{Transport: line}
			if err := l.member(t, &c, fmt.Sprintf("oLoad%dx%05d", l.connections, i)); err != nil {
				t.Errorf("connection %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	l.took = time.Since(begun)
}

// member sends 答题 and answers, each until it is no longer told of the crowd.
func (l *load) member(t *testing.T, c *peer.Client, id string) error {
	latencies := make([]time.Duration, 0, l.messages)
	for i := range l.messages {
		word, want := "A", fmt.Sprintf("第%d题（共5题）", i+1)
		if i == 0 {
			word = "答题"
		} else if i == 5 {
			want = "题答完了"
		}
		f := message(id, word, int64(i+1), time.Now())
		for try := 0; ; try++ {
			sent := time.Now()
			a, err := c.Send(t.Context(), f)
			latencies = append(latencies, time.Since(sent))
			if err != nil || a.Status != http.StatusOK {
				return fmt.Errorf("message %d: status %d, %w", i+1, a.Status, err)
			}
			if strings.Contains(a.Text, want) {
				break
			}
			if !strings.Contains(a.Text, "现在人多") && !strings.Contains(a.Text, "开小差") || try > 600 {
				return fmt.Errorf("message %d was answered with: %s", i+1, a.Text)
			}
			l.shed.Add(1)
			time.Sleep(50 * time.Millisecond) // an impatient member
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.latencies = append(l.latencies, latencies...)
	return nil
}

// report are the figures.
func (l *load) report() string {
	slices.Sort(l.latencies)
	n := len(l.latencies)
	if n == 0 {
		return "nothing was answered"
	}
	return fmt.Sprintf("%d 个连接：%d 条，每秒 %.0f 条，p50 %v，p99 %v，请过一会儿再发的 %.1f%%，", l.connections, n, float64(n)/l.took.Seconds(),
		l.latencies[n/2].Round(time.Millisecond/10), l.latencies[n*99/100].Round(time.Millisecond/10), 100*float64(l.shed.Load())/float64(n))
}

// peak is the most memory that a process has had, in bytes; 0 where the system does
// not say.
func peak(t *testing.T, c *child) (bytes uint64) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.PID()))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			if _, err := fmt.Sscan(rest, &bytes); err != nil {
				t.Fatal(err)
			}
		}
	}
	return bytes << 10
}
