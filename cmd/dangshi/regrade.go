package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"dangshi/admin/board"
	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
)

// bankRegradeCmd corrects a wrong key wherever the question was asked.
type bankRegradeCmd struct {
	Question string   `arg:"" name:"question" help:"题目的编号。"`
	Key      string   `help:"正确的答案，例如 B、ACD；判断题写 T 或 F；填空题写词语，几个用逗号隔开。" placeholder:"KEY" xor:"way"`
	Accept   []string `help:"几个答案都算对，例如 A,B；填空题写另外也算对的词语。" placeholder:"KEY,…" xor:"way"`
	Void     bool     `help:"这道题作废，答完当天卷子的人都得这道题的分。" xor:"way"`
	Revision int      `help:"题目的第几版；只出过一版时不用写。" placeholder:"N"`
	Season   string   `help:"只看对这个赛季的影响；不设则看出过这道题的全部赛季。发布总是对全部赛季。" placeholder:"ID"`
	Reason   string   `help:"为什么更正，记入历史。" placeholder:"TEXT"`
	By       string   `help:"谁更正的，记入历史；不设则为系统用户名。" placeholder:"NAME"`
	Publish  bool     `help:"发布；不加则只看影响，什么也不写。"`
}

// Run is the command. A regrade that was killed goes on when it is called again.
func (c *bankRegradeCmd) Run(a *app) (err error) {
	d, err := a.openData(a.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := a.pendingRegrade(d, c.Publish); err != nil {
		return err
	}
	plan, asked, err := c.plan(a, d)
	if err != nil {
		return err
	}
	a.printRegrade(plan, asked)
	if plan.Correction.Ruling.Equal(plan.Correction.Before) {
		fmt.Fprintln(a.out, "\n现在就是这样判分的，没有什么要改。")
		return nil
	}
	if err := c.preview(a, d, plan); err != nil {
		return err
	}
	if !c.Publish {
		fmt.Fprintln(a.out, "\n这是预览，什么也没有写。核对后加 --publish 发布。")
		return nil
	}
	err = a.publish(d, func(ctx context.Context) error {
		return d.PublishRegrade(ctx, plan, a.rebuilding(d, "已重算 %d 人……\n"))
	})
	switch {
	case errors.Is(err, store.ErrRulingMoved):
		return errors.New("这道题刚刚有人更正过，请再看一次预览")
	case errors.Is(err, store.ErrRekeying):
		return err
	case err != nil:
		return fmt.Errorf("还没有做完；学员看到的仍是原来的或更正后的全榜，不会混在一起。再运行一次同样的命令，会接着做完：%w", err)
	}
	fmt.Fprintln(a.out, "\n已发布：成绩和排行榜都换成更正后的了。分数有变的学员下次发消息时会收到一次说明。")
	fmt.Fprintln(a.out, "题库文件里的答案请一并改正，再用 bank load 载入，以后就按新的一版出题。")
	return nil
}

func (c *bankRegradeCmd) plan(a *app, d *data) (store.Regrade, store.Asked, error) {
	by := c.By
	if by == "" {
		by = systemUser()
	}
	plan, asked, err := a.planRegrade(a.ctx, d, store.RegradeRequest{
		Question: c.Question, Revision: c.Revision, Proposal: quiz.Proposal{Key: c.Key, Accept: c.Accept, Void: c.Void},
		By: by, Why: c.Reason, At: time.Now().Unix(),
	})
	if errors.Is(err, store.ErrRequest) {
		err = usageError{err}
	}
	return plan, asked, err
}

// planRegrade plans a correction of all seasons that have begun.
func (a *app) planRegrade(ctx context.Context, d *data, q store.RegradeRequest) (plan store.Regrade, asked store.Asked, err error) {
	if q.Seasons, err = a.begunSeasons(ctx, d); err != nil {
		return plan, asked, err
	}
	return d.PlanRegrade(ctx, q)
}

func (c *bankRegradeCmd) preview(a *app, d *data, plan store.Regrade) error {
	seasons := plan.Seasons
	if c.Season != "" {
		season, err := a.season(a.ctx, d, c.Season)
		if err != nil {
			return err
		}
		seasons = []quiz.Season{season}
	}
	for _, season := range seasons {
		impact, err := d.PreviewRegrade(a.ctx, plan, season, a.prizes().Top, a.every("预览：已看 %d 人次……\n"))
		if err != nil {
			return err
		}
		a.printImpact(board.ImpactOf(impact), "答完有这道题的卷子的")
	}
	return nil
}

// begunSeasons are the seasons that have papers, in order of their first day; of
// those that the settings no longer name the last day is not known.
func (a *app) begunSeasons(ctx context.Context, d *data) ([]quiz.Season, error) {
	begun, err := d.Seasons(ctx)
	if err != nil {
		return nil, err
	}
	var all []quiz.Season
	for id, terms := range begun {
		season, ok := a.file.Seasons.ByID(id)
		if !ok {
			season = quiz.Season{ID: id}
		}
		season.From = terms.From
		all = append(all, season)
	}
	slices.SortFunc(all, func(x, y quiz.Season) int { return cmp.Compare(x.From, y.From) })
	return all, nil
}

// rebuilding are the options of a replay by a command.
func (a *app) rebuilding(d *data, progress string) store.RebuildOptions {
	return store.RebuildOptions{Alone: d.embedded != nil, Damaged: a.damaged, Progress: a.every(progress)}
}

// bankRulingsCmd lists what was ruled.
type bankRulingsCmd struct{}

// Run is the command.
func (c *bankRulingsCmd) Run(a *app) (err error) {
	d, err := a.openData(a.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	history, err := d.Corrections(a.ctx)
	if err != nil {
		return err
	}
	if len(history) == 0 {
		fmt.Fprintln(a.out, "没有更正过答案。")
		return nil
	}
	rows := [][]string{{"序号", "时间", "题目", "版", "原来", "更正为", "谁", "为什么"}}
	for i, r := range history {
		rows = append(rows, []string{
			fmt.Sprint(i + 1), time.Unix(r.At, 0).In(quiz.Zone).Format("2006-01-02 15:04"), r.Question, fmt.Sprint(r.Revision),
			keyText(r.Before), keyText(r.Ruling), content.Plain(r.By), content.Plain(r.Why),
		})
	}
	printTable(a.out, rows)
	return nil
}

// keyText writes a ruling where the question's type is not at hand.
func keyText(r quiz.Ruling) string {
	kind := content.Single
	if len(r.Accept) > 0 {
		kind = content.Blank
	}
	return content.Plain(r.KeyText(content.Question{Type: kind}))
}
