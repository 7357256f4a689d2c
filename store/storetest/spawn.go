package storetest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
	"testing"
)

// process is a running child. Its exit is reported by closing done.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
}

// spawn starts cmd so that it dies with this test binary, however that ends.
// Linux ties the death signal to the thread that started the child, not to the
// process, so the goroutine that starts it keeps its thread until the child is
// gone.
func spawn(cmd *exec.Cmd) (*process, error) {
	dieWithParent(cmd)
	p := &process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		_ = cmd.Wait() // how it ended is of no interest, it was killed or crashed
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return p, nil
}

// Process is a child process of a test.
type Process struct{ p *process }

// Spawn starts cmd as a child that is killed when t ends and that dies with the
// test binary, however that ends.
func Spawn(t testing.TB, cmd *exec.Cmd) *Process {
	t.Helper()
	p, err := spawn(cmd)
	if err != nil {
		t.Fatal(err)
	}
	child := &Process{p}
	t.Cleanup(child.Kill)
	return child
}

// PID is its process id.
func (p *Process) PID() int { return p.p.cmd.Process.Pid }

// Kill ends it as a power cut would, by SIGKILL, and waits until it is gone.
func (p *Process) Kill() {
	_ = p.p.cmd.Process.Kill() // it may be gone already
	<-p.p.done
}

// Stop ends it in order, by SIGTERM, waits until it is gone and gives its exit code.
func (p *Process) Stop() int {
	_ = p.p.cmd.Process.Signal(syscall.SIGTERM) // it may be gone already
	<-p.p.done
	return p.p.cmd.ProcessState.ExitCode()
}

func (p *process) exited() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// busOffset is where Redis expects the bus of a cluster node, above its port.
const busOffset = 10000

// freePort returns a loopback port that is free together with its bus port.
// Both lie below the range from which the kernel takes ports for outgoing
// connections, so that a server that was stopped gets its port again.
func freePort() (int, error) {
	for range 200 {
		port := 10100 + rand.IntN(12000)
		if free(port) && free(port+busOffset) {
			return port, nil
		}
	}
	return 0, fmt.Errorf("no pair of free ports on loopback after 200 tries")
}

func free(port int) bool {
	l, err := net.Listen("tcp", loopback(port))
	if err != nil {
		return false
	}
	return l.Close() == nil
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
