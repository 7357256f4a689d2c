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
	"dangshi/store/storetest"
)

// editors are a library that grows.
type editors struct {
	items     []content.Item
	questions []content.Question
}

func (e *editors) approve(it content.Item) {
	it.State, it.Text = content.Approved, it.Title+"的正文。"
	e.items = append(e.items, it)
}

func (e *editors) library() *content.Library { return content.NewLibrary(e.items, e.questions) }

func (e *editors) Library(context.Context) (*content.Library, error) { return e.library(), nil }

func (e *editors) LibraryNow(context.Context) (*content.Library, quiz.Version, error) {
	return e.library(), "", nil
}

// TestReadStays: what is pushed on a day without an item of its own is what is read on
// it afterwards, by each replica, whatever is approved meanwhile; the days to come, and
// an item of the day's own, follow the library.
func TestReadStays(t *testing.T) {
	addr := storetest.Miniredis(t).Addr()
	c := newChatOn(t, addr)
	c.now = time.Date(2026, time.March, 5, 7, 30, 0, 0, quiz.Zone)
	bank, err := c.store.Library(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	shelf := &editors{questions: bank.Questions()}
	c.bot.Library = shelf
	again := newChatOn(t, addr)
	again.bot.Library = shelf
	day := quiz.DayOf(c.now)

	if text := c.says("oReader", "今天").Text; !strings.Contains(text, "今天还没有内容") {
		t.Fatalf("an empty library: %s", text)
	}
	day++ // the paper of a day on which there was nothing says nothing
	c.now = c.now.AddDate(0, 0, 1)
	for i := range 3 {
		shelf.approve(content.Item{ID: fmt.Sprint("m", i), Kind: content.QA, Title: fmt.Sprint("问题", i)})
	}
	pushed := bulletin(t, c.bot, day)
	changed := false
	for i := range 4 { // ids before and behind, so that each would move the turn
		kind := []content.Kind{content.QA, content.Story}[i%2]
		shelf.approve(content.Item{ID: fmt.Sprint(string("az"[i%2]), i), Kind: kind, Title: fmt.Sprint("后来的", i)})
		for _, replica := range []*chat{c, again} {
			replica.now = c.now.Add(time.Duration(i+1) * time.Hour)
			if b := bulletin(t, replica.bot, day); b.Heading != pushed.Heading || b.Text != pushed.Text {
				t.Errorf("%q was pushed, and now it is %q", pushed.Heading, b.Heading)
			}
			if text := replica.says("oReader", "今天").Text; !strings.Contains(text, "【党史百问】") || !strings.Contains(text, pushed.Heading) {
				t.Errorf("%q was pushed, and 今天 says %s", pushed.Heading, text)
			}
		}
		now, _ := quiz.ToRead(shelf.library(), day, nil)
		changed = changed || now.Title != pushed.Heading
	}
	if !changed {
		t.Error("the turn would not have moved")
	}

	c.now = c.now.AddDate(0, 0, 3)
	if b := bulletin(t, c.bot, day); b.Heading != pushed.Heading {
		t.Errorf("%q was pushed, and days later it is %q", pushed.Heading, b.Heading)
	}
	want, _ := quiz.ToRead(shelf.library(), day+5, nil)
	if b := bulletin(t, c.bot, day+5); b.Heading != want.Title {
		t.Errorf("a day to come has %q, want %q", b.Heading, want.Title)
	}
	today := quiz.DayOf(c.now)
	bulletin(t, c.bot, today)
	shelf.approve(content.Item{ID: "own", Kind: content.Today, Date: today.String(), Title: "当天的事"})
	if b := bulletin(t, c.bot, today); b.Heading != "当天的事" {
		t.Errorf("the day's own item is not read, but %q", b.Heading)
	}
}

func bulletin(t *testing.T, b *bot.Bot, day quiz.Day) bot.Bulletin {
	t.Helper()
	made, ok, err := b.Bulletin(t.Context(), day)
	if err != nil || !ok {
		t.Fatalf("%s: %t, %v", day, ok, err)
	}
	return made
}
