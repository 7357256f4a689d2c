package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dangshi/quiz"
)

// attempts bounds how often one message is stepped again: each conflict means
// that another message of the same member was counted meanwhile.
const attempts = 8

// pauses before trying again where the store cannot be reached, and before
// looking whether a write of unknown outcome happened. Their sum and the store's
// own time limits stay within the 4 s in which a member gets an answer.
var pauses = [...]time.Duration{50 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond}

// decide turns the member's record into what is to happen. A nil event means
// that text is the whole answer and that nothing changes; with an event whose
// outcome has no words of its own (quiz.Done), text is what is said.
type decide func(ctx context.Context, m quiz.Member) (ev quiz.Event, text string, err error)

// change is the shell around the rules: load, step, one atomic commit, and only
// then the words. Whatever happens on the way, a message is counted once and
// every delivery of it gets the same words.
func (b *Bot) change(ctx context.Context, m Message, now time.Time, d decide) (string, error) {
	delivery := quiz.Delivery{Key: m.Key(), Sent: m.Sent}
	loaded, err := b.load(ctx, m.From, delivery.Key)
	if err != nil {
		return "", err
	}
	for range attempts {
		if loaded.Record.Seen(delivery.Key) {
			b.Count("repeat")
			return loaded.Reply, nil // after two minutes the words are gone: WeChat has stopped asking by then
		}
		if loaded.Record.TooOld(delivery) {
			b.Count("repeat")
			return "", nil // it may have been counted and forgotten: never grade it
		}
		change, text, err := b.step(ctx, m, now, loaded.Record, d)
		if err != nil || change == nil {
			return text, err
		}
		change.Record.Recent = loaded.Record.Remember(delivery)
		change.Key, change.Reply = delivery.Key, text
		loaded, err = b.Members.Commit(ctx, m.From, *change)
		switch {
		case err == nil:
			b.Count("committed")
			return text, nil
		case errors.Is(err, quiz.ErrConflict):
			b.Count("conflict") // loaded is what is there now
		case errors.Is(err, quiz.ErrUnknown), errors.Is(err, quiz.ErrUnavailable):
			// A crash of Redis here may have kept the write or lost it. The record
			// knows: if it has seen the message, it was counted.
			b.Count("unknown")
			if loaded, err = b.load(ctx, m.From, delivery.Key); err != nil {
				return "", err
			}
		default:
			return "", err
		}
	}
	return "", fmt.Errorf("given up after %d conflicts", attempts)
}

// load reads a record, trying again for a while where the store is away.
func (b *Bot) load(ctx context.Context, id string, key uint64) (quiz.Loaded, error) {
	for i := 0; ; i++ {
		loaded, err := b.Members.Load(ctx, id, key)
		if err == nil || i == len(pauses) || !errors.Is(err, quiz.ErrUnavailable) {
			return loaded, err
		}
		if b.Sleep(ctx, pauses[i]) != nil {
			return loaded, err
		}
	}
}

// sleep waits, unless ctx ends first.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// step runs the rules once. A nil change means that nothing is to be stored.
func (b *Bot) step(ctx context.Context, m Message, now time.Time, record quiz.Record, d decide) (*quiz.Change, string, error) {
	before := record.Member
	ev, text, err := d(ctx, before)
	if err != nil || ev == nil {
		return nil, text, err
	}
	s, err := b.situation(ctx, m.From, now, before, ev)
	if err != nil {
		return nil, "", err
	}
	after, out := quiz.Step(before, ev, s)
	if out.Status != quiz.Done {
		text, err = b.say(ctx, m, now, before, after, out)
	}
	if err != nil || !out.Changed {
		return nil, text, err
	}
	record.Member = after
	return &quiz.Change{Record: record, Log: out.Log, Board: out.Board}, text, nil
}

// situation gathers what a step needs: the papers come from memory but for the
// first message of a day.
func (b *Bot) situation(ctx context.Context, id string, now time.Time, m quiz.Member, ev quiz.Event) (quiz.Situation, error) {
	s := quiz.Situation{ID: id, Now: now, Seasons: b.Seasons}
	var err error
	if s.Voids, err = b.Papers.Voids(ctx); err != nil {
		return s, err
	}
	if m.Open.Opened() {
		if s.Open, err = b.Papers.Paper(ctx, m.Open.Day, m.Open.Version); err != nil {
			return s, err
		}
	}
	if _, begins := ev.(quiz.Begin); begins {
		s.Today, err = b.IssuePaper(ctx, quiz.DayOf(now))
	}
	return s, err
}
