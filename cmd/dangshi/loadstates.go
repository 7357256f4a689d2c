package main

import (
	"fmt"
	"io"
	"strings"

	"dangshi/content"
)

// sheets are the sheets of what a load changes. Where no data are yet there is
// nothing known but what an installation begins with.
func (l *library) sheets(a *app, items, questions []string) (is []content.Sheet[content.Item], qs []content.Sheet[content.Question], err error) {
	if l.data == nil {
		return sheetsOf(l.items, items), sheetsOf(l.questions, questions), nil
	}
	if is, err = l.data.ItemSheets(a.ctx, items); err == nil {
		qs, err = l.data.QuestionSheets(a.ctx, questions)
	}
	return is, qs, err
}

func sheetsOf[T content.Material](all []T, ids []string) (sheets []content.Sheet[T]) {
	wanted := map[string]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	for _, v := range all {
		if wanted[idOf(v)] {
			sheets = append(sheets, content.Sheet[T]{Value: v})
		}
	}
	return sheets
}

// printStates says in which state what is new or changed will be, and whose
// signature that is.
func (p *loadPlan) printStates(out io.Writer) {
	counts := map[content.State]int{}
	wished := 0 // approved in the file, and not yet
	for _, s := range p.items {
		wished += count(counts, s, s.Value.State)
	}
	for _, s := range p.questions {
		wished += count(counts, s, s.Value.State)
	}
	var parts []string
	for _, state := range []content.State{content.Draft, content.Reviewed, content.Approved, content.Retired} {
		if n := counts[state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", state.Word(), n))
		}
	}
	if len(parts) == 0 {
		return
	}
	fmt.Fprintf(out, "新增和有改动的，载入后：%s\n", strings.Join(parts, "，"))
	if signed := counts[content.Approved] + counts[content.Reviewed]; signed > 0 {
		fmt.Fprintf(out, "文件里写“已批准”“已审”的，由 %s 署名。\n", content.Plain(p.hand.By))
	}
	if wished > 0 {
		fmt.Fprintf(out, "批准要 %d 个不同的人签名（设置 review）：文件里写“已批准”的 %d 条先记为“已审”，请另一个人用 %s。\n", p.hand.Signatures, wished, p.approving())
	}
}

// count counts a step that changes the library; it gives 1 where the file says
// approved and one signature does not do.
func count[T content.Material](counts map[content.State]int, s content.Step[T], is content.State) (wished int) {
	if s.Fate != content.Added && s.Fate != content.Changed {
		return 0
	}
	counts[is]++
	if s.Wished == content.Approved && is != content.Approved {
		return 1
	}
	return 0
}

// printKept says which columns the files lack, so that nothing was changed there.
func (p *loadPlan) printKept(out io.Writer) {
	tell := func(columns []string, n int, unit string) {
		if n > 0 {
			fmt.Fprintf(out, "文件里没有“%s”，已有的 %d %s照旧；要清空，请加上这一列，格子空着。\n", strings.Join(columns, "”“"), n, unit)
		}
	}
	columns, n := content.Kept(p.items)
	tell(columns, n, "条")
	columns, n = content.Kept(p.questions)
	tell(columns, n, "道")
}
