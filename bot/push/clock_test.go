package push_test

import (
	"testing"
	"time"

	"dangshi/bot/push"
	"dangshi/bot/sandbox/fakeapi"
	"dangshi/quiz"
)

// onSave calls do behind the nth save of a document.
func onSave(name string, n int, do func()) func(string) {
	return func(point string) {
		if point != "save "+name {
			return
		}
		if n--; n == 0 {
			do()
		}
	}
}

// TestSleepBehindTheStage: the machine sleeps, or the sandbox's clock is moved,
// between the stage and the send. Yesterday's is not sent today, and what is in
// doubt is not sent again so late that WeChat may have forgotten its id.
func TestSleepBehindTheStage(t *testing.T) {
	for name, c := range map[string]struct {
		doubt  bool
		asleep time.Duration
		again  func(*process) error
		want   push.Outcome
	}{
		"first try":        {false, 26 * time.Hour, (*process).run, push.DayMissed},
		"past noon":        {false, 5 * time.Hour, (*process).run, push.DayMissed},
		"repeat":           {true, 26 * time.Hour, (*process).run, push.DayUnknown},
		"repeat past noon": {true, 5 * time.Hour, (*process).run, push.DayUnknown},
		"repeat by hand": {true, 12 * time.Hour, func(p *process) error {
			_, err := p.send()
			return err
		}, push.DayUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			s, p := readyAt(t, 7*60+30)
			day, arrived := quiz.DayOf(s.Now()), 0
			if c.doubt {
				p.fate = at("mass", "after")
				_ = p.run()
				s.setTime(s.Now().Add(2 * time.Minute)) // by now that one counts as dead
				p, arrived = s.process("b"), 1
			}
			p.then = onSave(day.String(), 2, func() { s.setTime(s.Now().Add(c.asleep)) })
			if err := c.again(p); err != nil {
				t.Fatal(err)
			}
			if n := s.arrived(); n != arrived {
				t.Fatalf("it arrived %d times", n)
			}
			days, err := s.operator().Status(t.Context(), 2)
			if err != nil {
				t.Fatal(err)
			}
			d := days[quiz.DayOf(s.Now())-day]
			if d.Day != day || d.Outcome != c.want || d.Claim != (push.Claim{}) || len(d.Sends) != 1 || d.Sends[0].Doubt != c.doubt {
				t.Errorf("%s: %+v", d.Outcome, d)
			}
			s.setTime(s.at.On(day + 2))
			if err := p.run(); err != nil || s.today().Outcome != push.DaySent || s.arrived() != arrived+1 {
				t.Errorf("another day: %v, %+v", err, s.today())
			}
		})
	}
}

// TestClockIsSetBackBehindMidnight: it was set back behind midnight meanwhile.
func TestClockIsSetBackBehindMidnight(t *testing.T) {
	s, p := readyAt(t, 0)
	day := quiz.DayOf(s.Now())
	s.setTime((day + 1).Start())
	p.then = onSave((day + 1).String(), 1, func() { s.setTime(s.Now().Add(-2 * time.Minute)) })
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	if n := s.arrived(); n != 0 {
		t.Fatalf("tomorrow's arrived today, %d times", n)
	}
	s.setTime((day + 1).Start().Add(15 * time.Minute))
	if err := p.run(); err != nil || s.arrived() != 1 || s.today().Outcome != push.DaySent {
		t.Fatalf("%v: it arrived %d times: %+v", err, s.arrived(), s.today())
	}
}

// TestClockIsSetBackWhileSending: by a day, which another replica sees; then the
// answer of WeChat is lost. By the clock no time has passed when the day comes again,
// in truth WeChat may have forgotten the id.
func TestClockIsSetBackWhileSending(t *testing.T) {
	s, p := readyAt(t, 7*60+30)
	day := quiz.DayOf(s.Now())
	s.check()
	s.wechat.Fail(fakeapi.Fault{Path: massPath, Drop: true, After: true})
	p.then = func(point string) {
		if point == "mass" {
			s.setTime(s.Now().Add(-24 * time.Hour))
			if err := s.process("b").start(); err != nil {
				t.Error(err)
			}
		}
	}
	_ = p.run()
	s.setTime(s.at.On(day))
	if err := s.process("c").run(); err != nil {
		t.Fatal(err)
	}
	if d := s.today(); s.arrived() != 1 || d.Outcome != push.DayUnknown || d.Sends[0].Tries != 1 {
		t.Errorf("it arrived %d times: %+v", s.arrived(), d)
	}
}

// TestClockIsSetBackForAMoment: another replica sees it before this one stages its
// repeat. By then the clock is right again, and still nobody knows.
func TestClockIsSetBackForAMoment(t *testing.T) {
	s, p := readyAt(t, 7*60+30)
	p.fate = at("mass", "after")
	_ = p.run()
	s.setTime(s.Now().Add(2 * time.Minute))
	p = s.process("b")
	p.then = onSave(quiz.DayOf(s.Now()).String(), 1, func() {
		now := s.Now()
		s.setTime(now.Add(-3 * time.Hour))
		if err := s.process("c").start(); err != nil {
			t.Error(err)
		}
		s.setTime(now)
	})
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	if d := s.today(); d.Outcome != push.DayUnknown || d.Sends[0].Tries != 1 || d.Claim != (push.Claim{}) {
		t.Errorf("%+v", d)
	}
}

// TestTimerFiresEarly: by its own clock the program is woken up a little before the
// instant.
func TestTimerFiresEarly(t *testing.T) {
	s, p := readyAt(t, 7*60+30)
	due := s.Now()
	s.setTime(due.Add(-time.Second))
	if err := p.push.Run(t.Context(), due); err != nil || s.today().Outcome != push.DaySent || s.arrived() != 1 {
		t.Errorf("%v, %+v", err, s.today())
	}
	s = evening(t, "", 1)
	due = s.Now()
	s.setTime(due.Add(-time.Second))
	if err := s.process("a").reminders.Run(t.Context(), due); err != nil || len(s.reminded()) != 1 {
		t.Errorf("%v, %v", err, s.reminded())
	}
}
