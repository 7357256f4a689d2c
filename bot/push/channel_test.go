package push_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"dangshi/bot/push"
	"dangshi/bot/sandbox/fakeapi"
	"dangshi/quiz"
)

const (
	massPath   = "/cgi-bin/message/mass/sendall"
	draftPath  = "/cgi-bin/draft/add"
	uploadPath = "/cgi-bin/material/add_material"
	tokenPath  = "/cgi-bin/stable_token"
)

// TestWhatBecomesOfASend: one morning for each answer that WeChat may give, met by
// every call of it. Only a channel that refuses for good makes way for another
// one; what may have been sent is never sent by another.
func TestWhatBecomesOfASend(t *testing.T) {
	for _, c := range []struct {
		name    string
		channel string
		fault   fakeapi.Fault
		state   push.State
		outcome push.Outcome // at 08:00, with no other channel
		arrived int
	}{
		{"mass: all is well", "mass", fakeapi.Fault{}, push.Sent, push.DaySent, 1},
		{"mass: no right", "mass", fakeapi.Fault{Path: massPath, Code: 48001}, push.Refused, push.DayRefused, 0},
		{"mass: closed by WeChat", "mass", fakeapi.Fault{Path: massPath, Code: 48004}, push.Refused, push.DayRefused, 0},
		{"mass: quota used up", "mass", fakeapi.Fault{Path: massPath, Code: 45028}, push.Refused, push.DayRefused, 0},
		{"mass: calls of the day used up", "mass", fakeapi.Fault{Path: massPath, Code: 45009}, push.Refused, push.DayRefused, 0},
		{"mass: the text is against the rules", "mass", fakeapi.Fault{Path: massPath, Code: 87014}, push.Refused, push.DayRefused, 0},
		{"mass: a code that nobody knows", "mass", fakeapi.Fault{Path: massPath, Code: 99999}, push.Refused, push.DayRefused, 0},
		{"mass: sent before", "mass", fakeapi.Fault{Path: massPath, Code: 45065}, push.Sent, push.DaySent, 0},
		{"mass: too many calls", "mass", fakeapi.Fault{Path: massPath, Code: 45011}, push.Planned, push.Open, 0},
		{"mass: the same again too soon", "mass", fakeapi.Fault{Path: massPath, Code: 45066}, push.Planned, push.Open, 0},
		{"mass: address not listed", "mass", fakeapi.Fault{Path: massPath, Code: 40164}, push.Planned, push.Open, 0},
		{"mass: token refused", "mass", fakeapi.Fault{Path: massPath, Code: 40001}, push.Planned, push.Open, 0},
		{"mass: wrong secret", "mass", fakeapi.Fault{Path: tokenPath, Code: 40125}, push.Planned, push.Open, 0},
		{"mass: no token to be had", "mass", fakeapi.Fault{Path: tokenPath, Drop: true}, push.Planned, push.Open, 0},
		{"mass: WeChat is busy", "mass", fakeapi.Fault{Path: massPath, Code: -1}, push.Unknown, push.Open, 0},
		{"mass: WeChat is busy and did it", "mass", fakeapi.Fault{Path: massPath, Code: -1, After: true}, push.Unknown, push.Open, 1},
		{"mass: cut off before", "mass", fakeapi.Fault{Path: massPath, Drop: true}, push.Unknown, push.Open, 0},
		{"mass: cut off behind it", "mass", fakeapi.Fault{Path: massPath, Drop: true, After: true}, push.Unknown, push.Open, 1},

		{"draft: all is well", "draft", fakeapi.Fault{}, push.Sent, push.DaySent, 1},
		{"draft: no right", "draft", fakeapi.Fault{Path: draftPath, Code: 48001}, push.Refused, push.DayRefused, 0},
		{"draft: digest too long", "draft", fakeapi.Fault{Path: draftPath, Code: 45004}, push.Refused, push.DayRefused, 0},
		{"draft: too many calls", "draft", fakeapi.Fault{Path: draftPath, Code: 45011}, push.Planned, push.Open, 0},
		{"draft: address not listed", "draft", fakeapi.Fault{Path: draftPath, Code: 40164}, push.Planned, push.Open, 0},
		{"draft: no token to be had", "draft", fakeapi.Fault{Path: tokenPath, Drop: true}, push.Planned, push.Open, 0},
		{"draft: the cover is gone for good", "draft", fakeapi.Fault{Path: draftPath, Code: 40007}, push.Planned, push.Open, 0},
		{"draft: WeChat is busy", "draft", fakeapi.Fault{Path: draftPath, Code: -1}, push.Unknown, push.DayUnknown, 0},
		{"draft: WeChat is busy and did it", "draft", fakeapi.Fault{Path: draftPath, Code: -1, After: true}, push.Unknown, push.DayUnknown, 1},
		{"draft: cut off before", "draft", fakeapi.Fault{Path: draftPath, Drop: true}, push.Unknown, push.DayUnknown, 0},
		{"draft: cut off behind it", "draft", fakeapi.Fault{Path: draftPath, Drop: true, After: true}, push.Unknown, push.DayUnknown, 1},

		{"picture: no right", "picture", fakeapi.Fault{Path: uploadPath, Code: 48001}, push.Refused, push.DayRefused, 0},
		{"picture: too large", "picture", fakeapi.Fault{Path: uploadPath, Code: 40009}, push.Refused, push.DayRefused, 0},
		{"picture: too many calls", "picture", fakeapi.Fault{Path: uploadPath, Code: 45011}, push.Planned, push.Open, 0},
		{"picture: cut off behind it", "picture", fakeapi.Fault{Path: uploadPath, Drop: true, After: true}, push.Planned, push.Open, 0},
		{"picture: WeChat is busy", "picture", fakeapi.Fault{Path: uploadPath, Code: -1}, push.Planned, push.Open, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStation(t, "", false)
			s.channel = []string{c.channel}
			if c.channel == "picture" {
				s.channel = []string{"draft"}
			}
			p := s.process("a")
			if c.channel == "draft" {
				s.uploaded() // as on any day but the first
			}
			if err := p.start(); err != nil {
				t.Fatal(err)
			}
			today := quiz.DayOf(s.Now())
			s.setTime(s.at.On(today))
			if c.fault != (fakeapi.Fault{}) {
				if c.fault.Path != tokenPath {
					s.check()
				}
				c.fault.Times = -1
				s.wechat.Fail(c.fault)
			}
			err := p.run()
			if open := c.outcome == push.Open; open != (err != nil) {
				t.Errorf("the schedule hears of %v", err)
			}
			s.setTime(today.Start().Add(8 * time.Hour))
			d := s.today()
			if len(d.Sends) != 1 || d.Sends[0].State != c.state || d.Outcome != c.outcome || d.Claim != (push.Claim{}) {
				t.Errorf("the ledger says %s of %+v, claimed by %q", d.Outcome, d.Sends, d.Claim.Holder)
			}
			if n := s.arrived(); n != c.arrived {
				t.Errorf("it arrived %d times", n)
			}
			if (d.Sends[0].Reason == "") != (c.state == push.Sent) {
				t.Errorf("the reason is %q", d.Sends[0].Reason)
			}
		})
	}
}

