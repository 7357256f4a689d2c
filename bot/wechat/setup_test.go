package wechat

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/bot/wechat/peer"
)

const (
	testToken  = "dangshi2026"
	testAppID  = "wx0123456789abcdef"
	testAESKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	member     = "oTest0000000000000000Member1"
)

// testTime is the wall time of these tests: 2026-01-01 08:00 in Shanghai.
var testTime = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func testNow() time.Time { return testTime }

// modes are the three ways in which WeChat delivers, each to an account set up for it, and a
// compatible delivery to an account without a key.
var modes = []struct {
	name               string
	key                bool // the webhook has the AES key
	sealed, compatible bool // what the client sends
}{
	{name: "plain"},
	{name: "safe", key: true, sealed: true},
	{name: "compatible", key: true, sealed: true, compatible: true},
	{name: "compatible without key", sealed: true, compatible: true},
}

func testConfig(key bool) Config {
	cfg := Config{Token: testToken, AppID: testAppID, Now: testNow, Logger: slog.New(slog.DiscardHandler)}
	if key {
		cfg.AESKey = testAESKey
	}
	return cfg
}

func testClient(sealed, compatible bool) *peer.Client {
	c := &peer.Client{Token: testToken, AppID: testAppID, Now: testNow, Compatible: compatible}
	if sealed {
		c.AESKey = testAESKey
	}
	return c
}

func newWebhook(t testing.TB, cfg Config, handle Handler) *Webhook {
	t.Helper()
	h, err := New(cfg, handle)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// says is a handler that always says text.
func says(text string) Handler {
	return func(context.Context, bot.Message) bot.Reply { return bot.Reply{Text: text} }
}

// records is a handler that keeps what it was given.
func records(into *[]bot.Message, text string) Handler {
	return func(_ context.Context, m bot.Message) bot.Reply {
		*into = append(*into, m)
		return bot.Reply{Text: text}
	}
}

// deliver hands document to h without a network and reads the answer.
func deliver(t testing.TB, h http.Handler, c *peer.Client, document []byte) peer.Answer {
	t.Helper()
	req, err := c.Request(t.Context(), document)
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, h, c, req)
}

// serve hands req to h and reads the answer as c does.
func serve(t testing.TB, h http.Handler, c *peer.Client, req *http.Request) peer.Answer {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	a, err := c.Read(w.Code, w.Body.Bytes())
	if err != nil {
		t.Fatalf("status %d, body %q: %v", w.Code, w.Body, err)
	}
	return a
}

// textXML is a plain text message; content may not hold "]]>".
func textXML(content string) []byte {
	return []byte("<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[" + member +
		"]]></FromUserName><CreateTime>1767225600</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[" +
		content + "]]></Content><MsgId>24681357902468135</MsgId></xml>")
}

// signedQuery is the query of a request signed at when.
func signedQuery(token string, when time.Time) string {
	timestamp := strconv.FormatInt(when.Unix(), 10)
	return "signature=" + peer.Sign(token, timestamp, "nonce7") + "&timestamp=" + timestamp + "&nonce=nonce7"
}

// secrets fails the test where log holds anything that must not be logged.
func secrets(t *testing.T, log *bytes.Buffer, words ...string) {
	t.Helper()
	for _, word := range append(words, member, testToken, testAESKey, "nonce7", "signature=") {
		if strings.Contains(log.String(), word) {
			t.Errorf("the log holds %q:\n%s", word, log)
		}
	}
}
