package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const token = "benchmark"

// script is what each member sends.
var script = [...]string{"答题", "A", "A", "A", "A", "A"}

// finished is in the reply to the last of them.
var finished = []byte("答完了")

// measure lets members first to last send their messages over the connections, each
// as soon as the reply to the one before has come.
func measure(ctx context.Context, s, redis *server, connections, first, last int) (figures, error) {
	drivers := make([]driver, connections)
	for c := range drivers {
		from, to := first+(last-first)*c/connections, first+(last-first)*(c+1)/connections
		drivers[c] = newDriver(s, from, to)
	}
	used, err := usageOf(s, redis)
	if err != nil {
		return figures{}, err
	}
	var wg sync.WaitGroup
	begun := time.Now()
	for c := range drivers {
		wg.Go(func() { drivers[c].err = drivers[c].run(ctx) })
	}
	wg.Wait()
	took := time.Since(begun)
	var all []time.Duration
	for _, d := range drivers {
		if d.err != nil {
			return figures{}, d.err
		}
		all = append(all, d.latencies...)
	}
	return figuresOf(all, took, used)
}

// driver is one connection and what it sends. The requests are made before the
// clock starts: what the load costs is no part of what is measured.
type driver struct {
	server    *server
	requests  [][]byte
	latencies []time.Duration
	err       error
}

func newDriver(s *server, from, to int) driver {
	d := driver{server: s, requests: make([][]byte, 0, (to-from)*len(script))}
	for member := from; member < to; member++ {
		for i, text := range script {
			d.requests = append(d.requests, post(s.addr, member, i, text))
		}
	}
	d.latencies = make([]time.Duration, 0, len(d.requests))
	return d
}

func (d *driver) run(ctx context.Context) error {
	conn, err := dial(ctx, d.server)
	if err != nil {
		return err
	}
	defer conn.close()
	for n, request := range d.requests {
		sent := time.Now()
		body, err := conn.exchange(request)
		if err != nil {
			return err
		}
		d.latencies = append(d.latencies, time.Since(sent))
		if d.server.name != bareName && n%len(script) == len(script)-1 && !bytes.Contains(body, finished) {
			return fmt.Errorf("a member has not finished: %s", body)
		}
	}
	return nil
}

// connection reads just enough of HTTP for the answers of both servers: reading them
// should take less time than making them.
type connection struct {
	net.Conn
	replies *bufio.Reader
	body    []byte
	close   func()
}

func dial(ctx context.Context, s *server) (*connection, error) {
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	return &connection{Conn: conn, replies: bufio.NewReaderSize(conn, 16<<10), close: func() { stop(); conn.Close() }}, nil
}

// exchange sends a request and gives the body of its answer, which the next call
// overwrites.
func (c *connection) exchange(request []byte) ([]byte, error) {
	if _, err := c.Write(request); err != nil {
		return nil, err
	}
	status, err := c.replies.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(status, []byte("HTTP/1.1 200 ")) {
		return nil, fmt.Errorf("answered with %q", status)
	}
	length := -1
	for {
		line, err := c.replies.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		if len(line) <= 2 {
			break
		}
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return nil, err
			}
		}
	}
	if length < 0 {
		return nil, fmt.Errorf("an answer without its length")
	}
	c.body = slices.Grow(c.body[:0], length)[:length]
	_, err = io.ReadFull(c.replies, c.body)
	return c.body, err
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
