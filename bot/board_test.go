package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/content"
	"dangshi/quiz"
)

// TestEveryoneTied: fourteen members with the same score share the first rank,
// and each sees the own place although only ten are listed.
func TestEveryoneTied(t *testing.T) {
	c := newChat(t)
	c.now = quiz.Date(2026, 5, 5).Start().Add(9 * time.Hour)
	for i := range 14 {
		id := fmt.Sprintf("oTied%02d", i)
		c.bot.Handle(t.Context(), c.message(id, "答题"))
		for range 5 {
			c.bot.Handle(t.Context(), c.message(id, "[right]"))
		}
	}
	for i := range 14 {
		text := c.bot.Handle(t.Context(), c.message(fmt.Sprintf("oTied%02d", i), "排行")).Text
		if strings.Count(text, "第1名 您 100分") != 1 || strings.Count(text, "第1名") < 10 {
			t.Errorf("member %d reads:\n%s", i, text)
		}
	}
}

// TestReservedWordsAreNeverAnswers: while a blank is open a word that is a
// command, or an entry of the menu, is not graded.
func TestReservedWordsAreNeverAnswers(t *testing.T) {
	c := newChat(t)
	blank := content.Question{ID: "b", Type: content.Blank, Stem: "____", State: content.Approved, Answer: content.Key{Accept: []string{"井冈山"}}}
	c.now = quiz.Date(2026, 5, 5).Start().Add(9 * time.Hour)
	p := &quiz.Paper{Day: quiz.DayOf(c.now), Version: 1, Season: "2026", From: quiz.Date(2026, 1, 1), Weights: quiz.DefaultWeights, Questions: []content.Question{blank, blank}, Fixed: []bool{true, true}}
	if _, err := c.store.Freeze(t.Context(), p, ""); err != nil {
		t.Fatal(err)
	}
	c.bot.Handle(t.Context(), c.message("oWord", "答题"))
	messages := []bot.Message{c.message("oWord", "提醒 20:00"), c.message("oWord", "绑定 张三 一支部"), c.message("oWord", "[click V1001_KEFU]"), c.message("oWord", "[click 1]"), c.message("oWord", "[sticker]")}
	for _, word := range content.ChatWords() {
		if word == "确认注销" {
			continue // it does what it says, and no blank is open any more
		}
		messages = append(messages, c.message("oWord", word))
	}
	for _, m := range messages {
		if said := c.bot.Handle(t.Context(), m).Text; strings.Contains(said, "答错") || c.answers("oWord") != 0 {
			t.Errorf("%q %q is graded: %s", m.Text, m.EventKey, said)
		}
	}
	if said := c.bot.Handle(t.Context(), c.message("oWord", "我觉得是井冈山")).Text; !strings.Contains(said, "答对") {
		t.Error(said)
	}
}

// TestBetweenSeasons: nothing is said of points that are not counted.
func TestBetweenSeasons(t *testing.T) {
	c := newChat(t)
	c.bot.Seasons = quiz.Seasons{{ID: "spring", From: quiz.Date(2026, 3, 1), To: quiz.Date(2026, 4, 30)}}
	c.now = quiz.Date(2026, 5, 5).Start().Add(9 * time.Hour)
	var last string
	for _, text := range []string{"答题", "[right]", "[right]", "[right]", "[right]", "[right]"} {
		last = c.bot.Handle(t.Context(), c.message("oOff", text)).Text
	}
	if !strings.Contains(last, "不在赛季") || !strings.Contains(last, "连续 1 天") || strings.Contains(last, "累计") {
		t.Error(last)
	}
	for _, word := range []string{"排行", "我的"} {
		if said := c.bot.Handle(t.Context(), c.message("oOff", word)).Text; !strings.Contains(said, "不在赛季") {
			t.Errorf("%s: %s", word, said)
		}
	}
}
