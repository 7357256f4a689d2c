package population

import "math"

// Usage is what the keys of one kind take of Redis' memory.
type Usage struct {
	Kind    string `json:"kind"`
	Members bool   `json:"members"` // it grows with the members
	Keys    int64  `json:"keys"`
	Bytes   int64  `json:"bytes"`
}

// Measured is what a simulation cost.
type Measured struct {
	Usage        []Usage `json:"usage"`
	Exact        bool    `json:"exact"`                 // sizes are those of MEMORY USAGE; else lengths
	RedisSeconds float64 `json:"redis_cpu_seconds"`     // processor time of Redis; 0: not known
	OwnSeconds   float64 `json:"process_cpu_seconds"`   // of this process, product and simulator together; 0: not known
	PerMember    float64 `json:"bytes_per_member"`      // of all that lasts and grows with the members
	InAYear      float64 `json:"bytes_per_member_year"` // the same, had the days been a year: the log grows with them
	Shared       int64   `json:"bytes_shared"`          // by all members
	DailyEach    float64 `json:"deliveries_per_member"` // a day
}

// What is taken for granted where more members are worked out.
const (
	peakShare   = 0.5     // of a day's messages come
	peakSeconds = 30 * 60 // within this time after the push
	nodeBytes   = 8 << 30 // of data on one node of Redis: half of a machine of 16 GiB
	busy        = 0.5     // of a core may be used at the peak
	replySecs   = 120     // for which a reply is kept
	maxNodes    = 64      // masters that 64 shards can be spread over
)

// Need is what some times as many members would take.
type Need struct {
	Times       int     `json:"times"`
	Members     int     `json:"members"`
	RedisBytes  float64 `json:"redis_bytes"`  // in all, at the peak, after a year
	PeakPerS    float64 `json:"peak_per_s"`   // messages a second
	RedisCores  float64 `json:"redis_cores"`  // busy at the peak; 0: not known
	ServeCores  float64 `json:"serve_cores"`  // at most: the simulator's own work is in it
	RedisNodes  int     `json:"redis_nodes"`  // masters
	Cluster     bool    `json:"cluster"`      // one Redis is not enough
	BeyondShard bool    `json:"beyond_shard"` // more masters than there are shards
}

// Kinds of keys that are counted in a way of their own.
const (
	disposable = "reply" // lives for minutes: there are as many as messages come, not as members
	growing    = "log"   // grows day by day
)

// measure works out what one member takes.
func (m *Measured) measure(r *Report) {
	m.PerMember, m.InAYear, m.Shared = 0, 0, 0
	for _, u := range m.Usage {
		each := float64(u.Bytes) / float64(r.Members)
		switch {
		case u.Kind == disposable:
		case u.Members && u.Kind == growing:
			m.PerMember += each
			m.InAYear += each * 365 / float64(r.Days)
		case u.Members:
			m.PerMember += each
			m.InAYear += each
		default:
			m.Shared += u.Bytes
		}
	}
	m.DailyEach = float64(r.Deliveries) / float64(r.Members) / float64(r.Days)
}

// needs is what times as many members would take.
func (m *Measured) needs(r *Report, times int) Need {
	n := Need{Times: times, Members: r.Members * times}
	n.PeakPerS = float64(n.Members) * m.DailyEach * peakShare / peakSeconds
	n.RedisBytes = float64(n.Members)*m.InAYear + float64(m.Shared)
	for _, u := range m.Usage {
		if u.Kind == disposable && u.Keys > 0 {
			n.RedisBytes += n.PeakPerS * replySecs * float64(u.Bytes) / float64(u.Keys)
		}
	}
	n.RedisCores = n.PeakPerS * m.RedisSeconds / float64(r.Deliveries)
	n.ServeCores = n.PeakPerS * m.OwnSeconds / float64(r.Deliveries)
	n.RedisNodes = int(max(1, math.Ceil(n.RedisBytes/nodeBytes), math.Ceil(n.RedisCores/busy)))
	n.Cluster, n.BeyondShard = n.RedisNodes > 1, n.RedisNodes > maxNodes
	return n
}

// Cost takes what was measured into the report, and works out what ten times and a
// thousand times as many members would take.
func (r *Report) Cost(m Measured) {
	m.measure(r)
	r.Measured = &m
	r.Needs = nil
	for _, times := range []int{1, 10, 1000} {
		r.Needs = append(r.Needs, m.needs(r, times))
	}
}
