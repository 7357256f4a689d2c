package main

import (
	"context"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"
)

// TestRest: what a rush has left behind is handed back when it is over, also
// where nothing else would collect it.
func TestRest(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	const rush = 128 << 20
	var answers [][]byte
	for range rush >> 16 {
		answers = append(answers, make([]byte, 1<<16))
	}
	runtime.KeepAlive(answers)
	if kept := held(); kept < rush {
		t.Fatalf("%d bytes are held", kept)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { rest(ctx, time.Millisecond) })
	eventually(t, "the memory is handed back", func() bool { return held() < rush/2 })
	cancel()
	running.Wait()
}

// held is the number of bytes of the heap that the system has given.
func held() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapSys - m.HeapReleased
}
