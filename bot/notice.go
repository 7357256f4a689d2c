package bot

import (
	"context"
	"time"

	"dangshi/quiz"
)

// notices puts what the member is to be told once before the words: what rulings
// changed of the points, what staff took out of the binding, answers to
// objections. What has no room waits for the next message; told is false where
// nothing was put. Who calls it stores the member that comes back with the words,
// in one commit.
func (b *Bot) notices(text string, m quiz.Member, rulings *quiz.Rulings, replies quiz.Objections) (noticed string, after quiz.Member, told bool) {
	if text == "" { // nobody waits for words
		return text, m, false
	}
	put := func(notice string) bool {
		if notice == "" || len(notice)+2+len(text) > MaxReply {
			return false
		}
		text, told = notice+"\n\n"+text, true
		return true
	}
	if put(b.unbound(m.Unbound)) {
		m.Unbound = quiz.Unbound{}
	}
	if put(b.regraded(m, rulings)) {
		m = m.Told()
	}
	if m.Heard < m.Replies && b.Objections != nil {
		if heard := b.replied(m, replies, put); heard != m.Heard {
			m.Heard, told = heard, true
		}
	}
	return text, m, told
}

// untold reports whether the member is to be told something once.
func untold(m quiz.Member) bool {
	_, regraded := m.Regraded()
	return regraded || m.Unbound != quiz.Unbound{} || m.Heard < m.Replies
}

// tell says words that need no change of the record, and with them what is to be
// told once.
func (b *Bot) tell(ctx context.Context, m Message, now time.Time, member quiz.Member, text string) (string, error) {
	if !untold(member) {
		return text, nil
	}
	return b.change(ctx, m, now, func(quiz.Record, quiz.Situation) (quiz.Event, string) { return quiz.Hear{}, text })
}

// unbound says what staff took out of the binding, and how to bind again.
func (b *Bot) unbound(u quiz.Unbound) string {
	w, example := b.Wording, b.exampleBranch(b.known())
	switch {
	case u.Name && u.Branch:
		return w.UnboundBoth.With("branch", example)
	case u.Name:
		return w.UnboundName.With("branch", example)
	case u.Branch:
		return w.UnboundBranch.With("branch", example)
	}
	return ""
}
