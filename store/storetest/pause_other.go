//go:build !unix

package storetest

import "testing"

// Pause skips the test: no process can be frozen here.
func (s *Server) Pause(t testing.TB) { t.Helper(); t.Skip("this system freezes no processes") }

// Resume ends a Pause.
func (s *Server) Resume(testing.TB) {}
