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
	return b.changeConsent(ctx, id, record, quiz.Spend{}, func(m quiz.Member) bool { return m.Consent.Given() })
}

// GiveBack undoes a Consume whose message was surely not sent. The record is the one
// that Consume began with. A crash before it costs the member that consent.
func (b *Bot) GiveBack(ctx context.Context, id string, record quiz.Record) error {
	one := quiz.Agree{Consent: quiz.Consent{Times: 1}}
	_, err := b.changeConsent(ctx, id, record, one, func(m quiz.Member) bool { return m.Known() && !m.Consent.Always })
	return err
}

// changeConsent does ev with the member's record as it is; false: it may not be done.
func (b *Bot) changeConsent(ctx context.Context, id string, record quiz.Record, ev quiz.Event, may func(quiz.Member) bool) (bool, error) {
	loaded := quiz.Loaded{Record: record}
	for range attempts {
		record := loaded.Record
		if !may(record.Member) {
			return false, nil
		}
		after, out := quiz.Step(record.Member, ev, quiz.Situation{})
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

// touched is how old, in seconds, the last message that a record knows of may be: one
// that changes nothing of it is noted then, since WeChat counts it, too.
const touched = 12 * 60 * 60

// touchTime bounds how long an answer may wait for that.
const touchTime = 300 * time.Millisecond

// touch notes a message that changed nothing, at most twice a day, with the words that
// were said, for its repeats. It costs nothing else: the record was just read. Where it
// is not written, the member is taken for silent a little sooner.
func (b *Bot) touch(ctx context.Context, m Message, said Reply) {
	switch m.Kind {
	case Text, Voice, Image, Video, Link, Location:
	default:
		return // no window of 48 hours opens
	}
	record, ok := b.Members.Recall(m.From)
	if !ok || !record.Member.Known() || record.Seen(m.Key()) || m.Sent-record.Newest() < touched {
		return
	}
	record.Recent = record.Remember(quiz.Delivery{Key: m.Key(), Sent: m.Sent})
	ctx, cancel := context.WithTimeout(ctx, touchTime)
	defer cancel()
	if _, err := b.Members.Commit(ctx, m.From, quiz.Change{Record: record, Key: m.Key(), Reply: said.Text}); err != nil {
		b.Logger.DebugContext(ctx, "a message was not noted", "error", err)
	}
}

// Within reports whether a member wrote so lately that WeChat lets the account write
// to them unasked.
func Within(r quiz.Record, now time.Time) bool {
	return now.Sub(time.Unix(r.Newest(), 0)) < reachable
}
