package bot

import (
	"cmp"
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

// decide turns the member's record and situation into what is to happen. A nil
// event means that text is the whole answer and that nothing changes; with an
// event whose outcome has no words of its own (quiz.Done), text is what is said.
type decide func(r quiz.Record, s quiz.Situation) (ev quiz.Event, text string)

// change is the shell around the rules: look, step, one atomic commit, and only
// then the words. Whatever happens on the way, a message is counted once and
// every delivery of it gets the same words.
//
// It begins with the record that this replica remembers, which may be an old
// one: a commit tells, and brings the present one. What is said without a commit
// is never said from memory.
func (b *Bot) change(ctx context.Context, m Message, now time.Time, d decide) (string, error) {
	c, err := b.changeOnce(ctx, m, now, d)
	return c.text, err
}

// changed is what became of a message, for those who do more than say the words.
type changed struct {
	text     string
	repeated bool // the message was counted before: what decide found of it last is nothing to act on
	stored   bool // the record was written, and knows the message
}

// changeOnce is change for them.
func (b *Bot) changeOnce(ctx context.Context, m Message, now time.Time, d decide) (changed, error) {
	delivery := quiz.Delivery{Key: m.Key(), Sent: m.Sent}
	record, known := b.Members.Recall(m.From)
	loaded, fresh := quiz.Loaded{Record: record}, false
	known = known && !record.Seen(delivery.Key) // the words for a repeat are with the store
	var why error
	var x stepped
	for range attempts {
		if !known {
			var err error
			if loaded, err = b.load(ctx, m.From, delivery.Key); err != nil {
				return changed{}, err
			}
			known, fresh = true, true
		}
		told, seen := b.toldBefore(loaded, delivery)
		if seen && fresh {
			if !errors.Is(why, quiz.ErrUnknown) { // else it was our own write that came through
				x.done = quiz.Activity{Messages: -1}
			}
			b.Happened(now, x.done)
			return changed{text: told, repeated: true}, nil
		}
		var err error
		if !seen {
			x, err = b.step(ctx, m, now, loaded.Record, d)
		}
		if (seen || !x.changes) && !fresh {
			known = false
			continue
		}
		if err != nil || !x.changes {
			return changed{text: x.text}, err
		}
		x.change.Record.Recent = loaded.Record.Remember(delivery)
		x.change.Key, x.change.Reply = delivery.Key, x.text
		switch why, err = b.commit(ctx, m.From, x.change, &loaded); {
		case err != nil:
			return changed{text: x.text}, err
		case why == nil:
			b.Happened(now, x.done)
			return changed{text: x.text, stored: true}, nil
		}
		fresh = true
	}
	return changed{}, fmt.Errorf("given up after %d attempts: %w", attempts, why)
}

// repeat answers a message that was counted before. After two minutes the words
// are gone; WeChat has stopped asking by then.
func (b *Bot) repeat(loaded quiz.Loaded) string {
	b.Count("repeat")
	b.Happened(b.Now(), quiz.Activity{Messages: -1})
	return loaded.Reply
}

// toldBefore gives the words for a message that was counted before; ok is false
// for one that was not.
func (b *Bot) toldBefore(loaded quiz.Loaded, delivery quiz.Delivery) (text string, ok bool) {
	record := loaded.Record
	switch {
	case record.Seen(delivery.Key):
	case loaded.Reply != "": // the message that erased the record, whether or not another one was begun since
	case record.TooOld(delivery): // it may have been counted and forgotten: never grade it
		loaded.Reply = ""
	default:
		return "", false
	}
	b.Count("repeat")
	return loaded.Reply, true
}

// commit writes a change. why is set where the message must be considered again,
// from what is there now, which is put into loaded.
func (b *Bot) commit(ctx context.Context, id string, c quiz.Change, loaded *quiz.Loaded) (why, err error) {
	now, err := b.write(ctx, id, c)
	switch {
	case err == nil:
		b.Count("committed")
		return nil, nil
	case errors.Is(err, quiz.ErrConflict):
		b.Count("conflict")
		*loaded = now
		return err, nil
	case errors.Is(err, quiz.ErrUnavailable): // refused: out of memory, read only, no master
		b.Count("refused")
		if b.Sleep(ctx, pauses[0]) != nil {
			return nil, err
		}
	case errors.Is(err, quiz.ErrUnknown):
		b.Count("unknown")
	default:
		return nil, err
	}
	// A crash of Redis here may have kept the write or lost it. The record knows:
	// if it has seen the message, it was counted.
	why = err
	*loaded, err = b.load(ctx, id, c.Key)
	return why, err
}

// write stores a change; with quiz.ErrConflict comes what is there now.
func (b *Bot) write(ctx context.Context, id string, c quiz.Change) (quiz.Loaded, error) {
	if !c.Erase {
		return b.Members.Commit(ctx, id, c)
	}
	err := b.Members.Erase(ctx, id, c.Record.Version, c.Key, c.Reply)
	if !errors.Is(err, quiz.ErrConflict) {
		return quiz.Loaded{}, err
	}
	now, unread := b.load(ctx, id, c.Key)
	return now, cmp.Or(unread, err)
}

// load reads a record, trying again for a while where the store is away.
func (b *Bot) load(ctx context.Context, id string, key uint64) (quiz.Loaded, error) {
	for i := 0; ; i++ {
		loaded, err := b.Members.Load(ctx, id, key)
		var rulings *quiz.Rulings
		if err == nil {
			rulings, err = b.Papers.Rulings(ctx) // most of the time from memory
		}
		if err == nil {
			loaded.Record.Member = loaded.Record.Member.Amended(rulings.Published())
		}
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

// stepped is what one run of the rules comes to.
type stepped struct {
	changes bool // there is something to be stored: change
	change  quiz.Change
	text    string        // what is said
	done    quiz.Activity // what will have gone on once the change is stored
}

// step runs the rules once. With an error, nothing changes.
func (b *Bot) step(ctx context.Context, m Message, now time.Time, record quiz.Record, d decide) (x stepped, err error) {
	s, err := b.situation(ctx, m.From, now, record.Member)
	if err != nil {
		return stepped{}, err
	}
	record.Member = record.Member.Amended(s.Rulings.Published())
	before := record.Member
	ev, text := d(record, s)
	switch {
	case ev == nil && !untold(before):
		return stepped{text: text}, nil
	case ev == nil:
		ev = quiz.Hear{}
	}
	if _, begins := ev.(quiz.Begin); begins {
		if s.Today, err = b.IssuePaper(ctx, quiz.DayOf(now)); err != nil {
			return stepped{}, err
		}
	}
	after, out := quiz.Step(before, ev, s)
	if out.Status != quiz.Done {
		if text, err = b.say(ctx, m, now, &before, &after, &out); err != nil {
			return stepped{}, err
		}
	}
	if !out.Erase && untold(after) {
		replies, err := b.untoldReplies(ctx, m.From, after)
		if err != nil {
			return stepped{}, err
		}
		if noticed, heard, told := b.notices(text, after, s.Rulings, replies); told {
			text, after, out.Changed = noticed, heard, true
		}
	}
	if !out.Changed {
		return stepped{text: text}, nil
	}
	done := out.Activity(&before, &after)
	record.Member = after
	change := quiz.Change{Record: record, Log: out.Log, Board: out.Board, Erase: out.Erase}
	return stepped{changes: true, change: change, text: text, done: done}, nil
}

// situation gathers what a step needs, but for the day's paper, which only Begin
// asks for. All of it comes from memory most of the time.
func (b *Bot) situation(ctx context.Context, id string, now time.Time, m quiz.Member) (quiz.Situation, error) {
	s := quiz.Situation{ID: m.Self(id), Now: now, Shown: b.Now()}
	var err error
	if s.Voids, err = b.Papers.Voids(ctx); err != nil {
		return s, err
	}
	if s.Rulings, err = b.Papers.Rulings(ctx); err != nil {
		return s, err
	}
	if m.Open.Opened() {
		s.Open, err = b.Papers.Paper(ctx, m.Open.Day, m.Open.Version)
	}
	return s, err
}
