package bot_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
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

var update = flag.Bool("update", false, "rewrite the transcripts by what is said now")

// TestTranscripts plays the conversations of testdata/transcripts with the real
// store behind the bot. A line “DATE TIME NAME> what” is what a member sends, the
// indented lines below it are the reply; tappable text stands in ⟦ ⟧.
//
//	text              typed
//	[right] [wrong]   the letters or the word that are right or wrong now
//	[tap A] [tap AC submit] [tap A of N]   a tap on an option of the open question, or of menu number N
//	[word W]          a tap on a line that says W
//	[practice right|wrong] [practice tap A] [practice tap AC submit]   the same for the question that is practised
//	[practice old A]  a tap on the bubble before that one
//	[follow CODE] [unfollow] [scan CODE] [click KEY] [voice TEXT] [sticker] [location]
//	[repeat N]        the member's last message, or the Nth before now, is delivered again
//	[reminder]        it is the minute at which the member wants to be reminded
//	! void DAY dropped|kept
//	! plays NAME CODE HOW    NAME joins a branch and answers the paper of the hour, HOW of it right, and nobody sees it
//	! units TIME             the branches may be seen, as they stand at TIME
//	! otherwise WHAT         what becomes of messages that nothing understands
//	! retire NAME, ! edit NAME   what becomes of the question that NAME practises
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/transcripts/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := newChat(t).play(string(want))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(want) {
				t.Errorf("something else was said; with -update the file shows what:\n%s", got)
			}
		})
	}
}

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
		Members: c.store, Boards: c.store, Papers: c.store, Library: c.store, Practice: c.store,
		Wording: wording, Now: func() time.Time { return c.now }, Secret: secret,
		Weights: quiz.DefaultWeights, Questions: quiz.DefaultQuestions,
		Branches: map[string]string{"zb3": "城关第三支部", "zb1": "城关第一支部", "zb12": "红星社区支部"},
		Answers: []bot.Answer{
			{Words: []string{"地址", "在哪里"}, Reply: "我们在城关区人民路1号，周一到周五上班。"},
			{Words: []string{"人工", "客服"}, Service: true},
		},
		Limit: bot.DefaultLimit, Logger: slog.New(slog.DiscardHandler),
	})
	return c
}

// openStore is a store with the starter pack in it.
func openStore(t testing.TB, addr string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{URL: "redis://" + addr, Sandbox: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	items, questions, err := starter.Load()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Seed(t.Context(), starter.Version(), items, questions); err != nil {
		t.Fatal(err)
	}
	return s
}

func (c *chat) play(script string) string {
	var out strings.Builder
	lines := bufio.NewScanner(strings.NewReader(script))
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "  ") {
			continue // what was said last time
		}
		out.WriteString(line + "\n")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "!"):
			c.operator(strings.Fields(line[1:]))
		default:
			for said := range strings.SplitSeq(c.send(line), "\n") {
				out.WriteString("  " + strings.TrimRight("| "+said, " ") + "\n")
			}
		}
	}
	return out.String()
}

func (c *chat) operator(words []string) {
	switch words[0] {
	case "void":
		c.void(words)
	case "plays":
		c.plays("o"+words[1], words[2], words[3])
	case "units":
		c.bot.Units = c.store
		at := c.time(words[1] + " " + words[2])
		season, _ := c.bot.Seasons.At(quiz.DayOf(at))
		if err := c.store.CountTally(c.t.Context(), season, at); err != nil {
			c.t.Fatal(err)
		}
	case "otherwise":
		c.bot.Otherwise = bot.Otherwise(words[1])
	default:
		c.editor(words[0], "o"+words[1])
	}
}

// plays lets a member join a branch and answer the whole paper of the hour.
func (c *chat) plays(id, code, right string) {
	rights, err := strconv.Atoi(right)
	if err != nil {
		c.t.Fatal(err)
	}
	c.bot.Handle(c.t.Context(), c.message(id, "[follow "+code+"]"))
	c.bot.Handle(c.t.Context(), c.message(id, "答题"))
	for i := range quiz.DefaultQuestions {
		how := "[wrong]"
		if i < rights {
			how = "[right]"
		}
		c.bot.Handle(c.t.Context(), c.message(id, how))
	}
}

func (c *chat) void(words []string) {
	day, err := quiz.ParseDay(words[1])
	if err != nil {
		c.t.Fatal(err)
	}
	how := map[string]quiz.Void{"dropped": quiz.Dropped, "kept": quiz.Kept}[words[2]]
	if err := c.store.SetVoid(c.t.Context(), day, how); err != nil {
		c.t.Fatal(err)
	}
}

var (
	spoken = regexp.MustCompile(`^(\d{4}-\d\d-\d\d \d\d:\d\d) (\S+)> (.*)$`)
	link   = regexp.MustCompile(`<a href="weixin://bizmsgmenu\?msgmenucontent=([^&]*)&msgmenuid=(\d+)">([^<]*)</a>`)
)

// send lets a member say one line and gives the reply.
func (c *chat) send(line string) string {
	parts := spoken.FindStringSubmatch(line)
	if parts == nil {
		c.t.Fatalf("what is %q?", line)
	}
	c.now = c.time(parts[1])
	if parts[3] == "[reminder]" {
		return c.reminded("o" + parts[2])
	}
	m := c.message("o"+parts[2], parts[3])
	c.said[m.From] = append(c.said[m.From], m)
	reply := c.bot.Handle(c.t.Context(), m)
	c.remember(m.From, reply.Text)
	if len(reply.Text) > bot.MaxReply {
		c.t.Errorf("%s: the reply has %d bytes", line, len(reply.Text))
	}
	switch {
	case reply.Service:
		return "(customer service)"
	case reply.Text == "":
		return "(success)"
	}
	rest := link.ReplaceAllString(reply.Text, "⟦$3⟧")
	if strings.Contains(rest, "<") {
		c.t.Errorf("%s: markup that is no option: %s", line, rest)
	}
	return rest
}

func (c *chat) time(text string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", text, quiz.Zone)
	if err != nil {
		c.t.Fatal(err)
	}
	return at
}

// reminded is the reminder of that minute, if the member is on the index for it.
func (c *chat) reminded(id string) string {
	minute, said := c.now.Hour()*60+c.now.Minute(), "(nothing is sent)"
	err := c.store.Reminders(c.t.Context(), minute, func(ids []string) error {
		if !slices.Contains(ids, id) {
			return nil
		}
		text, err := c.bot.Reminder(c.t.Context(), id, minute, c.now)
		if text != "" {
			said = text
		}
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return said
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
	return choose(q, quiz.ShownLetters(q.Answer.Letters, p.Order(from, i)), right)
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
