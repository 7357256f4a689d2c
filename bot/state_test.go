package bot_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store/storetest"
)

// situations are the states in which a message may meet a member, each with what
// the member sends to get there. The papers begin with one question of each type.
var situations = []struct {
	name  string
	first content.Type // of the day's paper
	sends []string
	later time.Duration
	open  bool // a question is asked
}{
	{name: "new", first: content.Single},
	{name: "single", first: content.Single, sends: []string{"答题"}, open: true},
	{name: "multiple", first: content.Multiple, sends: []string{"答题"}, open: true},
	{name: "judge", first: content.Judge, sends: []string{"答题"}, open: true},
	{name: "blank", first: content.Blank, sends: []string{"答题"}, open: true},
	{name: "finished", first: content.Single, sends: []string{"答题", "A", "A"}},
	{name: "practising a choice", first: content.Single, sends: []string{"答题", "B", "A", "错题"}, open: true},
	{name: "practising a judge", first: content.Judge, sends: []string{"答题", "错", "A", "错题"}, open: true},
	{name: "practising a blank", first: content.Blank, sends: []string{"答题", "上海", "A", "错题"}, open: true},
	{name: "name to confirm", first: content.Single, sends: []string{"绑定 张三 城关第一支部"}},
	{name: "name to confirm, judge", first: content.Judge, sends: []string{"答题", "绑定 张三 城关第一支部"}, open: true},
	{name: "erasure to confirm", first: content.Single, sends: []string{"提醒 8:00", "注销"}},
	{name: "erasure to confirm, judge", first: content.Judge, sends: []string{"答题", "注销"}, open: true},
	{name: "left open yesterday", first: content.Blank, sends: []string{"答题"}, later: 24 * time.Hour},
}

// states lets members be in situations.
type states struct {
	*chat
	days map[content.Type]quiz.Day
	n    int
}

