package push

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"dangshi/bot"
	"dangshi/quiz"
)

// ReminderSpec is when Reminders.Run is to be called, as five fields of cron:
// members choose multiples of five minutes.
const ReminderSpec = "*/5 * * * *"

const (
	every = 5  // minutes
	back  = 30 // minutes for which a reminder is made up for

	remindersName = "reminders" // of the document
	atOnce        = 32          // customer messages at a time
)

// Remembered finds those who may want a reminder.
type Remembered interface {
	// Reminders visits the members indexed under a minute of the day, in pages. The
	// index may be wrong: the record decides.
	Reminders(ctx context.Context, minute int, visit func(ids []string) error) error
}

// Reminding decides on one member.
type Reminding interface {
	// Reminder marks that the member is reminded today, with a consent that it uses up
	// where one is needed, and gives the words; none: not to be reminded.
	Reminder(ctx context.Context, id string, minute int, now time.Time) (bot.Reminder, error)
}

// CustomAPI writes to one member (客服消息).
type CustomAPI interface {
	CustomText(ctx context.Context, openid, text string) error
}

// RemindersConfig is what the reminders need.
type RemindersConfig struct {
	Ledger   Ledger
	Index    Remembered
	Bot      Reminding
	API      CustomAPI
	Notice   *Notice          // for those who wrote too long ago; nil: they get none
	Now      func() time.Time // the product's clock
	Wall     func() time.Time
	Holder   string
	Logger   *slog.Logger
	Lease    time.Duration                              // 0: DefaultLease
	Sleep    func(context.Context, time.Duration) error // nil: by wall time
	Progress func(event string)                         // metrics: reminded, unreminded; may be nil
}

// Reminders remind members of the day's paper at the minute that each one chose.
type Reminders struct {
	RemindersConfig
	desk
	turn chan struct{}
	row  atomic.Int32 // strange refusals of messages, one after the other
}

// NewReminders makes the reminders of one replica.
func NewReminders(cfg RemindersConfig) *Reminders {
	cfg.Lease = cmp.Or(cfg.Lease, DefaultLease)
	if cfg.Sleep == nil {
		cfg.Sleep = sleep
	}
	if cfg.Progress == nil {
		cfg.Progress = func(string) {}
	}
	return &Reminders{
		RemindersConfig: cfg, turn: make(chan struct{}, 1),
		desk: desk{ledger: cfg.Ledger, wall: cfg.Wall, sleep: cfg.Sleep, lease: cfg.Lease, me: cfg.Holder + "#" + rand.Text()[:8]},
	}
}

// done is the document of the reminders: how far they have come.
type done struct {
	Claim  Claim    `json:"claim,omitzero"`
	Day    quiz.Day `json:"day"`
	Minute int      `json:"minute"`           // the last one of the day that was dealt with; -1: none
	Over   quiz.Day `json:"over,omitempty"`   // the day on which WeChat takes no more of them
	Reason string   `json:"reason,omitempty"` // why

	Restored string `json:"restored,omitempty"` // the last restore from a backup that was seen to
}

// Run reminds those whose minute has come since the last run of any replica: of
// the last 30 minutes, and of today only. Every replica calls it at the instants
// of ReminderSpec. A crash on the way: the next run visits the same members
// again, and their records say who was reminded.
func (r *Reminders) Run(ctx context.Context, due time.Time) error {
	select {
	case r.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-r.turn }()
	r.row.Store(0)
	now := r.Now()
	if due.After(now) {
		now = due
	}
	day := quiz.DayOf(now)
	minute := int(now.Sub(day.Start()) / time.Minute)
	minute -= minute % every
	if err := r.restored(ctx, day, minute); err != nil {
		return err
	}
	for {
		next, err := r.claim(ctx, day, minute)
		if errors.Is(err, errSettled) {
			return nil
		}
		if err != nil {
			return err
		}
		err = r.remind(ctx, day, next)
		if errors.Is(err, errLost) {
			continue // it goes on there, or here where that one ends
		}
		if over, ok := errors.AsType[*closedError](err); ok {
			return errors.Join(err, r.end(ctx, day, over.reason))
		}
		if err != nil {
			return errors.Join(err, r.pass(ctx, day, next-every))
		}
		if err := r.pass(ctx, day, next); err != nil {
			return err
		}
	}
}

// claim takes the next minute that is to be dealt with, waiting for another
// replica that is at work.
func (r *Reminders) claim(ctx context.Context, day quiz.Day, until int) (next int, err error) {
	err = r.await(ctx, func(broken Claim) error {
		_, err := amend(ctx, r.desk, remindersName, func(d *done) error {
			if d.Over == day {
				return errSettled
			}
			next = max(0, until-back)
			if d.Day == day {
				next = max(next, d.Minute+every)
			}
			if next > until { // a day that lies ahead is no hindrance: the clock was set back since
				return errSettled
			}
			if err := r.hold(&d.Claim, broken); err != nil {
				return err
			}
			d.Day, d.Minute = day, next-every
			return nil
		})
		return err
	})
	return next, err
}

