package main

import (
	"context"
	"runtime/debug"
	gauges "runtime/metrics"
	"time"
)

// restEvery is how often rest looks whether the process is idle.
const restEvery = time.Second

// The process is idle when it allocates less than restQuiet bytes between two
// looks: a hundred answers, or the embedded server looking for what expires.
// Handing memory back is worth it once restWorth bytes were allocated.
const (
	restQuiet = 2 << 20
	restWorth = 8 << 20
)

// rest hands back to the system, when nobody writes any more, the memory that
// starting or a rush of answers took, until ctx ends. With gcPercent alone the
// process would keep most of it: the next collection might be hours away.
func rest(ctx context.Context, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	var freed uint64    // bytes allocated when memory was handed back last
	last := allocated() // at the last look
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now := allocated()
		if now-last < restQuiet && now-freed > restWorth {
			debug.FreeOSMemory()
			freed = now
		}
		last = now
	}
}

// allocated is the number of bytes that were ever allocated on the heap.
func allocated() uint64 {
	sample := []gauges.Sample{{Name: "/gc/heap/allocs:bytes"}}
	gauges.Read(sample)
	return sample[0].Value.Uint64()
}
