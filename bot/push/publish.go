package push

import (
	"context"
	"errors"
	"slices"
	"time"

	"dangshi/bot"
)

// PublishAPI publishes a draft (发布): it can be read at an address for good. Nobody is
// told of it, and it uses up no mass message.
type PublishAPI interface {
	// Publish hands a draft over, which then is none any more.
	Publish(ctx context.Context, draftID string) (publishID string, err error)
	// Published is the address; empty and nil: WeChat is at it still.
	Published(ctx context.Context, publishID string) (address string, err error)
}

// ErrMassSpent is among the causes of a refusal for which the mass messages of the day
// or the month are used up (45028).
var ErrMassSpent = errors.New("the mass messages are used up")

// publisher is a Channel that can publish what it could not send to all.
type publisher interface {
	publish(ctx context.Context, s Send, hold func() error) (address string, err error)
}

// publishing are the waits for WeChat to be done. What takes longer goes without.
var publishing = [...]time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second}

// publish is part of publisher. Between its calls it keeps the claim.
func (a *Articles) publish(ctx context.Context, s Send, hold func() error) (string, error) {
	if a.publisher == nil {
		return "", nil
	}
	draft, err := a.prepared(ctx, s)
	if err != nil || draft == "" {
		return "", err
	}
	id, err := a.publisher.Publish(ctx, draft)
	if err != nil {
		return "", err
	}
	// An operator may push again: it is no draft any more that an editor could have sent.
	if err := a.shelf.Put(ctx, articleShelf, ""); err != nil {
		return "", err
	}
	for _, wait := range publishing {
		address, err := a.publisher.Published(ctx, id)
		if err != nil || address != "" {
			return address, err
		}
		if err := a.sleep(ctx, wait); err != nil {
			return "", err
		}
		if err := hold(); err != nil {
			return "", err
		}
	}
	return a.publisher.Published(ctx, id)
}

// publish publishes the article of a day that could not go to all since the mass messages
// are used up, before members are sent to one by one: at its address they can read it.
// Nobody gets anything by it, and nothing depends on it. It is tried once: a crash on the
// way, or a refusal, leaves them without an address.
func (p *Push) publish(ctx context.Context, d *Day) (*Day, error) {
	i := slices.IndexFunc(d.Sends, func(s Send) bool { return s.Spent && s.State == Refused })
	if i < 0 {
		return d, nil
	}
	s := d.Sends[i]
	channel, ok := named(p.Channels, s.Channel).(publisher)
	s.Spent = false
	d, err := p.note(ctx, d, s)
	if err != nil || !ok {
		return d, err
	}
	s.Link, err = channel.publish(ctx, s, func() error {
		_, err := p.note(ctx, d, s)
		return err
	})
	switch v, judged := errors.AsType[Verdict](err); {
	case errors.Is(err, errLost):
		return d, err
	case judged:
		s.Reason += "；图文也没有发布成：" + v.Reason()
	case s.Link != "":
		s.Reason += "；已改为发布，不通知关注者"
	}
	return p.note(ctx, d, s)
}

// note writes a send down, and keeps the claim.
func (p *Push) note(ctx context.Context, d *Day, s Send) (*Day, error) {
	return amend(ctx, p.desk, d.Day.String(), func(d *Day) error {
		if d.Claim.Holder != p.me {
			return errLost
		}
		d.put(s)
		return p.hold(&d.Claim, Claim{})
	})
}

// linked is the bulletin with the address at which the day's article was published,
// unless the day has a page of its own.
func (d *Day) linked(b bot.Bulletin) bot.Bulletin {
	for _, s := range d.Sends {
		if s.Link != "" && b.Link == "" {
			return b.At(s.Link)
		}
	}
	return b
}
