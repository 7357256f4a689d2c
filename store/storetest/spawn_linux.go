package storetest

import (
	"os/exec"
	"syscall"
)

const hasDeathSignal = true

func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
