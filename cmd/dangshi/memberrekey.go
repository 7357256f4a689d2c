package main

import (
	"errors"
	"fmt"

	"dangshi/bot/push"
	"dangshi/content"
	"dangshi/content/files"
	"dangshi/quiz"
	"dangshi/store"
)

// memberRekeyCmd moves members to new openids after the account was moved to
// another subject.
type memberRekeyCmd struct {
	File          string `arg:"" help:"新旧 openid 的表格（XLSX 或 CSV），列名“旧openid”“新openid”；- 为标准输入。"`
	SkipConflicts bool   `name:"skip-conflicts" help:"新 openid 已有自己记录的人不搬，其余照搬；不加则一个也不搬。"`
	DryRun        bool   `name:"dry-run" help:"只看会怎样，什么也不写。"`
	Reason        string `help:"为什么，记入操作记录。" placeholder:"TEXT"`
	By            string `help:"谁搬的，记入操作记录；不设则为系统用户名。" placeholder:"NAME"`
}

// Run is the command. One that was killed goes on when it is called again with the
// same file, and does nothing once it is done.
func (c *memberRekeyCmd) Run(a *app) (err error) {
	f, err := a.readFile(c.File, fileKind{files.ReadMoves, files.ReadQuestions, "这是题库文件，不是新旧 openid 的表格"})
	if err != nil {
		return err
	}
	if f.Err() != nil {
		return fmt.Errorf("新旧 openid 的表格有问题，什么也没有写：\n%w", f.Err())
	}
	if len(f.Moves) == 0 {
		return usagef("%s 里一行也没有，什么也没有写", c.File)
	}
	d, err := a.openData(a.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	moves := content.Values(f.Moves)
	progress := a.every("已看 %d 行……\n")
	if c.DryRun {
		plan, err := d.PlanRekey(a.ctx, moves, progress)
		if err != nil {
			return err
		}
		a.tellRekey(f, plan)
		fmt.Fprintln(a.out, dryRun)
		return nil
	}
	act, err := a.act(d, c.By, c.Reason)
	if err != nil {
		return err
	}
	left, err := push.Unfinished(a.ctx, d.PushLedger(), quiz.DayOf(act.At))
	if err != nil {
		return err
	}
	if left {
		return errors.New("今天的推送正在逐个发给学员，还没有发完，什么也没有写；请等它发完（dangshi push status --watch）再搬，" +
			"不等的话先运行 dangshi push off，没发到的今天就不发了")
	}
	plan, err := d.Rekey(a.ctx, moves, store.RekeyOptions{Act: act, SkipConflicts: c.SkipConflicts, Progress: progress})
	switch {
	case err == nil && plan.Before != nil:
		fmt.Fprintf(a.out, "这份表格在 %s 已由 %s 搬完，什么也没有写。\n", clockText(plan.Before.Finished), content.Plain(plan.Before.By))
		return nil
	case errors.Is(err, store.ErrRekeyConflicts):
		a.tellRekey(f, plan)
		return usagef("有 %d 个新 openid 已经有自己的记录，没有搬。两份记录不合成一份：回执号、编号和选项顺序都随最初的 openid，合起来总有一份对不上。"+
			"请和这些学员商定：保留旧的，就请他们在新公众号里发“注销”再搬；保留新的，就从表格里删去这些行，或加 --skip-conflicts", len(plan.Conflicts))
	case errors.Is(err, store.ErrRegrading):
		return errors.New("正在更正答案或取消一天，什么也没有写；请等它做完（中断了的，再运行一次那个命令）再搬")
	case errors.Is(err, store.ErrClosing):
		return errors.New("一个赛季正在结赛，什么也没有写；请先用 season close 做完它再搬")
	case err != nil:
		return fmt.Errorf("还没有搬完，没有人的数据会丢；再运行一次同样的命令，会接着搬：%w", err)
	}
	a.tellRekey(f, plan)
	fmt.Fprintln(a.out, "已搬完。编号、回执号、选项顺序和名次都和原来一样；可以用 board verify 核对。")
	return nil
}

// tellRekey tells how many moves there are of each kind, and names rows, never an
// openid.
func (a *app) tellRekey(f *content.File, plan store.RekeyPlan) {
	n := plan.Count
	fmt.Fprintf(a.out, "共 %d 行：要搬 %d 人，接着搬 %d 人，已经搬好 %d 人，没有记录 %d 人，已在新公众号注销（旧的一并删去）%d 人，冲突 %d 人。\n",
		len(f.Moves), n[store.Ready], n[store.Copied], n[store.Moved], n[store.Unmoved], n[store.Erased], n[store.Conflict])
	var lines []string
	for _, c := range plan.Conflicts {
		lines = append(lines, fmt.Sprintf("%s 第%d行：旧的答完 %d 天，新的答完 %d 天", f.Moves[c.Index].File, f.Moves[c.Index].Row, c.Old.Totals.Days, c.New.Totals.Days))
	}
	list(a.out, "冲突（新 openid 已有自己的记录）", lines)
}
