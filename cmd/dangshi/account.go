package main

import (
	"cmp"
	"context"
	"errors"

	"dangshi/bot"
	"dangshi/bot/push"
	"dangshi/bot/wechat"
)

// What the account of the sandbox is called by where the settings name none.
const (
	sandboxAppID  = "wx00000000000000sb"
	sandboxSecret = "sandbox"
)

// appID is the account's AppID; in the sandbox one is made up.
func (s *Settings) appID() string {
	if s.real() {
		return s.WechatAppid
	}
	return cmp.Or(s.WechatAppid, sandboxAppID)
}

// newAPI is the account's API: WeChat's, or where the settings say another address
// that one. simulator is the address of the sandbox's own; a real account has none.
func (a *app) newAPI(d *data, simulator string, m *metrics) (*wechat.API, error) {
	secret, base := a.WechatSecret, a.WechatAPI
	if !a.real() {
		secret, base = cmp.Or(secret, sandboxSecret), cmp.Or(base, simulator)
	}
	cfg := wechat.APIConfig{AppID: a.appID(), Secret: secret, Base: base, Tokens: d, Logger: a.logger}
	if m != nil {
		cfg.Observe = m.called
	}
	api, err := wechat.NewAPI(cfg)
	if err != nil {
		return nil, usageError{err}
	}
	return api, nil
}

// speaking is the account's API as the push wants it: its errors say what became
// of a send.
type speaking struct{ *wechat.API }

// MassText is part of push.MassAPI.
func (s speaking) MassText(ctx context.Context, text, clientMsgID string) (int64, error) {
	id, err := s.API.MassText(ctx, text, clientMsgID)
	return id, wechat.Judge(err)
}

// CustomText is part of push.CustomAPI.
func (s speaking) CustomText(ctx context.Context, openid, text string) error {
	return wechat.Judge(s.API.CustomText(ctx, openid, text))
}

// UploadImage is part of push.DraftAPI.
func (s speaking) UploadImage(ctx context.Context, name string, data []byte) (string, error) {
	id, err := s.API.UploadImage(ctx, name, data)
	return id, wechat.Judge(err)
}

// coverGone is the errcode of a media id that is not valid.
const coverGone = 40007

// AddDraft is part of push.DraftAPI.
func (s speaking) AddDraft(ctx context.Context, a push.Article) (string, error) {
	id, err := s.API.AddDraft(ctx, wechat.Article{Title: a.Title, Digest: a.Digest, Content: a.Content, CoverMediaID: a.Cover})
	if refused, ok := errors.AsType[*wechat.APIError](err); ok && refused.Code == coverGone {
		return "", push.ErrCoverGone
	}
	return id, wechat.Judge(err)
}

// menu is the account's menu as the settings say.
func (a *app) menu() []bot.MenuEntry {
	if len(a.file.Menu) > 0 {
		return a.file.Menu
	}
	return bot.DefaultMenu()
}

// buttons are a menu as WeChat writes it.
func buttons(entries []bot.MenuEntry) []wechat.Button {
	var all []wechat.Button
	for _, e := range entries {
		b := wechat.Button{Name: e.Name, Sub: buttons(e.Items)}
		switch {
		case e.Word != "":
			b.Type, b.Key = "click", e.Word
		case e.URL != "":
			b.Type, b.URL = "view", e.URL
		}
		all = append(all, b)
	}
	return all
}
