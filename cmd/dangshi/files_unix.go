//go:build unix

package main

import "golang.org/x/sys/unix"

// fileLimit is how many files this process may have open at the same time. The
// runtime has raised it to the most that is allowed.
func fileLimit() (n uint64, known bool) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0, false
	}
	return uint64(limit.Cur), true
}
