package main

import (
	"context"
	"errors"

	"dangshi/bot/push"
	"dangshi/bot/wechat"
)

// speaking is the account's API as the push wants it: its errors say what became
// of a send. It has no method of the API that is not judged: one that is missing here
// does not compile, where an error that says nothing would be taken for a send in doubt.
type speaking struct{ api *wechat.API }

// MassText is part of push.MassAPI.
func (s speaking) MassText(ctx context.Context, text, clientMsgID string) (int64, error) {
	id, err := s.api.MassText(ctx, text, clientMsgID)
	return id, wechat.Judge(err)
}

// MassArticle is part of push.ArticleAPI.
func (s speaking) MassArticle(ctx context.Context, draftID, clientMsgID string) (int64, error) {
	id, err := s.api.MassArticle(ctx, draftID, clientMsgID)
	switch refused, ok := errors.AsType[*wechat.APIError](err); {
	case isGone(err):
		return 0, push.ErrDraftGone
	case ok && refused.Code == massSpent:
		return 0, spent{wechat.Judge(err)}
	}
	return id, wechat.Judge(err)
}

// Publish is part of push.PublishAPI.
func (s speaking) Publish(ctx context.Context, draftID string) (string, error) {
	id, err := s.api.Publish(ctx, draftID)
	return id, wechat.Judge(err)
}

// Published is part of push.PublishAPI.
func (s speaking) Published(ctx context.Context, publishID string) (string, error) {
	p, err := s.api.Published(ctx, publishID)
	if err == nil && p.Done && p.URL == "" {
		err = errors.New(p.Why)
	}
	return p.URL, wechat.Judge(err)
}

// CustomText is part of push.CustomAPI.
func (s speaking) CustomText(ctx context.Context, openid, text string) error {
	return wechat.Judge(s.api.CustomText(ctx, openid, text))
}

// Notice is part of push.NoticeAPI.
func (s speaking) Notice(ctx context.Context, openid, template, page string, data map[string]string) error {
	return wechat.Judge(s.api.Notice(ctx, openid, template, page, data))
}

// UploadImage is part of push.DraftAPI.
func (s speaking) UploadImage(ctx context.Context, name string, data []byte) (string, error) {
	id, err := s.api.UploadImage(ctx, name, data)
	return id, wechat.Judge(err)
}

// AddDraft is part of push.DraftAPI.
func (s speaking) AddDraft(ctx context.Context, a push.Article) (string, error) {
	id, err := s.api.AddDraft(ctx, wechat.Article{Title: a.Title, Digest: a.Digest, Content: a.Content, SourceURL: a.Source, CoverMediaID: a.Cover})
	if isGone(err) {
		return "", push.ErrCoverGone
	}
	return id, wechat.Judge(err)
}

// PreviewText is part of push.TrialAPI.
func (s speaking) PreviewText(ctx context.Context, openid, text string) error {
	return wechat.Judge(s.api.PreviewText(ctx, openid, text))
}

// PreviewArticle is part of push.TrialAPI.
func (s speaking) PreviewArticle(ctx context.Context, openid, draftID string) error {
	return wechat.Judge(s.api.PreviewArticle(ctx, openid, draftID))
}

// massSpent is the errcode where the mass messages of the day or the month are used up.
const massSpent = 45028

// spent is that refusal.
type spent struct{ error }

func (s spent) Unwrap() error        { return s.error }
func (s spent) Is(target error) bool { return target == push.ErrMassSpent }

// invalidMedia is the errcode of a media id that is not valid.
const invalidMedia = 40007

// isGone reports whether WeChat does not know a media id, of a cover or a draft.
func isGone(err error) bool {
	refused, ok := errors.AsType[*wechat.APIError](err)
	return ok && refused.Code == invalidMedia
}
