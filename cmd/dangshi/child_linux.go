package main

import (
	"os/exec"
	"syscall"
)

// dieWithParent has the kernel end a child when this process is killed, which could
// not do it itself.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
