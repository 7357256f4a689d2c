package wechat

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"dangshi/bot"
	"dangshi/bot/wechat/peer"
)

// failing is a body that must not be read.
type failing struct{ t *testing.T }

func (f failing) Read([]byte) (int, error) {
	f.t.Error("the body was read before the signature held")
	return 0, errors.New("read")
}

// timestamped is a well-signed query with a timestamp that no clock gives.
func timestamped(escaped string) string {
	timestamp, _ := url.QueryUnescape(escaped)
	return "signature=" + peer.Sign(testToken, timestamp, "nonce7") + "&timestamp=" + escaped + "&nonce=nonce7&echostr=1"
}

func TestRequests(t *testing.T) {
	good := signedQuery(testToken, testTime)
	at := func(d time.Duration) string { return signedQuery(testToken, testTime.Add(d)) }
	body := func(document string) io.Reader { return strings.NewReader(document) }
	text := string(textXML("答题"))
	head, _, _ := strings.Cut(text, "</xml>")
	unread := failing{t}
	tests := []struct {
		name, method, query string
		body                io.Reader
		status              int
		answer              string // its beginning
	}{
		{"verification", "GET", good + "&echostr=5927782489442352469", nil, 200, "5927782489442352469"},
		{"verification, escaped", "GET", good + "&echostr=a%2Bb%3C%26+c", nil, 200, "a+b<& c"},
		{"verification, first of two", "GET", good + "&echostr=1&echostr=2", nil, 200, "1"},
		{"verification, no echostr", "GET", good, nil, 400, ""},
		{"verification, no query", "GET", "", nil, 403, ""},
		{"verification, no signature", "GET", strings.Replace(good, "signature", "sig", 1) + "&echostr=1", nil, 403, ""},
		{"verification, empty signature", "GET", "signature=&timestamp=1767225600&nonce=nonce7&echostr=1", nil, 403, ""},
		{"verification, other token", "GET", signedQuery("another", testTime) + "&echostr=1", nil, 403, ""},
		{"verification, upper case", "GET", strings.ToUpper(good[:50]) + good[50:] + "&echostr=1", nil, 403, ""},
		{"verification, longer", "GET", strings.Replace(good, "&", "0&", 1) + "&echostr=1", nil, 403, ""},
		{"verification, bad escape", "GET", "signature=%zz&timestamp=1767225600&nonce=nonce7&echostr=1", nil, 403, ""},
		{"verification, 10 min old", "GET", at(-10*time.Minute) + "&echostr=1", nil, 200, "1"},
		{"verification, 10 min ahead", "GET", at(10*time.Minute) + "&echostr=1", nil, 200, "1"},
		{"verification, stale", "GET", at(-601*time.Second) + "&echostr=1", nil, 403, ""},
		{"verification, from the future", "GET", at(601*time.Second) + "&echostr=1", nil, 403, ""},

		{"verification, timestamp with a sign", "GET", timestamped("%2B1767225600"), nil, 403, ""},
		{"verification, timestamp in words", "GET", timestamped("now"), nil, 403, ""},
		{"verification, timestamp beyond all clocks", "GET", timestamped("99999999999999999999"), nil, 403, ""},
		{"verification, far future", "GET", timestamped("1099511627775"), nil, 403, ""},

		{"message", "POST", good, body(text), 200, "<xml><ToUserName><![CDATA[" + member},
		{"message, chunked", "POST", good, iotest.OneByteReader(body(text)), 200, "<xml>"},
		{"message, bad signature", "POST", signedQuery("another", testTime), unread, 403, ""},
		{"message, no signature", "POST", "", unread, 403, ""},
		{"message, stale", "POST", at(-time.Hour), unread, 403, ""},
		{"message, empty", "POST", good, body(""), 400, ""},
		{"message, JSON", "POST", good, body(`{"ToUserName":"gh"}`), 400, ""},
		{"message, cut off", "POST", good, body(head), 400, ""},
		{"message, garbage behind", "POST", good, body(text + "x"), 400, ""},
		{"message, twice", "POST", good, body(text + text), 400, ""},
		{"message, space behind", "POST", good, body(text + "\r\n\n "), 200, "<xml>"},
		{"message, not UTF-8", "POST", good, body(string(textXML("\xb4\xf0\xcc\xe2"))), 400, ""},
		{"message, too deep", "POST", good, body("<xml>" + strings.Repeat("<a>", 8) + strings.Repeat("</a>", 8) + "</xml>"), 400, ""},
		{"message, abyss", "POST", good, body(strings.Repeat("<xml>", 100_000)), 400, ""},
		{"message, too many elements", "POST", good, body(head + strings.Repeat("<a/>", 1024) + "</xml>"), 400, ""},
		{"message, entity bomb", "POST", good, body(`<!DOCTYPE x [<!ENTITY a "ha">]>` + text), 400, ""},
		{"message, external entity", "POST", good, body(`<!DOCTYPE x SYSTEM "file:///etc/passwd">` + text), 400, ""},
		{"message, the most", "POST", good, body(head + strings.Repeat(" ", 1<<20-len(text)) + "</xml>"), 200, "<xml>"},
		{"message, a byte more", "POST", good, body(head + strings.Repeat(" ", 1<<20-len(text)+1) + "</xml>"), 413, ""},
		{"message, a byte more, chunked", "POST", good, io.MultiReader(body(head), body(strings.Repeat(" ", 1<<20-len(text)+1)), body("</xml>")), 413, ""},
		{"message, connection lost", "POST", good, io.MultiReader(body(head), iotest.ErrReader(io.ErrUnexpectedEOF)), 400, ""},
		{"message, encrypted but no key", "POST", good, body("<xml><ToUserName>gh_1</ToUserName><Encrypt>AAAA</Encrypt></xml>"), 400, "收到加密消息"},

		{"HEAD", "HEAD", good, nil, 405, ""},
		{"PUT", "PUT", good, unread, 405, ""},
		{"DELETE", "DELETE", good, nil, 405, ""},
		{"OPTIONS", "OPTIONS", good, nil, 405, ""},
		{"a method of its own", "ODYSSEY", good, unread, 405, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var log bytes.Buffer
			var observed []string
			cfg := testConfig(false)
			cfg.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			cfg.Observe = func(kind string, status int, d time.Duration) {
				observed = append(observed, fmt.Sprint(kind, " ", status))
				if d < 0 {
					t.Error("took", d)
				}
			}
			h := newWebhook(t, cfg, says("好"))
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(tt.method, "/wechat?"+tt.query, tt.body))

			if w.Code != tt.status || !strings.HasPrefix(w.Body.String(), tt.answer) {
				t.Fatalf("status %d, body %q", w.Code, w.Body)
			}
			contentType := "text/plain; charset=utf-8"
			if strings.HasPrefix(tt.answer, "<xml>") {
				contentType = "application/xml; charset=utf-8"
			} else if w.Header().Get("X-Content-Type-Options") != "nosniff" {
				t.Error("the answer may be sniffed")
			}
			if got := w.Header().Get("Content-Type"); got != contentType {
				t.Error("content type", got)
			}
			if allow := w.Header().Get("Allow"); (allow == "GET, POST") != (tt.status == 405) {
				t.Errorf("Allow: %q", allow)
			}
			kind := "refused"
			if tt.status == 200 {
				kind = map[string]string{"GET": "verify", "POST": "text"}[tt.method]
			}
			if want := fmt.Sprint(kind, " ", tt.status); len(observed) != 1 || observed[0] != want {
				t.Errorf("observed %q, want %q", observed, want)
			}
			if !strings.Contains(log.String(), fmt.Sprint("status=", tt.status)) {
				t.Errorf("log: %s", &log)
			}
			secrets(t, &log, "答题", "passwd", "ODYSSEY", "1767225600")
		})
	}
}

