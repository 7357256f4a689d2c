package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
)

// memberShowCmd shows one member's season day by day.
type memberShowCmd struct {
	Member string    `arg:"" help:"编号（见 member find）、整个姓名、回执号或 openid。"`
	Season string    `help:"赛季，例如 2026；不设则为当前赛季。" placeholder:"ID"`
	Day    *quiz.Day `help:"只看这一天，连题目一起，例如 2026-01-31。" placeholder:"DATE"`
}

// Run is the command. It fails where the board or the record is not what the log
// says.
func (c *memberShowCmd) Run(a *app) error {
	return a.withSeason(c.Season, func(d *data, season quiz.Season) error {
		f, err := a.member(d, season, c.Member)
		if err != nil {
			return err
		}
		dossier, known, err := d.Dossier(a.ctx, season, f.ID)
		if err != nil {
			return err
		}
		if !known {
			return fmt.Errorf("这名学员刚刚注销了")
		}
		a.printPerson(d, dossier)
		if c.Day != nil {
			a.printDay(dossier, *c.Day)
		} else {
			a.printDays(dossier)
		}
		return a.printAgreement(dossier)
	})
}

func (a *app) printPerson(d *data, x store.Dossier) {
	m := x.Member
	fmt.Fprintf(a.out, "编号 %s（%s赛季）  姓名 %s  支部 %s  %s 开始参加\n",
		quiz.Pseudonym(d.Secret(), x.Season.ID, x.Self), x.Season.ID, orDash(m.Name), orDash(a.branchName(m.Branch)), m.Joined)
	if m.OptOut {
		fmt.Fprintln(a.out, "已退出排行。")
	}
	if m.Unfollowed {
		fmt.Fprintln(a.out, "已取消关注。")
	}
	if o := m.Open; o.Opened() {
		fmt.Fprintf(a.out, "%s 的卷子开始了，答了 %d 题，还没有答完；当前这一题在 %s 给出。\n", o.Day, len(o.Given), clockText(o.AskedAt))
	}
}

// printDays is one line a day.
func (a *app) printDays(x store.Dossier) {
	if len(x.Days) == 0 {
		fmt.Fprintln(a.out, "日志里没有答题记录：没有开始过，或开始了一题也没有答。")
		return
	}
	rows := [][]string{{"日期", "答案（✗为答错）", "答对", "得分", "累计", "连续", "补签卡", "回执号", "说明"}}
	for _, l := range x.Days {
		rows = append(rows, []string{
			l.Day.String(), answersText(l), fmt.Sprintf("%d/%d", l.Correct, l.Questions), quiz.Score(l.Points), quiz.Score(l.Sum),
			strconv.Itoa(l.Streak.Length), strconv.Itoa(l.Streak.Freezes), orDash(l.Receipt), dayNotes(l),
		})
	}
	printTable(a.out, rows)
	fmt.Fprintln(a.out, "日志只记哪一天开始、答完没有和每题大约用时，不记钟点。答案是学员看到的字母，各人的选项顺序不同。")
}

// answersText are the answers of a day as the member saw them.
func answersText(l quiz.KeptDay) string {
	texts := make([]string, len(l.Answers))
	for i, s := range l.Answers {
		texts[i] = choseText(s)
		if !s.Right {
			texts[i] += "✗"
		}
	}
	return strings.Join(texts, " ")
}

func choseText(s quiz.ShownAnswer) string {
	if s.Question.Type == content.Blank {
		return "填"
	}
	return s.Chose
}

// dayNotes says what is out of the ordinary with a day.
func dayNotes(l quiz.KeptDay) string {
	var notes []string
	add := func(is bool, text string) {
		if is {
			notes = append(notes, text)
		}
	}
	add(l.Lapsed, "没有答完，不计分")
	add(l.Void == quiz.Dropped, "当天取消，得分不计")
	add(l.Void == quiz.Kept, "当天取消，得分保留")
	add(l.Points != l.Was, "更正答案前 "+quiz.Score(l.Was)+" 分")
	add(l.Change.Used > 0, fmt.Sprintf("用 %d 张补签卡", l.Change.Used))
	add(l.Change.Broken, "之前中断过")
	add(l.Change.Earned, "得补签卡")
	return strings.Join(notes, "；")
}

// printDay is one day with its questions.
func (a *app) printDay(x store.Dossier, day quiz.Day) {
	l, ok := x.On(day)
	if !ok {
		fmt.Fprintf(a.out, "%s：日志里没有这一天。没有开始过，或开始了一题也没有答。\n", day)
		return
	}
	state := "已答完"
	if l.Lapsed {
		state = "没有答完，不计分"
	}
	fmt.Fprintf(a.out, "%s  %s  第 %d 版卷子  答对 %d/%d  得 %s 分  回执号 %s  %s\n",
		day, state, l.Version, l.Correct, l.Questions, quiz.Score(l.Points), orDash(l.Receipt), dayNotes(l))
	for i, s := range l.Answers {
		mark := "✓"
		if !s.Right {
			mark = "✗"
		}
		key := "答案 " + s.Key
		switch {
		case s.Void:
			key += "，后来作废，人人得分"
		case s.Now != "":
			key += "，后来更正为 " + s.Now
		}
		fmt.Fprintf(a.out, "%d. %s\n   答 %s %s  %s  用时约 %.0f 秒\n", i+1, content.Plain(s.Question.Stem), choseText(s), mark, key, l.Given[i].Pace.Seconds())
		for k, option := range s.Question.Choices() {
			fmt.Fprintf(a.out, "     %c. %s\n", 'A'+k, content.Plain(option))
		}
	}
}

// printAgreement compares with the board, as board verify does for all.
func (a *app) printAgreement(x store.Dossier) error {
	fmt.Fprintf(a.out, "日志：%s；排行榜：%s。\n", rankText(x.Must), rankText(x.Board))
	switch {
	case x.Fault != nil:
		return fmt.Errorf("这名学员的记录或日志已损坏：%w", x.Fault)
	case !x.Agree:
		return fmt.Errorf("排行榜或个人记录与答题日志不一致；请用 board verify 核对全部")
	}
	fmt.Fprintln(a.out, "排行榜和个人记录都与日志一致。")
	return nil
}

// clockText is an instant in Unix seconds, to the minute.
func clockText(unix int64) string {
	return time.Unix(unix, 0).In(quiz.Zone).Format("2006-01-02 15:04")
}
