package push_test

import (
	"testing"
	"time"

	"dangshi/bot/push"
	"dangshi/bot/sandbox/fakeapi"
	"dangshi/quiz"
)

// TestConsentIsGivenBack: a notice that was surely not sent costs no consent: the next
// try reaches the member. One that may have been sent does.
func TestConsentIsGivenBack(t *testing.T) {
	for name, c := range map[string]struct {
		fault fakeapi.Fault
		left  int // consents, after the run
		got   int
	}{
		"too fast, once": {fakeapi.Fault{Code: 45011, Times: 1}, 0, 1},
		"no right":       {fakeapi.Fault{Code: 48001, Times: -1}, 1, 0},
		"has none there": {fakeapi.Fault{Code: 43101, Times: -1}, 0, 0},
		"answer lost":    {fakeapi.Fault{Drop: true, After: true, Times: 1}, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStation(t, "", true)
			s.channel = []string{"notice"}
			li := s.member("li")
			if err := li.writes("答题"); err != nil {
				t.Fatal(err)
			}
			li.agrees()
			p := s.process("a")
			if err := p.start(); err != nil {
				t.Fatal(err)
			}
			s.setTime(s.at.On(quiz.DayOf(s.Now())))
			c.fault.Path = noticePath
			s.wechat.Fail(c.fault)
			if err := p.run(); err != nil {
				t.Fatal(err)
			}
			there, err := s.store.Load(t.Context(), li.openid, 0)
			if err != nil {
				t.Fatal(err)
			}
			d := s.today()
			if left := there.Record.Member.Consent.Times; left != c.left || len(s.got(0)) != c.got || d.Outcome == push.Open {
				t.Errorf("%d consents are left, %v: %+v, %+v", left, s.got(0), d, d.Sends[0].Each)
			}
		})
	}
}

// TestConsentOfAReminderIsGivenBack: as of the item. Nobody is reminded by another one
// that evening: the mark stays.
func TestConsentOfAReminderIsGivenBack(t *testing.T) {
	for name, c := range map[string]struct {
		fault fakeapi.Fault
		left  int // consents, after the evening
		got   int
	}{
		"all is well":    {fakeapi.Fault{}, 0, 1},
		"too fast":       {fakeapi.Fault{Code: 45011, Times: 1}, 1, 0},
		"no right":       {fakeapi.Fault{Code: 48001, Times: -1}, 1, 0},
		"has none there": {fakeapi.Fault{Code: 43101, Times: -1}, 0, 0},
		"answer lost":    {fakeapi.Fault{Drop: true, After: true, Times: 1}, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStation(t, "", true)
			s.setTime(s.Now().Add(2 * time.Hour))
			li := s.member("li")
			if err := li.writes("提醒20:00"); err != nil {
				t.Fatal(err)
			}
			li.agrees()
			day := quiz.DayOf(s.Now()) + 3 // too late for a message
			s.setTime(day.Start().Add(9 * time.Hour))
			s.paper()
			s.setTime(eight.On(day))
			if c.fault != (fakeapi.Fault{}) {
				c.fault.Path = noticePath
				s.wechat.Fail(c.fault)
			}
			for range 2 {
				_ = s.process("a").remind()
			}
			there, err := s.store.Load(t.Context(), li.openid, 0)
			if err != nil {
				t.Fatal(err)
			}
			if left := there.Record.Member.Consent.Times; left != c.left || len(s.got(0)) != c.got {
				t.Errorf("%d consents are left, %v", left, s.got(0))
			}
		})
	}
}
