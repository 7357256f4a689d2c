package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"dangshi/content"
	"dangshi/quiz"
)

// bankHistoryCmd shows what a question was and is.
type bankHistoryCmd struct {
	ID string `arg:"" name:"id" help:"题目的编号。"`
}

// contentHistoryCmd shows what an item was and is.
type contentHistoryCmd struct {
	ID string `arg:"" name:"id" help:"条目的编号。"`
}

// Run is the command.
func (c *bankHistoryCmd) Run(a *app) (err error) {
	d, err := a.openData(a.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	pages, live, err := d.QuestionHistory(a.ctx, c.ID)
	return printHistory(a.out, "题库里没有题目", c.ID, pages, live, err)
}

// Run is the command.
func (c *contentHistoryCmd) Run(a *app) (err error) {
	d, err := a.openData(a.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	pages, live, err := d.ItemHistory(a.ctx, c.ID)
	return printHistory(a.out, "没有条目", c.ID, pages, live, err)
}

// printHistory prints the pages of one question or item, oldest first, with what
// changed from one to the next.
func printHistory[T content.Material](out io.Writer, absent, id string, pages []content.Page[T], live int, err error) error {
	if err != nil {
		return err
	}
	if len(pages) == 0 {
		return usagef("%s %s，请核对编号", absent, content.Quoted(id))
	}
	for i, p := range pages {
		fmt.Fprintf(out, "第%d版 %s  %s\n", p.Revision, padded(p.State.Word(), 6, false), handText(p.Review))
		if i == 0 {
			continue
		}
		for _, ch := range content.Changes(*pages[i-1].Value, *p.Value) {
			fmt.Fprintf(out, "    %s：%s → %s\n", ch.Field, fieldText(ch.Was), fieldText(ch.Is))
		}
	}
	if live == 0 {
		fmt.Fprintln(out, "\n学员现在用不到它。")
	} else {
		fmt.Fprintf(out, "\n学员现在用的是第%d版。\n", live)
	}
	return nil
}

// handText says who, when, and who signed.
func handText(r content.Review) string {
	if r.By == "" {
		return "自带的，或在开始记录以前"
	}
	text := r.At.In(quiz.Zone).Format("2006-01-02 15:04") + " " + content.Plain(r.By)
	if len(r.Signed) > 0 {
		var names []string
		for _, s := range r.Signed {
			names = append(names, content.Plain(s.By)+" "+s.At.In(quiz.Zone).Format("01-02 15:04"))
		}
		text += "（签名：" + strings.Join(names, "、") + "）"
	}
	return text
}

func fieldText(s string) string {
	if s == "" {
		return "（空）"
	}
	return content.Quoted(s)
}
