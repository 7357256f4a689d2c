package bot

import (
	"context"
	"time"

	"dangshi/quiz"
)

// askErase says what an erasure takes away and asks once more.
func (b *Bot) askErase(ctx context.Context, m Message, now time.Time, _ string) (string, error) {
	return b.change(ctx, m, now, func(r quiz.Record, _ quiz.Situation) (quiz.Event, string) {
		w := b.Wording
		if !r.Member.Known() {
			return nil, w.NothingKept.String()
		}
		return quiz.AskErase{}, lines(w.EraseAsk.String(), tap("确认注销", w.EraseYes.String()))
	})
}

// erase takes all away that is kept of a member.
func (b *Bot) erase(ctx context.Context, m Message, now time.Time, _ string) (string, error) {
	return b.change(ctx, m, now, func(r quiz.Record, _ quiz.Situation) (quiz.Event, string) {
		if !r.Member.Known() {
			return nil, b.Wording.NothingKept.String()
		}
		if r.Follows(m.Sent) { // a repeat of what erased the record before this one
			return nil, b.Wording.EraseFirst.String()
		}
		return quiz.Erase{}, b.Wording.Erased.String()
	})
}
