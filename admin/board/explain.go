package board

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"dangshi/content"
	"dangshi/quiz"
)

// Day is one day of a member's season, with the answers as the member saw them.
type Day struct {
	quiz.DayLine
	Shown   []quiz.ShownAnswer
	Receipt string // empty: the paper was not finished
}

// Marks tells right and wrong, question by question; ‡ follows what a correction
// decided, · stands for what was not answered.
func (d Day) Marks() string {
	var marks []string
	for i, a := range d.Answers {
		mark := "✗"
		if d.Shown[i].Right {
			mark = "✓"
		}
		if a.Ruling != nil {
			mark += "‡"
		}
		marks = append(marks, mark)
	}
	for range d.Questions - len(d.Answers) {
		marks = append(marks, "·")
	}
	return strings.Join(marks, " ")
}

// Notes say what is out of the ordinary with a day, one thing each.
func (d Day) Notes() (notes []string) {
	add := func(is bool, format string, args ...any) {
		if is {
			notes = append(notes, fmt.Sprintf(format, args...))
		}
	}
	add(d.Lapsed, "没有答完，不计分")
	add(d.Void == quiz.Dropped, "这天取消，积分不计")
	add(d.Void == quiz.Kept, "这天取消，积分照算")
	for i, a := range d.Answers {
		if a.Ruling == nil {
			continue
		}
		s := d.Shown[i]
		switch {
		case s.Void:
			add(true, "第%d题作废，人人得分", i+1)
		case s.Now != "":
			add(true, "第%d题答案由 %s 更正为 %s", i+1, s.Key, s.Now)
		}
	}
	add(d.Points != d.Was, "更正前 %s 分", quiz.Score(d.Was))
	add(d.Missed > 0 && !d.Lapsed, "之前漏 %d 天", d.Missed)
	add(d.Change.Used > 0, "用补签卡 %d 张", d.Change.Used)
	add(d.Change.Broken, "连续中断")
	add(d.Change.Earned, "得补签卡")
	return notes
}

// WriteDaysCSV writes a season with a line for each answer; those of the day stand
// on each of its lines.
func WriteDaysCSV(w io.Writer, days []Day) error {
	columns := []string{"日期", "卷子版本", "题序", "题目编号", "题干", "选的", "出题时的答案", "更正后的答案", "对错", "当天得分", "累计积分", "连续天数", "补签卡", "本赛季最长连续", "回执号", "说明"}
	return writeCSV(w, columns, func(put func([]string) error) error {
		for _, d := range days {
			for i, a := range d.Answers {
				s, right := d.Shown[i], "错"
				if s.Right {
					right = "对"
				}
				now := s.Now
				if s.Void {
					now = "作废"
				}
				cells := []string{
					d.Day.String(), strconv.Itoa(d.Version), strconv.Itoa(i + 1), content.Harmless(a.Question.ID), content.Harmless(a.Question.Stem),
					content.Harmless(s.Chose), content.Harmless(s.Key), content.Harmless(now), right, quiz.Score(d.Points), quiz.Score(d.Sum),
					strconv.Itoa(d.Streak.Length), strconv.Itoa(d.Streak.Freezes), strconv.Itoa(d.Longest), d.Receipt, strings.Join(d.Notes(), "；"),
				}
				if err := put(cells); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Reason says why one score stands before, beside or after another: own and other
// are packed ranking scores.
func Reason(own, other int64) string {
	points, days, longest := quiz.UnpackRank(own)
	otherPoints, otherDays, otherLongest := quiz.UnpackRank(other)
	switch quiz.Decides(own, other) {
	case quiz.ByPoints:
		return pointsApart(otherPoints - points)
	case quiz.ByDays:
		return "积分相同，完成天数" + apart(otherDays-days, "天")
	case quiz.ByLongest:
		return "积分、天数相同，最长连续" + apart(otherLongest-longest, "天")
	}
	return "都相同，并列"
}

func apart(n int, unit string) string {
	if n < 0 {
		return fmt.Sprintf("少 %d %s", -n, unit)
	}
	return fmt.Sprintf("多 %d %s", n, unit)
}

// pointsApart are points as they are read, and exactly where that would be none.
func pointsApart(n int) string {
	word := "多"
	if n < 0 {
		word, n = "少", -n
	}
	if n < quiz.Unit/10 {
		return fmt.Sprintf("积分%s %d/%d 分（不到 0.1 分）", word, n, quiz.Unit)
	}
	return fmt.Sprintf("积分%s %s 分", word, quiz.Score(n))
}
