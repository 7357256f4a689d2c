package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
)

// seasonCmd are the commands about seasons and their end.
type seasonCmd struct {
	Show   seasonShowCmd   `cmd:"" help:"列出各赛季：日期、状态、承诺、结赛、撤销过的荣誉。"`
	Commit seasonCommitCmd `cmd:"" help:"结赛前的承诺：公布抽签种子和上榜编号的散列。"`
	Close  seasonCloseCmd  `cmd:"" help:"结赛：冻结、抽签，写出荣誉名单和成绩台账。可以重复，结果一样。"`
	Void   seasonVoidCmd   `cmd:"" help:"取消一天（停电、卷子有误）：先看影响谁，再发布，成绩和排行榜一起换。"`
	Verify seasonVerifyCmd `cmd:"" help:"像外人一样核对荣誉名单，不需要 Redis。"`

	Certificates seasonCertificatesCmd `cmd:"" help:"荣誉证书：每人一张图片，外加一份供打印的 PDF。"`

	Revoke seasonRevokeCmd `cmd:"" help:"撤销一个名次的荣誉，或用 --restore 恢复；历史都留着。"`
}

// seasonShowCmd lists the seasons.
type seasonShowCmd struct {
	Season string `help:"只看这个赛季，连同承诺和撤销的历史。" placeholder:"ID"`
}

