package fakeapi

import (
	"context"
	"errors"
	"slices"
	"time"
)

// ConfirmTime is for how long an administrator may confirm a mass message.
const ConfirmTime = 30 * time.Minute

// Status of MASSSENDJOBFINISH where nobody got the message.
const (
	statusRejected = "err(40001)" // the administrator said no
	statusTimeout  = "err(40002)" // … or nothing for half an hour
)

// waiting is a mass message that an administrator has not confirmed: nobody has got it,
// and it is spent from the quota.
type waiting struct {
	Sent    Sent      `json:"sent"`
	At      time.Time `json:"at"`
	Total   int       `json:"total"`
	Reached int       `json:"reached"`
}

// hold keeps a mass message for the administrator; false: this account asks nobody.
func (acc *account) hold(confirm bool, s Sent, total, reached int, now time.Time) bool {
	if confirm {
		acc.Waiting = append(acc.Waiting, waiting{s, now, total, reached})
	}
	return confirm
}

// Held is a mass message that an administrator has not confirmed.
type Held struct {
	Sent  Sent      `json:"sent"`
	Until time.Time `json:"until"` // when it is dropped
}

// Held are those that wait, oldest first.
func (a *API) Held(ctx context.Context) ([]Held, error) {
	acc, err := a.account(ctx)
	if err != nil {
		return nil, err
	}
	held := []Held{}
	for _, w := range acc.Waiting {
		held = append(held, Held{w.Sent, w.At.Add(ConfirmTime)})
	}
	return held, nil
}

// Confirm is the administrator's answer to the mass message that has waited longest:
// with yes it is sent. One that has waited for more than 30 minutes is dropped,
// whatever the answer; Config.Event is told in each case. Errors: ErrNoneHeld.
func (a *API) Confirm(ctx context.Context, yes bool) error {
	return a.settle(ctx, func(acc *account, now time.Time) ([]Event, error) {
		if len(acc.Waiting) == 0 {
			return nil, ErrNoneHeld
		}
		w := acc.Waiting[0]
		acc.Waiting = slices.Clone(acc.Waiting[1:])
		switch {
		case w.expired(now):
			return []Event{massRefused(w.Sent.MsgID, statusTimeout)}, nil
		case !yes:
			return []Event{massRefused(w.Sent.MsgID, statusRejected)}, nil
		}
		acc.post(&w.Sent, now)
		return []Event{massFinished(w.Sent.MsgID, w.Total, w.Reached, w.Sent.Articles)}, nil
	})
}

// ErrNoneHeld: no mass message waits.
var ErrNoneHeld = errors.New("没有等着确认的群发")

// Expire drops what has waited for more than 30 minutes, and tells Config.Event.
func (a *API) Expire(ctx context.Context) error {
	return a.settle(ctx, func(acc *account, now time.Time) (done []Event, err error) {
		acc.Waiting = slices.DeleteFunc(slices.Clone(acc.Waiting), func(w waiting) bool {
			if w.expired(now) {
				done = append(done, massRefused(w.Sent.MsgID, statusTimeout))
			}
			return w.expired(now)
		})
		return done, nil
	})
}

func (w waiting) expired(now time.Time) bool { return now.Sub(w.At) > ConfirmTime }

// settle changes what waits, and tells of it.
func (a *API) settle(ctx context.Context, do func(acc *account, now time.Time) ([]Event, error)) error {
	now := a.cfg.Now()
	var done []Event
	err := a.change(ctx, func(acc *account) (err error) {
		done, err = do(acc, now)
		return err
	})
	if err != nil {
		return err
	}
	a.flush(ctx)
	a.events.expect(a.cfg.Event, done)()
	return nil
}

// massRefused is MASSSENDJOBFINISH of a message that nobody got.
func massRefused(msgID int64, status string) Event {
	e := massFinished(msgID, 0, 0, nil)
	e.Fields["Status"] = status
	return e
}
