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
		over = s.Asked(r.Member) == nil && r.Member.Known() && (r.Member.Begun >= today || s.Voids[today] != quiz.Stands)
		return quiz.Begin{}, ""
	})
	if err == nil && over {
		b.leavePractice(ctx, m, text)
	}
	return text, err
}

// answer takes what was typed, tapped or said as an answer to the open
// question. What can't be one is asked again, never graded, unless the
// organisation has an answer of its own to it.
func (b *Bot) answer(ctx context.Context, m Message, now time.Time) (Reply, error) {
	if ref, ok := quiz.ParsePracticeRef(m.MenuID); ok && b.Practice != nil {
		return say(b.practiceTap(ctx, m, now, ref))
	}
	tapped := m.MenuID != 0
	ref, _ := quiz.ParseRef(m.MenuID) // a number of somebody else's menu names no question: it is stale
	chat := false                     // nothing of the quiz's
	var idle *quiz.Member             // no question of the paper is open, and words came
	text, err := b.change(ctx, m, now, func(r quiz.Record, s quiz.Situation) (quiz.Event, string) {
		chat, idle = false, nil
		ev := quiz.Answer{}
		if tapped {
			ev.Ref = &ref
		}
		asked := s.Asked(r.Member)
		if asked == nil {
			if !tapped && r.Member.Known() {
				member := r.Member
				idle = &member
			}
			late := r.Member.Open.Day >= quiz.DayOf(now)-1 // what was left open a day ago may be meant
			chat = !tapped && !late && !answerLike(m.Text)
			if chat {
				return nil, ""
			}
			return ev, "" // Step says why there is nothing to answer
		}
		if tapped && (ref.Day != asked.Ref.Day || ref.Question != asked.Ref.Question) {
			return ev, "" // Step calls it stale, whatever the words are
		}
		// A late repeat of something that was not counted when it came first: no
		// answer to what the member had not seen.
		if ev.Early = !tapped && m.Sent < r.Newest(); ev.Early {
			return ev, ""
		}
		choice, ok := quiz.ParseAnswer(m.Text, asked.Question)
		if !ok && !tapped && b.hasAnswer(m.Text) {
			chat = true
			return nil, ""
		}
		if !ok {
			return nil, compose("", "", b.Wording.Again.String(), b.ask(asked))
		}
		if tapped && !ref.Submit && asked.Question.Type == content.Multiple {
			return nil, b.picked(b.daily(asked), choice.Letters) // nothing is stored: the links carry what is chosen
		}
		ev.Choice = choice
		return ev, ""
	})
	if err == nil && idle != nil && b.Practice != nil {
		practised, taken, err := b.practiceWords(ctx, m, now, *idle)
		if err != nil || taken {
			return say(practised, err)
		}
	}
	if err != nil || !chat {
		return say(text, err)
	}
	return b.otherwise(ctx, m, now)
}

// answerLike reports whether words would be an answer to some question, so that
// whoever sends them is told that no question is open.
func answerLike(text string) bool {
	_, choice := quiz.ParseAnswer(text, content.Question{Type: content.Multiple, Options: []string{"", "", "", ""}})
	_, judge := quiz.ParseAnswer(text, content.Question{Type: content.Judge})
	return choice || judge
}
