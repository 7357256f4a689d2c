package push

import (
	"context"
	"errors"
	"time"

	"dangshi/quiz"
)

// restoredName is the document that store.MarkRestored writes: the data are those of
// a backup, and what was sent since it was made they do not know.
const restoredName = "restored"

// restoration is one restore.
type restoration struct {
	ID string    `json:"id"`
	At time.Time `json:"at"` // wall time
}

const fromBackup = "数据是从备份恢复的，恢复前可能已经发过，不再发"

// restored looks whether the data were restored since it looked last. What was due by
// then, or begun, and is not settled may have been sent: it is repeated only where
// WeChat would know it again. A crash on the way makes the next look do it once more.
func (p *Push) restored(ctx context.Context, s *Setting) error {
	mark, _, err := read[restoration](ctx, p.desk, restoredName)
	if err != nil || mark.ID == s.Restored {
		return err
	}
	at := mark.At
	if p.Sandbox {
		at = p.Now() // its clock is its own
	}
	day := quiz.DayOf(at)
	due := !at.Before(p.At.On(day))
	_, err = amend(ctx, p.desk, day.String(), func(d *Day) error {
		d.Day = day
		if !d.doubt(p.Channels, due, p.Now()) {
			return errAsIs
		}
		d.settle(p.Channels)
		return nil
	})
	if err != nil && !errors.Is(err, errAsIs) {
		return err
	}
	changed, err := amend(ctx, p.desk, stateName, func(s *Setting) error {
		s.Restored = mark.ID
		return nil
	})
	if err == nil {
		*s = *changed
	}
	return err
}

// doubt takes it that the send which would be made now was made already.
func (d *Day) doubt(channels []Channel, due bool, now time.Time) (changed bool) {
	if d.Outcome != Open || !due && len(d.Sends) == 0 {
		return false
	}
	s, c, outcome := d.next(channels)
	if outcome != Open {
		return false
	}
	if !s.Doubt {
		s.First = now
	}
	_, each := c.(runner)
	s.State, s.Doubt, s.Reason, d.Claim = Unknown, true, fromBackup, Claim{}
	s.Final = s.Final || each || !c.Repeatable()
	d.put(s)
	return true
}

// restored takes all reminders up to a minute of the day for sent, where the data were
// restored since it looked last: the records do not know whom it has reminded.
func (r *Reminders) restored(ctx context.Context, day quiz.Day, minute int) error {
	mark, _, err := read[restoration](ctx, r.desk, restoredName)
	if err != nil || mark.ID == "" {
		return err
	}
	_, err = amend(ctx, r.desk, remindersName, func(d *done) error {
		if d.Restored == mark.ID {
			return errAsIs
		}
		d.Restored, d.Claim = mark.ID, Claim{}
		if d.Day != day || d.Minute < minute {
			d.Day, d.Minute = day, minute
		}
		return nil
	})
	if errors.Is(err, errAsIs) {
		return nil
	}
	return err
}
