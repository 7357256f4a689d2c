package bot

import (
	"context"
	"time"

	"dangshi/quiz"
)

// help is a short help that fits the member's situation.
func (b *Bot) help(ctx context.Context, m Message, now time.Time, _ string) (string, error) {
	loaded, err := b.load(ctx, m.From, m.Key())
	if err != nil {
		return "", err
	}
	member := loaded.Record.Member
	s, err := b.situation(ctx, m.From, now, member)
	if err != nil {
		return "", err
	}
	switch {
	case s.Asks(member):
		return b.Wording.HelpOpen.String(), nil
	case member.Last.Day == quiz.DayOf(now):
		return b.Wording.HelpDone.String(), nil
	}
	return b.Wording.HelpNew.String(), nil
}
