//go:build linux

package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"dangshi/store/storetest"
)

const childParent = "DANGSHI_TEST_CHILD_PARENT"

// TestChildOfKilledProcess: what a process has started does not outlive it, not even
// where it is killed, as a simulation may be.
func TestChildOfKilledProcess(t *testing.T) {
	if os.Getenv(childParent) != "" {
		parent(t)
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run=^TestChildOfKilledProcess$")
	cmd.Env = append(os.Environ(), childParent+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p := storetest.Spawn(t, cmd)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	child, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || !alive(child) {
		t.Fatalf("no child lives: %q, %v", line, err)
	}
	p.Kill()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if !alive(child) {
			return
		}
	}
	_ = syscall.Kill(child, syscall.SIGKILL) // nothing is left behind
	t.Error("the child outlived the process that was killed")
}

// alive reports whether a process runs; one that has ended and that nobody has waited
// for does not.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

// parent starts a child, tells its number and waits to be killed.
func parent(t *testing.T) {
	cmd := exec.Command("sleep", "600")
	if _, err := startChild(cmd); err != nil {
		t.Fatal(err)
	}
	fmt.Println(cmd.Process.Pid)
	time.Sleep(5 * time.Minute)
}
