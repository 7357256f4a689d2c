package population

import (
	"testing"
	"time"

	"dangshi/quiz"
)

var newYear = quiz.Date(2026, time.January, 1)

// life is a truth with these days finished, counted from new year, all of five
// questions of which so many were right.
func life(right int, days ...int) *truth {
	t := &truth{}
	for _, d := range days {
		t.begin(newYear+quiz.Day(d), 5)
		for i := range 5 {
			t.open.given = append(t.open.given, answered{right: i < right})
		}
		t.finish()
	}
	return t
}

func TestTruth(t *testing.T) {
	for _, c := range []struct {
		days                     []int
		until                    int
		length, freezes, longest int
	}{
		{nil, 9, 0, 0, 0},
		{[]int{0}, 1, 1, 0, 1},
		{[]int{0}, 2, 0, 0, 1},
		{[]int{0, 1, 2, 3, 4, 5, 6}, 7, 7, 1, 7},
		{[]int{0, 1, 2, 3, 4, 5, 6, 8}, 9, 8, 0, 7}, // a freeze was used
		{[]int{0, 1, 2, 3, 4, 5, 6, 9}, 10, 1, 0, 7},
		{[]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}, 21, 21, 2, 21}, // not three
	} {
		l := life(4, c.days...)
		length, freezes := l.streak(newYear + quiz.Day(c.until))
		s := l.season(2026)
		if length != c.length || freezes != c.freezes || s.longest != c.longest || s.days != len(c.days) || shown(s.parts) != itoa(88*len(c.days)) {
			t.Errorf("%v until %d: streak %d, %d freezes, %+v", c.days, c.until, length, freezes, s)
		}
		if other := l.season(2027); other != (sums{}) {
			t.Errorf("another year has %+v", other)
		}
	}
	if got := shown(dayParts(5, 7)); got != "82.8" {
		t.Errorf("five of seven are %s", got)
	}
}

// TestTruthKeepsWhatWasLeftOpen: of a paper that was never finished the log has what was
// answered.
func TestTruthKeepsWhatWasLeftOpen(t *testing.T) {
	l := &truth{}
	l.begin(newYear, 5)
	l.begin(newYear+1, 5)
	l.open.given = []answered{{right: true}}
	if !l.current(newYear+1, 1000) || !l.current(newYear+2, 29) || l.current(newYear+2, 30) || l.current(newYear+3, 0) {
		t.Error("an open paper may be answered until half past twelve")
	}
	l.begin(newYear+3, 5)
	if len(l.days) != 1 || l.days[0].finished || l.days[0].day != newYear+1 || l.last().day != 0 {
		t.Errorf("kept %+v", l.days)
	}
}

// TestHabits: the mixture is whole, and the same member plans the same days.
func TestHabits(t *testing.T) {
	share, seen := 0, map[string]int{}
	for _, h := range habits {
		share += h.share
	}
	if share != 100 {
		t.Errorf("the shares add up to %d", share)
	}
	for n := range 100 {
		seen[habitOf(n).name]++
	}
	for _, h := range habits {
		if seen[h.name] != h.share {
			t.Errorf("of %s there are %d in a hundred, want %d", h.name, seen[h.name], h.share)
		}
	}
	for n := range 30 {
		one, same := newMember(n, 7), newMember(n, 7)
		for day := range 30 {
			one.planDay(time.Weekday(day % 7))
			same.planDay(time.Weekday(day % 7))
			if one.plan != same.plan {
				t.Fatalf("member %d plans %v and %v", n, one.plan, same.plan)
			}
			for s, e := range one.plan {
				if slot(s).quiet() && e != nothing && e != look {
					t.Errorf("member %d does %d at a quiet time", n, e)
				}
			}
		}
	}
	if newMember(1, 7).rng.Uint64() == newMember(1, 8).rng.Uint64() {
		t.Error("the seed changes nothing")
	}
}

// TestNeeds: more members need more, by what was measured.
func TestNeeds(t *testing.T) {
	r := &Report{Members: 1000, Days: 10, Deliveries: 60_000}
	r.Cost(Measured{
		Usage: []Usage{
			{Kind: "member", Members: true, Keys: 1000, Bytes: 500_000}, {Kind: "log", Members: true, Keys: 1000, Bytes: 100_000},
			{Kind: "reply", Members: true, Keys: 100, Bytes: 100_000}, {Kind: "questions", Keys: 1, Bytes: 1 << 20},
		},
		RedisSeconds: 3, OwnSeconds: 12,
	})
	if m := r.Measured; m.PerMember != 600 || m.InAYear != 500+3650 || m.Shared != 1<<20 || m.DailyEach != 6 {
		t.Fatalf("measured %+v", m)
	}
	n := r.Needs[2]
	// A million members send 6 messages a day, half of them in 30 minutes.
	if peak := 1_000_000.0 * 3 / 1800; n.Members != 1_000_000 || n.PeakPerS != peak || n.RedisCores != peak*3/60_000 || n.ServeCores != peak*12/60_000 ||
		n.RedisBytes != 4150e6+1<<20+peak*120*1000 || n.RedisNodes != 1 || n.Cluster {
		t.Errorf("a million: %+v", n)
	}
	r.Members, r.Days = 100_000, 365
	r.Cost(Measured{Usage: []Usage{{Kind: "log", Members: true, Keys: 1, Bytes: 4000 * 100_000}}})
	if n := r.Needs[2]; n.RedisNodes != 47 || !n.Cluster || n.BeyondShard { // 400 GB
		t.Errorf("a hundred million: %+v", n)
	}
}
