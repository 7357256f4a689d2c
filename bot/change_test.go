package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dangshi/bot"
	"dangshi/quiz"
)

// shaky is the real store with commits that fail before or after they are
// applied, and reads that fail, as its plan says, one letter a call:
//
//	.  works
//	b  a commit fails before it is applied, and nobody can tell
//	a  a commit fails after it was applied, and nobody can tell
//	u  fails, and it is known that nothing was written
type shaky struct {
	bot.Members
	mu   sync.Mutex
	plan string
}

func (s *shaky) next() byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.plan == "" {
		return '.'
	}
	c := s.plan[0]
	s.plan = s.plan[1:]
	return c
}

func (s *shaky) Load(ctx context.Context, id string, key uint64) (quiz.Loaded, error) {
	if s.next() != '.' {
		return quiz.Loaded{}, quiz.ErrUnavailable
	}
	return s.Members.Load(ctx, id, key)
}

func (s *shaky) Commit(ctx context.Context, id string, c quiz.Change) (quiz.Loaded, error) {
	switch s.next() {
	case 'b':
		return quiz.Loaded{}, quiz.ErrUnknown
	case 'a':
		if l, err := s.Members.Commit(ctx, id, c); err != nil {
			return l, err
		}
		return quiz.Loaded{}, quiz.ErrUnknown
	case 'u':
		return quiz.Loaded{}, quiz.ErrUnavailable
	}
	return s.Members.Commit(ctx, id, c)
}

// answers counts the answers that are stored for a member.
func (c *chat) answers(id string) int {
	loaded, err := c.store.Load(context.Background(), id, 0)
	if err != nil {
		c.t.Fatal(err)
	}
	n := len(loaded.Record.Member.Open.Given)
	log, err := c.store.Log(context.Background(), id, "2026")
	if err != nil {
		c.t.Fatal(err)
	}
	entries, err := quiz.ParseLog(log, quiz.Date(2026, 1, 1))
	if err != nil {
		c.t.Fatal(err)
	}
	for _, e := range entries {
		n += len(e.Given)
	}
	return n
}

// TestFaultsBeforeAndAfterTheWrite: whatever fails, an answer that was told is
// counted, once, and one that was not told can be sent again and is counted
// once then.
func TestFaultsBeforeAndAfterTheWrite(t *testing.T) {
	c := newChat(t)
	members := &shaky{Members: c.store}
	c.bot.Members = members
	c.bot.Sleep = func(context.Context, time.Duration) error { return nil }
	c.now = quiz.Date(2026, 5, 5).Start().Add(9 * time.Hour)
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		id := fmt.Sprint("oShaky", n)
		first := c.bot.Handle(t.Context(), c.message(id, "答题"))
		if !strings.Contains(first.Text, "第1题") {
			rt.Fatal(first.Text)
		}
		for i := range 5 {
			m := c.message(id, "A")
			members.plan = rapid.StringMatching(`[.bau]{0,3}`).Draw(rt, "plan")
			reply := c.bot.Handle(t.Context(), m)
			members.plan = ""
			told := !strings.Contains(reply.Text, "开小差")
			if told && c.answers(id) != i+1 {
				rt.Fatalf("told that answer %d counts, %d are stored: %s", i+1, c.answers(id), reply.Text)
			}
			again := c.bot.Handle(t.Context(), m) // WeChat or the member sends it again
			if told && again.Text != reply.Text {
				rt.Fatalf("first:\n%s\nthen:\n%s", reply.Text, again.Text)
			}
			if got := c.answers(id); got != i+1 {
				rt.Fatalf("%d answers are stored after %d messages", got, i+1)
			}
		}
	})
}

// TestDeliveriesAtOnce: many deliveries of many messages of one member at the
// same moment; each counts at most once.
func TestDeliveriesAtOnce(t *testing.T) {
	c := newChat(t)
	c.now = quiz.Date(2026, 5, 5).Start().Add(9 * time.Hour)
	c.bot.Handle(t.Context(), c.message("oMany", "答题"))
	var messages []bot.Message
	for range 4 {
		messages = append(messages, c.message("oMany", "A"))
	}
	replies := make([][3]string, len(messages))
	var wg sync.WaitGroup
	for i, m := range messages {
		for k := range 3 {
			wg.Go(func() { replies[i][k] = c.bot.Handle(t.Context(), m).Text })
		}
	}
	wg.Wait()
	seen := map[string]bool{}
	for i, r := range replies {
		if r[0] != r[1] || r[1] != r[2] {
			t.Errorf("message %d was answered in different ways:\n%s", i, strings.Join(r[:], "\n---\n"))
		}
		seen[r[0]] = true
	}
	if len(seen) != len(messages) || c.answers("oMany") != len(messages) {
		t.Errorf("%d different replies, %d answers stored, of %d messages", len(seen), c.answers("oMany"), len(messages))
	}
}

// TestBoardAway: the rank is left out of the result where the boards cannot be
// read; the day counts all the same.
func TestBoardAway(t *testing.T) {
	c := newChat(t)
	c.bot.Boards = noBoards{c.bot.Boards}
	c.now = quiz.Date(2026, 5, 5).Start().Add(9 * time.Hour)
	var last bot.Reply
	for _, text := range []string{"答题", "A", "A", "A", "A", "A"} {
		last = c.bot.Handle(t.Context(), c.message("oAway", text))
	}
	if !strings.Contains(last.Text, "题答完了") || strings.Contains(last.Text, "名（共") {
		t.Error(last.Text)
	}
	if c.answers("oAway") != 5 {
		t.Error("the day is not in the log")
	}
}

type noBoards struct{ bot.Boards }

func (noBoards) Rank(context.Context, string, int64) (int, int, error) {
	return 0, 0, errors.New("away")
}
