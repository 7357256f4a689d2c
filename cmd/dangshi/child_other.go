//go:build !linux

package main

import "os/exec"

// dieWithParent does nothing here: a child outlives a process that is killed.
func dieWithParent(*exec.Cmd) {}
