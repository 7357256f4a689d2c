package wechat

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dangshi/bot"
	"dangshi/bot/wechat/peer"
)

func TestHandlerPanics(t *testing.T) {
	var none map[string]int
	tests := []struct {
		name   string
		panics func(m bot.Message)
		logged string
	}{
		{"with words about the member", func(m bot.Message) { panic("no record of " + m.From) }, "type=string"},
		{"with an error", func(m bot.Message) { panic(errors.New(m.Text)) }, "type=*errors.errorString"},
		{"in the runtime", func(m bot.Message) { none[m.From] = 1 }, "nil map"},
		{"as net/http aborts", func(bot.Message) { panic(http.ErrAbortHandler) }, "type=*errors.errorString"},
	}
	for _, tt := range tests {
		for _, mode := range modes[:2] {
			t.Run(tt.name+"/"+mode.name, func(t *testing.T) {
				var log bytes.Buffer
				cfg := testConfig(mode.key)
				cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
				h := newWebhook(t, cfg, func(_ context.Context, m bot.Message) bot.Reply {
					tt.panics(m)
					return bot.Reply{}
				})
				a := deliver(t, h, testClient(mode.sealed, false), textXML("答题"))
				if a.Text != "系统开小差了，请发“答题”继续。" || a.To != member {
					t.Errorf("answer %+v", a)
				}
				for _, want := range []string{"level=ERROR", "kind=text", tt.logged, "late_test.go"} {
					if !strings.Contains(log.String(), want) {
						t.Errorf("the log lacks %q:\n%s", want, &log)
					}
				}
				secrets(t, &log, "答题")
			})
		}
	}
}

// A member is not spoken to over something that they did not send.
func TestApologies(t *testing.T) {
	silent := map[string]bool{"unsubscribe": true, "view": true, "position": true, "mass_sent": true, "mass_failed": true, "mass_sent_old": true,
		"mass_sent_nested": true, "template_sent": true, "subscribe_msg_sent_event": true, "subscribe_msg_refused": true}
	for name, document := range sampleFiles(t) {
		h := newWebhook(t, testConfig(false), func(context.Context, bot.Message) bot.Reply { panic("always") })
		if a := deliver(t, h, testClient(false, false), document); a.Success != silent[name] || !a.Success && a.Text != Sorry {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

// The clock of these bubbles is synctest's: no time passes but while everything waits.
func TestHandlerOverstays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var observed []time.Duration
		cfg := testConfig(true)
		cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
		cfg.Observe = func(kind string, status int, d time.Duration) {
			observed = append(observed, d)
			if kind != "text" || status != 200 {
				t.Error(kind, status)
			}
		}
		release := make(chan struct{})
		h := newWebhook(t, cfg, func(context.Context, bot.Message) bot.Reply {
			<-release // deaf to its context
			return bot.Reply{Text: "too late"}
		})
		c := testClient(true, false)
		req, err := c.Request(t.Context(), textXML("答题"))
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		done := make(chan struct{})
		go func() {
			defer close(done)
			h.ServeHTTP(w, req)
		}()
		time.Sleep(4900 * time.Millisecond)
		synctest.Wait()
		early := w.Body.String()
		if a, err := c.Read(w.Code, []byte(early)); err != nil || a.Text != Sorry || !w.Flushed {
			t.Errorf("answer %+v, flushed %t, %v", a, w.Flushed, err)
		}
		close(release)
		<-done
		if w.Body.String() != early {
			t.Errorf("the late reply was sent as well: %q", w.Body)
		}
		if len(observed) != 1 || observed[0] != 4300*time.Millisecond {
			t.Error("observed", observed)
		}
		if !strings.Contains(log.String(), "overstayed") {
			t.Errorf("log: %s", &log)
		}
		secrets(t, &log, "答题")
	})
}

// slowly is a body that takes its time to come.
type slowly struct {
	body  io.Reader
	takes time.Duration
}