func TestSettingsAreChecked(t *testing.T) {
	ok := testConfig(true)
	tests := []struct {
		name   string
		change func(*Config)
		want   string // part of the error; empty: none
	}{
		{"safe mode", func(*Config) {}, ""},
		{"plain mode needs no AppID", func(c *Config) { c.AppID, c.AESKey = "", "" }, ""},
		{"the sandbox's token", func(c *Config) { c.Token = "sandbox" }, ""},
		{"no token", func(c *Config) { c.Token = "" }, "DANGSHI_WECHAT_TOKEN"},
		{"token with a space", func(c *Config) { c.Token = "secret token" }, "DANGSHI_WECHAT_TOKEN"},
		{"token with a line end", func(c *Config) { c.Token = "secret\n" }, "DANGSHI_WECHAT_TOKEN"},
		{"Chinese token", func(c *Config) { c.Token = "令牌" }, "DANGSHI_WECHAT_TOKEN"},
		{"token too long", func(c *Config) { c.Token = strings.Repeat("s", 33) }, "DANGSHI_WECHAT_TOKEN"},
		{"safe mode without AppID", func(c *Config) { c.AppID = "" }, "DANGSHI_WECHAT_APPID"},
		{"key too short", func(c *Config) { c.AESKey = testAESKey[1:] }, "DANGSHI_WECHAT_AESKEY"},
		{"key too long", func(c *Config) { c.AESKey = testAESKey + "=" }, "DANGSHI_WECHAT_AESKEY"},
		{"key with a line end", func(c *Config) { c.AESKey = testAESKey[:42] + "\n" }, "DANGSHI_WECHAT_AESKEY"},
		{"key not base64", func(c *Config) { c.AESKey = "!" + testAESKey[1:] }, "DANGSHI_WECHAT_AESKEY"},
		{"timeout too long", func(c *Config) { c.Timeout = 5 * time.Second }, "timeout"},
		{"timeout negative", func(c *Config) { c.Timeout = -1 }, "timeout"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := ok
			tt.change(&cfg)
			_, err := New(cfg, says(""))
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Fatal(err)
			}
			if err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), testAESKey[5:20])) {
				t.Error("the error quotes a secret:", err)
			}
		})
	}
	if _, err := New(ok, nil); err == nil {
		t.Error("a nil handler was taken")
	}
}

