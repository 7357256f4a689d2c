package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/bot/wechat/peer"
	"dangshi/quiz"
	"dangshi/store"
	"dangshi/store/storetest"
)

var servers storetest.Shared

// asProgram makes the test binary the program, whose claims of the push hold for the
// time that it says.
const asProgram = "DANGSHI_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	redis.SetLogger(noLog{})
	if lease, err := time.ParseDuration(os.Getenv(asProgram)); err == nil {
		os.Unsetenv(asProgram)
		os.Exit(app{lease: lease}.run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(servers.Run(m))
}

// defaults are the settings as an empty environment gives them.
func defaults() Settings {
	return Settings{Config: "dangshi.yaml", Addr: "127.0.0.1:0", Data: "data", PushAt: "07:30", Questions: 5, MemberBurst: 100, MemberRate: 2, MaxMessages: 2000, MaxConnections: 20000}
}

// replica is one running serve, with everything real but the network around it.
type replica struct {
	*service
	url  string
	stop func() // ends it gracefully, as a signal does; may be called twice
}

// start runs a replica until the test ends.
func start(t *testing.T, s Settings) *replica {
	t.Helper()
	return startThrough(t, s, nil)
}

// startThrough is start with connections to Redis that dial makes.
func startThrough(t *testing.T, s Settings, dial storetest.Dialer) *replica {
	t.Helper()
	return startApp(t, &app{Settings: s, dial: dial, logger: slog.New(slog.DiscardHandler)})
}

// calmly is a time at which neither a day nor a season ends while tests run, and nothing
// falls due.
func calmly() time.Time { return nextSpring(time.Now()).Start().Add(13 * time.Hour) }

// calm has the clock of a sandbox that was never moved go on from calmly, whenever tests
// are run, and gives its time. Whoever opens the data has that clock, commands and other
// processes as well.
func calm(t *testing.T, d *store.Store) time.Time {
	t.Helper()
	offset, err := d.ClockOffset(t.Context())
	if err == nil && offset == 0 {
		offset = time.Until(calmly())
		err = d.SetClockOffset(t.Context(), offset)
	}
	if err != nil {
		t.Fatal(err)
	}
	return time.Now().Add(offset)
}

// undisturbed waits where within a minute a day ends or something falls due: a real
// account has the time of the wall, which no test moves.
func undisturbed(t *testing.T) {
	t.Helper()
	const minute = time.Minute
	for _, instant := range []time.Duration{30 * minute, 450 * minute, 720 * minute, 1440 * minute} {
		if left := time.Until(quiz.DayOf(time.Now()).Start().Add(instant)); 0 < left && left < minute {
			t.Logf("waiting for %s", left)
			time.Sleep(left)
		}
	}
}

// startApp is start with what else an app may have.
func startApp(t *testing.T, a *app) *replica {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	a.ctx, a.out, a.errs, a.serves, a.pageLimit = ctx, io.Discard, io.Discard, true, patience
	if a.RedisURL == "" { // the embedded one is never silent by itself, only slow where the machine is
		a.redisTime = patience
	}
	d, err := a.openData(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if a.wall == nil && d.Sandbox() {
		calm(t, d.Store)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	service, err := a.newService(d, listener.Addr())
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- service.serve(ctx, listener) }()
	r := &replica{service: service, url: "http://" + listener.Addr().String()}
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error("serve ended with", err)
		}
		if err := d.Close(); err != nil {
			t.Error("the store ended with", err)
		}
	})
	t.Cleanup(r.stop)
	return r
}

func (r *replica) client() *peer.Client {
	return &peer.Client{URL: r.url + "/wechat", Token: r.app.token(), AppID: r.app.WechatAppid, AESKey: r.app.WechatAeskey, HTTP: patient}
}

// patient waits longer than WeChat does: how fast a busy machine is, is not the
// question of these tests.
var patient = &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

// say sends a text and gives the reply.
func say(t *testing.T, c *peer.Client, from, text string) string {
	t.Helper()
	return post(t, c, peer.Text(from, text))
}

func post(t *testing.T, c *peer.Client, f peer.Fields) string {
	t.Helper()
	a, err := c.Send(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	if a.Status != 200 {
		t.Fatalf("status %d: %s", a.Status, a.Body)
	}
	return a.Text
}

// mustSay fails unless the reply holds each of the words.
func mustSay(t *testing.T, reply string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(reply, w) {
			t.Errorf("the reply lacks %q:\n%s", w, reply)
		}
	}
}

// eventually waits until f is true, within what a slow machine may need.
func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !f(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within %s", what, patience)
		}
	}
}
