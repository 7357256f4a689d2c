package population

import (
	"slices"
	"time"

	"dangshi/quiz"
)

// Report is what a simulation came to.
type Report struct {
	Members     int      `json:"members"`
	Days        int      `json:"days"`
	From        quiz.Day `json:"from"`
	Seed        uint64   `json:"seed"`
	Connections int      `json:"connections"`
	Transcript  string   `json:"transcript"` // SHA-256 of all that was said: the same for the same seed

	Messages   int64 `json:"messages"`   // that members sent
	Deliveries int64 `json:"deliveries"` // of them, with repeats
	Repeats    int64 `json:"repeats"`
	Late       int64 `json:"late"` // of the repeats, those that came after the next message
	Lost       int64 `json:"lost"` // of the deliveries, those whose answer nobody waited for
	Answers    int64 `json:"answers"`
	Finished   int64 `json:"finished"` // papers
	Unranked   int64 `json:"unranked"` // of them, those whose rank could not be read in time
	Erasures   int64 `json:"erasures"`

	Seconds         float64            `json:"seconds"`
	DeliveriesPerS  float64            `json:"deliveries_per_second"`
	AnswersPerS     float64            `json:"answers_per_second"`
	Milliseconds    map[string]float64 `json:"webhook_ms"`
	Measured        *Measured          `json:"measured,omitempty"`
	Needs           []Need             `json:"needs,omitempty"`
	Violations      int64              `json:"violations"`
	FirstViolations []Violation        `json:"first_violations,omitempty"`
}

func (w *world) report(took time.Duration) *Report {
	w.found.mu.Lock()
	defer w.found.mu.Unlock()
	r := &Report{
		Members: w.cfg.Members, Days: w.cfg.Days, From: w.cfg.From, Seed: w.cfg.Seed, Connections: w.cfg.Connections, Transcript: w.transcript(),
		Messages: w.messages.Load(), Deliveries: w.deliveries.Load(), Repeats: w.repeats.Load(), Late: w.late.Load(), Lost: w.lost.Load(),
		Answers: w.answers.Load(), Finished: w.finished.Load(), Erasures: w.erasures.Load(), Unranked: w.unranked.Load(),
		Seconds: took.Seconds(), Violations: w.found.total, FirstViolations: w.found.first,
	}
	if r.Seconds > 0 {
		r.DeliveriesPerS, r.AnswersPerS = float64(r.Deliveries)/r.Seconds, float64(r.Answers)/r.Seconds
	}
	slices.Sort(w.took)
	r.Milliseconds = map[string]float64{"p50": quantile(w.took, 0.5), "p99": quantile(w.took, 0.99), "p99.9": quantile(w.took, 0.999), "max": quantile(w.took, 1)}
	return r
}

// quantile is that share of sorted times, in milliseconds.
func quantile(sorted []uint32, share float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return float64(sorted[min(int(share*float64(len(sorted))), len(sorted)-1)]) / 1000
}
