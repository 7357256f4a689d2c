package main

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"dangshi/bot"
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

// menu is the account's menu as the settings say.
func (a *app) menu() []bot.MenuEntry {
	if len(a.file.Menu) > 0 {
		return a.file.Menu
	}
	return bot.DefaultMenu()
}
