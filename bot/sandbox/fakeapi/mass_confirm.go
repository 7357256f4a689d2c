package fakeapi

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// confirmTime is for how long an administrator may confirm a mass message.
const confirmTime = 30 * time.Minute

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

// Confirm is the administrator's answer to the mass message that has waited longest:
// with yes it is sent. One that has waited for more than 30 minutes is dropped,
// whatever the answer; Config.Event is told in each case. Errors: none waits.
func (a *API) Confirm(ctx context.Context, yes bool) error {
	now := a.cfg.Now()
	var done Event
	err := a.change(ctx, func(acc *account) error {
		if len(acc.Waiting) == 0 {
			return fmt.Errorf("fakeapi: no mass message waits to be confirmed")
		}
		w := acc.Waiting[0]
		acc.Waiting = slices.Delete(slices.Clone(acc.Waiting), 0, 1)
		switch id := w.Sent.MsgID; {
		case now.Sub(w.At) > confirmTime:
			done = massRefused(id, statusTimeout)
		case !yes:
			done = massRefused(id, statusRejected)
		default:
			acc.post(&w.Sent, now)
			done = massFinished(id, w.Total, w.Reached, w.Sent.Articles)
		}
		return nil
	})
	if err != nil {
		return err
	}
	a.flush(ctx)
	a.events.expect(a.cfg.Event, []Event{done})()
	return nil
}

// massRefused is MASSSENDJOBFINISH of a message that nobody got.
func massRefused(msgID int64, status string) Event {
	e := massFinished(msgID, 0, 0, nil)
	e.Fields["Status"] = status
	return e
}
