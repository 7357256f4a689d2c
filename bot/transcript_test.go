package bot_test

import (
	"bufio"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/content"
	"dangshi/quiz"
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
//	! regrade DAY N void|other|either   question N of the day's paper is void, or another answer is right, or that one too
//	! unbind NAME name|branch|both     staff take a wrong binding out
//	! reply NUMBER TEXT     staff answer an objection
//	! plays NAME CODE HOW    NAME joins a branch and answers the paper of the hour, HOW of it right, and nobody sees it
//	! units TIME             the branches may be seen, as they stand at TIME
//	! branches none          the settings list no branches
//	! close SEASON TIME      the season is closed at TIME, and its honours are named
//	! pictures ready|slow|none   whether certificates are there as pictures
//	! otherwise WHAT         what becomes of messages that nothing understands
//	! retire NAME, ! edit NAME   what becomes of the question that NAME practises
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/transcripts/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for i, file := range files {
		if i%(len(files)/storetest.Rounds(len(files))) != 0 && !*update {
			continue
		}
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
	case "regrade":
		c.regrade(words)
	case "unbind":
		c.unbind(words)
	case "reply":
		c.reply(words)
	case "items":
		c.items(strings.Join(words[1:], " "))
	case "plays":
		c.plays("o"+words[1], words[2], words[3])
	case "units":
		c.bot.Units = c.store
		at := c.time(words[1] + " " + words[2])
		season, _ := c.bot.Seasons.At(quiz.DayOf(at))
		if err := c.store.CountTally(c.t.Context(), season, at); err != nil {
			c.t.Fatal(err)
		}
	case "branches":
		cfg := c.bot.Config
		cfg.Branches = nil
		c.bot = bot.New(cfg)
	case "close":
		c.closeSeason(words[1], c.time(words[2]+" "+words[3]))
	case "pictures":
		c.pictures(words[1])
	case "otherwise":
		c.bot.Otherwise = bot.Otherwise(words[1])
	default:
		c.editor(words[0], "o"+words[1])
	}
}

// items loads items that the organisation has approved, as JSON Lines divided by " | ".
func (c *chat) items(lines string) {
	items, _, err := content.ReadItems("transcript", strings.NewReader(strings.ReplaceAll(lines, " | ", "\n")))
	if err != nil {
		c.t.Fatal(err)
	}
	for i := range items {
		items[i].State = content.Approved
	}
	if _, err := c.store.PutItems(c.t.Context(), items); err != nil {
		c.t.Fatal(err)
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
	number = regexp.MustCompile(`证书编号 (?:[0-9A-Z]{4} ?){4}`)
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
	case reply.Image != "":
		return "(picture: " + reply.Image + ")"
	case reply.Text == "":
		return "(success)"
	}
	rest := ownLink.ReplaceAllString(link.ReplaceAllString(reply.Text, "⟦$3⟧"), "⟦$2 $1⟧")
	rest = number.ReplaceAllString(rest, "证书编号 …") // of the store's own secret
	if strings.Contains(rest, "<") {
		c.t.Errorf("%s: markup that is no option: %s", line, rest)
	}
	return rest
}

// ownLink is an address that stands in an item, under words of the account.
var ownLink = regexp.MustCompile(`<a href="(https://[^"<>]*)">(▶ 点这里听|🖼 点这里看图|🔗 点这里看原文)</a>`)

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
		r, err := c.bot.Reminder(c.t.Context(), id, minute, c.now)
		if r.Text != "" {
			said = r.Text
		}
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return said
}
