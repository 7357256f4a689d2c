package main

import (
	"errors"
	"fmt"
	"strings"

	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
)

// memberObjectionCmd notes what a member told the staff.
type memberObjectionCmd struct {
	Member string    `arg:"" help:"编号（见 member find）、整个姓名、回执号或 openid。"`
	Text   string    `help:"学员说了什么。" required:"" placeholder:"TEXT"`
	Day    *quiz.Day `help:"说的是哪一天，例如 2026-01-31；会连同那天的回执号记下。" placeholder:"DATE"`
	Season string    `help:"赛季，例如 2026；不设则为当前赛季。" placeholder:"ID"`
	By     string    `help:"谁记的；不设则为系统用户名。" placeholder:"NAME"`
}

// Run is the command.
func (c *memberObjectionCmd) Run(a *app) error {
	if err := checkSaid("--text", c.Text); err != nil {
		return err
	}
	return a.withSeason(c.Season, func(d *data, season quiz.Season) error {
		f, err := a.member(d, season, c.Member)
		if err != nil {
			return err
		}
		o := quiz.Objection{Text: strings.TrimSpace(c.Text)}
		if c.Day != nil {
			o.Day = *c.Day
			dossier, _, err := d.Dossier(a.ctx, season, f.ID)
			if err != nil {
				return err
			}
			if l, ok := dossier.On(o.Day); ok && l.Receipt != "" {
				o.Receipts = []string{o.Day.String() + " " + l.Receipt}
			}
		}
		act, err := a.act(d, c.By, "")
		if err != nil {
			return err
		}
		o, err = d.Object(a.ctx, season.ID, f.ID, o, act)
		switch {
		case errors.Is(err, quiz.ErrObjectionsAll):
			return fmt.Errorf("这名学员的申诉已有 %d 条，记不下了", quiz.MaxObjections)
		case errors.Is(err, store.ErrStranger):
			return errors.New("这名学员刚刚注销了")
		case err != nil:
			return err
		}
		fmt.Fprintf(a.out, "已记下，申诉号 %d。用 member answer %d --text … 答复。\n", o.Number, o.Number)
		return nil
	})
}

// checkSaid refuses a text that a message to the member could not hold.
func checkSaid(flag, text string) error {
	switch n := len(text); {
	case content.Normalise(text) == "":
		return usagef("%s：没有写文字", flag)
	case n > quiz.MaxObjection:
		return usagef("%s：有 %d 个字节，最多 %d 个（一个汉字 3 个字节）", flag, n, quiz.MaxObjection)
	}
	return nil
}

// memberObjectionsCmd lists objections.
type memberObjectionsCmd struct {
	Open   bool   `help:"只列出还没有答复的。"`
	Season string `help:"列出哪个赛季的编号；不设则为当前赛季。" placeholder:"ID"`
}

// Run is the command.
func (c *memberObjectionsCmd) Run(a *app) error {
	return a.withSeason(c.Season, func(d *data, season quiz.Season) error {
		all, err := d.EachObjections(a.ctx, c.Open)
		if err != nil {
			return err
		}
		for _, f := range all {
			fmt.Fprintf(a.out, "%d号  %s  编号 %s  %s\n", f.Number, clockText(f.At), quiz.Pseudonym(d.Secret(), season.ID, f.Self), notedBy(f.Objection))
			if f.Day != 0 {
				fmt.Fprintf(a.out, "  说的是 %s\n", f.Day)
			}
			fmt.Fprintf(a.out, "  %s\n", content.Plain(f.Text))
			if len(f.Receipts) > 0 {
				fmt.Fprintf(a.out, "  回执号：%s\n", strings.Join(f.Receipts, "，"))
			}
			if !f.Open() {
				fmt.Fprintf(a.out, "  答复（%s，%s）：%s\n", clockText(f.Replied), content.Plain(f.Replier), content.Plain(f.Reply))
			}
		}
		fmt.Fprintf(a.errs, "共 %d 条。\n", len(all))
		return nil
	})
}

func notedBy(o quiz.Objection) string {
	if o.By == "" {
		return "学员在聊天里发的"
	}
	return content.Plain(o.By) + " 代记"
}

// memberAnswerCmd answers an objection.
type memberAnswerCmd struct {
	Number int    `arg:"" help:"申诉号，见 member objections。"`
	Text   string `help:"答复；学员下次发消息时会看到。" required:"" placeholder:"TEXT"`
	Season string `help:"操作记录里用哪个赛季的编号；不设则为当前赛季。" placeholder:"ID"`
	By     string `help:"谁答复的；不设则为系统用户名。" placeholder:"NAME"`
}

// Run is the command.
func (c *memberAnswerCmd) Run(a *app) error {
	if err := checkSaid("--text", c.Text); err != nil {
		return err
	}
	return a.withSeason(c.Season, func(d *data, season quiz.Season) error {
		act, err := a.act(d, c.By, "")
		if err != nil {
			return err
		}
		f, err := d.Answer(a.ctx, season.ID, c.Number, strings.TrimSpace(c.Text), act)
		switch {
		case errors.Is(err, quiz.ErrNoObjection):
			return usagef("没有 %d 号申诉；用 member objections 列出", c.Number)
		case errors.Is(err, quiz.ErrAnswered):
			return usagef("%d 号申诉已经答复过：%s", c.Number, content.Plain(f.Reply))
		case err != nil:
			return err
		}
		fmt.Fprintf(a.out, "已答复 %d 号申诉，学员下次发消息时会看到。\n", c.Number)
		return nil
	})
}
