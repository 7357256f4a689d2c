package bot

import (
	"strings"
	"testing"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// TestLongestPracticeFits: a question as long as the bank may hold comes whole
// in practice, too, whatever stands around it.
func TestLongestPracticeFits(t *testing.T) {
	b := testBot(t)
	now := quiz.Date(2026, 12, 31).Start().Add(9 * time.Hour)
	for _, kind := range []struct {
		content.Type
		options int
	}{{content.Single, 2}, {content.Single, 8}, {content.Multiple, 4}, {content.Multiple, 8}, {content.Judge, 0}, {content.Blank, 0}} {
		first, second := longest(kind.Type, kind.options), longest(kind.Type, kind.options)
		first.ID, second.ID = "a", "b"
		bank := map[string]content.Question{"a": first, "b": second}
		s := desk{PracticeSituation: quiz.PracticeSituation{
			Situation: quiz.Situation{ID: "o", Now: now},
			Question:  func(id string) (content.Question, bool) { q, ok := bank[id]; return q, ok },
		}}
		day := quiz.DayOf(now)
		p, _ := quiz.Practice{}.Collect([]quiz.Mistake{{ID: "a", Day: day}, {ID: "b", Day: day}}, day)
		p, out := p.Ask(s.PracticeSituation)
		x := out.Exercise
		voice := Message{Kind: Voice, Text: strings.Repeat("说", 200)}
		for name, text := range map[string]string{
			"first":          b.exercise(b.Wording.PracticeIntro.String(), p, out, s),
			"stale":          b.stale(p, s).text,
			"unsure":         compose("", "", b.onceMore(&voice, quiz.Unsure, x.Question), b.pose(b.practised(x))),
			"early":          compose("", "", b.Wording.Early.String(), b.pose(b.practised(x))),
			"wrong by voice": b.marked(voice, p, quiz.Choice{Letters: 1 << 7, Text: "错"}, s).text,
		} {
			if len(text) > MaxReply || !strings.Contains(text, x.Question.Stem) || !strings.Contains(text, b.Wording.HowSingle.String()[:6]) && kind.Type == content.Single {
				t.Errorf("%s, %d options, %s: %d bytes", kind.Type, kind.options, name, len(text))
			}
		}
		if kind.Type == content.Multiple {
			if text := b.picked(b.practised(x), 0b01111111); len(text) > MaxReply {
				t.Errorf("picked of %d options: %d bytes", kind.options, len(text))
			}
		}
		asked := &quiz.Asked{Ref: quiz.Ref{Day: day, Question: 9}, Of: 10, Question: first}
		if text := compose("", "", b.Wording.PracticeFirst.String(), b.ask(asked)); len(text) > MaxReply || !strings.HasSuffix(text, b.ask(asked)) {
			t.Errorf("the paper first: %d bytes", len(text))
		}
	}
}
