package bot

import (
	"context"
	"errors"
	"time"

	"dangshi/quiz"
)

// follow welcomes. A record is kept only where there is something to keep: a
// branch's code, or a member who comes back.
func (b *Bot) follow(ctx context.Context, m Message, now time.Time) (string, error) {
	w := b.Wording
	d, err := b.directory(ctx)
	if err != nil {
		if m.EventKey != "" {
			return "", err // the branch must not be lost: what is sent again later works
		}
		d = b.known()
	}
	code, ok := d.branch(m.EventKey)
	text, err := b.change(ctx, m, now, func(quiz.Record, quiz.Situation) (quiz.Event, string) {
		ev := quiz.Follow{}
		var joined string
		if ok {
			ev.Branch = code
			joined = w.Joined.With("branch", d.unitName(code))
		}
		return ev, compose("", "", lines(w.Welcome.String(), joined), w.Privacy.String(), w.Start.String())
	})
	if errors.Is(err, quiz.ErrUnavailable) && !ok {
		// Nothing but the mark of having come back need be stored, and answering sets it, too.
		b.Logger.WarnContext(ctx, "follow not stored", "error", err)
		return compose("", "", w.Welcome.String(), w.Privacy.String(), w.Start.String()), nil
	}
	return text, err
}

// join puts a member into the branch of a code.
func (b *Bot) join(ctx context.Context, m Message, now time.Time, code string) (string, error) {
	d, err := b.directory(ctx)
	if err != nil {
		return "", err
	}
	return b.change(ctx, m, now, func(r quiz.Record, _ quiz.Situation) (quiz.Event, string) {
		code, ok := d.branch(code)
		if !ok {
			return nil, b.Wording.Start.String()
		}
		return b.joined(d, r.Member, code)
	})
}

// joined says which branch a member is in from now on.
func (b *Bot) joined(d *directory, m quiz.Member, code string) (quiz.Event, string) {
	joined := b.Wording.Joined.With("branch", d.unitName(code))
	return quiz.Follow{Branch: code}, compose("", "", joined, b.privacy(m), b.Wording.Start.String())
}

// unfollow notes that the member has left. Nothing can be said to them; what
// they earned stays theirs until they erase it.
func (b *Bot) unfollow(ctx context.Context, m Message, now time.Time) (string, error) {
	return b.change(ctx, m, now, func(quiz.Record, quiz.Situation) (quiz.Event, string) {
		return quiz.Unfollow{}, ""
	})
}
