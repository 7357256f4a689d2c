package bot_test

import (
	"context"
	"testing"
	"time"

	"dangshi/quiz"
)

// TestHappened: what goes on is told once, whatever is sent again, fails or may have
// failed on the way.
func TestHappened(t *testing.T) {
	c := newChat(t)
	members := &shaky{Members: c.store}
	c.bot.Members, c.bot.Questions = members, 3
	c.bot.Sleep = func(context.Context, time.Duration) error { return nil }
	day := quiz.ActivityDay{Day: quiz.Date(2026, 5, 5)}
	c.bot.Happened = day.Count
	for _, step := range []struct {
		sends string
		plan  string // of the calls of the store: see shaky
		want  quiz.Activity
	}{
		{"帮助", "", quiz.Activity{Messages: 1}},
		{"答题", "", quiz.Activity{Messages: 1, Begun: 1, New: 1}},
		{"答题", "", quiz.Activity{Messages: 1}},
		{"[repeat 2]", "", quiz.Activity{}},
		{"这是什么", "", quiz.Activity{Messages: 1}},
		{"[right]", "a", quiz.Activity{Messages: 1, Answered: 1, Right: 1}},
		{"[repeat 1]", "", quiz.Activity{}},
		{"[wrong]", "b", quiz.Activity{Messages: 1, Answered: 1}},
		{"[right]", "uuuuuuuu", quiz.Activity{Messages: 1}},
		{"[repeat 1]", "", quiz.Activity{Messages: 1, Answered: 1, Right: 1, Finished: 1}},
		{"[unfollow]", "", quiz.Activity{}},
	} {
		before := day.Total()
		members.plan = step.plan
		c.send("2026-05-05 09:30 小王> " + step.sends)
		members.plan = ""
		got := day.Total()
		before.Add(step.want)
		if got != before {
			t.Errorf("after %s: %+v in all, want %+v", step.sends, got, before)
		}
	}
	if day.Hours[9] != day.Total() || !day.Last.Equal(c.now) {
		t.Errorf("at half past nine it was %+v, the last message at %v", day.Hours[9], day.Last)
	}
}
