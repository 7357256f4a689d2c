package report

import (
	"fmt"
	"math"
	"strings"
	"time"

	"dangshi/admin/chart"
	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/quiz"
)

// Report is a 月报 or a 季评: whole sentences, charts and tables.
type Report struct {
	Title        string // 2026年11月党史学习月报
	Organisation string // that signs it; "": none is set
	Until        string // to when the figures go, where the period is not over; else ""
	Made         quiz.Day
	Sections     []Part
}

// Part is one section of a report.
type Part struct {
	Heading string
	Text    []string // paragraphs
	Charts  []chart.Chart
	Tables  []Table
}

// Table is a table; Wide is the column that takes what room there is, the others are
// figures.
type Table struct {
	Caption string
	Head    []string
	Rows    [][]string
	Wide    int
}

// Coming is one day of the period that follows, with what is to be read on it.
type Coming struct {
	Day   quiz.Day
	Title string
}

// Input is what a report is made of.
type Input struct {
	Organisation string
	Now          Figures
	Before       Figures // of the period before; with none at all it is not compared
	Coming       []Coming
	Made         quiz.Day
}

// ComingDays are the days of a period with an approved item.
func ComingDays(library *content.Library, p Period) (all []Coming) {
	first := p.First()
	y, m, d := first.Civil()
	for i, day := range content.Calendar(library, nil, time.Date(y, m, d, 0, 0, 0, 0, time.UTC), int(p.Last()-first)+1) {
		if day.Ready {
			all = append(all, Coming{first + quiz.Day(i), content.Plain(day.Items[0].Title)})
		}
	}
	return all
}

// Make writes a report.
func Make(in Input) Report {
	f := in.Now
	r := Report{Title: f.Period.Name() + "党史学习" + f.Period.Title(), Organisation: in.Organisation, Made: in.Made}
	if !f.Over {
		r.Until = "数据截至" + dayWords(f.To) + unix(f.trends.At).In(quiz.Zone).Format(" 15:04")
	}
	parts := []Part{in.overall()}
	if !f.Empty() {
		parts = append(parts, in.streaks())
		if len(f.Busiest(1)) > 0 {
			parts = append(parts, in.branches())
		}
		parts = append(parts, in.knowledge())
	}
	parts = append(parts, in.coming())
	for i, p := range parts {
		p.Heading = []string{"一", "二", "三", "四", "五"}[i] + "、" + p.Heading
		r.Sections = append(r.Sections, p)
	}
	return r
}

func percent(v float64) string { return chart.Full(v, chart.Percent) }

// tenth is a figure with one decimal.
func tenth(v float64) string { return fmt.Sprintf("%.1f", v) }

func (in Input) overall() Part {
	f := in.Now
	p := Part{Heading: "总体情况"}
	if f.Empty() {
		p.Text = []string{f.Period.this() + "还没有人完成答题。"}
		return p
	}
	text := fmt.Sprintf("%s至%s，共有 %s 人参加“党史上的今天”每日答题，完成 %s 人次，答题 %s 道，正确率 %s，人均参加 %s 天。",
		dayWords(f.From), dayWords(f.To), frame.Number(f.Active), frame.Number(f.Finished), frame.Number(f.Asked), percent(f.Accuracy()), tenth(f.PerMember()))
	if f.New > 0 && f.New < f.Active {
		text += fmt.Sprintf("其中 %s 人是本赛季首次参加。", frame.Number(f.New))
	}
	p.Text = append(p.Text, text)
	if compared := in.compared(); compared != "" {
		p.Text = append(p.Text, compared)
	}
	if day, n := f.fullest(); n > 0 && f.Days() > 1 {
		p.Text = append(p.Text, fmt.Sprintf("参加最多的一天是%s，有 %s 人完成答题；平均每天 %s 人。", dayWords(day), frame.Number(n), tenth(f.perDay())))
	}
	p.Charts = []chart.Chart{f.Participation(), f.AccuracyByWeek()}
	return p
}

