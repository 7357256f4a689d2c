package main

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"dangshi/bot/wechat/peer"
	"dangshi/store/storetest"
)

// BenchmarkAnswerPath is the whole path in one process, for profiles; go run
// ./cmd/benchmark is what figures come from.
func BenchmarkAnswerPath(b *testing.B) {
	s := defaults()
	s.RedisURL = storetest.Redis(b).URL
	a := &app{Settings: s, ctx: b.Context(), out: io.Discard, errs: io.Discard, logger: slog.New(slog.DiscardHandler), serves: true}
	d, err := a.openData(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	service, err := a.newService(d, listener.Addr())
	if err != nil {
		b.Fatal(err)
	}
	go func() { _ = service.server.Serve(listener) }()
	defer service.server.Close()

	var members atomic.Int64
	b.SetParallelism(32) // times GOMAXPROCS connections
	b.RunParallel(func(pb *testing.PB) {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			b.Error(err)
			return
		}
		defer conn.Close()
		replies := bufio.NewReader(conn)
		member, sent := members.Add(1), 0
		for pb.Next() {
			if sent == 6 {
				member, sent = members.Add(1), 0
			}
			if _, err := conn.Write(benchRequest(a.token(), member, sent)); err != nil {
				b.Error(err)
				return
			}
			reply, err := http.ReadResponse(replies, nil)
			if err != nil {
				b.Error(err)
				return
			}
			if _, err := io.Copy(io.Discard, reply.Body); err != nil || reply.StatusCode != http.StatusOK {
				b.Errorf("status %d, %v", reply.StatusCode, err)
				return
			}
			sent++
		}
	})
}

func benchRequest(token string, member int64, sent int) []byte {
	text, now := "A", time.Now().Unix()
	if sent == 0 {
		text = "答题"
	}
	body := fmt.Sprintf("<xml><ToUserName><![CDATA[gh]]></ToUserName><FromUserName><![CDATA[oBench%022d]]></FromUserName><CreateTime>%d</CreateTime>"+
		"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content><MsgId>%d</MsgId></xml>", member, now, text, member*10+int64(sent))
	timestamp, nonce := fmt.Sprint(now), fmt.Sprint(member)
	return fmt.Appendf(nil, "POST /wechat?signature=%s&timestamp=%s&nonce=%s HTTP/1.1\r\nHost: bench\r\nContent-Length: %d\r\n\r\n%s",
		peer.Sign(token, timestamp, nonce), timestamp, nonce, len(body), body)
}
