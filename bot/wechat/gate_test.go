package wechat

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"dangshi/bot"
	"dangshi/bot/wechat/peer"
)

// crowd is a webhook whose handlers wait until they are let go.
type crowd struct {
	hook   *Webhook
	client *peer.Client
	open   chan struct{} // closed: handlers return
	ran    atomic.Int64  // handlers that were run
	shed   atomic.Int64
}

func newCrowd(t *testing.T, sealed bool, most int, log *bytes.Buffer) *crowd {
	t.Helper()
	c := &crowd{client: testClient(sealed, false), open: make(chan struct{})}
	cfg := testConfig(sealed)
	cfg.Most, cfg.Shed = most, func() { c.shed.Add(1) }
	if log != nil {
		cfg.Logger = slog.New(slog.NewTextHandler(log, nil))
	}
	c.hook = newWebhook(t, cfg, func(ctx context.Context, m bot.Message) bot.Reply {
		n := c.ran.Add(1)
		select {
		case <-c.open:
			return bot.Reply{Text: fmt.Sprintf("%s 第%d次", m.From, n)}
		case <-ctx.Done():
			return bot.Reply{Text: "开小差"}
		}
	})
	c.reach()
	return c
}

// reach lets the client reach the webhook without a network.
func (c *crowd) reach() {
	c.client.URL, c.client.HTTP = "http://dangshi.test/wechat", &http.Client{Transport: direct{c.hook}}
}

// sends sends a message of a member and gives the answer when it is there.
func (c *crowd) sends(t *testing.T, from string, id int) <-chan peer.Answer {
	t.Helper()
	f := peer.Text(from, "答题")
	f["MsgId"] = fmt.Sprint(id)
	return c.posts(t, t.Context(), f)
}

func (c *crowd) posts(t *testing.T, ctx context.Context, f peer.Fields) <-chan peer.Answer {
	t.Helper()
	answered := make(chan peer.Answer, 1)
	go func() {
		a, err := c.client.Send(ctx, f)
		if err != nil {
			t.Error(err)
		}
		answered <- a
	}()
	return answered
}

// direct hands requests to a handler without a network.
type direct struct{ h http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.h.ServeHTTP(w, r)
	return w.Result(), nil
}

// now is the answer that is there by now.
func now(t *testing.T, answered <-chan peer.Answer) peer.Answer {
	t.Helper()
	synctest.Wait()
	select {
	case a := <-answered:
		return a
	default:
		t.Fatal("there is no answer yet")
		return peer.Answer{}
	}
}

// TestCrowd: what is beyond the bound is answered at once, in words, without a
// handler; the same message works later.
func TestCrowd(t *testing.T) {
	for _, mode := range modes[:2] {
		t.Run(mode.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const most = 8
				var log bytes.Buffer
				c := newCrowd(t, mode.sealed, most, &log)
				var inside []<-chan peer.Answer
				for i := range most {
					inside = append(inside, c.sends(t, fmt.Sprint("oInside", i), 1))
				}
				synctest.Wait()
				if n := c.hook.UnderWay(); n != most {
					t.Errorf("%d messages are under way", n)
				}
				for i := range 3 * most {
					id := fmt.Sprint("oOutside", i)
					if a := now(t, c.sends(t, id, 1)); a.Text != Busy || a.To != id || a.Status != http.StatusOK {
						t.Errorf("answer %+v", a)
					}
				}
				if ran, shed := c.ran.Load(), c.shed.Load(); ran != most || shed != 3*most {
					t.Errorf("%d handlers were run, %d messages shed", ran, shed)
				}
				close(c.open)
				for i, answered := range inside {
					if a := now(t, answered); !strings.HasPrefix(a.Text, fmt.Sprintf("oInside%d ", i)) {
						t.Errorf("answer %+v", a)
					}
				}
				if a := now(t, c.sends(t, "oOutside0", 1)); !strings.HasPrefix(a.Text, "oOutside0 ") {
					t.Errorf("the same message later: %+v", a)
				}
				if n := c.hook.UnderWay(); n != 0 {
					t.Errorf("%d messages are still under way", n)
				}
				if n := strings.Count(log.String(), "too many messages"); n != 1 {
					t.Errorf("it was logged %d times", n)
				}
				secrets(t, &log, "oInside", "oOutside")
			})
		})
	}
}

