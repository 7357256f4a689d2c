package main

import (
	"log"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"dangshi/bot"
)

// metrics are what Prometheus reads. No label holds anything of a member.
type metrics struct {
	registry *prometheus.Registry
	latency  *prometheus.HistogramVec
	events   *prometheus.CounterVec
	calls    *prometheus.HistogramVec
	pushes   *prometheus.CounterVec

	// Those of each message, looked up once: a lookup by labels hashes them all.
	answered map[string]func() prometheus.Observer // by kind, of latency with status 200
	counted  map[string]prometheus.Counter         // by event, of events
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		answered: map[string]func() prometheus.Observer{},
		counted:  map[string]prometheus.Counter{},
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "dangshi_webhook_seconds",
			Help:    "Time from a WeChat request to its answer, by kind of message and HTTP status.",
			Buckets: []float64{.001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 4, 5},
		}, []string{"kind", "status"}),
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "dangshi_events_total",
			Help: "What became of messages: committed, conflict, repeat, unknown (outcome of a write), refused (by Redis), fault, limited, shed (asked to come later).",
		}, []string{"event"}),
		calls: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "dangshi_wechat_api_seconds",
			Help:    "Time of a call of the WeChat API, by path and errcode (0: success; -1001: not reached; -1002: no clear answer).",
			Buckets: []float64{.01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 20},
		}, []string{"path", "errcode"}),
		pushes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "dangshi_push_total",
			Help: "What became of the morning push (sent, refused, unknown, failed, nothing), of each member where they are sent to one by one (member_sent, member_unknown, member_refused), and of reminders (reminded, unreminded).",
		}, []string{"event"}),
	}
	// Each event is there from the start: of one that appears with its first
	// occurrence Prometheus sees no increase.
	for _, event := range []string{"committed", "conflict", "repeat", "unknown", "refused", "fault", "limited", "shed"} {
		m.counted[event] = m.events.WithLabelValues(event)
	}
	for kind := bot.Other; kind <= bot.Event; kind++ {
		m.answered[kind.String()] = sync.OnceValue(func() prometheus.Observer {
			return m.latency.WithLabelValues(kind.String(), strconv.Itoa(http.StatusOK))
		})
	}
	for _, event := range []string{"sent", "refused", "unknown", "failed", "nothing", "member_sent", "member_unknown", "member_refused", "reminded", "unreminded"} {
		m.pushes.WithLabelValues(event)
	}
	m.registry.MustRegister(m.latency, m.events, m.calls, m.pushes, collectors.NewGoCollector(), collectors.NewBuildInfoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) observe(kind string, status int, d time.Duration) {
	if answered, ok := m.answered[kind]; ok && status == http.StatusOK {
		answered().Observe(d.Seconds())
		return
	}
	m.latency.WithLabelValues(kind, strconv.Itoa(status)).Observe(d.Seconds())
}

func (m *metrics) count(event string) {
	if c, ok := m.counted[event]; ok {
		c.Inc()
		return
	}
	m.events.WithLabelValues(event).Inc()
}

func (m *metrics) called(path string, code int, d time.Duration) {
	m.calls.WithLabelValues(path, strconv.Itoa(code)).Observe(d.Seconds())
}

// watch adds what is asked for at each reading: the messages under way and the
// connections of clients.
func (m *metrics) watch(messages func() int, clients *open) {
	m.registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "dangshi_messages_under_way", Help: "Messages that are being answered now; beyond max-messages they are shed.",
		}, func() float64 { return float64(messages()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "dangshi_connections", Help: "Connections of clients that are open now; beyond max-connections they wait.",
		}, func() float64 { return float64(clients.n.Load()) }),
	)
}

func (m *metrics) pushed(event string) { m.pushes.WithLabelValues(event).Inc() }

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// serverLog keeps net/http's own complaints at a low level: they quote what
// strangers sent, never a member.
func serverLog(logger *slog.Logger) *log.Logger {
	return slog.NewLogLogger(logger.Handler(), slog.LevelWarn)
}