// pass ends the claim, with all up to a minute dealt with.
func (r *Reminders) pass(ctx context.Context, day quiz.Day, minute int) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.Lease/2)
	defer cancel()
	_, err := amend(ctx, r.desk, remindersName, func(d *done) error {
		if d.Claim.Holder != r.me {
			return errLost
		}
		d.Day, d.Minute, d.Claim = day, minute, Claim{}
		return nil
	})
	if errors.Is(err, errLost) {
		return nil
	}
	return err
}

// renew keeps the claim while a long list is worked on.
func (r *Reminders) renew(ctx context.Context) error {
	_, err := amend(ctx, r.desk, remindersName, func(d *done) error {
		if d.Claim.Holder != r.me {
			return errLost
		}
		return r.hold(&d.Claim, Claim{})
	})
	return err
}

// remind visits everyone of one minute. Where WeChat or the store is away it
// stops, so that those who follow are not marked as reminded in vain.
func (r *Reminders) remind(ctx context.Context, day quiz.Day, minute int) error {
	return r.Index.Reminders(ctx, minute, func(ids []string) error {
		for some := range slices.Chunk(ids, 4*atOnce) {
			if err := r.renew(ctx); err != nil {
				return err
			}
			if err := r.some(ctx, some, day, minute); err != nil {
				return err
			}
		}
		return nil
	})
}

// some reminds a few members while the claim holds.
func (r *Reminders) some(ctx context.Context, ids []string, day quiz.Day, minute int) error {
	var away atomic.Pointer[error]
	var group errgroup.Group
	group.SetLimit(atOnce)
	for _, id := range ids {
		group.Go(func() error {
			if away.Load() != nil || quiz.DayOf(r.Now()) > day { // it may have waited for its turn
				return nil
			}
			if err := r.one(ctx, id, day, minute); err != nil {
				away.Store(&err)
			}
			return nil
		})
	}
	_ = group.Wait() // it has no errors of its own
	if err := away.Load(); err != nil {
		return *err
	}
	return nil
}

// one reminds one member, if there is reason to. A message that WeChat refuses
// is the end of it: the member is out of reach, or has had enough of them.
func (r *Reminders) one(ctx context.Context, id string, day quiz.Day, minute int) error {
	now := r.Now()
	if earliest := TimeOfDay(minute).On(day); now.Before(earliest) {
		now = earliest
	}
	words, err := r.Bot.Reminder(ctx, id, minute, now)
	switch {
	case errors.Is(err, quiz.ErrUnavailable), ctx.Err() != nil:
		return fmt.Errorf("deciding on a reminder: %w", err)
	case err != nil: // this member's record alone
		r.Progress("unreminded")
		r.Logger.ErrorContext(ctx, "a reminder could not be decided on", "error", err)
		return nil
	case words.Text == "" || words.Notice && r.Notice == nil:
		return nil
	}
	// A crash from here on: the member is marked and gets no reminder today.
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTime)
	notice, own := words.Notice, false
	if notice {
		err = r.Notice.remind(limited, id, day, words)
	} else {
		err = r.API.CustomText(limited, id, words.Text)
		if own = r.aboutMember(err); own && r.Notice != nil {
			// Nothing was sent: who only taps opens a window of a minute, not of 48 hours.
			notice = true
			err = r.Notice.instead(limited, id, day, words)
		}
	}
	cancel()
	if err == nil {
		r.Progress("reminded")
		return nil
	}
	r.Progress("unreminded")
	v := verdict(err)
	r.Logger.WarnContext(ctx, "not reminded", "reason", v.Reason())
	switch {
	case v.Refused() && !notice && !own: // of the account: nobody else would get theirs
		return &closedError{v.Reason()}
	case v.Refused():
		return nil // those who wrote lately still get theirs
	}
	return errors.New("提醒没有发成：" + v.Reason())
}

// aboutMember reports whether a message was refused for the member's sake alone: what
// nobody knows the meaning of is, until there are many in a row.
func (r *Reminders) aboutMember(err error) bool {
	v, judged := errors.AsType[Verdict](err)
	switch {
	case err == nil:
		r.row.Store(0)
	case judged && v.Refused() && ofMember(v):
		r.row.Store(0)
		return true
	case judged && v.Refused() && isStrange(v):
		return r.row.Add(1) < inARow
	}
	return false
}
