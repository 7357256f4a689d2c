package bot

import (
	"context"
	"time"

	"dangshi/quiz"
)

// settle takes a yes or a no to what the member was asked to confirm. A question
// of practice that was asked later comes first: then they belong to that.
func (b *Bot) settle(ctx context.Context, m Message, now time.Time, t turn) (Reply, error) {
	if t.idle != nil && b.Practice != nil {
		p, _, _, err := b.loadPractice(ctx, m.From, m.Key())
		if err != nil {
			return Reply{}, err
		}
		if p.Open != "" && p.Asked > t.since {
			text, taken, err := b.practiceWords(ctx, m, now, *t.idle, t.talk)
			if err != nil || taken {
				return say(text, err)
			}
		}
	}
	switch {
	case t.talk == quiz.Agrees && t.confirm == quiz.Claimed:
		return say(b.confirm(ctx, m, now, ""))
	case t.talk == quiz.Agrees: // one short word alone must not destroy a year
		return Reply{Text: lines(b.Wording.EraseSure.String(), tap("确认注销", b.Wording.EraseYes.String()))}, nil
	}
	d, err := b.directory(ctx)
	if err != nil {
		return Reply{}, err
	}
	text, err := b.change(ctx, m, now, func(r quiz.Record, _ quiz.Situation) (quiz.Event, string) {
		if t.confirm == quiz.Erasing {
			return quiz.Withdraw{}, b.Wording.EraseNot.String()
		}
		return quiz.Withdraw{}, compose("", "", b.Wording.BindNot.String(), b.bindHow(d))
	})
	return say(text, err)
}
