package bot_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dangshi/bot"
	"dangshi/content"
	"dangshi/quiz"
)

// practising is what a member practises, and the question that is asked now.
func (c *chat) practising(from string) (quiz.Practice, *quiz.Exercise, content.Question) {
	data, _, _, err := c.store.Practice(context.Background(), from, 0)
	if err != nil {
		c.t.Fatal(err)
	}
	p, err := quiz.ParsePractice(data)
	if err != nil {
		c.t.Fatal(err)
	}
	library, err := c.store.Library(context.Background())
	if err != nil {
		c.t.Fatal(err)
	}
	q, _ := library.Question(p.Open)
	return p, p.Exercise(quiz.PracticeSituation{
		Situation: quiz.Situation{ID: quiz.Self(from), Now: c.now}, Question: library.Question,
	}), q
}

// remember notes the practice bubbles of a reply.
func (c *chat) remember(from, text string) {
	for _, tap := range link.FindAllStringSubmatch(text, -1) {
		n, _ := strconv.ParseInt(tap[2], 10, 64)
		if r, ok := quiz.ParsePracticeRef(n); ok && !r.Submit && !slices.Contains(c.asked[from], n) {
			c.asked[from] = append(c.asked[from], n)
		}
	}
}

// practice is what a member sends to the question that is practised.
func (c *chat) practice(m bot.Message, words []string) bot.Message {
	numbers := c.asked[m.From]
	if words[0] == "tap" && len(numbers) < 1 || words[0] == "old" && len(numbers) < 2 {
		c.t.Errorf("%s was asked %d questions of practice", m.From, len(numbers))
		return m
	}
	switch words[0] {
	case "old":
		m.Text, m.MenuID = words[1], numbers[len(numbers)-2]
	case "tap":
		m.Text, m.MenuID = words[1], numbers[len(numbers)-1]
		if len(words) == 3 {
			m.MenuID++
		}
	default:
		m.Text = c.practiceAnswer(m.From, words[0] == "right")
	}
	return m
}

// practiceAnswer is what a member would type to be right or wrong, found by the
// texts that are shown.
func (c *chat) practiceAnswer(from string, right bool) string {
	_, x, q := c.practising(from)
	if x == nil {
		c.t.Fatalf("%s has nothing to practise", from)
	}
	if q.Type == content.Blank {
		if right {
			return q.Answer.Accept[0]
		}
		return "不知道"
	}
	var l content.Letters
	for i, option := range x.Question.Choices() {
		if q.Answer.Letters.Has(slices.Index(q.Choices(), option)) {
			l |= 1 << i
		}
	}
	return choose(q, l, right)
}

// editor retires or edits the question that a member practises.
func (c *chat) editor(verb, from string) {
	_, _, q := c.practising(from)
	switch verb {
	case "retire":
		q.State = content.Retired
	case "edit":
		q.Stem += "（已修订）"
	default:
		c.t.Fatalf("what is %s?", verb)
	}
	if _, err := c.store.PutQuestions(context.Background(), []content.Question{q}); err != nil {
		c.t.Fatal(err)
	}
}

// shakyPractice is the real store with reads and commits of practice that fail
// as shaky's do, and counts what is asked of it.
type shakyPractice struct {
	bot.Practices
	shaky
	calls atomic.Int64
}

func (s *shakyPractice) Practice(ctx context.Context, id string, key uint64) ([]byte, quiz.Version, string, error) {
	s.calls.Add(1)
	if s.next() != '.' {
		return nil, "", "", quiz.ErrUnavailable
	}
	return s.Practices.Practice(ctx, id, key)
}

func (s *shakyPractice) CommitPractice(ctx context.Context, id string, data []byte, expected quiz.Version, key uint64, reply string) error {
	s.calls.Add(1)
	switch s.next() {
	case 'b':
		return quiz.ErrUnknown
	case 'a':
		if err := s.Practices.CommitPractice(ctx, id, data, expected, key, reply); err != nil {
			return err
		}
		return quiz.ErrUnknown
	case 'u':
		return quiz.ErrUnavailable
	}
	return s.Practices.CommitPractice(ctx, id, data, expected, key, reply)
}

