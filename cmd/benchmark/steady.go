package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// steady is what the servers made of messages that come at a steady rate, whether
// those before were answered or not: a latency counts from the moment at which the
// message was due, so that a server that stops for a while is not asked less often
// meanwhile (coordinated omission).
type steady struct {
	rate    int // messages a second
	seconds int
	servers []*server
	figures []figures // of each server
}

// steadyConnections are more than are ever under way at once.
const steadyConnections = 256

// runSteady lets each server answer members of its own, from number first on.
func runSteady(ctx context.Context, o options, first int, redis *server, servers ...*server) (steady, error) {
	s := steady{rate: o.rate, seconds: o.seconds, servers: servers, figures: make([]figures, len(servers))}
	for i, server := range servers {
		fmt.Fprintf(o.out, "%s: %d messages a second for %d s\n", server.name, s.rate, s.seconds)
		f, err := s.measure(ctx, server, redis, first)
		if err != nil {
			return s, fmt.Errorf("%s: %w", server.name, err)
		}
		s.figures[i] = f
	}
	return s, nil
}

// due is a message and when it is to be sent.
type due struct {
	request []byte
	at      time.Time
}

func (s steady) measure(ctx context.Context, server, redis *server, first int) (figures, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	requests := s.requests(server, first)
	queue := make(chan due, len(requests)) // never full: whoever sends in time waits for nobody
	workers := make([]worker, steadyConnections)
	for i := range workers {
		conn, err := dial(ctx, server)
		if err != nil {
			return figures{}, err
		}
		defer conn.close()
		workers[i].connection = conn
	}
	used, err := usageOf(server, redis)
	if err != nil {
		return figures{}, err
	}
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() { workers[i].work(queue) })
	}
	begun := time.Now()
	s.dispatch(ctx, begun, requests, queue)
	close(queue)
	wg.Wait()
	took := time.Since(begun)
	var all []time.Duration
	for i := range workers {
		if err := workers[i].err; err != nil {
			return figures{}, err
		}
		all = append(all, workers[i].latencies...)
	}
	if len(all) == 0 {
		return figures{}, ctx.Err()
	}
	return figuresOf(all, took, used)
}

// requests are those of the members in turn: as many as write in a second send
// their first message, then all of them the second, and so on.
func (s steady) requests(server *server, first int) [][]byte {
	all := make([][]byte, s.rate*s.seconds)
	for n := range all {
		turn, place := n/s.rate, n%s.rate
		member := first + turn/len(script)*s.rate + place
		all[n] = post(server.addr, member, turn%len(script), script[turn%len(script)])
	}
	return all
}

// dispatch hands the messages out when they are due. It sleeps in the kernel: the
// runtime's timers may be a millisecond late while nothing else happens.
func (s steady) dispatch(ctx context.Context, begun time.Time, requests [][]byte, queue chan<- due) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for n, request := range requests {
		at := begun.Add(time.Duration(n) * time.Second / time.Duration(s.rate))
		if wait := time.Until(at); wait > 0 {
			pause := syscall.NsecToTimespec(int64(wait))
			_ = syscall.Nanosleep(&pause, nil) // a signal may end it early: then the message is early, too
		}
		if ctx.Err() != nil {
			return
		}
		queue <- due{request, at}
	}
}

// worker is one connection.
type worker struct {
	*connection
	latencies []time.Duration
	err       error
}

func (w *worker) work(queue <-chan due) {
	for d := range queue {
		if w.err != nil {
			continue // the others are not kept waiting
		}
		if _, w.err = w.exchange(d.request); w.err == nil {
			w.latencies = append(w.latencies, time.Since(d.at))
		}
	}
}

func (s steady) print(out io.Writer) { printFigures(out, s.servers, s.figures) }

// table is what the document says of the run.
func (s steady) table() string {
	return fmt.Sprintf("匀速：每秒 %s 条消息，共 %d 秒，不管前面的答完没有，到点就发，延迟从该发的那一刻算起。\n\n", grouped(s.rate), s.seconds) +
		figuresTable(s.figures[0], s.figures[1])
}
