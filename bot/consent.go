package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dangshi/quiz"
)

// NoticeKind says by which template of subscribe messages (订阅通知) the account
// sends the day's item and reminders.
type NoticeKind struct {
	Template string // its id; empty: by none
	LongTerm bool   // a consent is for good, not for one message
}

// How WeChat calls what a member decides about subscribe messages.
const (
	consentAsked   = "subscribe_msg_popup_event"
	consentChanged = "subscribe_msg_change_event"
	consentYes     = "accept"
	consentNo      = "reject"
)

// consent keeps what a member decided. A no in the question itself is only that;
// one in the member's settings takes all consent back.
func (b *Bot) consent(ctx context.Context, m Message, now time.Time) error {
	agreed, refused := 0, false
	for _, c := range m.Consents {
		switch {
		case b.Notice.Template == "" || c.Template != b.Notice.Template:
		case c.Status == consentYes && (m.Event == consentAsked || b.Notice.LongTerm):
			agreed++
		case c.Status == consentNo && m.Event == consentChanged:
			refused = true
		}
	}
	if agreed == 0 && !refused {
		return nil
	}
	_, err := b.change(ctx, m, now, func(quiz.Record, quiz.Situation) (quiz.Event, string) {
		switch {
		case refused:
			return quiz.Refuse{}, ""
		case b.Notice.LongTerm:
			return quiz.Agree{Consent: quiz.Consent{Always: true}}, ""
		}
		return quiz.Agree{Consent: quiz.Consent{Times: agreed}}, ""
	})
	return err
}

// Consume uses up a member's consent to one subscribe message; false: there is none
// left. It begins with the record as it was read. The consent goes first: whatever
// becomes of the message, none is sent without. A crash behind it costs the member
// that one.
func (b *Bot) Consume(ctx context.Context, id string, record quiz.Record) (bool, error) {
	loaded := quiz.Loaded{Record: record}
	for range attempts {
		record := loaded.Record
		if !record.Member.Consent.Given() {
			return false, nil
		}
		after, out := quiz.Step(record.Member, quiz.Spend{}, quiz.Situation{})
		if !out.Changed {
			return true, nil
		}
		record.Member = after
		why, err := b.commit(ctx, id, quiz.Change{Record: record}, &loaded)
		if err != nil {
			return false, err
		}
		if why == nil {
			return true, nil
		}
		if errors.Is(why, quiz.ErrUnknown) && loaded.Record.Member.Consent == after.Consent {
			return true, nil // it was written; or another message was sent meanwhile, and this one is refused by WeChat
		}
	}
	return false, fmt.Errorf("a consent was given up after %d attempts", attempts)
}

// Within reports whether a member wrote so lately that WeChat lets the account write
// to them unasked. Messages that changed nothing of the record are not known of.
func Within(r quiz.Record, now time.Time) bool {
	return now.Sub(time.Unix(r.Newest(), 0)) < reachable
}
