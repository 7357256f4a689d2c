//go:build !linux

package storetest

import "os/exec"

const hasDeathSignal = false

// Elsewhere there is no death signal: a child outlives a test binary that was
// killed, one that ends by itself stops its servers in its cleanups.
func dieWithParent(*exec.Cmd) {}