// TestWeChatIsNotThere: nothing listens where the API should be. That nothing was
// sent is sure, so that the day goes on until WeChat is there again.
func TestWeChatIsNotThere(t *testing.T) {
	for _, channel := range []string{"mass", "draft"} {
		t.Run(channel, func(t *testing.T) {
			s := newStation(t, "", false)
			s.channel = []string{channel}
			there := s.client
			gone := httptest.NewServer(nil)
			gone.Close()
			s.client = s.newClient(gone.URL, 0)
			p := s.process("a")
			if err := p.start(); err != nil {
				t.Fatal(err)
			}
			s.setTime(s.at.On(quiz.DayOf(s.Now())))
			if err := p.run(); err == nil {
				t.Fatal("nobody was told that nothing was sent")
			}
			if d := s.today(); len(d.Sends) != 1 || d.Sends[0].State != push.Planned {
				t.Fatalf("%+v", d)
			}
			s.client = there
			s.setTime(s.Now().Add(15 * time.Minute))
			if err := p.run(); err != nil {
				t.Fatal(err)
			}
			if d := s.today(); d.Outcome != push.DaySent || s.arrived() != 1 {
				t.Fatalf("it arrived %d times: %+v", s.arrived(), d)
			}
		})
	}
}

// TestShutDownWhileSending: the program ends while WeChat is silent. What is known
// is written down, the claim is given back, and the next program goes on at once.
func TestShutDownWhileSending(t *testing.T) {
	s := newStation(t, "", false)
	p := s.process("a")
	if err := p.start(); err != nil {
		t.Fatal(err)
	}
	s.setTime(s.at.On(quiz.DayOf(s.Now())))
	s.check()
	s.wechat.Fail(fakeapi.Fault{Path: massPath, Hang: true, After: true})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- p.push.Run(ctx, s.Now()) }()
	for len(s.outbox()) == 0 {
		time.Sleep(time.Millisecond)
	}
	waiting, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	if err := p.push.Run(waiting, s.Now()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("one that waited for its turn ended with %v", err)
	}
	stop()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Fatalf("the program ended with %v", err)
	}
	d := s.today()
	if len(d.Sends) != 1 || d.Sends[0].State != push.Unknown || d.Claim != (push.Claim{}) {
		t.Fatalf("%+v", d)
	}
	before := s.Now()
	if err := s.process("b").start(); err != nil {
		t.Fatal(err)
	}
	if d := s.today(); d.Outcome != push.DaySent || s.arrived() != 1 || !s.Now().Equal(before) {
		t.Fatalf("it arrived %d times, %s later: %+v", s.arrived(), s.Now().Sub(before), d)
	}
}

// TestCancelledBefore: a program that is told to end before it began does nothing.
func TestCancelledBefore(t *testing.T) {
	s := newStation(t, "", false)
	p := s.process("a")
	if err := p.start(); err != nil {
		t.Fatal(err)
	}
	s.setTime(s.at.On(quiz.DayOf(s.Now())))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.push.Run(ctx, s.Now()); err == nil {
		t.Error("Run did not say that it was cancelled")
	}
	if d := s.today(); len(d.Sends) != 0 || s.arrived() != 0 {
		t.Errorf("%+v", d)
	}
	if err := p.run(); err != nil || s.today().Outcome != push.DaySent {
		t.Errorf("afterwards: %v, %+v", err, s.today())
	}
}
