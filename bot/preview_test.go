package bot_test

import (
	"strings"
	"testing"

	"dangshi/bot"
	"dangshi/content"
	"dangshi/quiz"
)

// TestPreview: what an editor sees is what members get, and what was uploaded has the
// public address, or no link where there is none.
func TestPreview(t *testing.T) {
	wording, err := bot.DefaultWording()
	if err != nil {
		t.Fatal(err)
	}
	day := quiz.Date(2026, 7, 1)
	item := content.Item{Kind: content.Today, Date: "07-01", Year: 1921, Title: "一件事", Text: "经过。", Picture: content.MediaPath + strings.Repeat("0", 32) + ".jpg"}
	private := bot.New(bot.Config{Wording: wording})
	public := bot.New(bot.Config{Wording: wording, Media: func(path string) string { return "https://example.org" + path }})
	if p := private.Preview(day, item, ""); strings.Contains(p.Reply, "<a ") || !strings.Contains(p.Reply, "1921年") || !strings.Contains(p.Push, "经过。") {
		t.Errorf("without a public address: %+v", p)
	}
	if p := public.Preview(day, item, "哪一年？"); !strings.Contains(p.Reply, `<a href="https://example.org/media/0`) || !strings.Contains(p.Push, "哪一年？") || strings.Contains(p.Push, "/media/") {
		t.Errorf("with one: %+v", p)
	}
	item.Kind, item.Date = content.Story, ""
	if p := public.Preview(day, item, ""); p.Push == "" || p.Reply == p.Push {
		t.Errorf("a story: %+v", p)
	}
	item.Kind = content.Audio
	if p := public.Preview(day, item, ""); p.Push != "" || p.Title != "" {
		t.Errorf("audio is never pushed: %+v", p)
	}
}
