package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// healthTimeout is longer than readyz waits for Redis, and shorter than the
// health check of an image waits for this command.
const healthTimeout = 3 * time.Second

// healthCmd asks the serve of this machine whether it can answer: an image that
// holds nothing but the binary has no other means to check itself.
type healthCmd struct{}

// Run is the command.
func (c *healthCmd) Run(a *app) error {
	ctx, cancel := context.WithTimeout(a.ctx, healthTimeout)
	defer cancel()
	url := "http://" + loopback(a.Addr) + "/readyz"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	// A client of its own: a proxy set in the environment must not be asked.
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s：%v 内没有回答，请看 serve 的日志", url, healthTimeout)
	}
	if err != nil {
		return fmt.Errorf("连不上 serve，请看它是否在运行、--addr 是否相同：%w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
	if err != nil {
		return fmt.Errorf("%s：%w", url, err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s：%s（%d）", url, strings.TrimSpace(string(body)), resp.StatusCode)
	}
	fmt.Fprintln(a.out, "正常")
	return nil
}

// loopback is where this machine reaches a listen address, which check has
// found to be one: every interface includes the loopback.
func loopback(addr string) string {
	host, port, _ := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
