package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"dangshi/bot/push"
	"dangshi/quiz"
)

// pushCmd sends what the day has to say, or goes on with it.
type pushCmd struct {
	Send   pushSendCmd   `cmd:"" default:"withargs" help:"发出当天的推送，或接着发完；已发出的不会再发。"`
	Status pushStatusCmd `cmd:"" help:"最近几天的推送：发出、不明、被拒绝（原因）、没有发。"`
	On     pushOnCmd     `cmd:"" help:"打开每日推送，从下一个推送时间开始。"`
	Off    pushOffCmd    `cmd:"" help:"关闭每日推送。"`
}

// pushSendCmd sends today's push.
type pushSendCmd struct {
	DryRun bool   `help:"只显示会发什么、发给谁、走哪个渠道，什么也不发。"`
	Day    string `help:"只用于 --dry-run：看哪一天的；不设则为今天。" placeholder:"YYYY-MM-DD"`
}

// Run is the command.
func (c *pushSendCmd) Run(a *app) error {
	if c.Day != "" && !c.DryRun {
		return usagef("--day：只能和 --dry-run 一起用；推送只发当天的")
	}
	open := a.openData
	if c.DryRun {
		open = a.openPreview
	}
	return a.withPush(open, func(p *push.Push) error {
		day := quiz.DayOf(p.Now())
		if c.Day != "" {
			var err error
			if day, err = quiz.ParseDay(c.Day); err != nil {
				return usagef("--day：%q 不是日期，例如 2026-07-01", c.Day)
			}
		}
		if c.DryRun {
			r, err := p.Plan(a.ctx, day)
			if err == nil {
				printPlan(a.out, r)
			}
			return err
		}
		before, _, err := dayOf(a.ctx, p)
		if err != nil {
			return err
		}
		stop := watchBeside(a.ctx, a.out, p)
		r, err := p.Send(a.ctx, day)
		stop()
		if err != nil {
			return err
		}
		return printSent(a.out, before, r)
	})
}

// dayOf is today's document and what has become of it.
func dayOf(ctx context.Context, p *push.Push) (d push.Day, outcome push.Outcome, err error) {
	days, err := p.Status(ctx, 1)
	if err != nil {
		return d, "", err
	}
	return days[0], days[0].Outcome, nil
}

// printPlan shows what would be sent.
func printPlan(out io.Writer, r push.Report) {
	fmt.Fprintf(out, "日期：%s，应发时间：%s\n", r.Day.Day, r.Due.In(quiz.Zone).Format("2006-01-02 15:04"))
	if r.Why != "" {
		fmt.Fprintf(out, "不会发：%s。\n", r.Why)
	}
	if r.Channel != "" {
		fmt.Fprintf(out, "渠道：%s（%s）\n", r.Channel, r.Audience)
	}
	if r.Channel == push.MembersName {
		var parts []string
		for _, channel := range slices.Sorted(maps.Keys(r.Reach)) {
			parts = append(parts, fmt.Sprintf("%s %d 人", pushChannels[channel], r.Reach[channel]))
		}
		fmt.Fprintln(out, "现在能送达："+cmp.Or(strings.Join(parts, "，"), "没有人")+fmt.Sprintf("；没有渠道能送达 %d 人", r.Beyond))
	}
	printSends(out, r.Now, r.Day)
	if r.Bulletin == nil {
		return
	}
	if r.Channel == "draft" || r.Channel == "article" {
		fmt.Fprintf(out, "标题：%s\n摘要：%s\n题目：%s\n", r.Bulletin.Title, r.Bulletin.Digest, r.Bulletin.Question)
		return
	}
	fmt.Fprintf(out, "内容（%d 字节）：\n\n%s\n", len(r.Bulletin.Text), r.Bulletin.Text)
}

