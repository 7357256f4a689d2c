package push

import (
	"context"
	"errors"

	"dangshi/bot"
	"dangshi/quiz"
)

// TrialAPI shows one follower what is to go to all.
type TrialAPI interface {
	CustomAPI
	// PreviewText and PreviewArticle show what a mass message would be (群发预览). They
	// take nothing from the account's mass messages.
	PreviewText(ctx context.Context, openid, text string) error
	PreviewArticle(ctx context.Context, openid, draftID string) error
}

// Errors of Try.
var (
	ErrNothing = errors.New("there is nothing to send")
	ErrNoTrial = errors.New("nothing can be tried here")
)

// Try sends a day's bulletin to one member as the channel would that is preferred, and
// says in Chinese how. It writes nothing into the ledger: the day's push is made all
// the same. An article leaves a draft behind, which is what WeChat shows. Errors:
// ErrNothing, ErrNoTrial, a Verdict, that of Bulletins.
func (p *Push) Try(ctx context.Context, day quiz.Day, id string) (how string, err error) {
	b, ok, err := p.Bulletins.Bulletin(ctx, day)
	switch {
	case err != nil:
		return "", err
	case !ok:
		return "", ErrNothing
	case p.Trial == nil:
		return "", ErrNoTrial
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	switch c := p.Channels[0].(type) {
	case *Mass:
		return "群发预览（文字）", p.Trial.PreviewText(ctx, id, b.Text)
	case *Articles:
		return "群发预览（图文）", p.tryArticle(ctx, c.draft, id, b)
	case *Draft:
		return "群发预览（图文）", p.tryArticle(ctx, c, id, b)
	}
	return "客服消息", p.Trial.CustomText(ctx, id, b.Text)
}

// tryArticle makes a draft of its own: that of the day's push stays as it is.
func (p *Push) tryArticle(ctx context.Context, draft *Draft, id string, b bot.Bulletin) error {
	made, err := draft.Send(ctx, Send{}, b)
	if err != nil {
		return err
	}
	return p.Trial.PreviewArticle(ctx, id, made.MessageID)
}
