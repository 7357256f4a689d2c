package bot_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/quiz"
	"dangshi/store/storetest"
)

// TestErasedIsNew: after 确认注销 nothing tells that there was somebody, in no
// state that the conversation knows; what they tap or send late begins nothing; and
// who comes back is new.
func TestErasedIsNew(t *testing.T) {
	server := storetest.Miniredis(t)
	c := newChatOn(t, server.Addr())
	c.bot.Units = c.store
	ctx, id := t.Context(), "oGone"
	c.now = quiz.Date(2026, 5, 18).Start().Add(9 * time.Hour)
	say := func(text string) string {
		c.now = c.now.Add(time.Minute)
		m := c.message(id, text)
		c.said[id] = append(c.said[id], m)
		reply := c.bot.Handle(ctx, m).Text
		c.remember(id, reply)
		return reply
	}
	tally := func() int {
		season, _ := c.bot.Seasons.At(quiz.DayOf(c.now))
		if err := c.store.CountTally(ctx, season, c.now); err != nil {
			t.Fatal(err)
		}
		counted, _, err := c.store.Tally(ctx, season.ID)
		if err != nil {
			t.Fatal(err)
		}
		return counted.Branches["zb3"].Members
	}

	// Somebody does all that there is to do, and leaves everything open.
	say("[follow zb3]")
	say("答题")
	for range quiz.DefaultQuestions {
		say("[wrong]")
	}
	for _, text := range []string{"绑定 王秀英 城关第三支部", "确认绑定", "提醒 20:00", "退出排行", "加入排行", "百问", "故事", "今天天气不错"} {
		say(text)
	}
	c.now = c.now.Add(24 * time.Hour)
	say("错题")
	say("[practice wrong]")
	say("绑定 王秀瑛 城关第一支部")
	question := say("错题")
	if !strings.Contains(question, "错题练习") || tally() != 1 {
		t.Fatalf("%d members; %s", tally(), question)
	}
	old := c.message(id, "[practice tap A]")
	late := c.said[id][len(c.said[id])-1]
	say("注销")
	erased := say("确认注销")
	if !strings.Contains(erased, "全部删除") {
		t.Fatal(erased)
	}
	confirmed := c.said[id][len(c.said[id])-1]

	c.checkGone(server.Dump(), id)
	if n := tally(); n != 0 {
		t.Errorf("the branch still has %d members", n)
	}
	if err := c.store.Reminders(ctx, 20*60, func(ids []string) error { t.Errorf("%v are to be reminded", ids); return nil }); err != nil {
		t.Fatal(err)
	}
	if r, err := c.bot.Reminder(ctx, id, 20*60, c.now); r.Text != "" || err != nil {
		t.Errorf("%q, %v", r.Text, err)
	}

	// Nothing of it is known, and none of these begins a record.
	for _, text := range []string{
		"我的数据", "我的", "排行", "错题", "绑定", "确认绑定", "[word 确认绑定]", "[word 确认注销]", "对", "A", "不是", "取消", "取消提醒", "加入排行",
		"[tap A of 2026051801]", "[tap A of 2026051905]", "[unfollow]", "[follow]", "今天", "帮助", "规则", "支部", "[click 我的数据]", "谢谢",
	} {
		if reply := say(text); strings.Contains(reply, "王秀") || strings.Contains(reply, "开小差") {
			t.Errorf("%s: %s", text, reply)
		}
	}
	for name, m := range map[string]bot.Message{"a practice bubble": old, "a late repeat": late} {
		if reply := c.bot.Handle(ctx, m).Text; strings.Contains(reply, "✅") || strings.Contains(reply, "❌") {
			t.Errorf("%s: %s", name, reply)
		}
	}
	if loaded, err := c.store.Load(ctx, id, 0); err != nil || loaded.Record.Version != "" {
		t.Errorf("%+v, %v", loaded.Record, err)
	}
	if data, _, _, err := c.store.Practice(ctx, id, 0); data != nil || err != nil {
		t.Errorf("practice %q, %v", data, err)
	}

	text := say("答题")
	if !strings.Contains(text, "【参加须知】") || !strings.Contains(text, "第1题") {
		t.Error(text)
	}
	if again := c.bot.Handle(ctx, confirmed).Text; again != erased { // delivered again, after the member came back
		t.Errorf("a late repeat of 确认注销 gets %q, not what was said to it", again)
	}
	if text = say("我的数据"); !strings.Contains(text, "2026-05-19 开始参加") || !strings.Contains(text, "没有设提醒") || strings.Contains(text, "王秀") {
		t.Error(text)
	}
}

// checkGone looks for a member in all that a store holds. The replies to the last
// messages are kept for two minutes, since WeChat may ask again.
func (c *chat) checkGone(dump, id string) {
	for line := range strings.Lines(dump) {
		if strings.Contains(line, id) && !strings.Contains(line, ":reply:") {
			c.t.Errorf("left behind: %s", line)
		}
		if strings.Contains(line, "王秀") && !strings.Contains(line, "请核对") && !strings.Contains(line, "登记好了") {
			c.t.Errorf("a name is left behind: %s", line)
		}
	}
}

// TestErasedMeanwhile: who is erased while a reminder is being set is not left on
// the index.
func TestErasedMeanwhile(t *testing.T) {
	c := newChat(t)
	c.now = quiz.Date(2026, 5, 18).Start().Add(9 * time.Hour)
	members := &erasing{Members: c.store}
	c.bot.Members = members
	c.bot.Handle(t.Context(), c.message("oGone", "提醒 20:00"))
	members.now = true
	c.bot.Handle(t.Context(), c.message("oGone", "提醒 21:00"))
	for _, minute := range []int{20 * 60, 21 * 60} {
		if err := c.store.Reminders(t.Context(), minute, func(ids []string) error { t.Errorf("%v are to be reminded", ids); return nil }); err != nil {
			t.Fatal(err)
		}
	}
}

// erasing is the real store, which erases a member just before the index of
// reminders is written, once.
type erasing struct {
	bot.Members
	now bool
}

func (e *erasing) SetReminder(ctx context.Context, id string, minute int) error {
	if e.now {
		e.now = false
		loaded, err := e.Load(ctx, id, 0)
		if err == nil {
			err = e.Erase(ctx, id, loaded.Record.Version, 7, "")
		}
		if err != nil {
			return err
		}
	}
	return e.Members.SetReminder(ctx, id, minute)
}