// Run is the command.
func (c *seasonShowCmd) Run(a *app) (err error) {
	d, err := a.openData(a.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	states, err := d.SeasonStates(a.ctx)
	if err != nil {
		return err
	}
	now, err := d.now(a.ctx)
	if err != nil {
		return err
	}
	rows := [][]string{{"赛季", "第一天", "最后一天", "状态", "承诺", "结赛"}}
	for _, st := range states {
		if c.Season != "" && st.ID != c.Season {
			continue
		}
		rows = append(rows, a.seasonRow(st, now))
	}
	if len(rows) == 1 {
		if c.Season != "" {
			return usagef("--season：赛季 %s 还没有人答过题", c.Season)
		}
		fmt.Fprintln(a.out, "还没有人答过题，没有赛季。")
		return nil
	}
	printTable(a.out, rows)
	for _, st := range states {
		if st.ID == c.Season {
			a.printSeason(st)
		}
	}
	return nil
}

// lastDay is the last day of a season: of a closed one, the one that it had then;
// 0 where it is not known.
func (a *app) lastDay(st store.SeasonState) quiz.Day {
	if st.Honours != nil {
		return st.Honours.Season.To
	}
	season, _ := a.file.Seasons.ByID(st.ID)
	return season.To
}

func (a *app) seasonRow(st store.SeasonState, now time.Time) []string {
	last, to := a.lastDay(st), "—"
	if last != 0 {
		to = last.String()
	}
	state, closed := "进行中", "—"
	switch {
	case st.Honours != nil:
		state, closed = "已结赛", shanghai(st.Began)
	case st.Entropy != "":
		state, closed = "结赛中断了，请再运行 season close", shanghai(st.Began)
	case last == 0 || last.Lapsed(now):
		state = "已结束，等待结赛"
	}
	return []string{st.ID, st.Terms.From.String(), to, state, strconv.Itoa(len(st.Commits)) + "次", closed}
}

func shanghai(seconds int64) string {
	return time.Unix(seconds, 0).In(quiz.Zone).Format("2006-01-02 15:04")
}

func (a *app) printSeason(st store.SeasonState) {
	fmt.Fprintf(a.out, "\n权重：答完 %d，答对 %d。\n", st.Terms.Weights.Finish, st.Terms.Weights.Correct)
	for _, c := range st.Commits {
		fmt.Fprintf(a.out, "承诺 %s：%d 个编号\n  种子 %s\n  名单 %s\n", shanghai(c.At), c.Members, c.Seed, c.List)
	}
	if h := st.Honours; h != nil {
		fmt.Fprintf(a.out, "公开的随机数：%s\n上榜 %d 人，名单 %d 人；台账 %s\n", content.Plain(h.Entropy), h.Ranked, len(h.Places), h.Ledger)
	}
	for _, r := range st.Revoked {
		did := "撤销"
		if r.Restored {
			did = "恢复"
		}
		fmt.Fprintf(a.out, "%s %s第%d名：%s（%s）\n", shanghai(r.At), did, r.Place, content.Plain(r.Reason), content.Plain(r.By))
	}
}

// ended is the season that a command about the year's end means: the one that is
// named, or else the latest that has begun, is over and is not closed.
func (a *app) ended(ctx context.Context, d *data, id string, now time.Time) (quiz.Season, bool, error) {
	if id != "" {
		season, err := a.season(ctx, d, id)
		return season, true, err
	}
	states, err := d.SeasonStates(ctx)
	if err != nil {
		return quiz.Season{}, false, err
	}
	for i := len(states) - 1; i >= 0; i-- {
		if st := states[i]; st.Honours == nil && a.lastDay(st).Lapsed(now) {
			season, err := a.season(ctx, d, st.ID)
			return season, true, err
		}
	}
	return quiz.Season{}, false, nil
}

// seasonCommitCmd publishes hashes before the draw.
type seasonCommitCmd struct {
	Season string `help:"赛季；不设则为刚结束、还没有结赛的那个，没有就是当前赛季。" placeholder:"ID"`
	By     string `help:"谁做的，记入历史；不设则为系统用户名。" placeholder:"NAME"`
	Output string `short:"o" help:"另写一个 JSON 文件，用来公布。" placeholder:"FILE"`
}

// Run is the command.
func (c *seasonCommitCmd) Run(a *app) (err error) {
	d, err := a.openData(a.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	act, err := a.act(d, c.By, "")
	if err != nil {
		return err
	}
	season, ok, err := a.ended(a.ctx, d, c.Season, act.At)
	if err == nil && !ok {
		season, err = a.season(a.ctx, d, "")
	}
	if err != nil {
		return err
	}
	commits, err := d.CommitSeason(a.ctx, season, act.At.Unix(), act.By, a.every("已看 %d 人……\n"))
	if err != nil {
		return closeFault(season, err)
	}
	last := commits[len(commits)-1]
	fmt.Fprintf(a.out, "赛季 %s 的第 %d 次承诺（%s）：\n  上榜编号 %d 个\n  种子的散列 %s\n  名单的散列 %s\n\n", season.ID, len(commits), shanghai(last.At), last.Members, last.Seed, last.List)
	fmt.Fprintln(a.out, "请现在就把这两行散列公布出去，并同时写明：用哪一天、哪一种公开的随机数抽签（例如某一期福利彩票的开奖号码），那时还没有人知道它。\n开奖以后运行 season close --entropy \"开奖号码\"。在那以前有新的人上榜，就再运行一次 season commit 并公布，种子不变。")
	if c.Output == "" {
		return nil
	}
	text, err := quiz.EncodeCommitted(season.ID, commits)
	if err != nil {
		return err
	}
	return writeOutput(c.Output, a.out, func(w io.Writer) error { _, err := w.Write(text); return err })
}

// seasonRevokeCmd takes an honour back.
type seasonRevokeCmd struct {
	Place   int    `arg:"" help:"第几名。"`
	Season  string `required:"" help:"赛季，例如 2026。" placeholder:"ID"`
	Reason  string `required:"" help:"为什么，记入历史。" placeholder:"TEXT"`
	By      string `help:"谁做的，记入历史；不设则为系统用户名。" placeholder:"NAME"`
	Restore bool   `help:"恢复撤销过的荣誉。"`
}

// Run is the command.
func (c *seasonRevokeCmd) Run(a *app) (err error) {
	if strings.TrimSpace(c.Reason) == "" {
		return usagef("--reason：请写明为什么")
	}
	d, err := a.openData(a.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	act, err := a.act(d, c.By, c.Reason)
	if err != nil {
		return err
	}
	did, is := "撤销", "已经撤销了"
	if c.Restore {
		did, is = "恢复", "没有撤销过"
	}
	err = d.Revoke(a.ctx, c.Season, c.Place, quiz.Revocation{At: act.At.Unix(), By: act.By, Reason: act.Why}, c.Restore)
	switch {
	case errors.Is(err, store.ErrRevoked):
		fmt.Fprintf(a.out, "赛季 %s 第%d名%s，没有什么要改。\n", c.Season, c.Place, is)
		return nil
	case errors.Is(err, store.ErrNotClosed):
		return usagef("赛季 %s 还没有结赛", c.Season)
	case errors.Is(err, store.ErrNames):
		return usagef("--reason：%w", err)
	case errors.Is(err, store.ErrNoPlace):
		return usagef("赛季 %s 的荣誉名单里没有第%d名", c.Season, c.Place)
	case err != nil:
		return err
	}
	fmt.Fprintf(a.out, "已%s赛季 %s 第%d名的荣誉。公布过的名单文件不变；查验证书的页面马上就会写明。\n", did, c.Season, c.Place)
	return nil
}
