package main

import (
	"fmt"
	"strconv"
	"strings"

	"dangshi/content"
	"dangshi/quiz"
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

// withTies says who is among the first places of a preview.
const withTies = "和末位并列的都算，抽签要到结赛"

// printImpact shows what a regrade, or a voided day, changes in one season. Nobody is listed for not
// having taken part.
func (a *app) printImpact(i store.Impact, whose string) {
	fmt.Fprintf(a.out, "\n赛季 %s：%s %d 人，得分增加 %d 人，减少 %d 人；名次上升 %d 人，下降 %d 人。\n",
		i.Season, whose, i.Finished, i.Gain, i.Lose, i.Up, i.Down)
	if len(i.Points) > 0 {
		rows := [][]string{{"得分变化", "人数"}}
		for _, p := range i.Points[:min(len(i.Points), maxListed)] {
			rows = append(rows, []string{signed(p.Points), strconv.Itoa(p.Members)})
		}
		printTable(a.out, rows)
	}
	if i.Entering+i.Leaving == 0 {
		fmt.Fprintf(a.out, "前%d名不变（%s）。\n", i.First, withTies)
	} else {
		fmt.Fprintf(a.out, "前%d名：进入 %d 人，退出 %d 人（%s）。\n", i.First, i.Entering, i.Leaving, withTies)
	}
	a.printMovers("进入的", i.Enter)
	a.printMovers("退出的", i.Leave)
	a.printMovers("名次变动最大的", i.Movers)
}

func (a *app) printMovers(title string, movers []store.Mover) {
	if len(movers) == 0 {
		return
	}
	fmt.Fprintln(a.out, title+"：")
	rows := [][]string{{"编号", "姓名", "原名次", "新名次", "原积分", "新积分"}}
	for _, m := range movers {
		rows = append(rows, []string{
			m.Pseudonym, maskedName(m.Member.Name), rankWord(m.Before), rankWord(m.After), scoreText(m.Before.Score), scoreText(m.After.Score),
		})
	}
	printTable(a.out, rows)
}

func scoreText(score int64) string {
	points, _, _ := quiz.UnpackRank(score)
	return quiz.Score(points)
}

// signed writes a change of points: +12 or -12.
func signed(points int) string {
	if points < 0 {
		return "-" + quiz.Score(-points)
	}
	return "+" + quiz.Score(points)
}

// maskedName keeps the first character of a name.
func maskedName(name string) string {
	runes := []rune(content.Plain(name))
	if len(runes) == 0 {
		return "（没有登记）"
	}
	return string(runes[0]) + strings.Repeat("＊", max(1, len(runes)-1))
}
