package main

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

const token = "benchmark"

// figures of one round of one server.
type figures struct {
	rate           float64 // requests a second
	p50, p99, p999 time.Duration
	cpu, redisCPU  float64 // µs a request
}

// script is what each member sends.
var script = [...]string{"答题", "A", "A", "A", "A", "A"}

// measure lets members first to last send their messages over the connections.
func measure(ctx context.Context, s, redis *server, connections, first, last int) (figures, error) {
	cpu, err := s.cpu()
	if err != nil {
		return figures{}, err
	}
	redisCPU, err := redis.cpu()
	if err != nil {
		return figures{}, err
	}
	latencies := make([][]time.Duration, connections)
	errs := make([]error, connections)
	var wg sync.WaitGroup
	begun := time.Now()
	for c := range connections {
		wg.Go(func() {
			from, to := first+(last-first)*c/connections, first+(last-first)*(c+1)/connections
			latencies[c], errs[c] = drive(ctx, s, from, to)
		})
	}
	wg.Wait()
	took := time.Since(begun)
	for _, err := range errs {
		if err != nil {
			return figures{}, err
		}
	}
	all := slices.Concat(latencies...)
	slices.Sort(all)
	used, err := s.cpu()
	if err != nil {
		return figures{}, err
	}
	redisUsed, err := redis.cpu()
	n := len(all)
	per := func(d time.Duration) float64 { return float64(d.Microseconds()) / float64(n) }
	return figures{
		rate: float64(n) / took.Seconds(),
		p50:  all[n/2], p99: all[n*99/100], p999: all[n*999/1000],
		cpu: per(used - cpu), redisCPU: per(redisUsed - redisCPU),
	}, err
}

// drive is one connection: it sends message after message, each when the reply
// to the one before has come.
func drive(ctx context.Context, s *server, from, to int) ([]time.Duration, error) {
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	replies := bufio.NewReaderSize(conn, 16<<10)
	latencies := make([]time.Duration, 0, (to-from)*len(script))
	for member := from; member < to; member++ {
		for i, text := range script {
			request := post(s.addr, member, i, text)
			sent := time.Now()
			if _, err := conn.Write(request); err != nil {
				return nil, err
			}
			r, err := http.ReadResponse(replies, nil)
			if err != nil {
				return nil, err
			}
			body, err := io.ReadAll(r.Body)
			r.Body.Close()
			latencies = append(latencies, time.Since(sent))
			if err != nil || r.StatusCode != http.StatusOK {
				return nil, fmt.Errorf("status %d, %v", r.StatusCode, err)
			}
			if s.name != "bare" && i == len(script)-1 && !strings.Contains(string(body), "答完了") {
				return nil, fmt.Errorf("member %d has not finished: %s", member, body)
			}
		}
	}
	return latencies, nil
}

// post is a message as WeChat sends it, signed now.
func post(addr string, member, i int, text string) []byte {
	now := time.Now().Unix()
	body := fmt.Sprintf("<xml><ToUserName><![CDATA[gh_benchmark]]></ToUserName><FromUserName><![CDATA[oBench%022d]]></FromUserName>"+
		"<CreateTime>%d</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content><MsgId>%d</MsgId></xml>",
		member, now, text, 24_000_000_000_000_000+int64(member)*10+int64(i))
	timestamp, nonce := fmt.Sprint(now), fmt.Sprint(100_000+member)
	parts := []string{token, timestamp, nonce}
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return fmt.Appendf(nil, "POST /wechat?signature=%s&timestamp=%s&nonce=%s HTTP/1.1\r\nHost: %s\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s",
		hex.EncodeToString(sum[:]), timestamp, nonce, addr, len(body), body)
}
