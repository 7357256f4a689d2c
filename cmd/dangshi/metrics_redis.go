package main

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
)

// redisWatch measures each round trip to Redis.
type redisWatch struct{ ok, failed prometheus.Observer }

// watchRedis measures what a client does from here on, and shows its connections.
func (m *metrics) watchRedis(client redis.UniversalClient) {
	seconds := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "dangshi_redis_seconds",
		Help:    "Time of a round trip to Redis, by result: ok, or failed (no answer, or an error in it).",
		Buckets: []float64{.0001, .0002, .0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2},
	}, []string{"result"})
	client.AddHook(redisWatch{seconds.WithLabelValues("ok"), seconds.WithLabelValues("failed")})
	connections := func(state string, n func(s *redis.PoolStats) uint32) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "dangshi_redis_connections", Help: "Connections to Redis that are open now, busy or idle.",
			ConstLabels: prometheus.Labels{"state": state},
		}, func() float64 { return float64(n(client.PoolStats())) })
	}
	m.registry.MustRegister(seconds,
		connections("busy", func(s *redis.PoolStats) uint32 { return s.TotalConns - min(s.IdleConns, s.TotalConns) }),
		connections("idle", func(s *redis.PoolStats) uint32 { return s.IdleConns }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "dangshi_redis_pool_timeouts_total", Help: "How often no connection to Redis was free in time.",
		}, func() float64 { return float64(client.PoolStats().Timeouts) }),
	)
}

func (w redisWatch) observe(begun time.Time, err error) {
	if err == nil || errors.Is(err, redis.Nil) || redis.HasErrorPrefix(err, "NOSCRIPT") {
		w.ok.Observe(time.Since(begun).Seconds())
		return
	}
	w.failed.Observe(time.Since(begun).Seconds())
}

// DialHook leaves connecting as it is.
func (w redisWatch) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessHook measures one command.
func (w redisWatch) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		begun := time.Now()
		err := next(ctx, cmd)
		w.observe(begun, err)
		return err
	}
}

// ProcessPipelineHook measures a pipeline as one.
func (w redisWatch) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		begun := time.Now()
		err := next(ctx, cmds)
		w.observe(begun, err)
		return err
	}
}

// gapWatch counts, at each reading, the coming days without an item; where that
// cannot be told there is no value, which is not 0.
type gapWatch struct {
	desc  *prometheus.Desc
	count func(ctx context.Context) (int, error)
}

// gapPatience bounds how long a reading of all metrics waits for the library.
const gapPatience = time.Second

func (m *metrics) watchGaps(count func(ctx context.Context) (int, error)) {
	m.registry.MustRegister(gapWatch{prometheus.NewDesc(
		"dangshi_days_without_items", "Days among the next seven, today included, that have no approved item.", nil, nil,
	), count})
}

// Describe is of prometheus.Collector.
func (g gapWatch) Describe(to chan<- *prometheus.Desc) { to <- g.desc }

// Collect is of prometheus.Collector.
func (g gapWatch) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), gapPatience)
	defer cancel()
	if n, err := g.count(ctx); err == nil {
		to <- prometheus.MustNewConstMetric(g.desc, prometheus.GaugeValue, float64(n))
	}
}
