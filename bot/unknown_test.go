package bot_test

import (
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/quiz"
)

// TestUnknownKind: a kind of message that nobody knows is answered with success,
// unless all that is not understood goes to the customer service.
func TestUnknownKind(t *testing.T) {
	c := newChat(t)
	c.now = time.Date(2026, 11, 20, 8, 0, 0, 0, quiz.Zone)
	for _, step := range []struct {
		otherwise bot.Otherwise
		want      bot.Reply
	}{{"", bot.Reply{}}, {bot.HelpOnce, bot.Reply{}}, {bot.Silence, bot.Reply{}}, {bot.Service, bot.Reply{Service: true}}} {
		c.bot.Otherwise = step.otherwise
		c.id++
		m := bot.Message{From: "oUnknown", To: "gh_account", Kind: bot.Other, Sent: c.now.Unix(), ID: c.id}
		if got := c.bot.Handle(t.Context(), m); got != step.want {
			t.Errorf("%q: %+v, want %+v", step.otherwise, got, step.want)
		}
	}
}
