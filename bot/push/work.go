package push

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"dangshi/bot"
	"dangshi/quiz"
)

// pauses before a send is tried again in the same run. After the last one the
// next instant of Specs goes on.
var pauses = [...]time.Duration{time.Second, 5 * time.Second}

var (
	errSettled = errors.New("the day is settled")
	errLost    = errors.New("another replica has taken the day over")
)

// work takes the day as it stands in the ledger and goes on with it until it is
// settled. With insist an operator asks for it: what was refused is tried again.
//
// A crash at any line leaves a document from which work goes on, here or on
// another replica as soon as the claim has run out.
func (p *Push) work(ctx context.Context, day quiz.Day, insist bool) (*Day, error) {
	d, err := p.claim(ctx, day, insist)
	if errors.Is(err, errSettled) {
		return d, nil
	}
	if err != nil || d.Outcome != Open {
		return d, err
	}
	b, ok, err := p.Bulletins.Bulletin(ctx, day)
	if err != nil {
		p.Progress("failed")
		return d, errors.Join(err, p.giveUp(ctx, day, "取不到当天的内容："+err.Error()))
	}
	if !ok {
		p.Progress("nothing")
		return p.nothing(ctx, day)
	}
	for try := 0; ; try++ {
		s, channel, outcome := d.next(p.Channels)
		if outcome != Open {
			return d, nil
		}
		// The clock may have been moved while this waited for another replica, or for
		// WeChat. A minute is for one that was set back a little.
		if now := p.Now(); now.After(p.latest(day, insist)) || now.Add(time.Minute).Before(day.Start()) {
			return d, p.giveUp(ctx, day, tooLate)
		}
		if d, err = p.send(ctx, d, s, channel, b); errors.Is(err, errLost) {
			return d, nil // it goes on there
		} else if err != nil {
			return d, err
		}
		state := d.find(s.ID).State
		if state != Planned && state != Unknown || d.Outcome != Open {
			try = -1 // the next channel has all its tries
			continue
		}
		if try == len(pauses) {
			reason := d.find(s.ID).Reason
			return d, errors.Join(fmt.Errorf("推送没有发成，稍后再试：%s", reason), p.giveUp(ctx, day, ""))
		}
		if err := p.Sleep(ctx, pauses[try]); err != nil {
			return d, errors.Join(err, p.giveUp(ctx, day, ""))
		}
	}
}

// latest is until when a day's bulletin may be sent.
func (p *Push) latest(day quiz.Day, insist bool) time.Time {
	if insist {
		return (day + 1).Start()
	}
	return p.At.until().On(day)
}

// claim makes the day this replica's, waiting for another one that is at work.
// A crash behind it: others go on when the claim has run out.
func (p *Push) claim(ctx context.Context, day quiz.Day, insist bool) (d *Day, err error) {
	err = p.await(ctx, func(broken Claim) error {
		d, err = amend(ctx, p.desk, day.String(), func(d *Day) error {
			found := *d
			found.Sends = append([]Send(nil), d.Sends...)
			d.Day = day
			if err := p.hold(&d.Claim, broken); err != nil {
				return err
			}
			d.interrupted()
			if insist {
				d.reopen()
			}
			if d.settle(p.Channels) && reflect.DeepEqual(found, *d) {
				return errSettled
			}
			return nil
		})
		return err
	})
	return d, err
}

// send makes one try: stage, send, resolve.
func (p *Push) send(ctx context.Context, d *Day, s Send, channel Channel, b bot.Bulletin) (*Day, error) {
	s.Doubt = s.Doubt || s.State == Unknown
	s.State, s.Tries, s.At = Sending, s.Tries+1, p.Now()
	d, err := amend(ctx, p.desk, d.Day.String(), func(d *Day) error {
		if d.Claim.Holder != p.me {
			return errLost
		}
		d.Title = b.Title
		d.put(s)
		return p.hold(&d.Claim, Claim{})
	})
	if err != nil {
		return d, err // not sent: where the stage was written after all, it is found interrupted
	}
	// A crash from here on: a repeatable send is made again under the same id, any
	// other one stays unknown.
	limited, cancel := context.WithTimeout(ctx, p.Lease/2)
	receipt, err := channel.Send(limited, s, b)
	cancel()
	s = resolve(s, channel, receipt, err)
	p.tell(ctx, s)
	// What is known now is written down also where whoever asked for it has gone.
	keeping, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.Lease/2)
	defer cancel()
	return amend(keeping, p.desk, d.Day.String(), func(d *Day) error {
		ours := d.Claim.Holder == p.me
		if !ours && s.State != Sent {
			return errLost // who took the day over knows more
		}
		if now := d.find(s.ID); now == nil || now.State != Sent {
			d.put(s)
			d.match()
		}
		if !d.settle(p.Channels) && ours {
			return p.hold(&d.Claim, Claim{})
		}
		return nil
	})
}

// resolve says what became of a try.
func resolve(s Send, channel Channel, receipt Receipt, err error) Send {
	s.Reason = ""
	if err == nil {
		s.State, s.Doubt, s.Message = Sent, false, receipt.MessageID
		return s
	}
	v := verdict(err)
	s.Reason = v.Reason()
	switch {
	case s.Doubt, v.Ambiguous(): // a refusal now does not take back an earlier try
		s.State, s.Doubt = Unknown, true
	case v.Refused():
		s.State = Refused
	default:
		s.State = Planned
	}
	return s
}

// tell says it to the log and the metrics.
func (p *Push) tell(ctx context.Context, s Send) {
	switch s.State {
	case Sent:
		p.Progress("sent")
		p.Logger.InfoContext(ctx, "pushed", "send", s.ID, "tries", s.Tries)
		return
	case Refused:
		p.Progress("refused")
	case Unknown:
		p.Progress("unknown")
	default:
		p.Progress("failed")
	}
	p.Logger.WarnContext(ctx, "not pushed", "send", s.ID, "state", string(s.State), "tries", s.Tries, "reason", s.Reason)
}

func (d *Day) put(s Send) {
	if at := d.find(s.ID); at != nil {
		*at = s
		return
	}
	d.Sends = append(d.Sends, s)
}

// nothing settles a day that has nothing to send.
func (p *Push) nothing(ctx context.Context, day quiz.Day) (*Day, error) {
	d, err := amend(ctx, p.desk, day.String(), func(d *Day) error {
		if d.Claim.Holder != p.me {
			return errLost
		}
		if len(d.Sends) == 0 {
			d.Outcome = DayNothing
		}
		d.Claim = Claim{}
		return nil
	})
	if errors.Is(err, errLost) {
		return d, nil
	}
	return d, err
}

// giveUp ends the claim, so that the next run need not wait for it to run out.
func (p *Push) giveUp(ctx context.Context, day quiz.Day, note string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.Lease/2)
	defer cancel()
	_, err := amend(ctx, p.desk, day.String(), func(d *Day) error {
		if d.Claim.Holder != p.me {
			return errLost
		}
		d.Note, d.Claim = note, Claim{}
		return nil
	})
	if errors.Is(err, errLost) {
		return nil
	}
	return err
}
