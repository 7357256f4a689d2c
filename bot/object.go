package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// Objections keeps what members say is wrong, and the answers.
type Objections interface {
	// Objections reads a member's objections, and the reply kept for the message of
	// that key, in one round trip. Errors: quiz.ErrUnavailable.
	Objections(ctx context.Context, id string, key uint64) (all quiz.Objections, version quiz.Version, reply string, err error)
	// CommitObjections writes them if they still have the expected version and the
	// member has a record, and keeps the reply to the message of that key. Errors:
	// quiz.ErrConflict, quiz.ErrUnknown, quiz.ErrUnavailable.
	CommitObjections(ctx context.Context, id string, all quiz.Objections, expected quiz.Version, key uint64, reply string) error
	// NextObjection takes the next number.
	NextObjection(ctx context.Context) (int, error)
}

// receiptsKept is of how many days the receipts are noted with an objection: of
// those that were finished last.
const receiptsKept = 3

// object notes an objection, or where nothing is said shows how, and what became
// of the earlier ones.
func (b *Bot) object(ctx context.Context, m Message, now time.Time, rest string) (string, error) {
	if b.Objections == nil {
		return b.rules(ctx, m, now, "")
	}
	loaded, err := b.load(ctx, m.From, m.Key())
	if err != nil {
		return "", err
	}
	member := loaded.Record.Member
	if !member.Known() {
		return b.Wording.ObjectStranger.String(), nil
	}
	said := strings.TrimSpace(content.Plain(rest))
	if content.Normalise(said) == "" {
		all, _, _, err := b.Objections.Objections(ctx, m.From, m.Key())
		if err != nil {
			return "", err
		}
		return b.tell(ctx, m, now, member, b.objections(all))
	}
	receipts, err := b.receipts(ctx, m.From, member, now)
	if err != nil {
		return "", err
	}
	return b.note(ctx, m, quiz.Objection{At: now.Unix(), Text: content.CutSentence(said, quiz.MaxObjection), Receipts: receipts})
}

// note writes an objection down, each message once.
func (b *Bot) note(ctx context.Context, m Message, o quiz.Objection) (string, error) {
	var why error
	for range attempts {
		all, version, reply, err := b.Objections.Objections(ctx, m.From, m.Key())
		if err != nil {
			return "", err
		}
		if reply != "" {
			return b.repeat(quiz.Loaded{Reply: reply}), nil
		}
		if err := all.Check(o); err != nil {
			return b.Wording.ObjectEnough.String(), nil
		}
		if o.Number == 0 {
			if o.Number, err = b.Objections.NextObjection(ctx); err != nil {
				return "", err
			}
		}
		text := b.Wording.Objected.With("number", strconv.Itoa(o.Number))
		// A crash of Redis here may have kept the write or lost it: the next look
		// finds the reply, or does it again.
		why = b.Objections.CommitObjections(ctx, m.From, append(slices.Clone(all), o), version, m.Key(), text)
		switch {
		case why == nil:
			b.Count("committed")
			return text, nil
		case errors.Is(why, quiz.ErrConflict):
			b.Count("conflict")
		case errors.Is(why, quiz.ErrUnknown):
			b.Count("unknown")
		default:
			return "", why
		}
	}
	return "", fmt.Errorf("objection given up after %d attempts: %w", attempts, why)
}

// receipts are those of the days that the member finished last.
func (b *Bot) receipts(ctx context.Context, id string, member quiz.Member, now time.Time) ([]string, error) {
	season, ok := b.Seasons.At(quiz.DayOf(now))
	if !ok {
		return nil, nil
	}
	entries, err := b.entries(ctx, id, season)
	if err != nil {
		return nil, err
	}
	var receipts []string
	for _, e := range slices.Backward(entries) {
		if !e.Lapsed && len(receipts) < receiptsKept {
			receipts = append(receipts, e.Day.String()+" "+quiz.Receipt(b.Secret, member.Self(id), season.From, e))
		}
	}
	return receipts, nil
}

// shownObjections is how many of the earlier ones are shown.
const shownObjections = 3

// objections says how to object, and what became of the last ones.
func (b *Bot) objections(all quiz.Objections) string {
	w, text := b.Wording, b.Wording.ObjectHow.String()
	for _, o := range all[max(0, len(all)-shownObjections):] {
		state := w.ObjectOpen.String()
		if !o.Open() {
			state = content.Plain(o.Reply)
		}
		line := w.ObjectLine.With("number", strconv.Itoa(o.Number), "date", b.date(quiz.DayOf(time.Unix(o.At, 0))), "text", content.CutSentence(content.Plain(o.Text), maxHeard), "state", state)
		if len(text)+len(line)+2 <= MaxReply {
			text = compose("", "", text, line)
		}
	}
	return text
}

// replied puts the answers that the member was not told into words, as far as put
// has room for them, and gives how many answers the member has heard then.
func (b *Bot) replied(m quiz.Member, untold quiz.Objections, put func(string) bool) (heard int) {
	if len(untold) == 0 {
		return m.Replies // none, or they are lost: to ask again each time would help nobody
	}
	heard = m.Heard
	for _, o := range untold {
		if !put(b.Wording.ObjectReply.With("number", strconv.Itoa(o.Number), "date", b.date(quiz.DayOf(time.Unix(o.At, 0))), "reply", content.Plain(o.Reply))) {
			break
		}
		heard = o.Turn
	}
	return heard
}

// untoldReplies reads the answers that a member was not told.
func (b *Bot) untoldReplies(ctx context.Context, id string, m quiz.Member) (quiz.Objections, error) {
	if b.Objections == nil || m.Heard >= m.Replies {
		return nil, nil
	}
	all, _, _, err := b.Objections.Objections(ctx, id, 0)
	return all.Untold(m), err
}
