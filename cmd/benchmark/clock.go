package main

import (
	"bytes"
	"context"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// due is a message and when it is to be sent, counted from the beginning.
type due struct {
	request []byte
	at      time.Duration
	phase   int // of the load, as its maker counts them
}

// answer is what came of a message. The time counts from the moment at which it was
// due, so that a server that stops for a while is not asked less often meanwhile
// (coordinated omission).
type answer struct {
	due
	took    time.Duration
	crowded bool // it was told to come again later
	fault   bool // it was told of a fault
}

// What the replies of which the figures speak have in them.
var (
	toldOfCrowd = []byte("现在人多")
	toldOfFault = []byte("开小差")
)

// byTheClock sends each message when it is due, whether those before were answered or
// not, over so many connections, which should be more than are ever under way at once.
func byTheClock(ctx context.Context, server *server, messages []due, connections int) ([]answer, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	queue := make(chan due, len(messages)) // never full: whoever sends in time waits for nobody
	workers := make([]worker, connections)
	for i := range workers {
		conn, err := dial(ctx, server)
		if err != nil {
			return nil, err
		}
		defer conn.close()
		workers[i].connection = conn
	}
	var wg sync.WaitGroup
	begun := time.Now()
	for i := range workers {
		wg.Go(func() { workers[i].work(begun, queue) })
	}
	dispatch(ctx, begun, messages, queue)
	close(queue)
	wg.Wait()
	all := make([]answer, 0, len(messages))
	for i := range workers {
		if err := workers[i].err; err != nil {
			return nil, err
		}
		all = append(all, workers[i].answers...)
	}
	return all, ctx.Err()
}

// dispatch hands the messages out when they are due. It sleeps in the kernel: the
// runtime's timers may be a millisecond late while nothing else happens.
func dispatch(ctx context.Context, begun time.Time, messages []due, queue chan<- due) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for _, m := range messages {
		if wait := time.Until(begun.Add(m.at)); wait > 0 {
			pause := syscall.NsecToTimespec(int64(wait))
			_ = syscall.Nanosleep(&pause, nil) // a signal may end it early: then the message is early, too
		}
		if ctx.Err() != nil {
			return
		}
		queue <- m
	}
}

// worker is one connection.
type worker struct {
	*connection
	answers []answer
	err     error
}

func (w *worker) work(begun time.Time, queue <-chan due) {
	for d := range queue {
		if w.err != nil {
			continue // the others are not kept waiting
		}
		var body []byte
		if body, w.err = w.exchange(d.request); w.err == nil {
			w.answers = append(w.answers, answer{d, time.Since(begun) - d.at, bytes.Contains(body, toldOfCrowd), bytes.Contains(body, toldOfFault)})
		}
	}
}
