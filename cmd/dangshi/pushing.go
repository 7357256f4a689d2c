package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"dangshi/bot"
	"dangshi/bot/push"
	"dangshi/bot/wechat"
	"dangshi/quiz"
)

// ledgerDays is how many days of the push's ledger are shown.
const ledgerDays = 14

// pushChannels are what push.channels may name, and what each does.
var pushChannels = map[string]string{
	"draft": "草稿", "mass": "群发文字", "article": "群发图文", "notice": "订阅通知", "custom": "客服消息",
}

// channelNames are those of the settings, in order of preference. A real account
// begins with drafts: a mass message uses up the one that it has for the day.
func (s *Settings) channelNames() []string {
	switch {
	case len(s.file.Push.Channels) > 0:
		return s.file.Push.Channels
	case s.real():
		return []string{"draft"}
	}
	return []string{"mass"}
}

// channels are those of the settings. Those that reach members one by one are one
// channel together, in the place of the first of them: each member is sent to once.
func (a *app) channels(d *data, api *wechat.API, b *bot.Bot, now func() time.Time, count func(string)) []push.Channel {
	shelf, covers := push.NewShelf(a.ledger(d)), push.NewCovers(a.Font).With(d.Media)
	var all []push.Channel
	var each []push.MemberChannel
	place := 0
	for _, name := range a.channelNames() {
		switch name {
		case "mass":
			all = append(all, push.NewMass(speaking{api}, d.Secret()))
		case "article":
			var publisher push.PublishAPI
			if len(each) == 0 && a.sendsToMembers() { // who then are given the address
				publisher = speaking{api}
			}
			all = append(all, push.NewArticles(speaking{api}, publisher, shelf, covers, d.Secret(), nil))
		case "draft":
			all = append(all, push.NewDraft(speaking{api}, shelf, covers))
		case "notice", "custom":
			if len(each) == 0 {
				place = len(all)
			}
			if name == "custom" {
				each = append(each, push.NewCustom(speaking{api}))
			} else {
				each = append(each, a.notice(api, b))
			}
		}
	}
	if len(each) > 0 {
		all = slices.Insert(all, place, push.Channel(push.NewMembers(push.MembersConfig{
			Each: each, Roll: d.roll(), Pace: d, PerSecond: a.file.Push.PerSecond,
			Now: now, Wall: time.Now, Lease: a.lease, Progress: count,
		})))
	}
	return all
}

// sendsToMembers reports whether a channel reaches members one by one.
func (s *Settings) sendsToMembers() bool {
	return slices.Contains(s.channelNames(), "notice") || slices.Contains(s.channelNames(), "custom")
}

// notice is the channel of subscribe messages.
func (a *app) notice(api *wechat.API, b *bot.Bot) *push.Notice {
	hint := ""
	if b != nil {
		hint = b.Wording.NoticeHow.String()
	}
	return push.NewNotice(speaking{api}, b, a.notices().template(), a.page, hint)
}

// page is the address of a day's item; empty where there is no public address.
func (a *app) page(day quiz.Day) string {
	if a.BaseURL == "" {
		return ""
	}
	return strings.TrimRight(a.BaseURL, "/") + "/today/" + day.String()
}

// newPush is the morning push of this process.
func (a *app) newPush(d *data, api *wechat.API, b *bot.Bot, now func() time.Time, count func(string)) (*push.Push, error) {
	at, err := push.ParseTimeOfDay(a.PushAt)
	if err != nil {
		return nil, usageError{err}
	}
	var asking push.Asking
	var trial push.TrialAPI
	if api != nil { // who only looks at the plan has none
		asking, trial = api, speaking{api}
	}
	p, err := push.New(push.Config{
		Ledger: a.ledger(d), Bulletins: b, Asking: asking, Trial: trial, Channels: a.channels(d, api, b, now, count),
		Now: now, Wall: time.Now, At: at, Sandbox: !a.real(), Holder: holder(), Logger: a.logger, Lease: a.lease, Progress: count,
	})
	if err != nil {
		return nil, usageError{err}
	}
	return p, nil
}

// newReminders are the evening reminders of this process.
func (a *app) newReminders(d *data, api *wechat.API, b *bot.Bot, now func() time.Time, count func(string)) *push.Reminders {
	var notice *push.Notice
	if a.notices().Template != "" {
		notice = a.notice(api, b)
	}
	return push.NewReminders(push.RemindersConfig{
		Ledger: a.ledger(d), Index: d, Bot: b, API: speaking{api}, Notice: notice,
		Now: now, Wall: time.Now, Holder: holder(), Logger: a.logger, Lease: a.lease, Progress: count,
	})
}

// holder names this process in claims and in the setting.
func holder() string {
	host, err := os.Hostname()
	if err != nil {
		host = "?"
	}
	return fmt.Sprintf("%s/%d", host, os.Getpid())
}

// startPush makes up for today's push, if it is due, beside the server: it may
// wait for as long as the claim of a process that has died.
func (s *service) startPush(ctx context.Context) {
	var indexing sync.WaitGroup
	indexing.Go(func() { s.indexReminders(ctx) })
	defer indexing.Wait()
	if s.clock() != nil {
		if err := s.installMenu(ctx); err != nil && ctx.Err() == nil {
			s.app.logger.WarnContext(ctx, "the sandbox's menu was not installed", "error", err)
		}
	}
	if err := s.push.Run(ctx, s.now()); err != nil && ctx.Err() == nil {
		s.app.logger.ErrorContext(ctx, "today's push was not made up for", "error", err)
	}
}

// indexReminders makes the index of a Redis into which the embedded store's file
// was moved: the file leaves it out. Else it finds nothing to do.
func (s *service) indexReminders(ctx context.Context) {
	if s.data.embedded != nil {
		return // made before
	}
	if err := s.data.RebuildReminders(ctx); err != nil && ctx.Err() == nil {
		s.app.logger.ErrorContext(ctx, "the index of reminders was not made", "error", err)
	}
}
