package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"dangshi/bot"
	"dangshi/bot/push"
	"dangshi/bot/wechat"
)

// ledgerDays is how many days of the push's ledger are shown.
const ledgerDays = 14

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

// channels are those of the settings.
func (a *app) channels(d *data, api *wechat.API) []push.Channel {
	var all []push.Channel
	for _, name := range a.channelNames() {
		switch name {
		case "mass":
			all = append(all, push.NewMass(speaking{api}, d.Secret()))
		case "draft":
			all = append(all, push.NewDraft(speaking{api}, push.NewShelf(d.PushLedger())))
		}
	}
	return all
}

// newPush is the morning push of this process.
func (a *app) newPush(d *data, api *wechat.API, bulletins push.Bulletins, now func() time.Time, count func(string)) (*push.Push, error) {
	at, err := push.ParseTimeOfDay(a.PushAt)
	if err != nil {
		return nil, usageError{err}
	}
	p, err := push.New(push.Config{
		Ledger: d.PushLedger(), Bulletins: bulletins, Channels: a.channels(d, api),
		Now: now, Wall: time.Now, At: at, Sandbox: !a.real(), Holder: holder(), Logger: a.logger, Progress: count,
	})
	if err != nil {
		return nil, usageError{err}
	}
	return p, nil
}

// newReminders are the evening reminders of this process.
func (a *app) newReminders(d *data, api *wechat.API, b *bot.Bot, now func() time.Time, count func(string)) *push.Reminders {
	return push.NewReminders(push.RemindersConfig{
		Ledger: d.PushLedger(), Index: d, Bot: b, API: speaking{api},
		Now: now, Wall: time.Now, Holder: holder(), Logger: a.logger, Progress: count,
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
