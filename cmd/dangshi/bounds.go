package main

import (
	"fmt"
	"net"
	"net/http"
	"sync/atomic"

	"golang.org/x/net/netutil"
)

// Files that are open besides the connections of clients: those to Redis at most
// (see store), and the program's own.
const (
	filesForRedis = 1024
	filesOfOurs   = 256
)

// maxBody bounds a message, in bytes: those of WeChat take a few kilobytes, and
// each connection may hold one.
const maxBody = 64 << 10

// connections is how many connections of clients may be open at the same time: as
// many as are set, or as the system has files for, where those are fewer; then
// warning says so. Without this bound a crowd would use up the files of the
// process, and neither could Redis be reached nor the embedded store be saved.
func (s *Settings) connections(files uint64, known bool) (n int, warning string) {
	n = s.MaxConnections
	if !known || files >= uint64(n+filesForRedis+filesOfOurs) {
		return n, ""
	}
	n = max(int(files)-filesForRedis-filesOfOurs, int(files)/2)
	return n, fmt.Sprintf("系统只让这个进程同时打开 %d 个文件，连接数的上限（DANGSHI_MAX_CONNECTIONS=%d）减为 %d。请放宽系统的限制（systemd 里写 LimitNOFILE=65536）。", files, s.MaxConnections, n)
}

// limited is a listener of which at most n connections are open at the same time;
// further ones wait in the system's queue until one is closed.
func limited(l net.Listener, n int) net.Listener { return netutil.LimitListener(l, n) }

// open counts a server's connections.
type open struct{ n atomic.Int64 }

// changed is a server's ConnState.
func (o *open) changed(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		o.n.Add(1)
	case http.StateClosed, http.StateHijacked:
		o.n.Add(-1)
	}
}
