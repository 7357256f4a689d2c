package bot_test

import (
	"strings"
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/quiz"
	"dangshi/store/storetest"
)

// remembering is the real store behind a replica that has an old record in memory.
type remembering struct {
	bot.Members
	old quiz.Record
}

func (r *remembering) Recall(string) (quiz.Record, bool) { return r.old, true }

// TestRepeatAtAnotherReplica: a replica that remembers an old record meets the
// repeat of a message that another one counted. It says the same words, and takes
// them neither for an answer to practice, which the old record left open, nor for
// talk.
func TestRepeatAtAnotherReplica(t *testing.T) {
	addr := storetest.Miniredis(t).Addr()
	a, b := newChatOn(t, addr), newChatOn(t, addr)
	b.id += 1_000_000 // MsgIds are WeChat's, not a replica's
	at := quiz.Date(2026, 5, 19).Start().Add(9 * time.Hour)
	say := func(c *chat, text string) (bot.Message, string) {
		at = at.Add(time.Minute)
		a.now, b.now = at, at
		m := c.message("oTwo", text)
		return m, c.bot.Handle(t.Context(), m).Text
	}
	say(b, "答题")
	for range quiz.DefaultQuestions {
		say(b, "[wrong]")
	}
	at = at.Add(24 * time.Hour)
	if _, text := say(b, "错题"); !strings.Contains(text, "错题练习") {
		t.Fatal(text)
	}
	loaded, err := b.store.Load(t.Context(), "oTwo", 0)
	if err != nil {
		t.Fatal(err)
	}
	b.bot.Members = &remembering{b.store, loaded.Record}
	say(a, "答题")
	for range quiz.DefaultQuestions {
		before, _, _ := b.practising("oTwo")
		answer, first := say(a, "[right]")
		if !strings.Contains(first, "答对") {
			t.Fatal(first)
		}
		again := b.bot.Handle(t.Context(), answer).Text
		if after, _, _ := b.practising("oTwo"); again != first || after.Done != before.Done {
			t.Errorf("%d answers in practice, then %d; at first:\n%s\nagain:\n%s", before.Done, after.Done, first, again)
		}
	}

	// A yes confirmed a name, or a 算了 took it back: it is not graded now.
	for _, word := range []string{"对", "算了"} {
		say(a, "绑定 张三 城关第一支部")
		settled, first := say(a, word)
		if !strings.Contains(first, "登记") {
			t.Fatal(first)
		}
		if again := b.bot.Handle(t.Context(), settled).Text; again != first {
			t.Errorf("%s; at first:\n%s\nagain:\n%s", word, first, again)
		}
	}
}
