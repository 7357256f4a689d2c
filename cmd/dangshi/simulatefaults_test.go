package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
)

// meddler stands before the webhook. next is the webhook, for a message with that body.
type meddler func(next func(w http.ResponseWriter, body []byte), w http.ResponseWriter, body []byte)

// meddling does something to one delivery in so many, once some were let through.
func meddling(every int64, do meddler) func(http.Handler) http.Handler {
	var n atomic.Int64
	return func(webhook http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return // the client has hung up
			}
			next := func(w http.ResponseWriter, body []byte) {
				r := r.Clone(context.WithoutCancel(r.Context()))
				r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
				webhook.ServeHTTP(w, r)
			}
			if r.URL.Path == "/wechat" && n.Add(1)%every == 0 {
				do(next, w, body)
				return
			}
			next(w, body)
		})
	}
}

var (
	messageID = regexp.MustCompile(`<MsgId><!\[CDATA\[`)
	rightWord = regexp.MustCompile(`答对 \d+/`)
)

// TestSimulationFindsFaults: a product that loses, doubles or changes something is found
// out.
func TestSimulationFindsFaults(t *testing.T) {
	for name, c := range map[string]struct {
		every int64
		do    meddler
		rule  string // that is broken first
	}{
		"nothing is done": {1, func(_ func(http.ResponseWriter, []byte), w http.ResponseWriter, _ []byte) {
			w.WriteHeader(http.StatusOK)
		}, ""},
		"an error": {1, func(_ func(http.ResponseWriter, []byte), w http.ResponseWriter, _ []byte) {
			http.Error(w, "down", http.StatusBadGateway)
		}, "每条消息都应有回答"},
		"an apology": {1, func(_ func(http.ResponseWriter, []byte), w http.ResponseWriter, body []byte) {
			from := regexp.MustCompile(`<FromUserName><!\[CDATA\[(.*?)\]`).FindSubmatch(body)[1]
			_, _ = io.WriteString(w, `<xml><ToUserName>`+string(from)+`</ToUserName><FromUserName>gh</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>系统开小差了，请过一会儿发“答题”继续。</Content></xml>`)
		}, "学员看到了故障提示"},
		// The member answers once and the product hears two messages. Each time: which of many
		// deliveries come every fourth is chance, and it may be those that a copy cannot harm.
		"taken twice": {1, func(next func(http.ResponseWriter, []byte), w http.ResponseWriter, body []byte) {
			next(w, body)
			next(httptest.NewRecorder(), messageID.ReplaceAll(body, []byte("<MsgId><![CDATA[7")))
		}, ""},
		"another result is told": {1, func(next func(http.ResponseWriter, []byte), w http.ResponseWriter, body []byte) {
			told := httptest.NewRecorder()
			next(told, body)
			w.Header().Set("Content-Type", told.Header().Get("Content-Type"))
			_, _ = w.Write(rightWord.ReplaceAll(told.Body.Bytes(), []byte("答对 9/")))
		}, "成绩"},
	} {
		t.Run(name, func(t *testing.T) {
			r := simulated(t, simulateCmd{Members: 6, Days: 2, Seed: 3, Connections: 4, between: meddling(c.every, c.do)})
			if r.Violations == 0 {
				t.Fatal("nothing was found")
			}
			first := r.FirstViolations[0]
			if !strings.Contains(first.Rule, c.rule) || first.Member == 0 || first.Day < r.From || first.Want == first.Got {
				t.Errorf("found %+v, want %s", first, c.rule)
			}
		})
	}
}
