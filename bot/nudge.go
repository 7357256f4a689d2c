package bot

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"dangshi/quiz"
)

// reachable is for how long after a member's last message WeChat lets the account
// write to them unasked.
const reachable = 48 * time.Hour

// endangered is the streak from which on a reminder says that it would end.
const endangered = 7

// Reminder is what a member is reminded with.
type Reminder struct {
	Text   string // of a message; empty: the member is not to be reminded
	Notice bool   // to be sent as a subscribe message, for which a consent was used up
	Title  string // of a subscribe message
	Hint   string // of a subscribe message, 20 characters at most: the reason

	Record quiz.Record // with the mark
}

// Reminder looks at whether a member who chose that minute of the day is to be
// reminded now, and by what WeChat allows: words to one who wrote lately, else a
// subscribe message to one who has agreed. It marks in the record that it was done
// today, and with it the consent that is used up. The mark comes first: whatever
// becomes of the words, nobody is reminded twice a day.
func (b *Bot) Reminder(ctx context.Context, id string, minute int, now time.Time) (Reminder, error) {
	today := quiz.DayOf(now)
	paper, err := b.Papers.CurrentPaper(ctx, today)
	if err != nil || paper == nil {
		return Reminder{}, err
	}
	loaded, err := b.load(ctx, id, 0)
	for range attempts {
		if err != nil {
			return Reminder{}, err
		}
		record := loaded.Record
		notice := !Within(record, now)
		if notice && (b.Notice.Template == "" || !record.Member.Consent.Given()) {
			return Reminder{}, nil
		}
		s, err := b.situation(ctx, id, now, record.Member)
		if err != nil {
			return Reminder{}, err
		}
		after, out := quiz.Step(record.Member, quiz.Nudge{Minute: minute, Spend: notice}, s)
		if !out.Changed {
			return Reminder{}, nil
		}
		record.Member = after
		why, err := b.commit(ctx, id, quiz.Change{Record: record}, &loaded)
		if err != nil {
			return Reminder{}, err
		}
		if why == nil {
			r := b.reminder(after, today, len(paper.Questions), s.Voids)
			r.Notice, r.Record = notice, record
			return r, nil
		}
		// Where the outcome is unknown and the mark is there now, another replica
		// may have made it, which then sends.
	}
	return Reminder{}, fmt.Errorf("a reminder was given up after %d attempts", attempts)
}

// reminder makes the words. A streak that would end today is the reason given.
func (b *Bot) reminder(m quiz.Member, today quiz.Day, questions int, voids quiz.Voids) Reminder {
	w := b.Wording
	text := w.PushRemind.String()
	if m.Open.Day == today && len(m.Open.Given) > 0 {
		text = w.PushRemindBegun.With("left", strconv.Itoa(questions-len(m.Open.Given)))
	}
	streak, hint := "", w.NoticeHow.String()
	if s, _ := m.Streak.At(today, voids); s.Length >= endangered && s.Freezes == 0 {
		streak = w.PushRemindStreak.With("streak", strconv.Itoa(s.Length))
		hint = w.NoticeStreak.With("streak", strconv.Itoa(s.Length))
	}
	return Reminder{Text: lines(text, streak, w.PushRemindOff.String()), Title: w.NoticeRemind.String(), Hint: hint}
}