func TestTokenAloneIsEnough(t *testing.T) {
	h := newWebhook(t, Config{Token: "sandbox"}, says("好"))
	c := &peer.Client{Token: "sandbox"} // both by the real clock
	if a := deliver(t, h, c, textXML("答题")); a.Text != "好" {
		t.Errorf("%+v", a)
	}
}

// WeChat's servers keep connections open and use many at once.
func TestManyAtOnce(t *testing.T) {
	for _, mode := range modes[:3] {
		t.Run(mode.name, func(t *testing.T) {
			cfg := testConfig(mode.key)
			h := newWebhook(t, cfg, func(_ context.Context, m bot.Message) bot.Reply {
				return bot.Reply{Text: m.From + " 说 " + m.Text}
			})
			server := httptest.NewServer(h)
			defer server.Close()
			c := testClient(mode.sealed, mode.compatible)
			c.URL = server.URL + "/wechat"
			if echo, err := c.Verify(t.Context(), "1234567890"); err != nil || echo != "1234567890" {
				t.Error(echo, err)
			}
			var wg sync.WaitGroup
			for i := range 16 {
				wg.Go(func() {
					for j := range 20 {
						from, said := fmt.Sprintf("o%d", i), strings.Repeat(fmt.Sprintf("第%d句 ", j), j+1)
						a, err := c.Send(t.Context(), peer.Text(from, said))
						if err != nil || a.To != from || a.Text != from+" 说 "+said {
							t.Errorf("%+v %v", a, err)
							return
						}
					}
				})
			}
			wg.Wait()
		})
	}
}

// TestBodyInPieces: of a body of which only the beginning comes the rest is not awaited
// for longer than the handling may take.
func TestBodyInPieces(t *testing.T) {
	cfg := testConfig(false)
	cfg.Timeout = 20 * time.Millisecond
	server := httptest.NewServer(newWebhook(t, cfg, says("好")))
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /?%s HTTP/1.1\r\nHost: dangshi\r\nContent-Length: 100\r\n\r\n<xml>", signedQuery(testToken, testTime))
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusRequestTimeout {
		t.Error("status", resp.StatusCode)
	}
}

// TestBodyTooLate: of a body that comes when it is too late nothing is handled, though it
// comes whole.
func TestBodyTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newWebhook(t, testConfig(false), func(context.Context, bot.Message) bot.Reply {
			t.Error("it was handled")
			return bot.Reply{}
		})
		req, err := testClient(false, false).Request(t.Context(), textXML("答题"))
		if err != nil {
			t.Fatal(err)
		}
		req.Body = late{req.Body, defaultTimeout + margin + time.Millisecond}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		if w.Code != http.StatusRequestTimeout {
			t.Error("status", w.Code)
		}
	})
}

// late is a body that comes after a while.
type late struct {
	io.ReadCloser
	after time.Duration
}

func (l late) Read(p []byte) (int, error) {
	time.Sleep(l.after)
	return l.ReadCloser.Read(p)
}

func TestSlowBodyEnds(t *testing.T) {
	cfg := testConfig(false)
	cfg.Timeout = 20 * time.Millisecond
	server := httptest.NewServer(newWebhook(t, cfg, says("好")))
	defer server.Close()
	body, never := io.Pipe() // stays open: only the deadline ends the request
	defer never.Close()
	resp, err := http.Post(server.URL+"?"+signedQuery(testToken, testTime), "text/xml", body)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusRequestTimeout {
		t.Error("status", resp.StatusCode)
	}
}
