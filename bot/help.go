package bot

import (
	"context"
	"errors"
	"time"

	"dangshi/quiz"
)

// help is a short help that fits the member's situation.
func (b *Bot) help(ctx context.Context, m Message, now time.Time) (string, error) {
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
	case s.Asked(member) != nil:
		return b.Wording.HelpOpen.String(), nil
	case member.Last.Day == quiz.DayOf(now):
		return b.Wording.HelpDone.String(), nil
	}
	return b.Wording.HelpNew.String(), nil
}

// otherwise answers what is nothing of the quiz's: help once a day, then
// nothing. Other people write to the account too; a store that is away is no
// reason to trouble them.
func (b *Bot) otherwise(ctx context.Context, m Message, now time.Time) (string, error) {
	first, err := b.Members.HelpOnce(ctx, m.From, quiz.DayOf(now), m.Key())
	if errors.Is(err, quiz.ErrUnavailable) || errors.Is(err, quiz.ErrUnknown) {
		b.Logger.WarnContext(ctx, "help not given", "error", err)
		return "", nil
	}
	if err != nil || !first {
		return "", err
	}
	return b.help(ctx, m, now)
}
