package bot

import (
	"context"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// quiz asks the day's next open question.
func (b *Bot) quiz(ctx context.Context, m Message, now time.Time, _ string) (string, error) {
	over := false // there is nothing to begin; a paper that is begun ends practice by itself
	text, err := b.change(ctx, m, now, func(r quiz.Record, s quiz.Situation) (quiz.Event, string) {
		today := quiz.DayOf(now)
		over = !s.Asks(r.Member) && r.Member.Known() && (r.Member.Begun >= today || s.Voids[today] != quiz.Stands)
		return quiz.Begin{}, ""
	})
	if err == nil && over {
		b.leavePractice(ctx, m, text)
	}
	return text, err
}

// turn is what a message came to that is no command.
type turn struct {
	chat    bool         // nothing of the quiz's
	idle    *quiz.Member // no question of the paper is open, and words came
	confirm quiz.Waiting // the words are a yes or a no to this
	since   int64        // when that was asked, in Unix seconds
	talk    quiz.Talk
}

// answer takes what was typed, tapped or said as an answer to the open
// question. What can't be one is asked again, never graded, unless the
// organisation has an answer of its own to it. A yes or a no belongs to what was
// asked last, which may be a name or an erasure.
func (b *Bot) answer(ctx context.Context, m Message, now time.Time) (Reply, error) {
	if ref, ok := quiz.ParsePracticeRef(m.MenuID); ok && b.Practice != nil {
		return say(b.practiceTap(ctx, m, now, ref))
	}
	var t turn
	c, err := b.changeOnce(ctx, m, now, func(r quiz.Record, s quiz.Situation) (quiz.Event, string) {
		t = turn{}
		if m.MenuID != 0 {
			return b.tapped(&m, &r, &s)
		}
		return b.typed(&m, &r, &s, &t)
	})
	if err != nil || c.repeated {
		return say(c.text, err)
	}
	if t.confirm != quiz.Nothing {
		return b.settle(ctx, m, now, t)
	}
	if t.idle != nil && b.Practice != nil {
		practised, taken, err := b.practiceWords(ctx, m, now, *t.idle, t.talk)
		if err != nil || taken {
			return say(practised, err)
		}
	}
	if t.idle != nil && t.talk == quiz.Quits && !b.hasAnswer(m.Text) {
		return Reply{Text: b.Wording.QuitHow.String()}, nil
	}
	if !t.chat {
		return Reply{Text: c.text, stored: c.stored}, nil
	}
	return b.otherwise(ctx, m, now)
}

// tapped takes a tap on an option. A number of somebody else's menu names no
// question: it is stale.
func (b *Bot) tapped(m *Message, r *quiz.Record, s *quiz.Situation) (quiz.Event, string) {
	ref, _ := quiz.ParseRef(m.MenuID)
	asked, open := s.Asked(r.Member)
	// A repeat of a tap of before an erasure: the same question may be open again.
	ev := quiz.Answer{Ref: &ref, Early: r.Follows(m.Sent)}
	if !open || ref.Day != asked.Ref.Day || ref.Question != asked.Ref.Question {
		return ev, "" // Step says that nothing is open, or that it is stale, whatever the words are
	}
	choice, ok := quiz.ParseAnswer(m.Text, asked.Question)
	if !ok {
		return nil, b.composeAsked("", "", b.Wording.Again.String(), &asked)
	}
	if !ref.Submit && asked.Question.Type == content.Multiple {
		return nil, b.picked(b.daily(&asked), choice.Letters) // nothing is stored: the links carry what is chosen
	}
	ev.Choice = choice
	return ev, ""
}

// typed takes words, and notes in t what they are where they are no answer.
func (b *Bot) typed(m *Message, r *quiz.Record, s *quiz.Situation, t *turn) (quiz.Event, string) {
	ev := quiz.Answer{}
	q, open := s.Told(r.Member)
	if open && !quiz.NamesPlace(m.Text, q) { // it may be the text of an option
		asked, _ := s.Asked(r.Member)
		q = asked.Question
	}
	t.talk = quiz.ParseTalk(m.Text)
	t.confirm, t.since = s.Waits(r.Member)
	if open && quiz.Accepts(q, m.Text) || t.talk != quiz.Agrees && t.talk != quiz.Declines && t.talk != quiz.Quits {
		t.confirm = quiz.Nothing
	}
	if !open && r.Member.Known() {
		member := r.Member
		t.idle = &member
	}
	if t.confirm != quiz.Nothing {
		return nil, ""
	}
	if !open {
		t.chat = !b.meansAnswer(m, &r.Member, s)
		if t.chat {
			return nil, ""
		}
		return ev, "" // Step says why there is nothing to answer
	}
	// A late repeat of something that was not counted when it came first: no
	// answer to what the member had not seen.
	if ev.Early = m.Sent < r.Newest(); ev.Early {
		return ev, ""
	}
	choice, ok := quiz.ParseAnswer(m.Text, q)
	// Any word may be a try at a blank: one that the organisation answers is none,
	// unless it is the right one.
	sure := ok && (q.Type != content.Blank || quiz.Accepts(q, choice.Text))
	switch {
	case !sure && b.hasAnswer(m.Text):
		t.chat = true
		return nil, ""
	case ok:
		ev.Choice = choice
		return ev, ""
	case t.talk == quiz.Quits:
		return nil, b.Wording.Paused.String()
	}
	asked, _ := s.Asked(r.Member)
	return nil, b.composeAsked("", "", b.onceMore(m, t.talk, q), &asked)
}

// onceMore is what stands before a question that is asked again.
func (b *Bot) onceMore(m *Message, talk quiz.Talk, q content.Question) string {
	w := b.Wording
	switch {
	case talk == quiz.Unsure && q.Type == content.Blank:
		return w.UnsureBlank.String()
	case talk == quiz.Unsure:
		return w.Unsure.String()
	case talk == quiz.Regrets:
		return w.NoUndo.String()
	case talk == quiz.Greets, talk == quiz.Agrees:
		return w.Waiting.String()
	}
	return lines(b.heard(m), w.Again.String())
}

// meansAnswer reports whether words with no question open are an answer all the
// same: to the question that was left open a day ago, or by their look.
func (b *Bot) meansAnswer(m *Message, member *quiz.Member, s *quiz.Situation) bool {
	if left, open := s.Left(*member); open && left.Ref.Day >= quiz.DayOf(s.Now)-1 {
		if _, ok := quiz.ParseAnswer(m.Text, left.Question); ok {
			return true
		}
	}
	// Who never took part and talks to customer service says yes and no to them.
	return answerLike(m.Text) && (member.Known() || b.Otherwise != Service)
}

// answerLike reports whether words would be an answer to some question, so that
// whoever sends them is told that no question is open.
func answerLike(text string) bool {
	_, choice := quiz.ParseAnswer(text, content.Question{Type: content.Multiple, Options: []string{"", "", "", ""}})
	_, judge := quiz.ParseAnswer(text, content.Question{Type: content.Judge})
	return choice || judge
}
