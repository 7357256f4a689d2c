package wechat

import (
	"bytes"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/officialaccount/message"

	"dangshi/bot"
)

// sink is a ResponseWriter that costs nothing.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header             { return s.header }
func (s *sink) WriteHeader(status int)          { s.status = status }
func (s *sink) Write(p []byte) (int, error)     { return len(p), nil }
func (s *sink) SetReadDeadline(time.Time) error { return nil }

// BenchmarkServeHTTP is the whole webhook around a constant handler, without the network.
func BenchmarkServeHTTP(b *testing.B) {
	for _, mode := range modes[:3] {
		b.Run(mode.name, func(b *testing.B) {
			h := newWebhook(b, testConfig(mode.key), says(replies["question"]))
			req, err := testClient(mode.sealed, mode.compatible).Request(b.Context(), textXML("答题"))
			if err != nil {
				b.Fatal(err)
			}
			body, err := io.ReadAll(req.Body)
			if err != nil {
				b.Fatal(err)
			}
			w := &sink{header: http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				req.Body = io.NopCloser(bytes.NewReader(body))
				clear(w.header)
				h.ServeHTTP(w, req)
			}
			if w.status != http.StatusOK {
				b.Fatal("status", w.status)
			}
		})
	}
}

// BenchmarkNetwork is the same over a connection that stays open.
func BenchmarkNetwork(b *testing.B) {
	for _, mode := range modes[:2] {
		b.Run(mode.name, func(b *testing.B) {
			server := httptest.NewServer(newWebhook(b, testConfig(mode.key), says(replies["question"])))
			defer server.Close()
			c := testClient(mode.sealed, false)
			c.URL, c.HTTP = server.URL, server.Client()
			b.ReportAllocs()
			for b.Loop() {
				if a, err := c.SendXML(b.Context(), textXML("答题")); err != nil || a.Text == "" {
					b.Fatal(a, err)
				}
			}
		})
	}
}

// BenchmarkXML compares the reader with encoding/xml, into a struct of the same fields and
// into the library's.
func BenchmarkXML(b *testing.B) {
	files := sampleFiles(b)
	for _, name := range []string{"text", "mass_sent"} {
		raw := files[name]
		b.Run(name+"/ours", func(b *testing.B) {
			buf := make([]byte, len(raw))
			b.ReportAllocs()
			for b.Loop() {
				copy(buf, raw) // read overwrites it
				var doc document
				if err := doc.read(buf); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/ours with message", func(b *testing.B) {
			buf := make([]byte, len(raw))
			b.ReportAllocs()
			for b.Loop() {
				copy(buf, raw)
				var doc document
				if err := doc.read(buf); err != nil {
					b.Fatal(err)
				}
				if _, err := doc.message(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/encoding", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var m struct {
					ToUserName, FromUserName, MsgType, Content, Recognition, Event, EventKey, Status string
					CreateTime, MsgId, MsgID, TotalCount, FilterCount, SentCount, ErrorCount         int64
				}
				if err := xml.Unmarshal(raw, &m); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/library", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var m message.MixMessage
				if err := xml.Unmarshal(raw, &m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSignature is the check of a request's signature.
func BenchmarkSignature(b *testing.B) {
	h := newWebhook(b, testConfig(false), says(""))
	req, err := testClient(false, false).Request(b.Context(), textXML("A"))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		q := parseQuery(req.URL.RawQuery)
		if err := h.admit(&q); err != nil {
			b.Fatal(err.reason)
		}
	}
}

// BenchmarkReply is a question as XML.
func BenchmarkReply(b *testing.B) {
	h := newWebhook(b, testConfig(false), says(""))
	m := bot.Message{From: "oABCD-efgh_1234567890abcdefgh", To: "gh_0123456789ab"}
	buf := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		buf = h.appendReply(buf[:0], &m, h.presentable(bot.Reply{Text: replies["question"]}))
	}
}
