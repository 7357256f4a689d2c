package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dangshi/bot/wechat/peer"
	"dangshi/store/storetest"
)

// child is a serve in a process of its own.
type child struct {
	*storetest.Process
	client *peer.Client
	log    buffer
}

// begin makes the data of a sandbox, in a folder or a Redis, whose clock is calm.
func begin(t *testing.T, folder, redis string) {
	t.Helper()
	s := defaults()
	s.Data, s.RedisURL = folder, redis
	setClock(t, s, calmly())
}

// startServe starts one with the settings of the environment that are given.
func startServe(t *testing.T, settings ...string) *child {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &child{}
	cmd := exec.Command(self, "-test.run=^TestServeChild$")
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), serveChild+"=1", "DANGSHI_ADDR=127.0.0.1:0")
	cmd.Env = append(cmd.Env, settings...)
	cmd.Stderr = &c.log
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Process = storetest.Spawn(t, cmd)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("this serve has logged:\n%s", c.log.String())
		}
	})
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	port := listening.FindStringSubmatch(line)
	if port == nil {
		t.Fatalf("serve said %q, %v\n%s", line, err, c.log.String())
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	transport := &http.Transport{} // another process may have had this port: no connection is left of it
	t.Cleanup(transport.CloseIdleConnections)
	c.client = &peer.Client{URL: "http://127.0.0.1:" + port[1] + "/wechat", Token: "sandbox", HTTP: &http.Client{Timeout: patient.Timeout, Transport: transport}}
	return c
}

// The process dies at the first request to Redis that an answer takes, at the second
// and so on, each time once before Redis has got it and once after Redis has carried
// it out: WeChat delivers the message again, to the process that was started anew.
// The answer gets its verdict and is counted once.
func serveKilled(t *testing.T) {
	t.Parallel()
	server := storetest.Redis(t, "--appendonly", "yes")
	begin(t, "", server.URL)
	proxy := storetest.FlakyProxy(t, server.Addr, 1)
	serve := startServe(t, "DANGSHI_REDIS_URL="+proxy.URL)
	kills := 0
	for _, after := range []bool{false, true} {
		for n := range 4 {
			if n > 0 && os.Getenv("DANGSHI_TEST_KILLS") == "" {
				continue // the first one is the window that matters: it reads and writes
			}
			id := fmt.Sprintf("oKilled%t%d", after, n)
			mustSay(t, say(t, serve.client, id, "答题"), "第1题")
			answer := message(id, "A", 77, time.Now())
			proxy.Strike(n, after, serve.Kill)
			a, err := serve.client.Send(t.Context(), answer)
			if proxy.Spare() {
				kills++
				if err == nil && a.Text != "" && !strings.Contains(a.Text, "第2题") {
					t.Errorf("%s: a process that died has said:\n%s", id, a.Text)
				}
				serve = startServe(t, "DANGSHI_REDIS_URL="+proxy.URL)
			}
			first := post(t, serve.client, answer)
			mustSay(t, first, "第2题")
			if again := post(t, serve.client, answer); again != first {
				t.Errorf("%s: its repeat reads:\n%s", id, again)
			}
			reply := ""
			for range 4 {
				reply = say(t, serve.client, id, "A")
			}
			mustSay(t, reply, "题答完了")
		}
	}
	if kills < 2 {
		t.Errorf("it was killed %d times", kills)
	}
	if code, out, errs := run(t, "board", "verify", "--redis-url", server.URL); code != exitDone {
		t.Errorf("board verify: %s%s", out, errs)
	}
}

// What was saved is there; what was told since then is given once more.
func embeddedKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	begin(t, dir, "")
	serve := startServe(t, "DANGSHI_DATA="+dir)
	mustSay(t, say(t, serve.client, "oEmbedded", "答题"), "第1题")
	mustSay(t, say(t, serve.client, "oEmbedded", "A"), "第2题")
	file := filepath.Join(dir, "store.resp")
	for _, minute := range []string{"20:00", "20:01"} { // the second save has begun after the first: the answer is in it
		before, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		say(t, serve.client, "oEmbedded", "提醒 "+minute)
		eventually(t, "it is saved", func() bool {
			info, err := os.Stat(file)
			return err == nil && !info.ModTime().Equal(before.ModTime())
		})
	}
	mustSay(t, say(t, serve.client, "oEmbedded", "A"), "第3题")
	serve.Kill()

	serve = startServe(t, "DANGSHI_DATA="+dir)
	reply := say(t, serve.client, "oEmbedded", "答题")
	if !strings.Contains(reply, "第2题") && !strings.Contains(reply, "第3题") {
		t.Errorf("after the kill:\n%s", reply)
	}
	for range 4 {
		if reply = say(t, serve.client, "oEmbedded", "A"); strings.Contains(reply, "题答完了") {
			break
		}
	}
	mustSay(t, reply, "题答完了")
	if code, out, errs := run(t, "board", "verify", "--data", dir); code != exitDone {
		t.Errorf("board verify: %s%s", out, errs)
	}
}

// While nothing can be saved all goes on in memory, and it is logged; when there is
// room again, all of it is saved.
func embeddedFullDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	begin(t, dir, "")
	serve := startServe(t, "DANGSHI_DATA="+dir)
	mustSay(t, say(t, serve.client, "oFull", "答题"), "第1题")
	serve.Full(t, 1)
	mustSay(t, say(t, serve.client, "oFull", "A"), "第2题")
	eventually(t, "it is logged", func() bool { return strings.Contains(serve.log.String(), "embedded store not saved") })
	mustSay(t, say(t, serve.client, "oFull", "A"), "第3题")
	serve.Empty(t)
	eventually(t, "it is saved again", func() bool { return strings.Contains(serve.log.String(), "embedded store saved again") })
	serve.Kill()
	mustSay(t, say(t, startServe(t, "DANGSHI_DATA="+dir).client, "oFull", "答题"), "第3题")
}
