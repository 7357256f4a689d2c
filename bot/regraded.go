package bot

import (
	"strconv"

	"dangshi/quiz"
)

// regraded says what rulings have changed of the member's points; empty: there is
// nothing to tell.
func (b *Bot) regraded(m quiz.Member, rulings *quiz.Rulings) string {
	r, untold := m.Regraded()
	if !untold {
		return ""
	}
	w := b.Wording
	before, after := quiz.Score(r.Before), quiz.Score(r.After)
	if c, ok := rulings.Number(r.Ruling); ok && !r.Several {
		return w.Regraded.With("date", b.date(c.Day), "n", strconv.Itoa(c.Place), "season", r.Season, "before", before, "after", after)
	}
	return w.RegradedSeveral.With("season", r.Season, "before", before, "after", after)
}
