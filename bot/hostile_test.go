package bot_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/content"
	"dangshi/quiz"
)

// hostile is a text that would be a link, markup, a number to call, a turned
// direction of writing or several lines, if anything let it.
const hostile = "<a href=\"http://x.cn\">点</a>\u202e\u2028www.x.cn\nhttps://x.cn/?a=1&b=2 tel:110 "

// TestHostileNames: branches, names and keywords with such texts, as long as they
// may be, and a member of many months: every reply of every command can be sent.
func TestHostileNames(t *testing.T) {
	c := newChat(t)
	branches := listed{}
	c.bot.Branches = branches
	for i := range 30 {
		branches[fmt.Sprintf("zb%02d", i)] = hostile + strings.Repeat("很长的支部", 40) + fmt.Sprint(i)
	}
	tally := quiz.Tally{Season: "2026", Branches: map[string]quiz.BranchTally{}}
	for code := range branches {
		tally.Branches[code] = quiz.BranchTally{Members: 9999, Active: 9999, Points: 9999 * 365 * 100 * quiz.Unit}
	}
	c.bot.Units = counted{tally}
	c.now = quiz.Date(2025, 1, 31).Start().Add(9 * time.Hour)
	send := func(text string) {
		t.Helper()
		c.now = c.now.Add(time.Second)
		checkReply(t, c.bot.Handle(t.Context(), c.message("oLong", text)))
	}
	name := strings.Repeat("龘", 24)
	send("[follow zb07]")
	send("绑定 " + name + " zb09")
	send("确认绑定")
	c.now = quiz.Date(2026, 3, 1).Start().Add(9 * time.Hour)
	for range 31 {
		send("答题")
		for range quiz.DefaultQuestions {
			send("[wrong]")
		}
		c.now = c.now.Add(24 * time.Hour)
	}
	c.now = c.now.Add(-3 * 24 * time.Hour)
	for _, word := range content.ChatWords() {
		if word != "注销" && word != "确认注销" {
			send(word)
		}
	}
	for _, text := range []string{
		"我的数据 2026-03", "绑定 " + name + " 没有这样的地方", "绑定 " + name + " 很长的支部很长的支部", "绑定 " + hostile, "绑定 " + name + " " + hostile + strings.Repeat("无", 600), "提醒 " + hostile, "我的数据 " + hostile,
		"[scan zb03]", "zb04", hostile, strings.Repeat(hostile, 20), "[voice " + strings.Repeat(hostile, 3) + "]", "注销",
	} {
		send(text)
	}
}

// TestHostileUnit: the same for a branch that a member names by themselves.
func TestHostileUnit(t *testing.T) {
	c := newChat(t)
	cfg := c.bot.Config
	cfg.Branches = nil
	c.bot = bot.New(cfg)
	c.now = quiz.Date(2026, 5, 5).Start().Add(9 * time.Hour)
	for i, unit := range []string{hostile, strings.Repeat("支", 600), strings.Repeat(hostile, 9), "=HYPERLINK(1)", "的", "\x00\xff"} {
		id := fmt.Sprint("oUnit", i)
		for _, text := range []string{"绑定 张三 " + unit, "确认绑定", "绑定", "我的数据", "答题", "A", "A", "A", "A", "A", "我的"} {
			checkReply(t, c.bot.Handle(t.Context(), c.message(id, text)))
		}
		loaded, err := c.store.Load(t.Context(), id, 0)
		if err != nil || len(loaded.Record.Member.Branch) > 100 {
			t.Errorf("%q, %v", loaded.Record.Member.Branch, err)
		}
	}
}

// TestHostileItems: items as long as they may be, whose texts would be links, are
// read with the privacy notice before them and all the rest around them.
func TestHostileItems(t *testing.T) {
	c := newChat(t)
	c.now = quiz.Date(2026, 5, 5).Start().Add(9 * time.Hour)
	plain := strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(hostile, "\n", ""), "\u202e", ""), "\u2028", "")
	var items []content.Item
	for _, kind := range []content.Kind{content.Today, content.QA, content.Story, content.Audio} {
		it := content.Item{
			ID: "0-" + string(kind), Kind: kind, Year: 1921, State: content.Approved, Grade: content.Official,
			Title: plain[:40] + strings.Repeat("题", 20), Source: plain + strings.Repeat("源", 110),
			Audio: "https://x.cn/?" + strings.Repeat("&", 480), Text: plain + "。",
		}
		if kind == content.Today {
			it.Date = "05-05"
		}
		for it.Size() < content.MaxItemSize-len("字。") {
			it.Text += "字。"
		}
		if faults := it.Check(); len(faults) > 0 {
			t.Fatal(faults)
		}
		items = append(items, it)
	}
	if _, err := c.store.PutItems(t.Context(), items); err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"今天", "百问", "故事", "听"} {
		checkReply(t, c.bot.Handle(t.Context(), c.message("oReads"+word, word)))
	}
	bulletin, ok, err := c.bot.Bulletin(t.Context(), quiz.DayOf(c.now))
	if err != nil || !ok || strings.Contains(bulletin.HTML, "<a") {
		t.Errorf("%v, %v: %s", ok, err, bulletin.HTML)
	}
	checkReply(t, bot.Reply{Text: bulletin.Text})
}

// counted are branches that were counted.
type counted struct{ tally quiz.Tally }

func (c counted) Tally(context.Context, string) (quiz.Tally, bool, error) { return c.tally, true, nil }
