package push

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"dangshi/quiz"
)

// pauses before a send is tried again in the same run. After the last one the
// next instant of Specs goes on.
var pauses = [...]time.Duration{time.Second, 5 * time.Second}

var (
	errSettled = errors.New("the day is settled")
	errLost    = errors.New("another replica has taken the day over")
	errLate    = errors.New("the time for sending is over")
)

// work takes the day as it stands in the ledger and goes on with it until it is
// settled. With insist an operator asks for it: what was refused is tried again. seen is
// what that operator has seen, see Report.Seen; "": nothing.
//
// A crash at any line leaves a document from which work goes on, here or on
// another replica as soon as the claim has run out.
//
// A replica that another one took for dead waits for that one, since it may die, too.
func (p *Push) work(ctx context.Context, day quiz.Day, insist bool, seen string) (*Day, error) {
	for {
		d, err := p.workOn(ctx, day, insist, seen)
		if !errors.Is(err, errLost) {
			return d, err
		}
	}
}

// workOn is work until the claim is lost.
func (p *Push) workOn(ctx context.Context, day quiz.Day, insist bool, seen string) (*Day, error) {
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
		return d, errors.Join(err, p.giveUp(ctx, day, noContent))
	}
	if !ok {
		p.Progress("nothing")
		return p.nothing(ctx, day)
	}
	other := ErrOther
	for try := 0; ; try++ {
		s, channel, outcome := d.next(p.Channels)
		if outcome != Open {
			return d, nil
		}
		if seen != "" && try == 0 && seen != seenOf(b, channel.Name()) {
			return d, errors.Join(other, p.giveUp(ctx, day, d.Note))
		}
		// It may have become late, or the push been switched off, while this waited for
		// another replica, or for WeChat.
		if why, err := p.hindrance(ctx, day, insist); err != nil || why != "" {
			return d, errors.Join(err, p.giveUp(ctx, day, why))
		}
		one, each := channel.(runner)
		if each {
			if d, err = p.publish(ctx, d); err == nil {
				d, err = p.sendEach(ctx, d, s, one, d.linked(b), insist)
			}
		} else {
			d, err = p.send(ctx, d, s, channel, b, insist)
		}
		switch {
		case errors.Is(err, errLate):
			return d, nil
		case err != nil:
			return d, err
		}
		state := d.find(s.ID).State
		if state != Planned && state != Unknown || d.Outcome != Open {
			try, other = -1, ErrNext // the next channel has all its tries
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

// hindrance is why no send may be made now; "": nothing.
func (p *Push) hindrance(ctx context.Context, day quiz.Day, insist bool) (why string, err error) {
	if !p.inTime(day, insist) {
		return tooLate, nil
	}
	set, err := p.Setting(ctx)
	if err == nil && !set.On {
		why = SwitchedOff
	}
	return why, err
}

// inTime reports whether a day's bulletin may be sent now. A minute is for a clock
// that was set back a little behind midnight.
func (p *Push) inTime(day quiz.Day, insist bool) bool {
	now := p.Now()
	return now.Before(p.latest(day, insist)) && !now.Add(time.Minute).Before(day.Start())
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
			d.age(p.Now())
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

// nothing settles a day that has nothing to send.
func (p *Push) nothing(ctx context.Context, day quiz.Day) (*Day, error) {
	d, err := amend(ctx, p.desk, day.String(), func(d *Day) error {
		if d.Claim.Holder != p.me {
			return errLost
		}
		if len(d.Sends) == 0 {
			d.Outcome = DayNothing
		}
		d.Note, d.Claim = "", Claim{}
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
