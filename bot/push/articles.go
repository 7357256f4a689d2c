package push

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"dangshi/bot"
)

// ArticleAPI sends an article to all followers.
type ArticleAPI interface {
	DraftAPI
	// MassArticle sends a draft to all followers, once for each clientMsgID within 24
	// hours, as MassAPI's MassText does.
	MassArticle(ctx context.Context, draftID, clientMsgID string) (msgID int64, err error)
}

// Articles is the channel that sends the day's article to all followers (群发图文). It
// uses up the account's one mass message of the day, or one of four a month.
type Articles struct {
	api       ArticleAPI
	publisher PublishAPI // nil: nothing is published
	draft     *Draft
	shelf     *Shelf
	ids       *Mass
	sleep     func(context.Context, time.Duration) error
}

// NewArticles makes the channel. publisher publishes what cannot go to all since the
// mass messages are used up, where members are then sent to one by one; nil: it is left
// among the drafts. covers are as of
// NewDraft, the secret as of NewMass; sleep nil: by wall time.
func NewArticles(api ArticleAPI, publisher PublishAPI, shelf *Shelf, covers *Covers, secret []byte, pause func(context.Context, time.Duration) error) *Articles {
	if pause == nil {
		pause = sleep
	}
	return &Articles{api, publisher, NewDraft(api, shelf, covers), shelf, NewMass(nil, secret), pause}
}

// Name is part of Channel.
func (a *Articles) Name() string { return "article" }

// Audience is part of Channel.
func (a *Articles) Audience() string { return "群发图文，给全体关注者" }

// Repeatable is part of Channel: WeChat knows the repeat by its clientmsgid.
func (a *Articles) Repeatable() bool { return true }

// articleShelf is under which the draft of the day's article is kept: what goes to
// all followers is one draft, however often it is tried.
const articleShelf = "article"

// ErrDraftGone: nothing was sent, since the draft is not there any more (40007): it
// was sent before, by us or by an editor, or an editor has deleted it. A send that finds
// gone what an earlier try left among the drafts is unknown, and not repeated.
var ErrDraftGone = errors.New("the draft is gone")

// draftGone tells the operator what to look at.
const draftGone = "先前存进草稿箱的图文不见了，可能已有人手动发出，所以不再自动发；请在公众平台“发表记录”里查看，没有发出的请手动发"

// Send is part of Channel. A crash between the draft and the mass send leaves a draft
// that the next try sends, one behind the mass send is found by its clientmsgid.
func (a *Articles) Send(ctx context.Context, s Send, b bot.Bulletin) (Receipt, error) {
	draft, err := a.prepared(ctx, s)
	left := draft != ""
	if err == nil && !left {
		draft, err = a.prepare(ctx, s, b)
	}
	if err != nil {
		return Receipt{}, harmless(err) // nobody has seen anything but, perhaps, an editor a draft
	}
	id, err := a.api.MassArticle(ctx, draft, a.ids.clientMsgID(s))
	switch {
	case errors.Is(err, ErrDraftGone) && left:
		// Editors see it: one may have sent it by hand, and another draft would be a second message.
		err = &failure{ambiguous: true, reason: draftGone, cause: err}
	case errors.Is(err, ErrDraftGone): // nobody had the time to
		// The next try makes another one, under the same clientmsgid.
		err = &failure{reason: "草稿箱里的图文不见了", cause: errors.Join(err, a.shelf.Put(ctx, articleShelf, ""))}
	}
	if err != nil {
		return Receipt{}, err
	}
	return Receipt{MessageID: strconv.FormatInt(id, 10)}, nil
}

// prepared is the draft that an earlier try made; empty: none did.
func (a *Articles) prepared(ctx context.Context, s Send) (string, error) {
	kept, err := a.shelf.Get(ctx, articleShelf)
	if of, draft, ok := strings.Cut(kept, " "); ok && of == s.ID {
		return draft, err
	}
	return "", err
}

func (a *Articles) prepare(ctx context.Context, s Send, b bot.Bulletin) (draft string, err error) {
	made, err := a.draft.Send(ctx, s, b)
	if err != nil {
		return "", err
	}
	return made.MessageID, a.shelf.Put(ctx, articleShelf, s.ID+" "+made.MessageID)
}
