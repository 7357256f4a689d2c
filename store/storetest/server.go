// Package storetest starts the servers that tests of the store need: real
// redis-server processes, a real cluster of three, an in-process miniredis, and
// a proxy that breaks connections at the worst moment. Every test starts its
// own, nothing is left running, whatever becomes of the test binary.
//
// Where redis-server is not installed such a test is skipped; with CI=true it
// fails instead.
package storetest

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
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// startTimeout bounds waiting for a server on a loaded machine.
const startTimeout = 2 * time.Minute

// Server is a redis-server on loopback. Its methods are not for concurrent use.
type Server struct {
	Addr string // 127.0.0.1:port, the same after Start
	URL  string // redis://127.0.0.1:port/0
	Dir  string // working directory, with redis.log

	port int
	args []string
	proc *process
}

// Redis starts a redis-server of its own for t and stops it when t ends. It
// keeps nothing on disk unless args say so, e.g. "--appendonly", "yes".
func Redis(t testing.TB, args ...string) *Server {
	t.Helper()
	Require(t, "redis-server")
	s, err := launch(t.TempDir(), args)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill) // before the directory is removed
	return s
}

// Require skips t where a program is not installed; with CI=true t fails.
func Require(t testing.TB, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not installed: with CI=true this test must run", program)
	}
	t.Skipf("%s is not installed: this test needs the real one", program)
}

// Miniredis starts the in-process Redis that the embedded store is made of. Its
// clock, for TTLs and TIME, stands still until the test moves it with SetTime:
// left to the wall clock, miniredis sorts all its keys before every command. It
// does not speak the cluster protocol.
func Miniredis(t testing.TB) *miniredis.Miniredis {
	t.Helper()
	m := miniredis.RunT(t)
	m.SetTime(time.Now())
	m.ClockTTL(true)
	return m
}

// launch starts a server on a free port, and on another one should somebody
// have taken it in between.
func launch(dir string, args []string) (*Server, error) {
	var err error
	for range 5 {
		s := &Server{Dir: dir, args: args}
		if s.port, err = freePort(); err != nil {
			return nil, err
		}
		s.Addr = loopback(s.port)
		s.URL = "redis://" + s.Addr + "/0"
		if err = s.run(); err == nil {
			return s, nil
		}
	}
	return nil, err
}

// Start runs a server again that was killed or stopped, on the same port and
// directory.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	if s.proc != nil && !s.proc.exited() {
		t.Fatal("the redis-server is still running")
	}
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
}

// Kill ends the server as a power cut would, by SIGKILL, and waits until it is
// gone.
func (s *Server) Kill() { s.end(syscall.SIGKILL) }

// Stop ends the server in order: with persistence on, it writes its data first.
func (s *Server) Stop() { s.end(syscall.SIGTERM) }

func (s *Server) end(sig syscall.Signal) {
	if s.proc == nil || s.proc.exited() {
		return
	}
	_ = s.proc.cmd.Process.Signal(sig) // it may have gone meanwhile
	select {
	case <-s.proc.done:
	case <-time.After(startTimeout):
		_ = s.proc.cmd.Process.Kill()
		<-s.proc.done
	}
}

func (s *Server) run() error {
	log, err := os.OpenFile(filepath.Join(s.Dir, "redis.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close() // the child has its own descriptor
	args := append([]string{
		"--port", strconv.Itoa(s.port), "--bind", "127.0.0.1", "--dir", s.Dir,
		"--save", "", "--appendonly", "no",
	}, s.args...)
	cmd := exec.Command("redis-server", args...)
	cmd.Stdout, cmd.Stderr = log, log
	if s.proc, err = spawn(cmd); err != nil {
		return err
	}
	if err := s.awaitReady(); err != nil {
		s.Kill()
		tail, _ := os.ReadFile(log.Name())
		return fmt.Errorf("redis-server on %s: %w\n%s", s.Addr, err, tail[max(0, len(tail)-2000):])
	}
	return nil
}

// awaitReady waits until this very process answers PING: on a port that was
// taken by another test's server that one would answer.
func (s *Server) awaitReady() error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	for {
		err := s.probe(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-s.proc.done:
			return fmt.Errorf("it ended at once")
		case <-ctx.Done():
			return fmt.Errorf("it does not answer: %w", err)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// probe asks once. A client is made only where something listens, since one that
// was refused logs that and waits a second before it tries again.
func (s *Server) probe(ctx context.Context) error {
	conn, err := net.Dial("tcp", s.Addr)
	if err != nil {
		return err
	}
	conn.Close()
	client := plainClient(s.Addr)
	defer client.Close()
	if err := client.Ping(ctx).Err(); err != nil {
		return err // still loading
	}
	return s.checkIdentity(ctx, client)
}

func (s *Server) checkIdentity(ctx context.Context, client *redis.Client) error {
	info, err := client.Info(ctx, "server").Result()
	if err != nil {
		return err
	}
	if !strings.Contains(info, fmt.Sprintf("\r\nprocess_id:%d\r\n", s.proc.cmd.Process.Pid)) {
		return fmt.Errorf("another process answers on this port")
	}
	return nil
}

// plainClient is a client for one node that does not retry.
func plainClient(addr string) *redis.Client {
	return redis.NewClient(&redis.Options{
		Addr: addr, MaxRetries: -1, DisableIdentity: true, ContextTimeoutEnabled: true,
		DialerRetries:            1,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
}
