package storetest

import (
	"os/signal"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// RedisOnDisk is Redis whose disk can become full: see Full.
func RedisOnDisk(t testing.TB, args ...string) *Server {
	t.Helper()
	outliveFullDisk(t)
	return Redis(t, args...)
}

// outliveFullDisk makes the children started from now on get an error where they
// write beyond their limit, as on a full disk, instead of a signal that ends them.
func outliveFullDisk(t testing.TB) {
	signal.Ignore(syscall.SIGXFSZ)
	t.Cleanup(func() { signal.Reset(syscall.SIGXFSZ) })
}

// Full lets no file of the server become larger than so many bytes, until Empty: a
// write beyond fails as on a full disk.
func (s *Server) Full(t testing.TB, bytes uint64) { limitFiles(t, s.proc, bytes) }

// Empty ends Full.
func (s *Server) Empty(t testing.TB) { limitFiles(t, s.proc, unix.RLIM_INFINITY) }

// Full is Full of a Server. A program in Go takes no signal amiss.
func (p *Process) Full(t testing.TB, bytes uint64) { limitFiles(t, p.p, bytes) }

// Empty ends Full.
func (p *Process) Empty(t testing.TB) { limitFiles(t, p.p, unix.RLIM_INFINITY) }

func limitFiles(t testing.TB, p *process, bytes uint64) {
	t.Helper()
	// The soft limit only: an unprivileged process may raise it again.
	limit := unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}
	if err := unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, &limit, nil); err != nil {
		t.Fatal(err)
	}
}
