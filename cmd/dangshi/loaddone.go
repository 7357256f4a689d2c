package main

import (
	"fmt"
	"strings"

	"dangshi/admin/banks"
	"dangshi/content"
	"dangshi/content/loading"
)

// loaded is what is told of a load once it is written.
type loaded struct {
	loading.Outcome
	items     bool // among them; else questions alone
	approving string
}

func loadOutcome(p *loading.Plan) loaded {
	return loaded{p.Outcome(), len(p.Items) > 0, approving(p)}
}

// after says what has become of the library, and that only what is approved
// reaches members.
func (l loaded) after(a *app, d *data) {
	items, questions, err := d.CountLibrary(a.ctx)
	fmt.Fprintln(a.out, "\n已载入。正在运行的 serve 马上就会用上；今天的题要是已经出好，就不再变。")
	if l.items && err == nil {
		fmt.Fprintf(a.out, "条目共 %d 条，已批准 %d 条。\n", items.All(), items.Live)
	}
	if err != nil { // the load is done all the same
		fmt.Fprintf(a.errs, "共有多少道没有读到（%v），请用 bank list 看。\n", err)
	} else {
		fmt.Fprintf(a.out, "题库共 %d 道，已批准 %d 道。只有已批准的会发给学员。\n", questions.All(), questions.Live)
	}
	if l.Fresh > 0 {
		fmt.Fprintf(a.out, "这次新增的有 %d 条还没有批准：审核后用 %s，或把文件里的状态写成“已批准”再载入一次。\n", l.Fresh, l.approving)
	}
	if l.Back > 0 {
		fmt.Fprintf(a.out, "注意：有 %d 条原来已批准，改动后要重新审核；批准以前，学员用的还是原来那一版。\n", l.Back)
	}
	if l.Gone > 0 {
		fmt.Fprintf(a.out, "注意：有 %d 条原来已批准，文件里的状态把它们收回了，学员看不到了。\n", l.Gone)
	}
}

// tellUndo says how a load is taken back.
func (a *app) tellUndo(d *data, h content.Hand) {
	kept, err := d.CanUndo(a.ctx, h.Act, h.At)
	switch {
	case err != nil: // the load is done all the same
	case kept:
		fmt.Fprintf(a.out, "载错了，一天之内可以在管理台撤销：用编辑或管理员的账号打开 %s\n", strings.TrimRight(a.BaseURL, "/")+banks.LoadPath(h))
	default:
		fmt.Fprintln(a.out, "改得太多，或 Redis 的内存不够，没有留底，这一次不能撤销。")
	}
}
