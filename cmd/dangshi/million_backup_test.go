//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"dangshi/quiz"
)

// TestMillionBackup measures backup and restore of a million members by the program in
// a process of its own: from a real Redis to a cluster of three masters, and back from
// there to a Redis; on the way a restore is killed (-9) and made again. It takes
// minutes and some gigabytes:
//
//	DANGSHI_TEST_MILLION=1000000 go test ./cmd/dangshi -run 'TestMillionBackup$' -v -timeout 60m
//
// With DANGSHI_TEST_DAYS=300 each of them has answered on the last 300 days.
func TestMillionBackup(t *testing.T) {
	members, err := strconv.Atoi(os.Getenv("DANGSHI_TEST_MILLION"))
	if err != nil {
		t.Skip("set DANGSHI_TEST_MILLION to a number of members to measure backup and restore")
	}
	days, samples := 1, 1000
	if n, err := strconv.Atoi(os.Getenv("DANGSHI_TEST_DAYS")); err == nil {
		days, samples = n, 100
	}
	one, many := filepath.Join(t.TempDir(), "one.resp.gz"), filepath.Join(t.TempDir(), "many.resp.gz")
	server := servers.Redis(t)
	s := defaults()
	s.RedisURL = server.URL
	setClock(t, s, quiz.Date(time.Now().Year()+1, time.November, 30).Start().Add(13*time.Hour)) // all days are of one season
	r := start(t, s)
	fillMembers(t, r, rankDays(t, r, samples, days), members)
	r.stop()
	program := buildProgram(t)
	measured(t, program, "backup", "-o", one, "--redis-url", server.URL)
	cluster := servers.Cluster(t)
	killedMidway(t, program, cluster.URL, "restore", one, "--redis-url", cluster.URL)
	counts := fmt.Sprintf("核对 %d 人，其中 %d 人上榜，0 人不一致", members, members)
	mustSay(t, measured(t, program, "restore", one, "--redis-url", cluster.URL), counts)
	measured(t, program, "backup", "-o", many, "--redis-url", cluster.URL)
	server = servers.Redis(t) // emptied
	mustSay(t, measured(t, program, "restore", many, "--redis-url", server.URL), counts)
}

// buildProgram builds the program as it is used.
func buildProgram(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "dangshi")
	if out, err := exec.Command("go", "build", "-o", program, "dangshi/cmd/dangshi").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// measured runs the program and tells what it took.
func measured(t *testing.T, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	began := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	size := int64(0)
	for _, name := range args {
		if info, err := os.Stat(name); err == nil {
			size = info.Size()
		}
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	t.Logf("%v: %.1f s, of a processor %.1f s, peak %d MB, file %d MB\n%s", args[0], time.Since(began).Seconds(), cpu.Seconds(), usage.Maxrss>>10, size>>20, out)
	return string(out)
}

// killedMidway runs the program until it has begun to write, and kills it (-9) a little
// later. What it leaves nobody uses.
func killedMidway(t *testing.T, program, url string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	refused := func() bool {
		code, _, errs := run(t, "board", "verify", "--redis-url", url)
		return code == exitFailed && strings.Contains(errs, "没有做完")
	}
	for range 6000 {
		if refused() {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	time.Sleep(100 * time.Millisecond)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || !refused() {
		t.Errorf("killed (%v), and the data are used", err)
	}
}
