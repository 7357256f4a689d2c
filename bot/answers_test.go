package bot_test

import (
	"log/slog"
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/quiz"
)

// TestAnswersByTap: an entry of the menu may say a word of the organisation's
// own, and an exact word is met by nothing but itself.
func TestAnswersByTap(t *testing.T) {
	c := newChat(t)
	c.now = time.Date(2026, time.March, 5, 9, 0, 0, 0, quiz.Zone)
	cfg := c.bot.Config
	cfg.Answers = []bot.Answer{{Words: []string{"入党"}, Exact: true, Reply: "流程"}, {Words: []string{"电话"}, Reply: "0571"}}
	cfg.Otherwise, cfg.Logger = bot.Silence, slog.New(slog.DiscardHandler)
	b := bot.New(cfg)
	for said, want := range map[string]string{
		"[click 入党]": "流程", "[click 电话]": "0571", "[click V1001]": "",
		"入党": "流程", " 入党！": "流程", "想入党可以吗朋友": "", "电话是几号": "0571",
	} {
		if got := b.Handle(t.Context(), c.message("oTap", said)).Text; got != want {
			t.Errorf("%s: %q, want %q", said, got, want)
		}
	}
}
