package bot

import (
	"context"
	"strconv"
	"time"

	"dangshi/quiz"
)

// rules tells how it is counted, and how to object.
func (b *Bot) rules(ctx context.Context, _ Message, now time.Time, _ string) (string, error) {
	weights, questions := b.Weights, b.Questions
	// Those of the day, where its paper is issued: they may differ from what the
	// settings say for the next season.
	p, err := b.Papers.CurrentPaper(ctx, quiz.DayOf(now))
	if err != nil {
		return "", err
	}
	if p != nil {
		weights, questions = p.Weights, len(p.Questions)
	}
	w := b.Wording
	return compose("", "",
		w.Rules.With("n", strconv.Itoa(questions), "finish", strconv.Itoa(weights.Finish), "correct", strconv.Itoa(weights.Correct)),
		w.RulesRanking.String(), w.Object.String()), nil
}