func newStates(t testing.TB) *states {
	s := &states{chat: newChat(t), days: map[content.Type]quiz.Day{}}
	s.bot.Limit = bot.Limit{}
	bank := []content.Question{
		{ID: "zs", Type: content.Single, Stem: "首都是哪里", Options: []string{"北京", "上海", "广州", "西安"}, Answer: content.Key{Letters: 1}},
		{ID: "zm", Type: content.Multiple, Stem: "哪些是城市", Options: []string{"北京", "长江", "广州", "西安"}, Answer: content.Key{Letters: 13}},
		{ID: "zj", Type: content.Judge, Stem: "北京是首都。", Answer: content.Key{Letters: 1}},
		{ID: "zb", Type: content.Blank, Stem: "首都是____。", Answer: content.Key{Accept: []string{"北京"}}},
	}
	for i := range bank {
		bank[i].State = content.Approved
	}
	if _, err := s.store.PutQuestions(t.Context(), bank); err != nil {
		t.Fatal(err)
	}
	for i, q := range bank {
		day := quiz.Date(2026, 5, 1) + quiz.Day(2*i)
		s.days[q.Type] = day
		p := &quiz.Paper{
			Day: day, Version: 1, Season: "2026", From: quiz.Date(2026, 1, 1), Weights: quiz.DefaultWeights,
			Questions: []content.Question{q, bank[0]}, Fixed: []bool{true, true},
		}
		if _, err := s.store.Freeze(t.Context(), p, ""); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// enter makes a new member who is in situation i.
func (s *states) enter(i int) (id string) {
	s.n++
	id = fmt.Sprint("oState", s.n)
	in := situations[i]
	s.now = s.days[in.first].Start().Add(9 * time.Hour)
	for _, text := range in.sends {
		s.bot.Handle(s.t.Context(), s.message(id, text))
		s.now = s.now.Add(time.Minute)
	}
	s.now = s.now.Add(in.later)
	return id
}

// graded counts all answers that were taken of a member, to papers and in practice.
func (s *states) graded(id string) int {
	p, _, _ := s.practising(id)
	return s.answers(id) + p.Done
}

// TestTalkIsNeverGraded: in no situation is any of the sayings of testdata/talk.txt
// taken for an answer; somebody with a question open is always told something; and
// nobody is told that the system is at fault.
func TestTalkIsNeverGraded(t *testing.T) {
	storetest.InTurn(t)
	t.Parallel()
	text, err := os.ReadFile("testdata/talk.txt")
	if err != nil {
		t.Fatal(err)
	}
	s := newStates(t)
	n := 0
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		n++
		for i, in := range situations {
			if !in.open {
				continue
			}
			id := s.enter(i)
			before := s.graded(id)
			reply := s.bot.Handle(t.Context(), s.message(id, line))
			switch {
			case s.graded(id) != before && !strings.Contains(reply.Text, "全部删除"):
				t.Errorf("%s: %q was graded: %s", in.name, line, reply.Text)
			case reply.Text == "" && !reply.Service:
				t.Errorf("%s: %q is not answered", in.name, line)
			case strings.Contains(reply.Text, "开小差"):
				t.Errorf("%s: %q meets a fault", in.name, line)
			}
		}
	}
	if n < 150 {
		t.Errorf("%d sayings", n)
	}
}

// TestYesAndNoElsewhere: a yes or a no to a name or an erasure is no answer to the
// judge question that is open as well; half an hour later it is.
func TestYesAndNoElsewhere(t *testing.T) {
	s := newStates(t)
	for i, in := range situations {
		if !strings.HasSuffix(in.name, "judge") || !strings.Contains(in.name, "confirm") {
			continue
		}
		for _, word := range []string{"对", "对的", "是", "是的", "没错", "√", "好的", "确认", "不对", "不是", "错了", "不", "不要", "×", "取消"} {
			id := s.enter(i)
			if reply := s.bot.Handle(t.Context(), s.message(id, word)); s.graded(id) != 0 {
				t.Errorf("%s: %q was graded: %s", in.name, word, reply.Text)
			}
		}
		id := s.enter(i)
		s.now = s.now.Add(31 * time.Minute)
		if reply := s.bot.Handle(t.Context(), s.message(id, "对")); s.graded(id) != 1 {
			t.Errorf("%s, half an hour later: %s", in.name, reply.Text)
		}
	}
}

// TestNoticeBeforeTheFirstRecord: whatever makes the first record of somebody is
// answered with what is kept and why, and whatever does not say so keeps nothing.
func TestNoticeBeforeTheFirstRecord(t *testing.T) {
	s := newStates(t)
	s.now = s.days[content.Single].Start().Add(9 * time.Hour)
	kept := 0
	for i, text := range append(content.ChatWords(),
		"绑定 张三", "绑定 张三 zb1", "绑定 张三 无此支部", "提醒 20:00", "晚上八点提醒我", "zb3", "城关第一支部", "[follow]", "[follow zb1]", "[scan zb1]", "[scan other]", "[unfollow]", "[click 百问]",
		"A", "对", "不是", "取消", "你好", "[tap A of 2026050101]", "[word 确认绑定]", "[sticker]", "[voice 退出排行。]", "[voice ]", "[location]", "我的数据 2026-05",
	) {
		id := fmt.Sprint("oFirst", i)
		reply := s.bot.Handle(t.Context(), s.message(id, text)).Text
		loaded, err := s.store.Load(t.Context(), id, 0)
		if err != nil {
			t.Fatal(err)
		}
		known := loaded.Record.Version != ""
		if known {
			kept++
		}
		if told := strings.Contains(reply, "【参加须知】"); known && !told {
			t.Errorf("%s keeps a record and says only: %s", text, reply)
		}
		if again := s.bot.Handle(t.Context(), s.message(id, "我的数据")).Text; known == strings.Contains(again, "没有保存") {
			t.Errorf("%s: a record is kept: %v; %s", text, known, again)
		}
	}
	if kept < 20 {
		t.Errorf("%d records", kept)
	}
}
