package push_test

import (
	"fmt"
	"strings"
	"testing"

	"dangshi/bot/push"
	"dangshi/bot/sandbox/fakeapi"
	"dangshi/quiz"
)

// strangeCode is an errcode that nobody here knows the meaning of.
const strangeCode = 48999

// TestStrangeRefusals: one whose meaning nobody knows counts against the member whom it
// met, with its code; those behind get the item. Only so many in a row are the account's.
func TestStrangeRefusals(t *testing.T) {
	const people = 40
	for name, c := range map[string]struct{ times, sent, refused int }{
		"one":         {1, people - 1, 1},
		"fewer":       {31, people - 31, 31},
		"a whole row": {-1, 0, 32},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStation(t, "", false)
			s.channel, s.atOnce = []string{"custom"}, 1
			for i := range people {
				if err := s.member(fmt.Sprint("member", i)).writes("答题"); err != nil {
					t.Fatal(err)
				}
			}
			p := s.process("a")
			if err := p.start(); err != nil {
				t.Fatal(err)
			}
			s.setTime(s.at.On(quiz.DayOf(s.Now())))
			s.wechat.Fail(fakeapi.Fault{Path: customPath, Code: strangeCode, Times: c.times})
			before := len(s.wechat.Calls())
			if err := p.run(); err != nil {
				t.Fatal(err)
			}
			tried := 0
			for _, call := range s.wechat.Calls()[before:] {
				if call.Path == customPath {
					tried++
				}
			}
			each, refused := s.today().Sends[0].Each, 0
			for reason, n := range each.Refused {
				if refused += n; !strings.Contains(reason, fmt.Sprint(strangeCode)) {
					t.Errorf("refused: %s", reason)
				}
			}
			if each.Reached() != c.sent || len(s.got(0)) != c.sent || refused != c.refused || each.Unknown != 0 {
				t.Errorf("%+v", each)
			}
			if whole := c.times < 0; whole != (tried == 32) || whole != (s.today().Outcome == push.DayRefused) {
				t.Errorf("%d calls, %+v", tried, s.today())
			}
		})
	}
}

// TestStrangeRefusalsOfReminders: as of the item.
func TestStrangeRefusalsOfReminders(t *testing.T) {
	const members = 80
	for name, c := range map[string]struct {
		times int
		ends  bool
	}{"some": {20, false}, "all": {-1, true}} {
		t.Run(name, func(t *testing.T) {
			s := evening(t, "", members)
			s.wechat.Fail(fakeapi.Fault{Path: customPath, Code: strangeCode, Times: c.times})
			err := s.process("a").remind()
			if (err != nil) != c.ends {
				t.Errorf("the schedule hears of %v", err)
			}
			if n := len(s.reminded()); !c.ends && n != members-c.times || c.ends && n != 0 {
				t.Errorf("%d of %d were reminded", n, members)
			}
		})
	}
}
