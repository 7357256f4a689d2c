package push

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dangshi/bot"
	"dangshi/quiz"
)

// runner is a Channel that reaches members one by one, for as long as it takes, and
// keeps its own ledger of whom.
type runner interface {
	Channel
	Run(ctx context.Context, day quiz.Day, s Send, b bot.Bulletin, keep keeper) (Reach, error)
	// Look reads how far the run of a day has come.
	Look(ctx context.Context, day quiz.Day) (Reach, error)
}

var errOff = errors.New("the push was switched off")

// sendEach lets a runner work, and writes down what has come of it. It gives the day
// as it is then. A crash at any line: the send is found staged, and the run goes on.
func (p *Push) sendEach(ctx context.Context, d *Day, s Send, channel runner, b bot.Bulletin, insist bool) (*Day, error) {
	s.State, s.Tries, s.At = Sending, s.Tries+1, p.Now()
	if s.Each == nil {
		s.Each = new(Reach)
	}
	d, err := amend(ctx, p.desk, d.Day.String(), func(d *Day) error {
		if d.Claim.Holder != p.me {
			return errLost
		}
		d.Title = b.Title
		d.put(s)
		return p.hold(&d.Claim, Claim{})
	})
	if err != nil {
		return d, err
	}
	k := &keeping{push: p, day: d.Day, id: s.ID, insist: insist, renewed: p.wall()}
	var reach Reach
	for again := true; again; {
		reach, err = channel.Run(ctx, d.Day, s, b, k)
		if k.wrote {
			s.Begun, s.Moves = true, k.moves
		}
		if again = errors.Is(err, errLost); again && k.renew(ctx, func(*Day) {}) != nil {
			return d, errLost
		}
		// The claim is still this replica's: a save of its own, given up for lost, came late.
	}
	s = settleEach(s, reach, err)
	p.tell(ctx, s, err)
	note := ""
	switch {
	case errors.Is(err, errLate):
		note = tooLate
	case errors.Is(err, errOff):
		note = SwitchedOff
	}
	d, saved := p.recordEach(ctx, d.Day, s, note)
	switch {
	case errors.Is(saved, errLost):
		return d, errLost // who took it over knows more
	case saved != nil:
		return d, errors.Join(err, saved)
	case s.State != Planned:
		return d, nil
	case note != "":
		return d, errLate
	}
	return d, fmt.Errorf("推送没有发完，稍后接着发：%s：%w", s.Reason, err)
}

// settleEach says what has become of a run.
func settleEach(s Send, reach Reach, err error) Send {
	s.Each, s.Reason, s.State = &reach, "", Sent
	over, closed := errors.AsType[*closedError](err)
	if closed {
		s.Reason = over.reason
	}
	switch {
	case err != nil && !closed:
		s.State = Planned
		if errors.Is(err, errLate) || errors.Is(err, errOff) {
			break
		}
		s.Reason = eachReason(err)
	case reach.Reached()+reach.Unknown+reach.Lost == 0:
		s.State = Refused
		if s.Reason == "" {
			s.Reason = "今天没有可以逐个送达的学员"
		}
	}
	return s
}

func eachReason(err error) string {
	switch v, ok := errors.AsType[Verdict](err); {
	case ok:
		return v.Reason()
	case errors.Is(err, context.Canceled):
		return "程序停了，启动后接着发"
	case errors.Is(err, quiz.ErrUnavailable), errors.Is(err, quiz.ErrUnknown):
		return "数据库连不上"
	}
	return "没有发完"
}

// recordEach writes down how far a run has come, and ends the claim where it does not
// go on.
func (p *Push) recordEach(ctx context.Context, day quiz.Day, s Send, note string) (*Day, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.Lease/2)
	defer cancel()
	patient := p.desk
	patient.patient = true
	return amend(ctx, patient, day.String(), func(d *Day) error {
		if d.Claim.Holder != p.me {
			return errLost
		}
		d.put(s)
		if !d.settle(p.Channels) {
			d.Note = note
			if s.State == Planned {
				d.Claim = Claim{}
			}
		}
		return nil
	})
}

// keeping is the keeper of a run of this replica's.
type keeping struct {
	push    *Push
	day     quiz.Day
	id      string
	insist  bool
	wrote   bool      // that it is begun
	moves   string    // with which
	renewed time.Time // when the claim was renewed last, by wall time
}

// begun is part of keeper.
func (k *keeping) begun(ctx context.Context, total int, moves string) error {
	return k.renew(ctx, func(d *Day) {
		if s := d.find(k.id); s != nil {
			s.Begun, s.Moves, s.Each = true, moves, &Reach{Total: total}
			k.wrote, k.moves = true, moves
		}
	})
}

// hold is part of keeper. The claim is renewed when a third of its time is over.
func (k *keeping) hold(ctx context.Context) error {
	p := k.push
	if !p.inTime(k.day, k.insist) {
		return errLate
	}
	if since := p.wall().Sub(k.renewed); since >= 0 && since < p.Lease/3 {
		return nil
	}
	set, err := p.Setting(ctx)
	if err == nil && !set.On {
		return errOff
	}
	return k.renew(ctx, func(*Day) {})
}

func (k *keeping) renew(ctx context.Context, change func(*Day)) error {
	p := k.push
	patient := p.desk
	patient.patient = true
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := amend(limited, patient, k.day.String(), func(d *Day) error {
		if d.Claim.Holder != p.me {
			return errLost
		}
		change(d)
		return p.hold(&d.Claim, Claim{})
	})
	if err == nil {
		k.renewed = p.wall()
	}
	return err
}

// Look is part of runner.
func (m *Members) Look(ctx context.Context, day quiz.Day) (r Reach, err error) {
	for shard := range m.Roll.Shards() {
		b, err := m.open(ctx, shard, day.String())
		if err != nil {
			return r, err
		}
		r.add(b.Reach)
	}
	return r, nil
}
