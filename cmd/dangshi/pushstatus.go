package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"dangshi/bot/push"
	"dangshi/quiz"
)

// pushStatusCmd shows the ledger.
type pushStatusCmd struct {
	Days  int  `help:"看几天。" default:"7" placeholder:"N"`
	Watch bool `help:"一直看着今天的推送，发完为止。"`
}

// stateWords are what states of sends are called.
var stateWords = map[push.State]string{
	push.Planned: "还没有发成，会再试", push.Sending: "正在发", push.Sent: "已发出", push.Unknown: "结果不明", push.Refused: "被拒绝",
}

// outcomeWords are what outcomes of days are called.
var outcomeWords = map[push.Outcome]string{
	push.Open: "正在发", push.DaySent: "已发出", push.DayUnknown: "结果不明，请到公众号后台核对", push.DayRefused: "被所有渠道拒绝",
	push.DayNothing: "没有可发的内容", push.DayMissed: "错过了", push.DayPartly: "只发了一部分", push.DayOff: "没有打开", push.DayAhead: "还没到时间",
}

// Run is the command.
func (c *pushStatusCmd) Run(a *app) error {
	if c.Days < 1 || c.Days > 366 {
		return usagef("--days：应为 1 到 366，现在是 %d", c.Days)
	}
	return a.withPush(a.openData, func(p *push.Push) error {
		if c.Watch {
			if err := watchPush(a.ctx, a.out, p); err != nil {
				return err
			}
		}
		set, err := p.Setting(a.ctx)
		if err != nil {
			return err
		}
		days, err := p.Status(a.ctx, c.Days)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "每日推送：%s，每天 %s。\n", map[bool]string{true: "已打开", false: "没有打开"}[set.On], p.At)
		for _, d := range days {
			fmt.Fprintf(a.out, "%s %s", d.Day, outcomeOf(d))
			if d.Title != "" {
				fmt.Fprintf(a.out, "  %s", d.Title)
			}
			fmt.Fprintln(a.out)
			printSends(a.out, p.Now(), d)
		}
		over, err := push.RemindersOver(a.ctx, p.Ledger)
		if err == nil && over.Day == quiz.DayOf(p.Now()) {
			fmt.Fprintf(a.out, "提醒：今天不再发。%s\n", over.Reason)
		}
		return err
	})
}

// outcomeOf says what has become of a day. What was handed over may wait for an
// administrator still, who may have refused it since.
func outcomeOf(d push.Day) string {
	for _, s := range d.Sends {
		switch {
		case handedOver(s):
			return "已提交，还没有结果"
		case d.Outcome == push.DayRefused && s.State == push.Refused && s.Final:
			return "没有发出"
		}
	}
	return outcomeWords[d.Outcome]
}

// sendState says what has become of a send.
func sendState(s push.Send, now time.Time) string {
	until, waits := s.Waits()
	switch {
	case waits && now.Before(until):
		return "已提交，等微信的结果；要管理员确认的，请在 " + until.In(quiz.Zone).Format("15:04") + " 前到公众平台安全助手确认"
	case waits:
		return "已提交，微信一直没有报告结果；可能没有人确认，请到公众号后台核对"
	}
	return stateWords[s.State]
}

func printSends(out io.Writer, now time.Time, d push.Day) {
	for _, s := range d.Sends {
		parts := []string{"发送 " + s.ID + "：" + sendState(s, now)}
		if !s.At.IsZero() {
			parts = append(parts, s.At.In(quiz.Zone).Format("15:04:05")+"，第 "+strconv.Itoa(s.Tries)+" 次")
		}
		if s.Reason != "" {
			parts = append(parts, s.Reason)
		}
		if s.Link != "" {
			parts = append(parts, "永久链接 "+s.Link)
		}
		if c := s.Counts; c != nil {
			parts = append(parts, fmt.Sprintf("微信报告 %s：共 %d 人，送达 %d，失败 %d", c.Status, c.Total, c.Sent, c.Failed))
			if c.URL != "" {
				parts = append(parts, "永久链接 "+c.URL)
			}
		}
		if s.Counts == nil && s.Answer != "" && s.State == push.Sent {
			parts = append(parts, "微信没有报告人数，问到的结果是已经发出")
		}
		fmt.Fprintln(out, "  "+strings.Join(parts, "；"))
		if s.Each != nil {
			printEach(out, *s.Each)
		}
	}
	if d.Note != "" {
		fmt.Fprintln(out, "  "+d.Note)
	}
}

// printEach shows how far a send to members one by one has come.
func printEach(out io.Writer, r push.Reach) {
	fmt.Fprintln(out, "    "+bar(r))
	var parts []string
	for _, channel := range slices.Sorted(maps.Keys(r.Sent)) {
		parts = append(parts, fmt.Sprintf("%s发出 %d", pushChannels[channel], r.Sent[channel]))
	}
	if r.Unknown > 0 {
		parts = append(parts, fmt.Sprintf("结果不明 %d（不重发）", r.Unknown))
	}
	if r.Beyond > 0 {
		parts = append(parts, fmt.Sprintf("今天没有渠道能送达 %d", r.Beyond))
	}
	if r.Lost > 0 {
		parts = append(parts, fmt.Sprintf("%d 个分片的台账不见了，其中的人不再发", r.Lost))
	}
	if len(parts) > 0 {
		fmt.Fprintln(out, "    "+strings.Join(parts, "，"))
	}
	for _, reason := range slices.Sorted(maps.Keys(r.Refused)) {
		fmt.Fprintf(out, "    被拒绝 %d：%s\n", r.Refused[reason], reason)
	}
}

// barWidth is that of a progress bar, in cells.
const barWidth = 30

func bar(r push.Reach) string {
	full := 0
	if r.Total > 0 {
		full = min(r.Seen, r.Total) * barWidth / r.Total
	}
	percent := 100
	if r.Total > 0 {
		percent = min(r.Seen, r.Total) * 100 / r.Total
	}
	return fmt.Sprintf("[%s%s] %d%%（%d / %d 人）", strings.Repeat("█", full), strings.Repeat("░", barWidth-full), percent, r.Seen, r.Total)
}

// watchEvery is how often a run is looked at.
const watchEvery = 2 * time.Second

// watchPush shows how far today's push has come, until it is settled. On a terminal the
// line is written over.
func watchPush(ctx context.Context, out io.Writer, p *push.Push) error {
	terminal, before := isTerminal(out), ""
	for {
		d, outcome, err := dayOf(ctx, p)
		if err != nil {
			return err
		}
		if line := watched(d); line != before {
			if before = line; terminal {
				fmt.Fprint(out, "\r\033[K"+line)
			} else {
				fmt.Fprintln(out, line)
			}
		}
		if outcome != push.Open {
			if terminal {
				fmt.Fprint(out, "\r\033[K")
			}
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(watchEvery):
		}
	}
}

// watched is a day in one line.
func watched(d push.Day) string {
	for _, s := range d.Sends {
		if s.Each != nil && s.State != push.Refused {
			return fmt.Sprintf("%s %s 发出 %d，结果不明 %d", d.Day, bar(*s.Each), s.Each.Reached(), s.Each.Unknown)
		}
	}
	return d.Day.String() + " " + outcomeOf(d)
}

// watchBeside is watchPush beside a push of this process, on a terminal only.
func watchBeside(ctx context.Context, out io.Writer, p *push.Push) (stop func()) {
	if !isTerminal(out) {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = watchPush(ctx, out, p) // what went wrong, the push says, too
	}()
	return func() {
		cancel()
		<-done
		fmt.Fprint(out, "\r\033[K")
	}
}
