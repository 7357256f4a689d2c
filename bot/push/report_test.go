package push_test

import (
	"fmt"
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/bot/push"
	"dangshi/quiz"
)

// readyAt starts a station whose push is at a time, one replica and its morning.
func readyAt(t *testing.T, at push.TimeOfDay) (*station, *process) {
	t.Helper()
	s := newStation(t, "", false)
	s.at = at
	p := s.process("a")
	if err := p.start(); err != nil {
		t.Fatal(err)
	}
	s.setTime(at.On(quiz.DayOf(s.Now())))
	return s, p
}

// counts are those of the day's only send.
func (s *station) counts(day quiz.Day) push.Counts {
	s.t.Helper()
	days, err := s.operator().Status(s.t.Context(), 8)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, d := range days {
		if d.Day != day {
			continue
		}
		if len(d.Sends) != 1 || d.Sends[0].State != push.Sent || len(d.Reports) != 0 {
			s.t.Fatalf("%+v", d)
		}
		if d.Sends[0].Counts == nil {
			return push.Counts{}
		}
		return *d.Sends[0].Counts
	}
	s.t.Fatalf("%s is not among the last days", day)
	return push.Counts{}
}

// TestReportComesFirst: WeChat reports on a mass send before the replica that made
// it has written down that it did.
func TestReportComesFirst(t *testing.T) {
	s, p := readyAt(t, 7*60+30)
	var early push.Day
	p.then = func(point string) {
		if point == "mass" {
			s.outbox() // which waits for the report
			early = s.today()
		}
	}
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	if len(early.Sends) != 1 || early.Sends[0].State != push.Sending || len(early.Reports) != 1 {
		t.Fatalf("the report did not come first: %+v", early)
	}
	want := push.Counts{Message: s.today().Sends[0].Message, Status: "send success", Total: 3, Filter: 3, Sent: 3}
	if got := s.counts(quiz.DayOf(s.Now())); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestReportAroundMidnight: the same where the report comes on the next day.
func TestReportAroundMidnight(t *testing.T) {
	s, p := readyAt(t, 23*60+59)
	today := quiz.DayOf(s.Now())
	p.fate = func(point string) doom {
		if point == "mass" {
			s.setTime((today + 1).Start().Add(time.Second)) // on the way to WeChat
		}
		return lives
	}
	p.then = func(point string) {
		if point == "mass" {
			s.outbox()
		}
	}
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	if got := s.counts(today); got.Sent != 3 {
		t.Errorf("%+v", got)
	}
	if d := s.today(); len(d.Reports) != 0 {
		t.Errorf("the next day keeps %+v", d.Reports)
	}
}

// TestReportOfACrash: the replica dies behind the send, the report comes, and the
// next one hears from WeChat under which id it was sent.
func TestReportOfACrash(t *testing.T) {
	s, p := readyAt(t, 7*60+30)
	p.fate = at("mass", "after")
	_ = p.run()
	s.outbox()
	if d := s.today(); len(d.Reports) != 1 {
		t.Fatalf("%+v", d)
	}
	if err := s.process("b").start(); err != nil {
		t.Fatal(err)
	}
	if got := s.counts(quiz.DayOf(s.Now())); got.Sent != 3 || s.arrived() != 1 {
		t.Errorf("%+v, it arrived %d times", got, s.arrived())
	}
}

// TestReportIsTold tells a report late, more than once, and of others' messages.
func TestReportIsTold(t *testing.T) {
	s, p := readyAt(t, 7*60+30)
	day := quiz.DayOf(s.Now())
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	s.outbox()
	id := s.counts(day).Message
	report := bot.MassResult{Status: "send success", Total: 100, Filter: 80, Sent: 75, Failed: 5}
	if _, err := fmt.Sscan(id, &report.MsgID); err != nil {
		t.Fatal(err)
	}
	tell := func(r bot.MassResult) {
		t.Helper()
		for range 3 { // WeChat tells again where it heard no answer
			if err := s.operator().Finished(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.setTime((day + 6).Start().Add(9 * time.Hour)) // an administrator confirmed late
	tell(report)
	want := push.Counts{Message: id, Status: "send success", Total: 100, Filter: 80, Sent: 75, Failed: 5}
	if got := s.counts(day); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	for status, said := range map[string]string{"send success": "已发出", "sendsuccess": "已发出", "err(10001)": "微信认为内容涉嫌广告", "send fail": "微信报告群发失败"} {
		if got := (push.Counts{Status: status}).Said(); got != said {
			t.Errorf("%s is told as %s", status, got)
		}
	}
	for i := range 12 { // an editor's own
		tell(bot.MassResult{MsgID: int64(i + 1), Status: "err(10001)"})
	}
	tell(bot.MassResult{Status: "nothing has no id"})
	if d := s.today(); len(d.Reports) != 8 || d.Reports[0].Message != "5" || d.Reports[7].Message != "12" || d.Outcome != push.Open {
		t.Errorf("%+v", d)
	}
	if err := p.run(); err != nil || s.today().Outcome != push.DaySent {
		t.Errorf("the reports kept the day from being sent: %v, %+v", err, s.today())
	}
}

// TestReportOfRefusal: an administrator did not confirm a mass message, or WeChat did
// not let it pass. It waits until that is known, and is refused then; no other channel
// goes round it, until an operator wants it.
func TestReportOfRefusal(t *testing.T) {
	s := newStation(t, "", false)
	s.channel = []string{"mass", "draft"}
	p := s.process("a")
	if err := p.start(); err != nil {
		t.Fatal(err)
	}
	s.setTime(s.at.On(quiz.DayOf(s.Now())))
	s.silent = true // nobody has confirmed it
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	d := s.today()
	if until, waits := d.Sends[0].Waits(); !waits || !until.Equal(s.Now().Add(30*time.Minute)) || d.Outcome != push.DaySent {
		t.Fatalf("it waits until %s, %v: %+v", until, waits, d)
	}
	report := bot.MassResult{Status: "err(40002)", Total: 3}
	if _, err := fmt.Sscan(d.Sends[0].Message, &report.MsgID); err != nil {
		t.Fatal(err)
	}
	s.setTime(s.Now().Add(30 * time.Minute))
	for range 2 {
		if err := s.operator().Finished(t.Context(), report); err != nil {
			t.Fatal(err)
		}
		if err := p.run(); err != nil {
			t.Fatal(err)
		}
		d = s.today()
		if _, waits := d.Sends[0].Waits(); waits || len(d.Sends) != 1 || d.Sends[0].State != push.Refused || d.Outcome != push.DayRefused || d.Sends[0].Reason != "公众号的管理员 30 分钟内没有确认群发" {
			t.Fatalf("%+v", d)
		}
	}
	if _, err := p.send(); err != nil {
		t.Fatal(err)
	}
	if d := s.today(); len(d.Sends) != 2 || d.Sends[0].State != push.Refused || d.Sends[1].Channel != "draft" || d.Outcome != push.DaySent {
		t.Fatalf("%+v", d)
	}
	if err := s.operator().Finished(t.Context(), report); err != nil || s.today().Outcome != push.DaySent {
		t.Errorf("told once more: %v, %+v", err, s.today())
	}
}

// TestConfirmation: a mass message waits for an administrator of the account; what is
// said, or that nothing is said for half an hour, ends it.
func TestConfirmation(t *testing.T) {
	for name, c := range map[string]struct {
		after   time.Duration
		yes     bool
		state   push.State
		arrived int
		reason  string
	}{
		"yes":     {10 * time.Minute, true, push.Sent, 1, ""},
		"no":      {10 * time.Minute, false, push.Refused, 0, "公众号的管理员没有同意群发"},
		"nothing": {31 * time.Minute, true, push.Refused, 0, "公众号的管理员 30 分钟内没有确认群发"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStation(t, "", false)
			s.channel, s.confirm = []string{"mass", "draft"}, true
			s.connect(false, nil)
			p := s.process("a")
			if err := p.start(); err != nil {
				t.Fatal(err)
			}
			s.setTime(s.at.On(quiz.DayOf(s.Now())))
			if err := p.run(); err != nil {
				t.Fatal(err)
			}
			if _, waits := s.today().Sends[0].Waits(); !waits || s.arrived() != 0 {
				t.Fatalf("it arrived %d times before anyone confirmed it: %+v", s.arrived(), s.today())
			}
			s.setTime(s.Now().Add(c.after))
			if err := s.wechat.Confirm(t.Context(), c.yes); err != nil {
				t.Fatal(err)
			}
			s.wechat.Wait()
			if err := p.run(); err != nil {
				t.Fatal(err)
			}
			d := s.today()
			if _, waits := d.Sends[0].Waits(); waits || d.Sends[0].State != c.state || d.Sends[0].Reason != c.reason || s.arrived() != c.arrived || len(d.Sends) != 1 {
				t.Errorf("it arrived %d times: %+v", s.arrived(), d)
			}
			if err := s.wechat.Confirm(t.Context(), true); err == nil {
				t.Error("something waits still")
			}
		})
	}
}
