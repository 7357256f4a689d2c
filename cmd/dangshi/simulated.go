package main

import (
	"context"
	"slices"
	"time"

	"dangshi/bot/sandbox/fakeapi"
)

// simulatorSettings say which account the sandbox plays.
type simulatorSettings struct {
	Account    string `yaml:"account"`    // see the constants; "": what push.channels need
	Unverified bool   `yaml:"unverified"` // WeChat has not verified it (微信认证)
	Confirm    bool   `yaml:"confirm"`    // an administrator has to confirm each mass message
}

// The kinds of accounts.
const (
	subscriptionAccount = "subscription"
	serviceAccount      = "service"
)

func (s simulatorSettings) check(fault func(format string, args ...any)) {
	if s.Account != "" && s.Account != subscriptionAccount && s.Account != serviceAccount {
		fault("simulator.account：%q 不是 subscription（订阅号）、service（服务号）之一", s.Account)
	}
}

// simulated is the account that the sandbox plays; the caller adds its clock and store.
func (s *Settings) simulated() fakeapi.Config {
	set := s.file.Simulator
	service := set.Account == serviceAccount
	if set.Account == "" {
		service = slices.Contains(s.channelNames(), "notice") // which subscription accounts do not have
	}
	return fakeapi.Config{
		AppID: s.WechatAppid, Secret: s.WechatSecret,
		Service: service, Unverified: set.Unverified, Confirm: set.Confirm,
	}
}

// heldSpec is when it is looked whether mass messages have waited for the administrator
// for too long.
const heldSpec = "* * * * *"

// expireHeld is the job by which WeChat drops them.
func (s *simulator) expireHeld() job {
	return job{
		name: "held messages", spec: heldSpec, idle: s.noneHeld,
		run: func(ctx context.Context, _ time.Time) error { return s.api.Expire(ctx) },
	}
}

// noneHeld says until when none can have waited for too long. A message that is sent
// meanwhile waits longer than to the next instant of another job.
func (s *simulator) noneHeld(t time.Time) (until time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	held, err := s.api.Held(ctx)
	switch {
	case err != nil:
		return t
	case len(held) == 0:
		return t.Add(fakeapi.ConfirmTime)
	}
	return held[0].Until
}
