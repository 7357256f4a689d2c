package bot_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"dangshi/bot"
	"dangshi/quiz"
)

// checkReply makes sure that WeChat takes a reply and that nothing in it is a link
// but the bot's own.
func checkReply(t *testing.T, reply bot.Reply) {
	t.Helper()
	text := reply.Text
	rest := listen.ReplaceAllString(link.ReplaceAllString(text, ""), "")
	switch {
	case len(text) > bot.MaxReply:
		t.Errorf("%d bytes", len(text))
	case !utf8.ValidString(text):
		t.Errorf("no UTF-8: %q", text)
	case strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }):
		t.Errorf("characters that nobody sees: %q", text)
	case strings.ContainsAny(rest, "<>") || strings.Contains(rest, "://"):
		t.Errorf("a link or markup of somebody else's: %q", text)
	case strings.Contains(text, "开小差"):
		t.Errorf("a fault: %q", text)
	case reply.Service && text != "":
		t.Errorf("customer service and words: %q", text)
	}
}

// listen is the link to an item's audio.
var listen = regexp.MustCompile(`<a href="https://[^"<> ]*">▶ 点这里听</a>`)

// FuzzConversation meets a member in any situation with any message, twice: the
// reply is one that can be sent, at most one answer is taken, and the repeat is
// told the same.
func FuzzConversation(f *testing.F) {
	s := newStates(f)
	s.bot.Units = s.store
	for i, text := range []string{
		"答题", "A", "确认注销", "取消", "对", "绑定 张三 <a href=\"http://x.cn\">", "绑定+www.x.cn+zb1", "提醒 99:99", "我的数据 2026-05", "\x00\u202e\u2028", "\xff\xfe", strings.Repeat("很长", 400),
		"绑定 " + strings.Repeat("名", 24) + " " + strings.Repeat("支", 500), "weixin://bizmsgmenu?msgmenucontent=A&msgmenuid=1", "😀", "zb3", "AC",
	} {
		f.Add(byte(i), byte(bot.Text), text, int64(0))
		f.Add(byte(i+5), byte(bot.Voice), text, int64(0))
	}
	f.Add(byte(0), byte(bot.Follow), "zb12", int64(0))
	f.Add(byte(1), byte(bot.Image), "", int64(0))
	for i := range situations {
		ref := quiz.Ref{Day: s.days[situations[i].first], Question: 0}
		f.Add(byte(i), byte(bot.Text), "A", ref.Number())
		f.Add(byte(i), byte(bot.Text), "取消", int64(0))
		f.Add(byte(i), byte(bot.Click), "我的", int64(0))
	}
	f.Fuzz(func(t *testing.T, situation, kind byte, text string, menu int64) {
		s.t = t
		id := s.enter(int(situation) % len(situations))
		m := s.message(id, "x")
		m.Kind = bot.Kind(kind) % (bot.Event + 1)
		m.Text, m.EventKey, m.MenuID = text, text, menu
		if m.Kind >= bot.Follow {
			m.ID, m.Event = 0, "event"
		}
		before := s.graded(id)
		reply := s.bot.Handle(t.Context(), m)
		checkReply(t, reply)
		if after := s.graded(id); after > before+1 {
			t.Errorf("%d answers of one message", after-before)
		}
		between := s.graded(id)
		again := s.bot.Handle(t.Context(), m)
		if again.Text != reply.Text || again.Service != reply.Service {
			t.Errorf("at first %q, then %q", reply.Text, again.Text)
		}
		if after := s.graded(id); after != between {
			t.Errorf("the repeat was taken for %d more answers", after-between)
		}
		s.forget(id)
	})
}

// forget keeps a long run from filling the store.
func (s *states) forget(id string) {
	loaded, err := s.store.Load(context.Background(), id, 0)
	if err == nil && loaded.Record.Version != "" {
		err = s.store.Erase(context.Background(), id, loaded.Record.Version, 0, "")
	}
	if err != nil {
		s.t.Fatal(err)
	}
}
