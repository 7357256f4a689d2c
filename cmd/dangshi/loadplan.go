package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"dangshi/content"
	"dangshi/content/loading"
)

// sheets are the sheets of what a load changes. Where no data are yet there is
// nothing known but what an installation begins with.
func (l *library) sheets(a *app) loading.Sheets {
	return func(items, questions []string) (is []content.Sheet[content.Item], qs []content.Sheet[content.Question], err error) {
		if l.data == nil {
			return sheetsOf(l.items, items), sheetsOf(l.questions, questions), nil
		}
		if is, err = l.data.ItemSheets(a.ctx, items); err == nil {
			qs, err = l.data.QuestionSheets(a.ctx, questions)
		}
		return is, qs, err
	}
}

func sheetsOf[T content.Material](all []T, ids []string) (sheets []content.Sheet[T]) {
	wanted := map[string]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	for _, v := range all {
		if wanted[loading.ID(v)] {
			sheets = append(sheets, content.Sheet[T]{Value: v})
		}
	}
	return sheets
}

// printLoad tells the operator what is new, changed and twice, and what could be
// better.
func printLoad(out io.Writer, p *loading.Plan) {
	rows := [][]string{{"", "新增", "有改动", "没有变化", "重复"}}
	if len(p.Items) > 0 {
		rows = append(rows, append([]string{"条目"}, fates(p.Items)...))
	}
	if len(p.Questions) > 0 || len(p.Items) == 0 {
		rows = append(rows, append([]string{"题目"}, fates(p.Questions)...))
	}
	printTable(out, rows)
	fmt.Fprintf(out, "有问题的行：%d\n", p.Faulty)
	printStates(out, p)
	for _, line := range p.Kept() {
		fmt.Fprintln(out, line)
	}
	list(out, "没有读", p.Notes)
	list(out, "有改动", p.Changes())
	list(out, "重复", p.Duplicates())
	list(out, "相似", p.Similar(func(stem string) string { return clipped(stem, stemWidth) }))
	list(out, "没有配套的题", p.Unasked())
	list(out, "建议", p.Advice())
}

// printStates says in which state what is new or changed will be, and whose
// signature that is.
func printStates(out io.Writer, p *loading.Plan) {
	states := p.States()
	if states.Text() == "" {
		return
	}
	fmt.Fprintf(out, "新增和有改动的，载入后：%s\n", states.Text())
	if states.Signed() {
		fmt.Fprintf(out, "文件里写“已批准”“已审”的，由 %s 署名。\n", content.Plain(p.Hand.By))
	}
	if states.Wished > 0 {
		fmt.Fprintf(out, "批准要 %d 个不同的人签名（设置 review）：文件里写“已批准”的 %d 条先记为“已审”，请另一个人用 %s。\n", p.Hand.Signatures, states.Wished, approving(p))
	}
}

// approving is the command that approves what the file holds.
func approving(p *loading.Plan) string {
	if len(p.Items) > 0 {
		return "content approve 批准（其中的题用 bank approve）"
	}
	return "bank approve 批准"
}

// printTable prints rows of which the first is the head, aligned for wide
// characters; all columns but the first are numbers.
func printTable(out io.Writer, rows [][]string) {
	for _, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			to := 0
			for _, r := range rows {
				to = max(to, cells(r[i]))
			}
			if i > 0 {
				b.WriteString("  ")
			}
			b.WriteString(padded(cell, to, i > 0))
		}
		fmt.Fprintln(out, strings.TrimRight(b.String(), " "))
	}
}

func fates[T content.Material](steps []content.Step[T]) (row []string) {
	n := loading.Fates(steps)
	for _, fate := range []content.Fate{content.Added, content.Changed, content.Unchanged, content.Duplicate} {
		row = append(row, strconv.Itoa(n[fate]))
	}
	return row
}

// list prints lines under a title, the first maxListed of them.
func list(out io.Writer, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s：\n", title)
	for _, line := range lines[:min(len(lines), maxListed)] {
		fmt.Fprintln(out, "  "+line)
	}
	if more := len(lines) - maxListed; more > 0 {
		fmt.Fprintf(out, "  另有 %d 条\n", more)
	}
}
