package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is a child process that listens on loopback.
type server struct {
	name string
	addr string
	cmd  *exec.Cmd
}

func startRedis(ctx context.Context, dir string) (*server, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	_, port, _ := strings.Cut(addr, ":")
	return start(ctx, dir, "redis", addr, nil, "redis-server", "--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no", "--dir", dir)
}

// startServer starts a server on a database of its own: no two share a key.
func startServer(ctx context.Context, dir, name string, redis *server, database int, command string, args ...string) (*server, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	env := append(os.Environ(), "DANGSHI_ADDR="+addr, fmt.Sprintf("DANGSHI_REDIS_URL=redis://%s/%d", redis.addr, database), "DANGSHI_WECHAT_TOKEN="+token)
	return start(ctx, dir, name, addr, env, command, args...)
}

// start runs a child and waits until it listens. What it prints goes to a file
// that is shown if it does not.
func start(ctx context.Context, dir, name, addr string, env []string, command string, args ...string) (*server, error) {
	out, err := os.Create(filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".log"))
	if err != nil {
		return nil, err
	}
	defer out.Close()
	s := &server{name: name, addr: addr, cmd: exec.CommandContext(ctx, command, args...)}
	s.cmd.Dir, s.cmd.Env, s.cmd.Stdout, s.cmd.Stderr = dir, env, out, out
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for range 200 {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			conn.Close()
			return s, nil
		}
		time.Sleep(25 * time.Millisecond)
	}
	s.stop()
	printed, _ := os.ReadFile(out.Name())
	return nil, fmt.Errorf("%s does not listen; it printed:\n%s", name, printed)
}

func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
}

// cpu is the processor time that the child has used, user and system.
func (s *server) cpu() (time.Duration, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, ok := strings.Cut(string(data), ") ") // the name may hold anything
	fields := strings.Fields(rest)
	if !ok || len(fields) < 13 {
		return 0, fmt.Errorf("what is %q?", data)
	}
	user, err := strconv.ParseInt(fields[11], 10, 64)
	if err != nil {
		return 0, err
	}
	system, err := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * (time.Second / 100), err // USER_HZ is 100 on Linux
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
