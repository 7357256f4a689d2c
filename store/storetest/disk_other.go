//go:build !linux

package storetest

import "testing"

const noDisk = "only Linux lets a test fill the disk of a running process"

// RedisOnDisk skips t.
func RedisOnDisk(t testing.TB, args ...string) *Server {
	t.Helper()
	t.Skip(noDisk)
	return nil
}

// Full skips t.
func (s *Server) Full(t testing.TB, bytes uint64) { t.Helper(); t.Skip(noDisk) }

// Empty does nothing.
func (s *Server) Empty(testing.TB) {}

// Full skips t.
func (p *Process) Full(t testing.TB, bytes uint64) { t.Helper(); t.Skip(noDisk) }

// Empty does nothing.
func (p *Process) Empty(testing.TB) {}
