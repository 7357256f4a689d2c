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

// Reminder looks at whether a member who chose that minute of the day is to be
// reminded now, marks in the record that it was done today, and gives the words;
// empty: not to be reminded. The mark comes first: whatever becomes of the words,
// nobody is reminded twice a day.
func (b *Bot) Reminder(ctx context.Context, id string, minute int, now time.Time) (string, error) {
	today := quiz.DayOf(now)
	paper, err := b.Papers.CurrentPaper(ctx, today)
	if err != nil || paper == nil {
		return "", err
	}
	loaded, err := b.load(ctx, id, 0)
	for range attempts {
		if err != nil {
			return "", err
		}
		record := loaded.Record
		if now.Sub(time.Unix(record.Newest(), 0)) >= reachable {
			return "", nil
		}
		s, err := b.situation(ctx, id, now, record.Member)
		if err != nil {
			return "", err
		}
		after, out := quiz.Step(record.Member, quiz.Nudge{Minute: minute}, s)
		if !out.Changed {
			return "", nil
		}
		record.Member = after
		why, err := b.commit(ctx, id, quiz.Change{Record: record}, &loaded)
		if err != nil {
			return "", err
		}
		if why == nil {
			return b.reminder(after, today, len(paper.Questions), s.Voids), nil
		}
		// Where the outcome is unknown and the mark is there now, another replica
		// may have made it, which then sends.
	}
	return "", fmt.Errorf("a reminder was given up after %d attempts", attempts)
}

func (b *Bot) reminder(m quiz.Member, today quiz.Day, questions int, voids quiz.Voids) string {
	w := b.Wording
	text := w.PushRemind.String()
	if m.Open.Day == today && len(m.Open.Given) > 0 {
		text = w.PushRemindBegun.With("left", strconv.Itoa(questions-len(m.Open.Given)))
	}
	var streak string
	if s, _ := m.Streak.At(today, voids); s.Length >= endangered && s.Freezes == 0 {
		streak = w.PushRemindStreak.With("streak", strconv.Itoa(s.Length))
	}
	return lines(text, streak, w.PushRemindOff.String())
}
