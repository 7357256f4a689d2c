package main

import (
	"context"
	"errors"
	"fmt"

	"dangshi/admin/board"
	"dangshi/quiz"
	"dangshi/store"
)

// seasonVoidCmd voids a day.
type seasonVoidCmd struct {
	Day     quiz.Day `arg:"" help:"哪一天，例如 2026-07-01。"`
	Drop    bool     `help:"取消，人人不计这一天的分。" xor:"how"`
	Keep    bool     `help:"取消，已经有这一天的分的人保留。" xor:"how" env:"DANGSHI_SEASON_VOID_KEEP"`
	Stand   bool     `help:"不取消了，照常计分。" xor:"how"`
	Reason  string   `help:"为什么，记入操作记录。" placeholder:"TEXT"`
	By      string   `help:"谁做的，记入操作记录；不设则为系统用户名。" placeholder:"NAME"`
	Publish bool     `help:"发布；不加则只看影响，什么也不写。"`
}

// how is the way that was chosen.
func (c *seasonVoidCmd) how() (quiz.Void, string, error) {
	switch {
	case c.Drop:
		return quiz.Dropped, "取消，人人不计分", nil
	case c.Keep:
		return quiz.Kept, "取消，有分的保留", nil
	case c.Stand:
		return quiz.Stands, "照常计分", nil
	}
	return 0, "", usagef("请在 --drop（人人不计分）、--keep（有分的保留）、--stand（不取消了）里选一个")
}

// Run is the command. One that was killed goes on when it is called again.
func (c *seasonVoidCmd) Run(a *app) (err error) {
	how, word, err := c.how()
	if err != nil {
		return err
	}
	d, err := a.openData(a.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := a.pendingRegrade(d, c.Publish); err != nil {
		return err
	}
	act, err := a.act(d, c.By, c.Reason)
	if err != nil {
		return err
	}
	seasons, err := a.seasonsOf(a.ctx, d, c.Day)
	if err != nil {
		return err
	}
	v := store.Voiding{Day: c.Day, How: how, At: act.At.Unix(), By: act.By, Why: act.Why}
	fmt.Fprintf(a.out, "%s：%s。谁的连续天数都不因此中断。\n", c.Day, word)
	for _, season := range seasons {
		impact, err := d.PreviewVoid(a.ctx, v, season, a.prizes().Top, a.every("预览：已看 %d 人次……\n"))
		if err != nil {
			return c.fault(a, season, err)
		}
		a.printImpact(board.ImpactOf(impact), "答完这一天的卷子的")
	}
	if len(seasons) == 0 {
		fmt.Fprintln(a.out, "这一天不在已经有人答题的赛季里，没有谁的成绩会变。")
	}
	if !c.Publish {
		fmt.Fprintln(a.out, "\n这是预览，什么也没有写。核对后加 --publish 发布。")
		return nil
	}
	err = a.publish(d, func(ctx context.Context) error {
		return d.VoidDay(ctx, v, seasons, a.rebuilding(d, "已重算 %d 人……\n"))
	})
	if err != nil {
		return c.fault(a, quiz.Season{}, err)
	}
	fmt.Fprintln(a.out, "\n已发布：成绩和排行榜都换成新的了。")
	return nil
}

// fault says what keeps the day from being voided.
func (c *seasonVoidCmd) fault(a *app, season quiz.Season, err error) error {
	switch {
	case errors.Is(err, store.ErrVoided):
		fmt.Fprintln(a.out, "现在就是这样，没有什么要改。")
		return nil
	case errors.Is(err, store.ErrRekeying):
		return err
	case errors.Is(err, store.ErrSeasonClosed):
		return usagef("%s 属于已经结赛的赛季 %s，荣誉名单已经公布，不能再取消", c.Day, season.ID)
	}
	return fmt.Errorf("还没有做完；学员看到的仍是原来的或新的成绩，不会混在一起。再运行一次同样的命令，会接着做完：%w", err)
}

// seasonsOf are the seasons that have begun and have the day.
func (a *app) seasonsOf(ctx context.Context, d *data, day quiz.Day) (of []quiz.Season, err error) {
	begun, err := a.begunSeasons(ctx, d)
	if err != nil {
		return nil, err
	}
	states, err := d.SeasonStates(ctx)
	if err != nil {
		return nil, err
	}
	for _, season := range begun {
		for _, st := range states {
			if st.ID == season.ID && st.Honours != nil {
				season.To = st.Honours.Season.To
			}
		}
		if season.From <= day && (day <= season.To || season.To < season.From) {
			of = append(of, season)
		}
	}
	return of, nil
}

// pendingRegrade finishes what was begun before, or says that it waits.
func (a *app) pendingRegrade(d *data, publish bool) error {
	left, ok, err := d.Staged(a.ctx)
	if err != nil || !ok {
		return err
	}
	if !publish {
		fmt.Fprintf(a.out, "%s还没有做完；运行着的 serve 半分钟内会接着做，没有就等 serve 启动，或下一次 --publish 时接着做完。\n\n", stagedText(left))
		return nil
	}
	fmt.Fprintf(a.out, "先做完%s……\n\n", stagedText(left))
	return a.publish(d, func(ctx context.Context) error {
		_, err := d.ResumeRegrade(ctx, a.rebuilding(d, "已重算 %d 人……\n"))
		return err
	})
}

// stagedText is what was begun, in words.
func stagedText(left store.Staged) string {
	if left.Void != nil {
		return left.Void.Day.String() + " 的取消"
	}
	return "题目 " + left.Correction.Question + " 的更正"
}