// TestCrowdOfReports: where nobody waits for words, none are said; reports that
// WeChat sends only once have a reserve.
func TestCrowdOfReports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, false, 8, nil)
		for i := range 8 {
			c.sends(t, fmt.Sprint("oInside", i), 1)
		}
		synctest.Wait()
		if a := now(t, c.posts(t, t.Context(), peer.Event("oView", "VIEW", "https://dangshi.example.cn"))); !a.Success {
			t.Errorf("answer %+v", a)
		}
		for i := range 2 { // an eighth, and one
			c.posts(t, t.Context(), peer.Event(fmt.Sprint("oLeaves", i), "unsubscribe", ""))
		}
		synctest.Wait()
		if n := c.hook.UnderWay(); n != 10 {
			t.Errorf("%d messages are under way", n)
		}
		if a := now(t, c.posts(t, t.Context(), peer.Event("oLeaves9", "unsubscribe", ""))); !a.Success {
			t.Errorf("answer %+v", a)
		}
		close(c.open)
		synctest.Wait()
	})
}

// TestRepeatsTakeNoPlace: deliveries of one message run one handler and get one
// reply, also where there is no place left.
func TestRepeatsTakeNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, true, 1, nil)
		var all []<-chan peer.Answer
		for range 1 + repeats {
			all = append(all, c.sends(t, member, 7))
			synctest.Wait()
		}
		if a := now(t, c.sends(t, member, 7)); a.Text != Busy { // WeChat delivers three times
			t.Errorf("a fourth delivery: %+v", a)
		}
		if a := now(t, c.sends(t, member, 8)); a.Text != Busy {
			t.Errorf("another message: %+v", a)
		}
		close(c.open)
		for _, answered := range all {
			if a := now(t, answered); a.Text != member+" 第1次" {
				t.Errorf("answer %+v", a)
			}
		}
		if n := c.ran.Load(); n != 1 {
			t.Errorf("%d handlers were run", n)
		}
	})
}

// TestBrokenConnection: a message whose connection breaks is brought to its end all
// the same, and its repeat has what came of it.
func TestBrokenConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, false, 1, nil)
		ctx, hangUp := context.WithCancel(t.Context())
		f := peer.Text(member, "答题")
		f["MsgId"] = "7"
		c.posts(t, ctx, f)
		synctest.Wait()
		second := c.posts(t, t.Context(), f)
		synctest.Wait()
		hangUp()
		synctest.Wait()
		close(c.open)
		if a := now(t, second); a.Text != member+" 第1次" {
			t.Errorf("answer %q", a.Text)
		}
	})
}

// TestRepeatWaitsNoLonger: a repeat is answered in its own time, and so is the
// message whose handler is deaf.
func TestRepeatWaitsNoLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig(false)
		cfg.Most = 1
		release := make(chan struct{})
		h := newWebhook(t, cfg, func(context.Context, bot.Message) bot.Reply {
			<-release
			return bot.Reply{Text: "好"}
		})
		c := &crowd{hook: h, client: testClient(false, false)}
		c.reach()
		c.sends(t, member, 7)
		time.Sleep(time.Second)
		second := c.sends(t, member, 7)
		time.Sleep(defaultTimeout)
		if a := now(t, second); a.Text != Sorry {
			t.Errorf("answer %+v", a)
		}
		if n := h.UnderWay(); n != 1 {
			t.Errorf("%d handlers run", n)
		}
		close(release)
		synctest.Wait()
		if n := h.UnderWay(); n != 0 {
			t.Errorf("%d handlers run", n)
		}
	})
}

// TestSlowReaderTakesNoPlace: the place is free before the reply is written.
func TestSlowReaderTakesNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, false, 1, nil)
		close(c.open)
		req, err := testClient(false, false).Request(t.Context(), textXML("答题"))
		if err != nil {
			t.Fatal(err)
		}
		slow := &stuck{ResponseWriter: httptest.NewRecorder(), free: make(chan struct{})}
		var reading sync.WaitGroup
		reading.Go(func() { c.hook.ServeHTTP(slow, req) })
		synctest.Wait()
		if a := now(t, c.sends(t, "oFast", 1)); a.Text != "oFast 第2次" {
			t.Errorf("answer %+v", a)
		}
		close(slow.free)
		reading.Wait()
	})
}

// stuck is a client that does not read.
type stuck struct {
	http.ResponseWriter
	free chan struct{}
}

func (s *stuck) Write(p []byte) (int, error) {
	<-s.free
	return s.ResponseWriter.Write(p)
}
