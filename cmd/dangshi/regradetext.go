package main

import (
	"fmt"
	"strconv"
	"strings"

	"dangshi/admin/board"
	"dangshi/content"
	"dangshi/store"
)

// printRegrade shows the question and what is to be ruled of it.
func (a *app) printRegrade(plan store.Regrade, asked store.Asked) {
	q, c := asked.Question, plan.Correction
	fmt.Fprintf(a.out, "题目 %s 第%d版（%s）：%s\n", q.ID, q.Revision, q.Type.Word(), content.Plain(q.Stem))
	if q.Type != content.Blank {
		for i, text := range q.Choices() {
			fmt.Fprintf(a.out, "  %c. %s\n", 'A'+i, content.Plain(text))
		}
	}
	var times []string
	for _, t := range asked.Times {
		times = append(times, fmt.Sprintf("%s第%d题", t.Day, t.Place))
	}
	shown := times[max(0, len(times)-maxTimes):]
	fmt.Fprintf(a.out, "出过 %d 次", len(times))
	if len(shown) < len(times) {
		fmt.Fprint(a.out, "，最近的是")
	} else {
		fmt.Fprint(a.out, "：")
	}
	fmt.Fprintln(a.out, strings.Join(shown, "、"))
	if len(plan.Closed) > 0 {
		fmt.Fprintf(a.out, "\n赛季 %s 已经结赛：荣誉名单和成绩都不变，更正只改以后的赛季。\n", strings.Join(plan.Closed, "、"))
	}
	fmt.Fprintf(a.out, "原来算对的：%s\n更正为：%s\n", content.Plain(c.Before.KeyText(q)), content.Plain(c.Ruling.KeyText(q)))
}

// maxTimes is how many of the papers with the question are listed.
const maxTimes = 10

// printImpact shows what a regrade, or a voided day, changes in one season.
func (a *app) printImpact(i board.Impact, whose string) {
	facts := i.Facts(whose, strconv.Itoa)
	fmt.Fprintf(a.out, "\n%s，%s。\n", facts[0], facts[1])
	if len(i.Points) > 0 {
		rows := [][]string{{"得分变化", "人数"}}
		for _, p := range i.Points {
			rows = append(rows, []string{p.Points, strconv.Itoa(p.Members)})
		}
		printTable(a.out, rows)
	}
	fmt.Fprintf(a.out, "%s。\n", facts[2])
	a.printMovers("进入的", i.Enter)
	a.printMovers("退出的", i.Leave)
	a.printMovers("名次变动最大的", i.Movers)
}

func (a *app) printMovers(title string, movers []board.Mover) {
	if len(movers) == 0 {
		return
	}
	fmt.Fprintln(a.out, title+"：")
	rows := [][]string{{"编号", "姓名", "原名次", "新名次", "原积分", "新积分"}}
	for _, m := range movers {
		rows = append(rows, []string{m.Pseudonym, m.Name, m.Was, m.Is, m.Had, m.Has})
	}
	printTable(a.out, rows)
}
