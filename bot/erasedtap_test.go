package bot_test

import (
	"strings"
	"testing"
	"time"

	"dangshi/quiz"
)

// TestTapFromBeforeErasure: a member answers by a tap, erases everything and begins
// anew at once; then WeChat delivers the tap again. The new record knows nothing of
// it, and the member has not answered the question that is open now: nothing is
// graded, whether this replica remembers the record or reads it. Nor does the
// confirmation of before erase it again.
func TestTapFromBeforeErasure(t *testing.T) {
	c := newChat(t)
	c.now = quiz.Date(2026, 5, 18).Start().Add(9 * time.Hour)
	say := func(text string) string {
		c.now = c.now.Add(time.Second)
		return c.bot.Handle(t.Context(), c.message("oTap", text)).Text
	}
	say("答题")
	c.now = c.now.Add(time.Second)
	old := c.message("oTap", "[tap A]")
	c.bot.Handle(t.Context(), old)
	say("注销")
	c.now = c.now.Add(time.Second)
	confirmed := c.message("oTap", "确认注销")
	erased := c.bot.Handle(t.Context(), confirmed).Text
	say("答题")
	read := c.bot.Members
	loaded, err := c.store.Load(t.Context(), "oTap", 0)
	if err != nil {
		t.Fatal(err)
	}
	for name, members := range map[string]func(){
		"remembered": func() { c.bot.Members = &remembering{read, loaded.Record} },
		"read":       func() { c.bot.Members = read },
	} {
		members()
		reply := c.bot.Handle(t.Context(), old).Text
		if n := c.answers("oTap"); n != 0 || !strings.Contains(reply, "第1题") {
			t.Errorf("%s: %d answers are stored: %s", name, n, reply)
		}
	}
	say("注销") // and has not decided yet
	if reply := c.bot.Handle(t.Context(), confirmed).Text; reply != erased {
		t.Errorf("the confirmation of before, again: %s", reply)
	}
	if reply := say("[tap A]"); c.answers("oTap") != 1 || !strings.Contains(reply, "第2题") {
		t.Errorf("a tap of now: %s", reply)
	}
}
