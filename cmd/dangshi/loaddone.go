package main

import (
	"fmt"

	"dangshi/content"
)

// loaded is what is told of a load once it is written.
type loaded struct {
	items             bool // among them; else questions alone
	approving         string
	fresh, back, gone int // see waiting
}

func (p *loadPlan) outcome() loaded {
	l := loaded{items: len(p.items) > 0, approving: p.approving()}
	l.add(waiting(p.items, func(it content.Item) content.State { return it.State }))
	l.add(waiting(p.questions, func(q content.Question) content.State { return q.State }))
	return l
}

func (l *loaded) add(fresh, back, gone int) {
	l.fresh, l.back, l.gone = l.fresh+fresh, l.back+back, l.gone+gone
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
	if l.fresh > 0 {
		fmt.Fprintf(a.out, "这次新增的有 %d 条还没有批准：审核后用 %s，或把文件里的状态写成“已批准”再载入一次。\n", l.fresh, l.approving)
	}
	if l.back > 0 {
		fmt.Fprintf(a.out, "注意：有 %d 条原来已批准，改动后要重新审核；批准以前，学员用的还是原来那一版。\n", l.back)
	}
	if l.gone > 0 {
		fmt.Fprintf(a.out, "注意：有 %d 条原来已批准，文件里的状态把它们收回了，学员看不到了。\n", l.gone)
	}
}

// approving is the command that approves what the file holds.
func (p *loadPlan) approving() string {
	if len(p.items) > 0 {
		return "content approve 批准（其中的题用 bank approve）"
	}
	return "bank approve 批准"
}

// waiting counts what is new and not approved; what was approved, and stays in use
// while its new text is reviewed; and what was approved and was taken back.
func waiting[T content.Material](steps []content.Step[T], state func(T) content.State) (fresh, back, gone int) {
	for _, s := range steps {
		switch is := state(s.Value); {
		case is == content.Approved || is == content.Retired:
		case s.Fate == content.Added:
			fresh++
		case s.Fate != content.Changed || state(*s.Before) != content.Approved:
		case content.Unedited(s.Value, *s.Before):
			gone++
		default:
			back++
		}
	}
	return fresh, back, gone
}
