package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// runStart measures how long serve takes from its start to its first answer, and
// what it holds in memory when nobody asks anything.
func runStart(ctx context.Context, dir, product string, redis *server) error {
	for _, store := range []struct{ name, url string }{{"embedded store", ""}, {"redis", fmt.Sprintf("redis://%s/2", redis.addr)}} {
		addr, err := freeAddr()
		if err != nil {
			return err
		}
		env := append(os.Environ(), "DANGSHI_ADDR="+addr, "DANGSHI_REDIS_URL="+store.url, "DANGSHI_WECHAT_TOKEN="+token, "DANGSHI_DATA="+filepath.Join(dir, "data"))
		begun := time.Now()
		s, err := start(ctx, dir, store.name, addr, env, product, "serve")
		if err != nil {
			return err
		}
		d := newDriver(s, 0, 1)
		if err := d.run(ctx); err != nil {
			return err
		}
		answered := time.Since(begun)
		time.Sleep(5 * time.Second)
		memory, err := s.resident()
		s.stop()
		if err != nil {
			return err
		}
		fmt.Printf("%s: a whole day answered %.2f s after the start; %s resident when idle\n", store.name, answered.Seconds(), memory)
	}
	return nil
}

// resident is the memory that the child holds.
func (s *server) resident() (string, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return "", err
	}
	for line := range strings.SplitSeq(string(status), "\n") {
		if kb, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			return strings.TrimSpace(kb), nil
		}
	}
	return "", fmt.Errorf("no VmRSS in the status of process %d", s.cmd.Process.Pid)
}