// printSent says what has become of the day. It fails where the day's push was
// not made.
func printSent(out io.Writer, before push.Day, r push.Report) error {
	printSends(out, r.Now, r.Day)
	switch {
	case r.Day.Outcome == push.DaySent && before.Outcome == push.DaySent:
		fmt.Fprintln(out, "今天的此前已经发过，没有再发。")
		return nil
	case r.Day.Outcome == push.DaySent && slices.ContainsFunc(r.Day.Sends, handedOver):
		fmt.Fprintln(out, "已发出，微信还没有报告结果；用 push status 看。")
		return nil
	case r.Day.Outcome == push.DaySent:
		fmt.Fprintln(out, "已发出。")
		return nil
	case r.Why != "":
		if r.Why == push.SwitchedOff {
			return errors.New("推送没有打开，什么也没有发；确认内容后先用 dangshi push on 打开")
		}
		return fmt.Errorf("没有发出：%s", r.Why)
	}
	return errors.New("没有发出，原因见上；serve 会在补发时限内再试")
}

func handedOver(s push.Send) bool {
	_, waits := s.Waits()
	return waits
}

// pushOnCmd turns the push on.
type pushOnCmd struct {
	By string `help:"谁打开的，记入操作记录；不设则为系统用户名。" placeholder:"NAME"`
}

// Run is the command.
func (c *pushOnCmd) Run(a *app) error { return a.switchPush(true, c.By) }

// pushOffCmd turns the push off.
type pushOffCmd struct {
	By string `help:"谁关闭的，记入操作记录；不设则为系统用户名。" placeholder:"NAME"`
}

// Run is the command.
func (c *pushOffCmd) Run(a *app) error { return a.switchPush(false, c.By) }

func (a *app) switchPush(on bool, by string) error {
	a.begins = true // the push may be set before the first serve
	return a.withPushing(a.openData, func(s *service) error {
		act, err := a.act(s.data, by, "")
		if err != nil {
			return err
		}
		p := s.push
		if err := s.switchPush(a.ctx, on, act.By, act.At); err != nil {
			return err
		}
		set, err := p.Setting(a.ctx)
		if err != nil {
			return err
		}
		if !set.On {
			fmt.Fprintln(a.out, "每日推送已关闭。正在发的不会收回。")
			return nil
		}
		fmt.Fprintf(a.out, "每日推送已打开，每天 %s，从 %s 起。用 dangshi push --dry-run 看会发什么。\n", p.At, set.Baseline)
		return nil
	})
}

// withPush makes the push of this process, over the data of a running serve or
// its own, at the time of the data.
func (a *app) withPush(open func(context.Context) (*data, error), do func(*push.Push) error) error {
	return a.withPushing(open, func(s *service) error { return do(s.push) })
}

// withPushing is withPush with all that belongs to it.
func (a *app) withPushing(open func(context.Context) (*data, error), do func(*service) error) (err error) {
	d, err := open(a.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if d.Sandbox() == a.real() {
		return usagef("这里的数据属于%s，设置却是%s的；请用 serve 的那一份设置", accountWord(!d.Sandbox()), accountWord(a.real()))
	}
	s := &service{app: a, data: d, now: time.Now}
	defer func() { err = errors.Join(err, s.close()) }()
	wording, err := a.wording()
	if err != nil {
		return err
	}
	if !a.real() {
		if s.simulator, err = a.newSimulator(a.ctx, d); err != nil {
			return err
		}
		s.now = s.simulator.clock.Now
		if err := s.simulator.openPhone(a, d, loopback(a.Addr), nil); err != nil {
			return err
		}
	}
	m := newMetrics()
	s.bot = a.newBot(d, wording, s.now, m.count)
	if err := s.speak(m); err != nil {
		return err
	}
	if s.push == nil {
		return usagef("没有设置 DANGSHI_WECHAT_SECRET（公众号的 AppSecret），不能推送")
	}
	return do(s)
}

func accountWord(real bool) string {
	if real {
		return "真实公众号"
	}
	return "沙盒"
}
