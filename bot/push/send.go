package push

import (
	"context"
	"errors"
	"time"

	"dangshi/bot"
	"dangshi/quiz"
)

// send makes one try: stage, send, resolve. It gives the day as it is then.
func (p *Push) send(ctx context.Context, d *Day, s Send, channel Channel, b bot.Bulletin, insist bool) (*Day, error) {
	staged, now := s, p.Now()
	if staged.Doubt = s.Doubt || s.State == Unknown; !staged.Doubt {
		staged.First = now
	}
	staged.State, staged.Tries, staged.At = Sending, s.Tries+1, now
	d, err := amend(ctx, p.desk, d.Day.String(), func(d *Day) error {
		if d.Claim.Holder != p.me {
			return errLost
		}
		d.Title = b.Title
		d.put(staged)
		return p.hold(&d.Claim, Claim{})
	})
	if err != nil {
		return d, err // not sent: where the stage was written after all, it is found interrupted
	}
	// The store may have taken its time, and the machine may have slept meanwhile. From
	// here on only a clock that is moved on the way to WeChat itself goes unseen.
	d.age(p.Now())
	if !p.inTime(d.Day, insist) || staged.Doubt && d.find(s.ID).Final {
		return p.takeBack(ctx, d.Day, s)
	}
	// A crash from here on: a repeatable send is made again under the same id, any
	// other one stays unknown.
	limited, cancel := context.WithTimeout(ctx, sendTime)
	receipt, err := channel.Send(limited, staged, b)
	cancel()
	s = resolve(staged, channel, receipt, err)
	p.tell(ctx, s, err)
	return p.record(ctx, d.Day, s)
}

// sendTime bounds one send, an upload included. It may outlast the lease: who takes
// the replica for dead meanwhile repeats only what can be repeated.
const sendTime = 30 * time.Second

// record writes down what is known of a try now, also where whoever asked for it
// has gone, and waits for a store that is away, while the claim lasts. A crash
// before it: see send.
func (p *Push) record(ctx context.Context, day quiz.Day, s Send) (*Day, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.Lease/2)
	defer cancel()
	patient := p.desk
	patient.patient = true
	return amend(ctx, patient, day.String(), func(d *Day) error {
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

// takeBack undoes a stage, since the send was not made, and ends the claim. A
// crash before it is written leaves a send that is thought to be in doubt.
func (p *Push) takeBack(ctx context.Context, day quiz.Day, s Send) (*Day, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.Lease/2)
	defer cancel()
	d, err := amend(ctx, p.desk, day.String(), func(d *Day) error {
		if d.Claim.Holder != p.me {
			return errLost
		}
		d.put(s)
		d.age(p.Now())
		if !d.settle(p.Channels) {
			d.Note, d.Claim = tooLate, Claim{}
		}
		return nil
	})
	if err != nil {
		return d, err
	}
	return d, errLate
}

// resolve says what became of a try.
func resolve(s Send, channel Channel, receipt Receipt, err error) Send {
	s.Reason, s.Spent = "", false
	if err == nil {
		s.State, s.Doubt, s.Message = Sent, false, receipt.MessageID
		return s
	}
	v := verdict(err)
	s.Reason = v.Reason()
	switch {
	case s.Doubt, v.Ambiguous(): // a refusal now does not take back an earlier try
		s.State, s.Doubt = Unknown, true
		s.Final = v.Ambiguous() && errors.Is(err, ErrDraftGone) // who sent it is not known by a clientmsgid
	case v.Refused():
		s.State, s.Spent = Refused, errors.Is(err, ErrMassSpent) && s.Link == ""
	default:
		s.State = Planned
	}
	return s
}

// tell says it to the log and the metrics.
func (p *Push) tell(ctx context.Context, s Send, err error) {
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
	args := []any{"send", s.ID, "state", string(s.State), "tries", s.Tries, "reason", s.Reason}
	if f, ok := errors.AsType[*failure](err); ok {
		args = append(args, "error", f.cause)
	}
	p.Logger.WarnContext(ctx, "not pushed", args...)
}

func (d *Day) put(s Send) {
	if at := d.find(s.ID); at != nil {
		s.Final = s.Final || at.Final // whoever saw the clock set back knows more
		*at = s
		return
	}
	d.Sends = append(d.Sends, s)
}
