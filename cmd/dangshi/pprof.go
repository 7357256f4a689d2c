package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
)

// profiles is a server of its own for Go's profiles, on this machine alone: they show
// what lies in memory.
type profiles struct {
	server *http.Server
	addr   net.Addr
	done   chan error
}

// startProfiles listens; addr is loopback, as Settings.check has seen to.
func startProfiles(addr string, logger *slog.Logger) (*profiles, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, usagef("--pprof：不能监听 %s：%w", addr, err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	p := &profiles{
		server: &http.Server{Handler: onlyLocal(mux), ReadHeaderTimeout: headerTimeout, ErrorLog: serverLog(logger)},
		addr:   listener.Addr(), done: make(chan error, 1),
	}
	go func() { p.done <- p.server.Serve(listener) }()
	return p, nil
}

// onlyLocal refuses what was asked for under another name than this machine's: a
// page in a browser here may have such a name point to it.
func onlyLocal(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if !loops(host) {
			http.Error(w, "只答本机", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Close ends it at once, a profile under way with it.
func (p *profiles) Close() error {
	err := p.server.Close()
	if served := <-p.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// checkLoopback refuses an address that other machines could reach.
func checkLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	switch {
	case err != nil:
		return fmt.Errorf("%q 不是监听地址，例如 127.0.0.1:6060", addr)
	case !loops(host):
		return fmt.Errorf("%q 别的机器也连得上，只能是本机的地址，例如 127.0.0.1:6060", addr)
	}
	return nil
}
