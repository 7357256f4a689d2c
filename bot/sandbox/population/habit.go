package population

import (
	"math/rand/v2"
	"time"
)

// slot is a moment of the day at which members act. At the quiet ones nobody answers,
// so that what is told of the ranking then is the same for everyone.
type slot int

const (
	afterMidnight slot = iota // yesterday's paper may still be finished
	tooLate                   // it may not any more
	morning
	quietMorning
	noon
	evening
	quietEvening
	nearMidnight
	slots
)

// times are the slots' minutes of the day.
var times = [slots]int{20, 40, 7*60 + 40, 10 * 60, 12*60 + 10, 19*60 + 30, 21 * 60, 23*60 + 50}

func (s slot) quiet() bool { return s == quietMorning || s == quietEvening }

// errand is what a member means to do at a slot.
type errand uint8

const (
	nothing  errand = iota
	whole           // begin or go on, to the end
	half            // begin, and stop somewhere
	straggle        // one more answer, whether that is allowed or not
	look            // read
	talk            // say something that is none of the quiz's business
	bind            // give name and branch
	erase           // take everything away
	leave           // unfollow
	comeBack        // follow
)

// plan is what a member means to do on one day.
type plan [slots]errand

// habit is a way to take part.
type habit struct {
	name  string
	share int // of 100 members
	trait trait
	day   func(p *plan, r *rand.Rand, weekday time.Weekday)
}

// trait says how a member answers.
type trait uint8

const (
	honest trait = iota
	cheating
	speaking // by voice
	idle     // talks in between
)

// daytime are the slots at which people answer by day.
var daytime = []slot{morning, morning, noon, evening}

func chance(r *rand.Rand, p float64) bool { return r.Float64() < p }

// habits are the mixture. Shares add up to 100.
var habits = []habit{
	{"每天", 40, honest, func(p *plan, r *rand.Rand, _ time.Weekday) { sometimes(p, r, 0.93) }},
	{"周末", 12, honest, func(p *plan, r *rand.Rand, d time.Weekday) {
		if d == time.Saturday || d == time.Sunday {
			sometimes(p, r, 0.9)
		} else {
			sometimes(p, r, 0.05)
		}
	}},
	{"健忘", 15, honest, func(p *plan, r *rand.Rand, _ time.Weekday) {
		sometimes(p, r, 0.35)
		if p.idle() && chance(r, 0.3) { // begins and is called away
			p[morning] = half
			if chance(r, 0.5) {
				p[evening] = whole
			}
		}
	}},
	{"深夜", 8, honest, func(p *plan, r *rand.Rand, _ time.Weekday) {
		if chance(r, 0.8) {
			p[nearMidnight] = half
			if chance(r, 0.2) {
				p[nearMidnight] = whole
			}
		}
	}},
	{"作弊", 8, cheating, func(p *plan, r *rand.Rand, _ time.Weekday) {
		sometimes(p, r, 0.85)
		if chance(r, 0.01) { // begins anew, to answer the same paper again
			p[evening] = erase
		}
	}},
	{"语音", 7, speaking, func(p *plan, r *rand.Rand, _ time.Weekday) { sometimes(p, r, 0.7) }},
	{"常看", 5, honest, func(p *plan, r *rand.Rand, _ time.Weekday) {
		sometimes(p, r, 0.8)
		p[quietMorning], p[quietEvening] = look, look
		if chance(r, 0.02) {
			p[noon] = bind
		}
	}},
	{"聊天", 3, idle, func(p *plan, r *rand.Rand, _ time.Weekday) {
		sometimes(p, r, 0.3)
		if p[noon] == nothing {
			p[noon] = talk
		}
	}},
	{"来去", 2, honest, func(p *plan, r *rand.Rand, _ time.Weekday) {
		sometimes(p, r, 0.6)
		switch {
		case chance(r, 0.02):
			p[nearMidnight] = erase
		case chance(r, 0.03):
			p[noon], p[evening] = leave, comeBack
		}
	}},
}

// sometimes lets a member answer the day's paper, at some time of the day, and now and
// then look around.
func sometimes(p *plan, r *rand.Rand, likely float64) {
	if chance(r, likely) {
		p[daytime[r.IntN(len(daytime))]] = whole
	}
	if chance(r, 0.05) {
		p[quietEvening] = look
	}
}

// idle reports whether nobody answers anything by day.
func (p *plan) idle() bool {
	return p[morning] == nothing && p[noon] == nothing && p[evening] == nothing
}

// planDay plans a day; what was left of the one before comes after midnight.
func (m *member) planDay(weekday time.Weekday) {
	left := m.plan[nearMidnight] == half
	m.plan = plan{}
	m.habit.day(&m.plan, m.rng, weekday)
	if left {
		switch n := m.rng.IntN(10); {
		case n < 6:
			m.plan[afterMidnight] = whole
		case n < 9:
			m.plan[tooLate] = straggle
		}
	}
}

// habitOf is the habit of the n-th member: the shares hold in every hundred.
func habitOf(n int) *habit {
	// 37 and 100 share no factor, so a small population is a mixture as well.
	at := n * 37 % 100
	for i := range habits {
		if at -= habits[i].share; at < 0 {
			return &habits[i]
		}
	}
	return &habits[0]
}
