package main

import (
	"dangshi/bot/push"
	"dangshi/bot/sandbox/fakeapi"
)

// pushSettings say how the daily push goes out.
type pushSettings struct {
	Channels  []string      `yaml:"channels"`   // in order of preference
	PerSecond int           `yaml:"per_second"` // messages to members; 0: push.DefaultPace
	Notice    noticeSetting `yaml:"notice"`
}

// noticeSetting is the template of subscribe messages (订阅通知).
type noticeSetting struct {
	Template string            `yaml:"template"`
	LongTerm bool              `yaml:"long_term"` // a consent is for good
	Data     map[string]string `yaml:"data"`      // field → text
}

func (n noticeSetting) template() push.NoticeTemplate {
	return push.NoticeTemplate{ID: n.Template, Data: n.Data}
}

// notices are the settings' template; in the sandbox that which its account has from
// the start, where they name none.
func (s *Settings) notices() noticeSetting {
	if set := s.file.Push.Notice; s.real() || set.Template != "" || len(set.Data) > 0 {
		return set
	}
	return noticeSetting{Template: fakeapi.DailyNotice, Data: map[string]string{"thing1": "{title}", "date2": "{date}", "thing4": "{hint}"}}
}

// check names what cannot be used of the push.
func (p *pushSettings) check(fault func(format string, args ...any), notices noticeSetting) {
	seen := map[string]bool{}
	for _, c := range p.Channels {
		switch {
		case pushChannels[c] == "":
			fault("push.channels：%q 不是 draft（草稿）、mass（群发文字）、article（群发图文）、notice（订阅通知）、custom（客服消息）之一", c)
		case seen[c]:
			fault("push.channels：%s 写了两次", c)
		}
		seen[c] = true
	}
	if p.PerSecond < 0 || p.PerSecond > maxPerSecond {
		fault("push.per_second：应为 1 到 %d，现在是 %d", maxPerSecond, p.PerSecond)
	}
	if notices.Template != "" || len(notices.Data) > 0 || seen["notice"] {
		if err := notices.template().Check(); err != nil {
			fault("push.notice：%w", err)
		}
	}
}

const maxPerSecond = 100_000
