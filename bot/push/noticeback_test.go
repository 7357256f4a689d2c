package push_test

import (
	"testing"

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