func (s *slowly) Read(p []byte) (int, error) {
	time.Sleep(s.takes)
	s.takes = 0
	return s.body.Read(p)
}

// What the body took is not given to the handler on top: WeChat counts from the
// request on.
func TestHandlerOverstaysAfterSlowBody(t *testing.T) {
	for _, takes := range []time.Duration{3900 * time.Millisecond, 4200 * time.Millisecond, 4300 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			cfg := testConfig(false)
			var observed time.Duration
			cfg.Observe = func(_ string, _ int, d time.Duration) { observed = d }
			h := newWebhook(t, cfg, func(context.Context, bot.Message) bot.Reply {
				time.Sleep(time.Minute) // deaf to its context
				return bot.Reply{Text: "too late"}
			})
			req, err := testClient(false, false).Request(t.Context(), textXML("答题"))
			if err != nil {
				t.Fatal(err)
			}
			req.Body = io.NopCloser(&slowly{req.Body, takes})
			h.ServeHTTP(httptest.NewRecorder(), req)
			if observed != defaultTimeout+margin {
				t.Errorf("with a body that took %v it was answered after %v", takes, observed)
			}
		})
	}
}

func TestHandlerHonoursItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		h := newWebhook(t, testConfig(false), func(ctx context.Context, _ bot.Message) bot.Reply {
			<-ctx.Done()
			if took := time.Since(begin); took != 4*time.Second {
				t.Error("the context ended after", took)
			}
			return bot.Reply{Text: "稍后再试"}
		})
		a := deliver(t, h, testClient(false, false), textXML("答题"))
		if a.Text != "稍后再试" {
			t.Errorf("answer %+v", a)
		}
	})
}

// A panic on the timer's goroutine would end the program.
func TestPanicWhileAnsweringLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		cfg := testConfig(false)
		cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
		cfg.Observe = func(string, int, time.Duration) { panic("metrics of " + member) }
		h := newWebhook(t, cfg, func(context.Context, bot.Message) bot.Reply {
			time.Sleep(time.Minute)
			return bot.Reply{Text: "too late"}
		})
		if a := deliver(t, h, testClient(false, false), textXML("答题")); a.Text != Sorry {
			t.Errorf("answer %+v", a)
		}
		if !strings.Contains(log.String(), "a panic was contained") {
			t.Errorf("log: %s", &log)
		}
		secrets(t, &log)
	})
}

// Over a real connection the client has the apology while the handler still runs,
// and the connection serves the next message afterwards.
func TestLateAnswerLeavesAtOnce(t *testing.T) {
	release := make(chan struct{})
	cfg := testConfig(false)
	cfg.Timeout = time.Second
	server := httptest.NewServer(newWebhook(t, cfg, func(_ context.Context, m bot.Message) bot.Reply {
		if m.Text == "慢" {
			<-release
		}
		return bot.Reply{Text: "好"}
	}))
	defer server.Close()
	c := testClient(false, false)
	c.URL = server.URL
	a, err := c.Send(t.Context(), peer.Text(member, "慢"))
	if err != nil || a.Text != Sorry {
		t.Errorf("%+v %v", a, err)
	}
	close(release) // only now: the answer came before the handler returned
	if a, err = c.Send(t.Context(), peer.Text(member, "快")); err != nil || a.Text != "好" {
		t.Errorf("%+v %v", a, err)
	}
}

// The handler returns in the same instant in which the timer answers.
func TestHandlerAndTimerAtOnce(t *testing.T) {
	for range 20 {
		synctest.Test(t, func(t *testing.T) {
			h := newWebhook(t, testConfig(false), func(context.Context, bot.Message) bot.Reply {
				time.Sleep(defaultTimeout + margin)
				return bot.Reply{Text: "好"}
			})
			if a := deliver(t, h, testClient(false, false), textXML("答题")); a.Text != "好" && a.Text != Sorry {
				t.Errorf("answer %+v", a)
			}
		})
	}
}
