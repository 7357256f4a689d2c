package bot_test

import (
	"strconv"

	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
)

// regrade publishes a correction as an operator does.
func (c *chat) regrade(words []string) {
	c.t.Helper()
	day, err := quiz.ParseDay(words[1])
	if err != nil {
		c.t.Fatal(err)
	}
	p, err := c.store.CurrentPaper(c.t.Context(), day)
	if err != nil || p == nil {
		c.t.Fatalf("the paper of %s: %v", day, err)
	}
	n, _ := strconv.Atoi(words[2])
	q := p.Questions[n-1]
	key, other := q.Answer.Letters, content.Letters(1)
	if key == other {
		other = 2
	}
	proposal := map[string]quiz.Proposal{
		"void": {Void: true}, "other": {Key: other.String()}, "either": {Accept: []string{key.String(), other.String()}},
	}[words[3]]
	season, _ := c.bot.Seasons.At(day)
	plan, _, err := c.store.PlanRegrade(c.t.Context(), store.RegradeRequest{
		Question: q.ID, Proposal: proposal, By: "operator", At: c.now.Unix(), Seasons: []quiz.Season{season},
	})
	if err == nil {
		err = c.store.PublishRegrade(c.t.Context(), plan, store.RebuildOptions{Alone: true})
	}
	if err != nil {
		c.t.Fatal(err)
	}
	v, err := c.store.Verify(c.t.Context(), season, store.VerifyOptions{})
	if err != nil || len(v.Differences) > 0 {
		c.t.Errorf("after the regrade: %+v, %v", v, err)
	}
}