// erring is a member who answered papers wrong on the days before now.
func (c *chat) erring(id string, days int) {
	for i := days; i > 0; i-- {
		c.now = quiz.Date(2026, 5, 20-i).Start().Add(9 * time.Hour)
		c.bot.Handle(c.t.Context(), c.message(id, "答题"))
		for range quiz.DefaultQuestions {
			c.bot.Handle(c.t.Context(), c.message(id, "[wrong]"))
		}
	}
	c.now = quiz.Date(2026, 5, 20).Start().Add(9 * time.Hour)
}

// TestPracticeFaults: whatever fails, an answer that was told is reviewed, once,
// and one that was not told can be sent again; nothing of it reaches the record,
// the log or the board.
func TestPracticeFaults(t *testing.T) {
	c := newChat(t)
	practices := &shakyPractice{Practices: c.store}
	c.bot.Practice = practices
	c.bot.Sleep = func(context.Context, time.Duration) error { return nil }
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		id := fmt.Sprint("oErr", n)
		c.erring(id, 1)
		before, err := c.store.Load(t.Context(), id, 0)
		if err != nil {
			rt.Fatal(err)
		}
		c.bot.Handle(t.Context(), c.message(id, "错题"))
		for i := range quiz.DefaultQuestions {
			c.now = c.now.Add(time.Minute)
			m := c.message(id, "[practice "+rapid.SampledFrom([]string{"right", "wrong"}).Draw(rt, "answer")+"]")
			practices.plan = rapid.StringMatching(`[.bau]{0,4}`).Draw(rt, "plan")
			reply := c.bot.Handle(t.Context(), m)
			practices.plan = ""
			told := !strings.Contains(reply.Text, "开小差")
			if p, _, _ := c.practising(id); told && p.Done != i+1 {
				rt.Fatalf("told that answer %d was taken, %d are stored: %s", i+1, p.Done, reply.Text)
			}
			again := c.bot.Handle(t.Context(), m)
			if told && again.Text != reply.Text {
				rt.Fatalf("first:\n%s\nthen:\n%s", reply.Text, again.Text)
			}
			if p, _, _ := c.practising(id); p.Done != i+1 {
				rt.Fatalf("%d answers are reviewed after %d messages", p.Done, i+1)
			}
		}
		after, err := c.store.Load(t.Context(), id, 0)
		if err != nil || !reflect.DeepEqual(after.Record.Member, before.Record.Member) { // that the member wrote may be noted beside it
			rt.Fatalf("practice changed the member: %v", err)
		}
	})
}

// TestPracticeAtOnce: many deliveries of many messages at the same moment; each
// is reviewed at most once, and all deliveries of one are told the same.
func TestPracticeAtOnce(t *testing.T) {
	c := newChat(t)
	c.erring("oMany", 3)
	c.bot.Handle(t.Context(), c.message("oMany", "错题"))
	number := c.practiceNumber("oMany")
	var messages []bot.Message
	for i := range 4 {
		m := c.message("oMany", "A")
		if i > 0 { // one that was typed and three taps on the same bubble
			m.MenuID = number
		}
		messages = append(messages, m)
	}
	var wg sync.WaitGroup
	for _, m := range messages {
		for range 3 {
			wg.Go(func() { c.bot.Handle(t.Context(), m) })
		}
	}
	wg.Wait()
	p, _, _ := c.practising("oMany")
	if p.Done > 2 || len(p.Recent) > 1+p.Done {
		t.Errorf("%d reviews, %d messages, of one bubble and one letter", p.Done, len(p.Recent))
	}
}

func (c *chat) practiceNumber(from string) int64 {
	_, x, _ := c.practising(from)
	if x == nil {
		c.t.Fatalf("%s has nothing to practise", from)
	}
	x.Ref.Submit = true
	return x.Ref.Number()
}

// TestPracticeCostsPapersNothing: while a question of the paper is open an answer
// reads and writes nothing of practice; a letter with nothing open reads it once,
// and people who have no record are not looked up at all.
func TestPracticeCostsPapersNothing(t *testing.T) {
	c := newChat(t)
	practices := &shakyPractice{Practices: c.store}
	c.bot.Practice = practices
	c.erring("oFast", 2)
	c.bot.Handle(t.Context(), c.message("oNobody", "A"))
	c.bot.Handle(t.Context(), c.message("oNobody", "你好"))
	if n := practices.calls.Load(); n != 0 {
		t.Errorf("%d calls for two papers and somebody else", n)
	}
	c.bot.Handle(t.Context(), c.message("oFast", "A"))
	if n := practices.calls.Load(); n != 1 {
		t.Errorf("%d calls for a letter with nothing open", n)
	}
}
