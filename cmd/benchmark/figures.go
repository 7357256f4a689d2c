package main

import (
	"slices"
	"time"
)

// figures of one run of one server. The processor time is that of the server and of
// Redis, not of the load.
type figures struct {
	rate           float64 // requests a second
	p50, p99, p999 time.Duration
	cpu, redisCPU  float64 // µs a request
}

// usage is the processor time that a server and Redis had used at some moment.
type usage struct {
	server, redis  *server
	cpu, redisUsed time.Duration
}

func usageOf(s, redis *server) (usage, error) {
	cpu, err := s.cpu()
	if err != nil {
		return usage{}, err
	}
	used, err := redis.cpu()
	return usage{s, redis, cpu, used}, err
}

// figuresOf sorts the latencies.
func figuresOf(latencies []time.Duration, took time.Duration, before usage) (figures, error) {
	after, err := usageOf(before.server, before.redis)
	if err != nil {
		return figures{}, err
	}
	slices.Sort(latencies)
	n := len(latencies)
	per := func(d time.Duration) float64 { return float64(d.Microseconds()) / float64(n) }
	return figures{
		rate: float64(n) / took.Seconds(),
		p50:  latencies[n/2], p99: latencies[n*99/100], p999: latencies[n*999/1000],
		cpu: per(after.cpu - before.cpu), redisCPU: per(after.redisUsed - before.redisUsed),
	}, nil
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// median takes each figure's median by itself.
func median(fs []figures) figures {
	return figures{
		rate: mid(fs, func(f figures) float64 { return f.rate }),
		p50:  time.Duration(mid(fs, func(f figures) float64 { return float64(f.p50) })),
		p99:  time.Duration(mid(fs, func(f figures) float64 { return float64(f.p99) })),
		p999: time.Duration(mid(fs, func(f figures) float64 { return float64(f.p999) })),
		cpu:  mid(fs, func(f figures) float64 { return f.cpu }), redisCPU: mid(fs, func(f figures) float64 { return f.redisCPU }),
	}
}

func mid(fs []figures, of func(figures) float64) float64 {
	values := make([]float64, len(fs))
	for i, f := range fs {
		values[i] = of(f)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
