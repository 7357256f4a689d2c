package bot

import (
	"context"
	"time"

	"dangshi/quiz"
)

// leave takes a member off the ranking; what they earn goes on being counted for
// themselves.
func (b *Bot) leave(ctx context.Context, m Message, now time.Time, _ string) (string, error) {
	return b.rank(ctx, m, now, true, b.Wording.RankLeft)
}

// rejoin puts a member back on the ranking with all that was earned meanwhile.
func (b *Bot) rejoin(ctx context.Context, m Message, now time.Time, _ string) (string, error) {
	return b.rank(ctx, m, now, false, b.Wording.RankJoined)
}

func (b *Bot) rank(ctx context.Context, m Message, now time.Time, out bool, done Phrase) (string, error) {
	season, _ := b.Seasons.At(quiz.DayOf(now)) // between seasons only the wish is kept
	return b.change(ctx, m, now, func(r quiz.Record, _ quiz.Situation) (quiz.Event, string) {
		if !out && !r.Member.OptOut {
			return nil, b.Wording.RankIn.String()
		}
		return quiz.Rank{Out: out, Season: season.ID}, compose("", "", b.privacyIf(out, r.Member), done.String())
	})
}

// privacyIf is the privacy notice where a record is about to be made.
func (b *Bot) privacyIf(stored bool, m quiz.Member) string {
	if !stored {
		return ""
	}
	return b.privacy(m)
}
