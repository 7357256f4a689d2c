package push_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"dangshi/bot/push"
	"dangshi/bot/sandbox/fakeapi"
	"dangshi/quiz"
	"dangshi/store"
	"dangshi/store/storetest"
)

// TestReplicasTogether: four replicas wake up at the same instants, all at once.
// Each day is sent once, at the first try; nobody hears of a fault.
func TestReplicasTogether(t *testing.T) {
	for _, channel := range []string{"mass", "draft"} {
		t.Run(channel, func(t *testing.T) {
			s := newStation(t, servers.Redis(t).URL, false)
			s.pace, s.lease = 5*time.Millisecond, time.Hour // nobody is taken for dead, however slow the machine
			days := s.tenDays(channel, func(p *process) {
				if err := p.run(); err != nil {
					t.Errorf("%s: %v", p.name, err)
				}
			}, func(d push.Day) {
				if d.Outcome != push.DaySent || d.Sends[0].Tries != 1 {
					t.Errorf("%s: %+v", d.Day, d)
				}
			})
			if n := s.arrived(); n != days {
				t.Errorf("%d arrived in %d days", n, days)
			}
		})
	}
}

// TestHastyReplicas: they take each other for dead while they work. A mass message
// is sent once all the same; a draft at most, and it stands in the ledger where
// nobody knows.
func TestHastyReplicas(t *testing.T) {
	slowly := func(p *process) {
		p.then = func(point string) {
			if point == "mass" || point == "draft" {
				time.Sleep(10 * time.Millisecond)
			}
		}
		_ = p.run()
	}
	t.Run("mass", func(t *testing.T) {
		s := newStation(t, servers.Redis(t).URL, false)
		s.pace, s.lease = time.Microsecond, 4*time.Second
		tries := 0
		days := s.tenDays("mass", slowly, func(d push.Day) {
			if d.Outcome != push.DaySent {
				t.Errorf("%s: %+v", d.Day, d)
			}
			tries += d.Sends[0].Tries
		})
		if n := s.arrived(); n != days || tries <= days {
			t.Errorf("%d arrived in %d days, at %d tries", n, days, tries)
		}
	})
	t.Run("draft", func(t *testing.T) {
		s := newStation(t, servers.Redis(t).URL, false)
		s.pace, s.lease = time.Microsecond, 4*time.Second
		before := 0
		s.tenDays("draft", slowly, func(d push.Day) {
			n := s.arrived() - before
			before += n
			if n > 1 || d.Outcome == push.DaySent && n != 1 || d.Outcome != push.DaySent && d.Outcome != push.DayUnknown {
				t.Errorf("%s: %d arrived, and the ledger says %+v", d.Day, n, d)
			}
		})
	})
}

// tenDays lets four replicas live for ten days, and looks at each at its end.
func (s *station) tenDays(channel string, run func(*process), look func(push.Day)) (days int) {
	s.channel = []string{channel}
	var all []*process
	for i := range 4 {
		all = append(all, s.process(fmt.Sprint("replica ", i)))
	}
	first := quiz.DayOf(s.Now())
	for day := first; day < first+10; day++ {
		for _, at := range []push.TimeOfDay{s.at - 30, s.at, s.at + 15, s.at + 30} {
			s.setTime(at.On(day))
			var running sync.WaitGroup
			for _, p := range all {
				running.Go(func() { run(p) })
			}
			running.Wait()
		}
		look(s.today())
	}
	return 10
}

// TestStoreBreaks: connections to the ledger break before and after the write,
// those to WeChat before and after the send. Within the morning each day is sent,
// and none twice.
func TestStoreBreaks(t *testing.T) {
	direct := storetest.Miniredis(t)
	s := newStation(t, "redis://"+direct.Addr(), false)
	proxy := storetest.FlakyProxy(t, direct.Addr(), 1)
	broken, err := store.Open(t.Context(), store.Options{URL: proxy.URL, Existing: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { broken.Close() })
	a, b := s.process("a"), s.process("b")
	if err := a.start(); err != nil {
		t.Fatal(err)
	}
	a.ledger, b.ledger = broken.PushLedger(), broken.PushLedger()
	proxy.SetRates(0.15, 0.15)
	rng := rand.New(rand.NewPCG(1, 2))
	const days = 20
	first := quiz.DayOf(s.Now())
	for day := first; day < first+days; day++ {
		s.setTime(s.at.On(day))
		if rng.IntN(3) == 0 {
			s.wechat.Fail(fakeapi.Fault{Path: massPath, Drop: true, After: rng.IntN(2) == 0, Times: 1 + rng.IntN(3)})
		}
		for _, at := range instants(t, a.push.Specs(), day.Start(), (day + 1).Start()) {
			if at.After(s.Now()) {
				s.setTime(at)
			}
			for _, p := range []*process{a, b} {
				_ = p.run() // what came of it stands in the ledger
			}
		}
		if d := s.today(); d.Outcome != push.DaySent {
			t.Errorf("%s: %+v", d.Day, d)
		}
	}
	if cuts := proxy.Cuts(); cuts.Before < days || cuts.After < days {
		t.Errorf("hardly anything broke: %+v", cuts)
	}
	s.eachOnce(first, days)
}

// eachOnce looks at what arrived: one mass message a day, each on its day.
func (s *station) eachOnce(first quiz.Day, days int) {
	s.t.Helper()
	seen := map[quiz.Day]int{}
	for _, sent := range s.outbox() {
		day := quiz.DayOf(sent.Time)
		seen[day]++
		if got := event.FindString(sent.Content); !sent.ToAll || got != day.MonthDay()+" 的大事" {
			s.t.Errorf("on %s came %q", day, sent.Content)
		}
	}
	for day := first; day < first+quiz.Day(days); day++ {
		if seen[day] != 1 {
			s.t.Errorf("on %s it arrived %d times", day, seen[day])
		}
		delete(seen, day)
	}
	if len(seen) != 0 {
		s.t.Errorf("it arrived on other days, too: %v", seen)
	}
}

// TestStoreIsAway: Redis cannot be reached around the send. The replica waits for
// it, and writes down that the draft was made; where Redis stays away for longer
// the draft is in doubt, and never made again.
func TestStoreIsAway(t *testing.T) {
	for name, c := range map[string]struct {
		looks int
		want  push.Outcome
	}{"a while": {8, push.DaySent}, "for good": {1000, push.DayUnknown}} {
		t.Run(name, func(t *testing.T) {
			s, _ := readyAt(t, 7*60+30)
			s.channel = []string{"draft"}
			p := s.process("b")
			left := 0
			p.then = func(point string) {
				if point == "draft" {
					left = c.looks
				}
			}
			p.away = func() bool {
				left--
				return left >= 0
			}
			if err := p.run(); (err != nil) != (c.want == push.DayUnknown) {
				t.Errorf("it ended with %v", err)
			}
			s.setTime(s.Now().Add(15 * time.Minute))
			left = 0
			if err := p.run(); err != nil {
				t.Fatal(err)
			}
			if d := s.today(); d.Outcome != c.want || s.arrived() != 1 {
				t.Errorf("it arrived %d times: %+v", s.arrived(), d)
			}
		})
	}
}
