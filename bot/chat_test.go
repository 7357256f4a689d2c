package bot_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"dangshi/bot"
	"dangshi/content"
	"dangshi/content/starter"
	"dangshi/quiz"
	"dangshi/store"
	"dangshi/store/storetest"
)

// chat is a bot with members to talk to it.
type chat struct {
	t     testing.TB
	store *store.Store
	bot   *bot.Bot
	now   time.Time
	id    int64
	said  map[string][]bot.Message // by member, oldest first
	asked map[string][]int64       // by member: the menu numbers of practice, oldest first
}

// secret stands for the installation's own, so that papers and labels are the same each time.
var secret = []byte("thirty-two bytes for transcripts")

func newChat(t testing.TB) *chat { return newChatOn(t, storetest.Miniredis(t).Addr()) }

// newChatOn is a chat with the bot of one replica; several may share a Redis.
func newChatOn(t testing.TB, addr string) *chat {
	c := &chat{t: t, store: openStore(t, addr), id: 24_000_000_000_000_000, said: map[string][]bot.Message{}, asked: map[string][]int64{}}
	wording, err := bot.DefaultWording()
	if err != nil {
		t.Fatal(err)
	}
	c.bot = bot.New(bot.Config{
		Members: c.store, Boards: c.store, Papers: c.store, Library: c.store, Practice: c.store, Awards: c.store, Honour: "党史学习小达人", Objections: c.store,
		Wording: wording, Now: func() time.Time { return c.now }, Secret: secret,
		Weights: quiz.DefaultWeights, Questions: quiz.DefaultQuestions,
		Branches: listed{"zb3": "城关第三支部", "zb1": "城关第一支部", "zb12": "红星社区支部"},
		Answers: []bot.Answer{
			{Words: []string{"地址", "在哪里"}, Reply: "我们在城关区人民路1号，周一到周五上班。"},
			{Words: []string{"人工", "客服"}, Service: true},
		},
		Limit: bot.DefaultLimit, Logger: slog.New(slog.DiscardHandler),
	})
	return c
}

// listed are branches as the settings list them: code → name.
type listed map[string]string

func (l listed) Branches(context.Context) (*quiz.Branches, error) {
	var none *quiz.Branches
	return none.With(l), nil
}

// openStore is a store with the starter pack in it.
func openStore(t testing.TB, addr string) *store.Store {
	t.Helper()
	items, questions, err := starter.Load()
	if err != nil {
		t.Fatal(err)
	}
	// A whole bank in one script takes miniredis long on a busy machine.
	patient := open(t, store.Options{URL: "redis://" + addr, Sandbox: true, Timeout: time.Minute})
	if err := patient.Seed(t.Context(), starter.Version(), items, questions); err != nil {
		t.Fatal(err)
	}
	return open(t, store.Options{URL: "redis://" + addr, Sandbox: true})
}

func open(t testing.TB, o store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func (c *chat) message(from, what string) bot.Message {
	c.id++
	m := bot.Message{From: from, To: "gh_account", Kind: bot.Text, Sent: c.now.Unix(), ID: c.id, Text: what}
	body, special := strings.CutPrefix(what, "[")
	if !special || body == "" || body[0] >= utf8.RuneSelf { // [微笑] is typed
		return m
	}
	verb, arg, _ := strings.Cut(strings.TrimSuffix(body, "]"), " ")
	m.Text = ""
	event := func(kind bot.Kind, name string) bot.Message {
		m.Kind, m.ID, m.Event, m.EventKey = kind, 0, name, arg
		return m
	}
	switch verb {
	case "right", "wrong":
		m.Text = c.answer(from, verb == "right")
		return m
	case "word":
		m.Text, m.MenuID = arg, 1
		return m
	case "tap":
		return c.tap(m, strings.Fields(arg))
	case "practice":
		return c.practice(m, strings.Fields(arg))
	case "follow":
		return event(bot.Follow, "subscribe")
	case "unfollow":
		return event(bot.Unfollow, "unsubscribe")
	case "scan":
		return event(bot.Scan, "scan")
	case "click":
		return event(bot.Click, "click")
	case "voice":
		m.Kind, m.Text = bot.Voice, arg
	case "sticker":
		m.Kind = bot.Image
	case "location":
		m.Kind = bot.Location
	case "repeat":
		back := 1
		if arg != "" {
			fmt.Sscan(arg, &back)
		}
		return c.said[from][len(c.said[from])-back]
	default:
		c.t.Fatalf("what is [%s]?", body)
	}
	return m
}

// open is the member's attempt and the paper that belongs to it.
func (c *chat) open(from string) (quiz.Attempt, *quiz.Paper) {
	loaded, err := c.store.Load(context.Background(), from, 0)
	if err != nil {
		c.t.Fatal(err)
	}
	a := loaded.Record.Member.Open
	if !a.Opened() {
		c.t.Fatalf("%s has no question open", from)
	}
	p, err := c.store.Paper(context.Background(), a.Day, a.Version)
	if err != nil || p == nil {
		c.t.Fatalf("the paper of %s: %v, %v", a.Day, p, err)
	}
	return a, p
}

// answer is what a member would type to be right or wrong.
func (c *chat) answer(from string, right bool) string {
	a, p := c.open(from)
	i := len(a.Given)
	q := p.Questions[i]
	if accept := q.Answer.Accept; accept != nil {
		if right {
			return accept[0]
		}
		return "不知道"
	}
	return choose(q, quiz.ShownLetters(q.Answer.Letters, p.Order(quiz.Self(from), i)), right)
}

// choose gives the letters of a right answer, or of a wrong one that can be
// understood.
func choose(q content.Question, key content.Letters, right bool) string {
	switch {
	case right:
		return key.String()
	case q.Type != content.Multiple && key != 1, key == 3:
		return "A"
	}
	return (key ^ 3).String() // A and B the other way round
}

func (c *chat) tap(m bot.Message, words []string) bot.Message {
	m.Text = words[0]
	if len(words) == 3 {
		if _, err := fmt.Sscan(words[2], &m.MenuID); err != nil {
			c.t.Fatal(err)
		}
		return m
	}
	a, _ := c.open(m.From)
	m.MenuID = quiz.Ref{Day: a.Day, Question: len(a.Given), Submit: len(words) == 2}.Number()
	return m
}