// perDay is how many finished a paper on a day; the day of the count, which is not over,
// is left out.
func (f Figures) perDay() float64 {
	to := f.lastWhole()
	return float64(f.trends.Sum(f.From, to).Finished) / float64(to-f.From+1)
}

// begunToday reports whether the day of the count, which is not over, is the only one:
// a few hours of the night are no day to be compared.
func (f Figures) begunToday() bool {
	return f.From == f.To && f.To == quiz.DayOf(unix(f.trends.At))
}

// fullest is the day on which most finished a paper, the first of several.
func (f Figures) fullest() (day quiz.Day, most int) {
	for d := f.From; d <= f.To; d++ {
		if n := f.trends.Sum(d, d).Finished; n > most {
			day, most = d, n
		}
	}
	return day, most
}

// compared sets the period beside the one before; one that is not over only by its
// days, since less of it has passed.
func (in Input) compared() string {
	f, b := in.Now, in.Before
	if b.Empty() || f.begunToday() {
		return ""
	}
	var all []string
	if f.Over {
		all = append(all, "参加人数"+change(float64(f.Active), float64(b.Active), "人"), "完成人次"+change(float64(f.Finished), float64(b.Finished), ""))
	} else {
		all = append(all, "平均每天完成人次"+change(f.perDay(), b.perDay(), ""))
	}
	all = append(all, "正确率"+points(f.Accuracy()-b.Accuracy()))
	text := "与" + f.Period.before() + "相比，" + strings.Join(all, "，") + "。"
	if !f.Over {
		text = f.Period.this() + "还没有结束。" + text
	}
	return text
}

// change is how much a figure is above or below another one.
func change(now, before float64, unit string) string {
	share := 100 * (now - before) / before
	switch {
	case math.Abs(share) < 0.05:
		return "持平"
	case share > 0:
		return "增加 " + by(now-before, unit) + tenth(share) + "%" + closing(unit)
	}
	return "减少 " + by(before-now, unit) + tenth(-share) + "%" + closing(unit)
}

// by is a difference in whole people, with its share after it in brackets.
func by(n float64, unit string) string {
	if unit == "" {
		return ""
	}
	return frame.Number(int(math.Round(n))) + " " + unit + "（"
}

func closing(unit string) string {
	if unit == "" {
		return ""
	}
	return "）"
}

// points is a change of a share.
func points(d float64) string {
	switch {
	case math.Abs(d) < 0.05:
		return "持平"
	case d > 0:
		return "上升 " + tenth(d) + " 个百分点"
	}
	return "下降 " + tenth(-d) + " 个百分点"
}

func (in Input) streaks() Part {
	f := in.Now
	p := Part{Heading: "坚持情况"}
	kept, before := 0, 0
	for _, w := range f.Weeks {
		if w.Over {
			kept, before = kept+w.Kept, before+w.Before
		}
	}
	if before > 0 {
		p.Text = append(p.Text, fmt.Sprintf("上一周参加的学员，平均有 %s 在这一周接着参加。", percent(chart.Share(kept, before))))
		p.Charts = append(p.Charts, f.KeptByWeek())
	}
	if week, month := f.RunsFrom(7), f.RunsFrom(30); week > 0 {
		text := fmt.Sprintf("到统计时，本赛季最长连续答题 7 天以上的有 %s 人", frame.Number(week))
		if month > 0 {
			text += fmt.Sprintf("，30 天以上的有 %s 人", frame.Number(month))
		}
		p.Text = append(p.Text, text+"。")
	}
	p.Charts = append(p.Charts, f.RunChart())
	return p
}

// Signed is the day of the report: 2026年12月1日.
func (r Report) Signed() string {
	y, m, d := r.Made.Civil()
	return fmt.Sprintf("%d年%d月%d日", y, int(m), d)
}
