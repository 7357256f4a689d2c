package bot

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dangshi/content"
	"dangshi/quiz"
)

func testBot(t testing.TB) *Bot {
	w, err := DefaultWording()
	if err != nil {
		t.Fatal(err)
	}
	return New(Config{Wording: w, Secret: []byte("s"), Logger: slog.New(slog.DiscardHandler), Limit: DefaultLimit})
}

// longest is a question as long as the bank may hold.
func longest(kind content.Type, options int) content.Question {
	q := content.Question{ID: "q", Type: kind, Stem: "长", Answer: content.Key{Letters: 3}, Explain: strings.Repeat("因为如此。", 500)}
	for i := range options {
		q.Options = append(q.Options, fmt.Sprintf("选项%d号", i))
	}
	if kind == content.Blank {
		q.Answer = content.Key{Accept: []string{strings.Repeat("字", 20)}}
	}
	for q.Size()+3 <= content.MaxQuestionSize {
		q.Stem += "长"
	}
	return q
}

// TestLongestQuestionFits: whatever stands around it, stem and options come
// whole and the message stays within WeChat's limit.
func TestLongestQuestionFits(t *testing.T) {
	b := testBot(t)
	for _, kind := range []struct {
		content.Type
		options int
	}{{content.Single, 2}, {content.Single, 8}, {content.Multiple, 4}, {content.Multiple, 8}, {content.Judge, 0}, {content.Blank, 0}} {
		q := longest(kind.Type, kind.options)
		asked := &quiz.Asked{Ref: quiz.Ref{Day: quiz.Date(2026, 12, 31), Question: 9}, Of: 10, Question: q}
		graded := &quiz.Graded{Key: q.Answer.Letters, Question: q}
		for _, c := range []struct {
			name string
			m    Message
			out  quiz.Outcome
		}{
			{"first paper", Message{}, quiz.Outcome{Status: quiz.Asking, Fresh: true, Asked: asked}},
			{"late", Message{}, quiz.Outcome{Status: quiz.Asking, Late: true, Asked: asked}},
			{"wrong", Message{}, quiz.Outcome{Status: quiz.Asking, Asked: asked, Graded: graded}},
			{"wrong by voice", Message{Kind: Voice, Text: strings.Repeat("说", 200)}, quiz.Outcome{Status: quiz.Asking, Asked: asked, Graded: graded}},
			{"stale", Message{}, quiz.Outcome{Status: quiz.Stale, Asked: asked}},
		} {
			text, err := b.say(t.Context(), c.m, quiz.Date(2026, 12, 31).Start(), &quiz.Member{}, &quiz.Member{}, &c.out)
			if err != nil {
				t.Fatal(err)
			}
			if len(text) > MaxReply || !strings.Contains(text, q.Stem) || !strings.Contains(text, b.ask(asked)) {
				t.Errorf("%s, %d options, %s: %d bytes, whole question: %v", kind.Type, kind.options, c.name, len(text), strings.Contains(text, b.ask(asked)))
			}
		}
		for talk := quiz.NoTalk; talk <= quiz.Greets; talk++ {
			voice := Message{Kind: Voice, Text: strings.Repeat("说", 200)}
			if text := compose("", "", b.onceMore(&voice, talk, q), b.ask(asked)); len(text) > MaxReply || !strings.HasSuffix(text, b.ask(asked)) {
				t.Errorf("%s asked again after talk of the sort %d: %d bytes", kind.Type, talk, len(text))
			}
		}
		if kind.Type == content.Multiple {
			if text := b.picked(b.daily(asked), 0b01111111); len(text) > MaxReply {
				t.Errorf("picked of %d options: %d bytes", kind.options, len(text))
			}
		}
	}
}

// TestCompose: within the limit, only the explanation is cut.
func TestCompose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		explain := rapid.StringN(0, 900, 3000).Draw(t, "explain")
		rest := strings.Repeat("题", rapid.IntRange(0, 600).Draw(t, "rest"))
		text := compose("✅ 答对了！", explain, rest)
		if len(text) > MaxReply || !strings.HasPrefix(text, "✅ 答对了！") || !strings.HasSuffix(text, rest) {
			t.Fatalf("%d bytes: %s", len(text), text)
		}
	})
}

// TestHostileBank: a stem that would be a link or markup is none.
func TestHostileBank(t *testing.T) {
	b := testBot(t)
	q := content.Question{Type: content.Single, Stem: `<a href="http://x.cn">点我</a> www.x.cn`, Options: []string{`</a><a href="weixin://bizmsgmenu?msgmenucontent=B&msgmenuid=1">`, "tel:110"}, Answer: content.Key{Letters: 1}}
	text := b.ask(&quiz.Asked{Ref: quiz.Ref{Day: 20000}, Of: 1, Question: q})
	if strings.Count(text, "<a ") != 2 || strings.Count(text, "://") != 2 || strings.Contains(text, "www.x.cn") {
		t.Error(text)
	}
}

// TestCommandsAreReserved: no blank of a bank may have a command as its answer.
func TestCommandsAreReserved(t *testing.T) {
	for word := range commands() {
		if word != content.Normalise(word) {
			t.Errorf("%q is not normalised", word)
		}
		q := content.Question{ID: "q", Type: content.Blank, Stem: "____", State: content.Approved, Answer: content.Key{Accept: []string{word}}}
		if len(q.Check()) == 0 {
			t.Errorf("a bank may hold a blank whose answer is the command %q", word)
		}
	}
}

func TestLimiter(t *testing.T) {
	l := newLimiter(Limit{Burst: 5, Second: 2})
	at := time.Unix(1_800_000_000, 0)
	allowed := func(id string, at time.Time, n int) (yes int) {
		for range n {
			if l.allow(id, at) {
				yes++
			}
		}
		return yes
	}
	if n := allowed("a", at, 20); n != 5 {
		t.Errorf("%d of 20 at once", n)
	}
	if n := allowed("b", at, 3); n != 3 {
		t.Errorf("another member: %d of 3", n)
	}
	if n := allowed("a", at.Add(time.Second), 20); n != 2 {
		t.Errorf("%d a second later", n)
	}
	if n := allowed("a", at.Add(time.Hour), 20); n != 5 {
		t.Errorf("%d an hour later", n)
	}
	if n := allowed("a", at, 20); n != 5 {
		t.Errorf("%d after the clock was set back", n)
	}
	for i := range 1000 {
		l.allow(fmt.Sprint("m", i), at.Add(2*time.Hour))
	}
	for i := range 2000 { // every shard sweeps
		l.allow(fmt.Sprint("n", i), at.Add(4*time.Hour))
	}
	kept := 0
	for i := range l.shards {
		kept += len(l.shards[i].next)
	}
	if kept > 2000 {
		t.Errorf("%d members are remembered of 2000 recent ones", kept)
	}
}
