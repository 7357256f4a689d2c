package bot

import (
	"context"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// quiz asks the day's next open question.
func (b *Bot) quiz(ctx context.Context, m Message, now time.Time) (string, error) {
	return b.change(ctx, m, now, func(context.Context, quiz.Record) (quiz.Event, string, error) {
		return quiz.Begin{}, "", nil
	})
}

// answer takes what was typed, tapped or said as an answer to the open
// question. What can't be one is asked again, never graded.
func (b *Bot) answer(ctx context.Context, m Message, now time.Time) (string, error) {
	tapped := m.MenuID != 0
	ref, _ := quiz.ParseRef(m.MenuID) // a number of somebody else's menu names no question: it is stale
	chat := false
	text, err := b.change(ctx, m, now, func(ctx context.Context, r quiz.Record) (quiz.Event, string, error) {
		chat = false
		ev := quiz.Answer{}
		if tapped {
			ev.Ref = &ref
		}
		asked, err := b.open(ctx, m.From, now, r.Member)
		if err != nil {
			return nil, "", err
		}
		if asked == nil {
			late := r.Member.Open.Day >= quiz.DayOf(now)-1 // what was left open a day ago may be meant
			chat = !tapped && !late && !answerLike(m.Text)
			if chat {
				return nil, "", nil
			}
			return ev, "", nil // Step says why there is nothing to answer
		}
		if tapped && (ref.Day != asked.Ref.Day || ref.Question != asked.Ref.Question) {
			return ev, "", nil // Step calls it stale, whatever the words are
		}
		if !tapped && m.Sent < r.Newest() {
			// Sent before this question was shown: a late repeat of something that was
			// not counted then, and no answer to what the member had not seen.
			return nil, compose("", "", b.Wording.Early.String(), b.ask(asked)), nil
		}
		choice, ok := quiz.ParseAnswer(m.Text, asked.Question)
		if !ok {
			return nil, compose("", "", b.Wording.Again.String(), b.ask(asked)), nil
		}
		if tapped && !ref.Submit && asked.Question.Type == content.Multiple {
			return nil, b.picked(asked, choice.Letters), nil // nothing is stored: the links carry what is chosen
		}
		ev.Choice = choice
		return ev, "", nil
	})
	if err == nil && chat {
		return b.otherwise(ctx, m, now)
	}
	return text, err
}

// open is the question that the member can answer now, nil if there is none.
func (b *Bot) open(ctx context.Context, id string, now time.Time, m quiz.Member) (*quiz.Asked, error) {
	if !m.Open.Opened() {
		return nil, nil
	}
	s, err := b.situation(ctx, id, now, m, nil)
	if err != nil {
		return nil, err
	}
	return s.Asked(m), nil
}

// answerLike reports whether words would be an answer to some question, so that
// whoever sends them is told that no question is open.
func answerLike(text string) bool {
	_, choice := quiz.ParseAnswer(text, content.Question{Type: content.Multiple, Options: []string{"", "", "", ""}})
	_, judge := quiz.ParseAnswer(text, content.Question{Type: content.Judge})
	return choice || judge
}
