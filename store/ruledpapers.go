package store

import (
	"sync"
	"sync/atomic"

	"dangshi/quiz"
)

// ruledPapers are a season's papers as they are graded, each made ready once: every
// member needs the same ones. Several goroutines may use them.
type ruledPapers struct {
	from   quiz.Day
	days   [quiz.MaxSeasonDays + 1]atomic.Pointer[quiz.Paper] // of each day the version that was made ready last
	others sync.Map                                           // paperID → *quiz.Paper: all of them
}

func (r *ruledPapers) get(day quiz.Day, version int) *quiz.Paper {
	if n := int(day - r.from); n >= 0 && n < len(r.days) {
		if p := r.days[n].Load(); p != nil && p.Version == version {
			return p
		}
	}
	if p, ok := r.others.Load(paperID{day, version}); ok {
		return p.(*quiz.Paper)
	}
	return nil
}

func (r *ruledPapers) set(p *quiz.Paper) {
	if n := int(p.Day - r.from); n >= 0 && n < len(r.days) {
		r.days[n].Store(p)
	}
	r.others.Store(paperID{p.Day, p.Version}, p)
}
