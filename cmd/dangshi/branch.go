package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"dangshi/content"
	"dangshi/content/files"
	"dangshi/content/workbook"
	"dangshi/quiz"
	"dangshi/store"
)

// branchLoadCmd loads the tree of branches.
type branchLoadCmd struct {
	DryRun bool   `help:"只检查，列出会有什么变化，什么也不写。"`
	Retire bool   `help:"文件里没有、但有学员的支部改为停用：照样显示，不再收新学员。不加则拒绝载入。"`
	By     string `help:"谁载入的，记入操作记录；不设则为系统用户名。" placeholder:"NAME"`
	File   string `arg:"" name:"file" help:"支部名单（XLSX 或 CSV）：编号、名称、上级编号；- 为标准输入。"`
}

// Run is the command.
func (c *branchLoadCmd) Run(a *app) (err error) {
	f, err := a.readFile(c.File, fileKind{files.ReadBranches, files.ReadQuestions, "这是题库文件，不是支部名单，请用 bank load 载入"})
	if err != nil {
		return err
	}
	list := content.Values(f.Branches)
	f.Faults = append(f.Faults, quiz.NameFaults(f.Branches)...)
	if f.Err() != nil {
		return fmt.Errorf("支部名单有问题，什么也没有写：\n%w", f.Err())
	}
	if len(list) == 0 {
		return usagef("%s 里一个支部也没有，什么也没有写", c.File)
	}
	a.begins = !c.DryRun
	d, err := a.openData(a.ctx)
	if c.DryRun && errors.Is(err, store.ErrNoData) {
		a.tellBranches(store.BranchLoading{BranchPlan: quiz.PlanBranches(nil, list, nil)})
		fmt.Fprintln(a.out, dryRun)
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return c.load(a, d, list)
}

const dryRun = "这是试运行，什么也没有写。"

func (c *branchLoadCmd) load(a *app, d *data, list []content.Branch) error {
	p, err := d.PlanBranches(a.ctx, list)
	if err != nil {
		return err
	}
	a.tellBranches(p)
	for _, x := range list {
		if name, also := a.file.Branches[x.Code]; also && name != x.Name {
			fmt.Fprintf(a.out, "说明：%s 的 branches 把 %s 叫作“%s”，以载入的“%s”为准。\n", a.Config, x.Code, name, x.Name)
		}
	}
	switch {
	case len(p.Retired) > 0 && !c.Retire:
		return usagef("文件里没有的 %d 个支部还有学员，什么也没有写。请把它们补进文件；确实撤销了的，加 --retire 改为停用（照样显示，不再收新学员）", len(p.Retired))
	case c.DryRun:
		fmt.Fprintln(a.out, dryRun)
		return nil
	case !p.Changes(p.Now):
		fmt.Fprintln(a.out, "没有变化，什么也没有写。")
		return nil
	}
	act, err := a.act(d, c.By, "")
	if err != nil {
		return err
	}
	line := store.Audited{At: act.At, By: act.By, Did: "branch.load", More: branchCounts(p)}
	if err := d.PutBranches(a.ctx, p, c.Retire, line); err != nil {
		return putBranchesError(err)
	}
	fmt.Fprintln(a.out, "已载入。正在运行的 serve 一两秒后就会用上。")
	return nil
}

func putBranchesError(err error) error {
	switch {
	case errors.Is(err, quiz.ErrConflict):
		return fmt.Errorf("什么也没有写：别人刚刚也载入了支部，请再载入一次：%w", err)
	case errors.Is(err, quiz.ErrUnknown):
		return fmt.Errorf("不知道是否已经写入，请再载入一次（写过的不会重复）：%w", err)
	}
	return fmt.Errorf("没有写成：%w", err)
}

// branchCounts is how much a load changes.
func branchCounts(p store.BranchLoading) string {
	return fmt.Sprintf("新增 %d 个，修改 %d 个，删去 %d 个，停用 %d 个", len(p.Added), len(p.Changed), len(p.Removed), len(p.Retired))
}

// tellBranches tells what a load changes.
func (a *app) tellBranches(p store.BranchLoading) {
	fmt.Fprintf(a.out, "%s，没有变化 %d 个。\n", branchCounts(p), p.Unchanged)
	after := quiz.NewBranches(p.Next)
	lines := func(all []content.Branch, text func(content.Branch) string) (lines []string) {
		for _, x := range all {
			lines = append(lines, text(x))
		}
		return lines
	}
	list(a.out, "新增", lines(p.Added, func(x content.Branch) string { return x.Code + " " + after.Path(x.Code) }))
	list(a.out, "修改", lines(p.Changed, func(x content.Branch) string {
		return x.Code + " " + branchLine(p.Now, x.Code) + " → " + branchLine(after, x.Code)
	}))
	list(a.out, "删去（没有学员）", lines(p.Removed, func(x content.Branch) string { return x.Code + " " + p.Now.Path(x.Code) }))
	list(a.out, "文件里没有、还有学员的", lines(p.Retired, func(x content.Branch) string {
		return fmt.Sprintf("%s %s（%d 人）", x.Code, p.Now.Path(x.Code), p.Bound[x.Code])
	}))
}

func branchLine(b *quiz.Branches, code string) string {
	if x, _ := b.Get(code); x.Retired {
		return b.Path(code) + "（停用）"
	}
	return b.Path(code)
}

// mergedBranches are those that were loaded and, beside them, those of the settings:
// one pointer as long as nothing was loaded.
type mergedBranches struct {
	store *data
	more  map[string]string

	mu           sync.Mutex
	from, merged *quiz.Branches
}

// Branches gives the tree; see store.Staleness.
func (m *mergedBranches) Branches(ctx context.Context) (*quiz.Branches, error) {
	b, err := m.store.Branches(ctx)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.merged == nil || m.from != b {
		m.from, m.merged = b, b.With(m.more)
	}
	return m.merged, nil
}

// branchListCmd prints the tree.
type branchListCmd struct{}

// Run is the command.
func (branchListCmd) Run(a *app) error {
	return a.withBranches(func(d *data, b *quiz.Branches) error {
		if b.Len() == 0 {
			fmt.Fprintln(a.out, "还没有支部。请用 branch load 载入名单，或写在 dangshi.yaml 的 branches 里。")
			return nil
		}
		now, err := d.now(a.ctx)
		if err != nil {
			return err
		}
		season, _ := a.file.Seasons.At(quiz.DayOf(now))
		tally, counted, err := d.Tally(a.ctx, season.ID)
		if err != nil {
			return err
		}
		rolled := tally.Rolled(b)
		for _, x := range b.All() {
			line := strings.Repeat("  ", b.Depth(x.Code)) + x.Name + "  " + x.Code
			if x.Retired {
				line += "  停用"
			}
			if counted {
				line += fmt.Sprintf("  %d 人", rolled[x.Code].Members)
			}
			fmt.Fprintln(a.out, line)
		}
		fmt.Fprintf(a.errs, "共 %d 个支部。\n", b.Len())
		if counted {
			fmt.Fprintf(a.errs, "人数是赛季 %s 答完过题的学员，连同下级，统计于 %s。\n", season.ID, time.Unix(tally.At, 0).In(quiz.Zone).Format("2006-01-02 15:04"))
		}
		return nil
	})
}

func (a *app) withBranches(do func(*data, *quiz.Branches) error) (err error) {
	d, err := a.openData(a.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	b, err := d.merged.Branches(a.ctx)
	if err != nil {
		return err
	}
	return do(d, b)
}

// branchExportCmd writes the tree to a file that branch load reads again.
type branchExportCmd struct {
	Format string `help:"xlsx 或 csv。" enum:"xlsx,csv" default:"xlsx" placeholder:"FORMAT"`
	Output string `short:"o" help:"写到文件；不设则写到标准输出。" placeholder:"FILE"`
}

// Run is the command.
func (c *branchExportCmd) Run(a *app) error {
	if err := checkFormat(c.Output, c.Format, c.Format); err != nil {
		return err
	}
	return a.withBranches(func(_ *data, b *quiz.Branches) error {
		write := workbook.WriteBranches
		if c.Format == "csv" {
			write = content.WriteBranchesCSV
		}
		if err := writeOutput(c.Output, a.out, func(w io.Writer) error { return write(w, b.All()) }); err != nil {
			return err
		}
		fmt.Fprintf(a.errs, "导出 %d 个支部。\n", b.Len())
		return nil
	})
}
