//go:build unix

package main

import "golang.org/x/sys/unix"

// diskSpace is how many bytes of a folder's disk are free for this user, and how many
// there are.
func diskSpace(dir string) (free, size uint64, ok bool) {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return 0, 0, false
	}
	return uint64(st.Bavail) * uint64(st.Bsize), uint64(st.Blocks) * uint64(st.Bsize), true
}
