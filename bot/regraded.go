package bot

import (
	"context"
	"strconv"
	"time"

	"dangshi/quiz"
)

// regraded puts what rulings have changed of the member's points before the
// words. Where there is nothing to tell, or no room, untold is false: then it
// waits for the next message. Who calls it stores that it was told, with the
// words, in one commit.
func (b *Bot) regraded(text string, m quiz.Member, rulings *quiz.Rulings) (told string, untold bool) {
	r, untold := m.Regraded()
	if !untold || text == "" {
		return text, false
	}
	w := b.Wording
	before, after := quiz.Score(r.Before), quiz.Score(r.After)
	notice := w.RegradedSeveral.With("season", r.Season, "before", before, "after", after)
	if c, ok := rulings.Number(r.Ruling); ok && !r.Several {
		notice = w.Regraded.With("date", b.date(c.Day), "n", strconv.Itoa(c.Place), "season", r.Season, "before", before, "after", after)
	}
	if len(notice)+2+len(text) > MaxReply {
		return text, false
	}
	return notice + "\n\n" + text, true
}

// tell says words that need no change of the record, and with them what is to be
// told once.
func (b *Bot) tell(ctx context.Context, m Message, now time.Time, member quiz.Member, text string) (string, error) {
	if _, untold := member.Regraded(); !untold {
		return text, nil
	}
	return b.change(ctx, m, now, func(quiz.Record, quiz.Situation) (quiz.Event, string) { return quiz.Hear{}, text })
}
