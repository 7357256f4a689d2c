package main

import (
	"context"
	"time"

	"dangshi/bot/push"
	"dangshi/quiz"
)

// Specs of what is periodic, as five fields of cron in Asia/Shanghai.
const (
	paperSpec     = "0 0 * * *"
	remindersSpec = "10 3 * * *"   // of the index
	tallySpec     = "*/10 * * * *" // of the branches, where members may see them
)

// freshTally is how old the branches' figures may be for a replica to leave them:
// another one has just counted.
const freshTally = 5 * time.Minute

// jobs are what is periodic. Each bears being run twice, on every replica, and
// late.
func (s *service) jobs() []job {
	all := []job{{
		// The first member of the day need not wait for the paper to be drawn.
		name: "paper", spec: paperSpec,
		run: func(ctx context.Context, at time.Time) error {
			_, err := s.bot.IssuePaper(ctx, quiz.DayOf(at))
			return err
		},
	}}
	all = append(all, job{name: "trends", spec: trendsSpec, run: s.nightlyTrends, idle: s.quietTrends})
	if s.push != nil {
		for _, spec := range s.push.Specs() {
			all = append(all, job{name: "push", spec: spec, run: s.push.Run})
		}
		all = append(all,
			job{name: "reminders", spec: push.ReminderSpec, run: s.reminders.Run, idle: s.noReminders},
			job{name: "index of reminders", spec: remindersSpec, run: func(ctx context.Context, _ time.Time) error {
				return s.data.RebuildReminders(ctx)
			}},
		)
	}
	if s.simulator != nil && s.app.file.Simulator.Confirm {
		all = append(all, s.simulator.expireHeld())
	}
	if s.app.file.Units {
		all = append(all, job{name: "tally", spec: tallySpec, run: s.tally})
	}
	all = append(all, job{name: "questions", spec: questionsSpec, run: s.countQuestions}, job{name: "uploads", spec: uploadsSpec, run: s.sweepUploads, idle: s.noUploads})
	if spec, ok := s.app.backupSpec(); ok {
		all = append(all, job{name: "backup", spec: spec, run: s.backUp})
	}
	return all
}

// untilStop is ctx that ends with serve as well, which does not end the jobs by itself.
func (s *service) untilStop(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(s.app.ctx, cancel)
	return ctx, func() {
		stop()
		cancel()
	}
}

// noReminders says until when nobody wants a reminder. Where that cannot be known
// it is not long.
func (s *service) noReminders(t time.Time) (until time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	day := quiz.DayOf(t)
	after := int(t.Sub(day.Start())/time.Minute) + 1
	for _, look := range []struct {
		day  quiz.Day
		from int
	}{{day, after}, {day + 1, 0}} {
		minute, err := s.data.NextReminder(ctx, look.from)
		if err != nil {
			return t
		}
		if minute >= 0 {
			return push.TimeOfDay(minute).On(look.day)
		}
	}
	return (day + 2).Start()
}

// tally counts the branches, unless another replica does or has just done so.
func (s *service) tally(ctx context.Context, due time.Time) error {
	season, ok := s.app.file.Seasons.At(quiz.DayOf(due))
	if !ok {
		return nil
	}
	_, err := s.data.Alone(ctx, "tally", func(ctx context.Context) error {
		now := s.now()
		last, ok, err := s.data.Tally(ctx, season.ID)
		if err != nil || ok && now.Sub(time.Unix(last.At, 0)) < freshTally {
			return err
		}
		return s.data.CountTally(ctx, season, now)
	})
	return err
}
