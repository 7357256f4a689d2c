//go:build unix

package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// BenchmarkTrips finishes days by each way to one Redis, with as many members at a
// time as the name says: each command by itself, by the library's AutoPipeline, and by
// lanes. cmd/benchmark runs it round by round and compares.
func BenchmarkTrips(b *testing.B) {
	s := openTest(b, servers.Redis(b).URL)
	client := s.client.(*redis.Client)
	auto, err := client.AutoPipeline() // one batch under way, those who come meanwhile in the next
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = auto.Close() })
	fillBoards(b, s, 100_000)
	lanes := s.lanes.single
	ways := []struct {
		name string
		way  *lane
	}{{"plain", unshared(client.Process)}, {"auto", unshared(auto.Process)}, {"lanes", lanes}}
	for _, members := range []int{1, 8, 64} {
		for _, w := range ways {
			b.Run(fmt.Sprintf("%s/%d", w.name, members), func(b *testing.B) {
				s.lanes.single = w.way
				defer func() { s.lanes.single = lanes }()
				benchmarkTrips(b, s, members)
			})
		}
	}
}

// unshared is a lane in which each command goes at once, as process sends it.
func unshared(process func(context.Context, redis.Cmder) error) *lane {
	return &lane{
		underWay: -1 << 30, // nobody ever waits for another
		alone: func(ctx context.Context, commands []redis.Cmder) {
			for _, c := range commands {
				_ = process(ctx, c) // the command holds it
			}
		},
	}
}

// tripMember tells the members of one run from those of another.
var tripMember atomic.Int64

func benchmarkTrips(b *testing.B, s *Store, members int) {
	var wg sync.WaitGroup
	var left atomic.Int64
	left.Store(int64(b.N))
	waits := make([][]time.Duration, members)
	before := usedNow(b, s)
	b.ResetTimer()
	for m := range members {
		id := fmt.Sprint("trip", tripMember.Add(1))
		wg.Go(func() {
			loaded, err := s.Load(b.Context(), id, 0)
			for key := uint64(1); left.Add(-1) >= 0; key++ {
				if err != nil {
					b.Error(err)
					return
				}
				c := change(loaded.Record, key, int64(key))
				if key%300 == 0 {
					s.client.Del(b.Context(), logKey(s.shard(id), "2026", id)) // no longer than a year's
				}
				begun := time.Now()
				loaded, err = s.Commit(b.Context(), id, c)
				waits[m] = append(waits[m], time.Since(begun))
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	after := usedNow(b, s)
	all := slices.Sorted(slices.Values(slices.Concat(waits...)))
	b.ReportMetric(float64(all[len(all)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds()), "p99-µs")
	b.ReportMetric(float64((after.processor-before.processor).Microseconds())/float64(b.N), "cpu-µs/op")
	b.ReportMetric(float64(b.N)/float64(after.reads-before.reads), "ops/trip")
}

// tripCosts are what this process and Redis have done until now.
type tripCosts struct {
	processor time.Duration // of this process, user and system
	reads     int64         // how often Redis has read from a connection
}

func usedNow(b *testing.B, s *Store) (c tripCosts) {
	b.Helper()
	info, err := s.client.(*redis.Client).InfoMap(b.Context(), "stats").Result()
	if err != nil {
		b.Fatal(err)
	}
	if c.reads, err = strconv.ParseInt(info["Stats"]["total_reads_processed"], 10, 64); err != nil {
		b.Fatal(err)
	}
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	c.processor = time.Duration(used.Utime.Nano() + used.Stime.Nano())
	return c
}
