package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"dangshi/admin/board"
	"dangshi/quiz"
	"dangshi/store"
)

// boardExplainCmd tells why a member stands where it does.
type boardExplainCmd struct {
	Member string `arg:"" help:"编号（见 member find）、整个姓名、回执号或 openid。"`
	Season string `help:"赛季，例如 2026；不设则为当前赛季。" placeholder:"ID"`
	Format string `help:"table（屏幕上看）或 csv（每题一行）。" enum:"table,csv" default:"table" placeholder:"FORMAT"`
	Output string `short:"o" help:"写到文件；不设则写到标准输出。" placeholder:"FILE"`
}

// explained is how many neighbours are shown above and below.
const explained = 3

// Run is the command.
func (c *boardExplainCmd) Run(a *app) error {
	if c.Format == "csv" {
		if err := checkFormat(c.Output, c.Format, c.Format); err != nil {
			return err
		}
	}
	return a.withSeason(c.Season, func(d *data, season quiz.Season) error {
		f, err := a.member(d, season, c.Member)
		if err != nil {
			return err
		}
		x, known, err := d.Explain(a.ctx, season, f.ID, explained)
		switch {
		case err != nil:
			return err
		case !known:
			return fmt.Errorf("这名学员刚刚注销了")
		case x.Fault != nil:
			return fmt.Errorf("这名学员的记录或日志已损坏：%w", x.Fault)
		}
		return writeOutput(c.Output, a.out, func(w io.Writer) error {
			if c.Format == "csv" {
				return board.WriteDaysCSV(w, daysIn(x))
			}
			a.tellPlace(w, d, x)
			return nil
		})
	})
}

func daysIn(x store.Explanation) []board.Day {
	days := make([]board.Day, len(x.Days))
	for i, l := range x.Days {
		days[i] = board.Day{DayLine: l.DayLine, Shown: l.Answers, Receipt: l.Receipt}
	}
	return days
}

func (a *app) tellPlace(w io.Writer, d *data, x store.Explanation) {
	m := x.Member
	fmt.Fprintf(w, "编号 %s（%s赛季）  姓名 %s  支部 %s\n\n", quiz.Pseudonym(d.Secret(), x.Season.ID, x.Self), x.Season.ID, orDash(m.Name), orDash(a.branchName(m.Branch)))
	printDays(w, daysIn(x))
	t := x.Totals
	fmt.Fprintf(w, "\n合计：积分 %s，完成 %d 天，最长连续 %d 天，答对 %d/%d 题。\n", quiz.Score(t.Points), t.Days, t.Longest, t.Correct, t.Asked)
	switch {
	case m.OptOut && x.Board == 0:
		fmt.Fprintln(w, "已退出排行，没有名次；发“加入排行”就按以上积分排。")
	case t.Days == 0:
		fmt.Fprintln(w, "本赛季没有答完过一天，没有名次。")
	default:
		printPlace(w, x)
	}
	if !x.Agree {
		fmt.Fprintf(w, "注意：排行榜是 %s，日志是 %s，或个人记录与日志不一致；请用 board verify 核对。\n", rankText(x.Board), rankText(x.Must))
	}
}

// printDays is a line a day; what is out of the ordinary follows below it, so that
// it fits a terminal of 80 columns.
func printDays(w io.Writer, days []board.Day) {
	if len(days) == 0 {
		fmt.Fprintln(w, "日志里没有答题记录：没有开始过，或开始了一题也没有答。")
		return
	}
	width := cells("每题")
	for _, d := range days {
		width = max(width, cells(d.Marks()))
	}
	line := func(date, version, marks, points, sum, streak, freezes, receipt string) {
		text := padded(date, 10, false) + padded(version, 4, true) + "  " + padded(marks, width, false) + padded(points, 7, true) +
			padded(sum, 9, true) + padded(streak, 6, true) + padded(freezes, 7, true) + "  " + receipt
		fmt.Fprintln(w, strings.TrimRight(text, " "))
	}
	line("日期", "卷子", "每题", "得分", "累计", "连续", "补签卡", "回执号")
	for _, d := range days {
		line(d.Day.String(), strconv.Itoa(d.Version), d.Marks(), quiz.Score(d.Points), quiz.Score(d.Sum),
			strconv.Itoa(d.Streak.Length), strconv.Itoa(d.Streak.Freezes), d.Receipt)
		if notes := d.Notes(); len(notes) > 0 {
			fmt.Fprintln(w, "            "+strings.Join(notes, "；"))
		}
	}
	fmt.Fprintln(w, "✓ 对，✗ 错，‡ 按更正后的答案，· 没有答。")
}

// printPlace tells the place and what tells it from those beside it.
func printPlace(w io.Writer, x store.Explanation) {
	own, ok := x.Own()
	if !ok {
		fmt.Fprintln(w, "排行榜上没有这名学员。")
		return
	}
	fmt.Fprintf(w, "排行榜：第 %d 名，共 %d 人上榜。先比积分，再比完成天数，再比最长连续天数。\n", own.Place, x.Of)
	switch h := x.Honour; {
	case h != nil && h.Revoked != nil:
		fmt.Fprintf(w, "已经结赛，荣誉名单第 %d 名，后来撤销：%s。\n", h.Place, h.Revoked.Reason)
	case h != nil:
		fmt.Fprintf(w, "已经结赛，荣誉名单第 %d 名。\n", h.Place)
	case x.Closed:
		fmt.Fprintln(w, "已经结赛，不在荣誉名单上。")
	}
	fmt.Fprintln(w)
	line := func(place, name, points, days, longest, why string) {
		fmt.Fprintln(w, padded(place, 8, false)+padded(name, 10, false)+padded(points, 9, true)+padded(days, 6, true)+padded(longest, 10, true)+"  "+why)
	}
	line("名次", "编号", "积分", "天数", "最长连续", "和这名学员比")
	for _, n := range x.Neighbours {
		points, days, longest := quiz.UnpackRank(n.Score)
		why := board.Reason(own.Score, n.Score)
		switch {
		case n.Itself:
			why = "← 这名学员"
		case n.Score == own.Score && n.Lot != "" && n.Place < own.Place:
			why = "都相同，抽签在前"
		case n.Score == own.Score && n.Lot != "":
			why = "都相同，抽签在后"
		}
		line(strconv.Itoa(n.Place), n.Pseudonym, quiz.Score(points), strconv.Itoa(days), strconv.Itoa(longest), why)
	}
	for _, n := range x.Neighbours {
		if n.Score == own.Score && n.Lot != "" {
			fmt.Fprintf(w, "抽签 %s：%s\n", n.Pseudonym, n.Lot)
		}
	}
}
