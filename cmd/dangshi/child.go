package main

import (
	"os/exec"
	"runtime"
)

// startChild starts cmd so that it does not outlive this process, however that ends;
// gone is told when it has ended. Linux ties the death signal to the thread that started
// the child, so the goroutine keeps its thread until the child is gone.
func startChild(cmd *exec.Cmd) (gone <-chan error, err error) {
	dieWithParent(cmd)
	started, ended := make(chan error), make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			ended <- cmd.Wait()
		}
	}()
	return ended, <-started
}
