package bot

import (
	"context"
	"time"

	"dangshi/quiz"
)

// practiceWords takes words for the answer to a question in practice, where they
// can be one, or for the wish to end it. It is asked only when no question of the
// paper is open.
func (b *Bot) practiceWords(ctx context.Context, m Message, now time.Time, member quiz.Member, talk quiz.Talk) (text string, taken bool, err error) {
	if !member.Known() || b.hasAnswer(m.Text) && !answerLike(m.Text) {
		return "", false, nil
	}
	s, err := b.desk(ctx, m.From, now, member)
	if err != nil {
		return "", false, err
	}
	repeat := true // rehearse knows the message: what is below was done before
	text, err = b.rehearse(ctx, m, func(p quiz.Practice) (step, error) {
		repeat, taken = false, false
		if !p.Listens(s.PracticeSituation) {
			return step{}, nil
		}
		x := p.Exercise(s.PracticeSituation)
		if x == nil { // it was retired or edited meanwhile
			if taken = answerLike(m.Text); taken {
				return b.stale(p, s), nil
			}
			return step{}, nil
		}
		choice, ok := quiz.ParseAnswer(m.Text, x.Question)
		taken = ok || talk == quiz.Quits || talk == quiz.Unsure
		switch {
		case ok:
		case talk == quiz.Quits:
			next, changed := p.Leave()
			return step{next, b.Wording.PracticeLeft.String(), changed}, nil
		case talk == quiz.Unsure:
			return step{text: compose("", "", b.onceMore(&m, talk, x.Question), b.pose(b.practised(x)))}, nil
		default:
			return step{}, nil
		}
		if m.Sent < p.Record().Newest() || p.Early(s.PracticeSituation) {
			return step{text: compose("", "", b.Wording.Early.String(), b.pose(b.practised(x)))}, nil
		}
		return b.marked(m, p, choice, s), nil
	})
	return text, taken || repeat, err
}

// leavePractice closes the question in practice, so that a word that comes later
// is no answer to it. Nothing is lost where that fails.
func (b *Bot) leavePractice(ctx context.Context, m Message, text string) {
	if b.Practice == nil {
		return
	}
	_, err := b.rehearse(ctx, m, func(p quiz.Practice) (step, error) {
		next, changed := p.Leave()
		return step{next, text, changed}, nil
	})
	if err != nil {
		b.Logger.WarnContext(ctx, "practice not left", "error", err)
	}
}
