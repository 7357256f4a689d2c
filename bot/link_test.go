package bot_test

import (
	"strings"
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/content"
	"dangshi/quiz"
)

// TestPageLink: where there is a public address, what is said of a day leads to its
// page, also where the text is as long as can be; elsewhere there is no link.
func TestPageLink(t *testing.T) {
	c := newChat(t)
	c.now = time.Date(2026, time.March, 5, 9, 0, 0, 0, quiz.Zone)
	long := content.Item{ID: "long", Kind: content.Today, Date: "2026-03-05", Title: "长文", Text: strings.Repeat("很长的一句话。", 400), State: content.Approved}
	if _, err := c.store.PutItems(t.Context(), []content.Item{long}); err != nil {
		t.Fatal(err)
	}
	page := func(day quiz.Day) string { return "https://dangshi.example.org/today/" + day.String() }
	for _, link := range []func(quiz.Day) string{c.bot.Page, page} {
		c.bot.Page = link
		for day, length := range map[quiz.Day]int{quiz.DayOf(c.now): 1900, quiz.DayOf(c.now) + 1: 100} {
			b, ok, err := c.bot.Bulletin(t.Context(), day)
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			want := link(day)
			if n := len(b.Text); n > bot.MaxReply || n < length || b.Link != want || strings.Contains(b.Text, "https://") != (want != "") || !strings.Contains(b.Text, want) {
				t.Errorf("%s: %d bytes, link %q:\n%s", day, n, b.Link, b.Text)
			}
		}
		text := c.bot.Handle(t.Context(), c.message("oLink", "今天")).Text
		anchor := `<a href="` + page(quiz.DayOf(c.now)) + `">`
		if len(text) > bot.MaxReply || strings.Contains(text, anchor) != (link(1) != "") || strings.Count(text, "<a") > 1 {
			t.Errorf("%d bytes:\n%s", len(text), text)
		}
	}
}
