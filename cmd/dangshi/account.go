package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

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
	cfg := a.apiConfig(simulator)
	cfg.Tokens, cfg.Logger = d, a.logger
	if m != nil {
		cfg.Observe = m.called
	}
	return openAPI(cfg)
}

// apiPatience bounds one call of a command: somebody waits for it.
const apiPatience = 10 * time.Second

// freshAPI is the account's API for one command, which fetches a token of its own:
// WeChat gives the replicas the same one, and nothing is written where theirs is
// kept.
func (a *app) freshAPI(simulator string, logger *slog.Logger) (*wechat.API, error) {
	cfg := a.apiConfig(simulator)
	cfg.Tokens, cfg.Logger, cfg.Timeout = new(forgetful), logger, apiPatience
	return openAPI(cfg)
}

func (a *app) apiConfig(simulator string) wechat.APIConfig {
	cfg := wechat.APIConfig{AppID: a.appID(), Secret: a.WechatSecret, Base: a.WechatAPI}
	if !a.real() {
		cfg.Secret, cfg.Base = cmp.Or(cfg.Secret, sandboxSecret), cmp.Or(cfg.Base, simulator)
	}
	return cfg
}

func openAPI(cfg wechat.APIConfig) (*wechat.API, error) {
	api, err := wechat.NewAPI(cfg)
	if err != nil {
		return nil, usageError{err}
	}
	return api, nil
}

// forgetful keeps a token while the process lives.
type forgetful struct{ tokens sync.Map }

// Token is part of wechat.Tokens.
func (f *forgetful) Token(_ context.Context, name string) (string, error) {
	token, _ := f.tokens.Load(name)
	value, _ := token.(string)
	return value, nil
}

// KeepToken is part of wechat.Tokens.
func (f *forgetful) KeepToken(_ context.Context, name, value string, _ time.Duration) error {
	f.tokens.Store(name, value)
	return nil
}

// DropToken is part of wechat.Tokens.
func (f *forgetful) DropToken(_ context.Context, name string) error {
	f.tokens.Delete(name)
	return nil
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
	id, err := s.API.AddDraft(ctx, wechat.Article{Title: a.Title, Digest: a.Digest, Content: a.Content, SourceURL: a.Source, CoverMediaID: a.Cover})
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
