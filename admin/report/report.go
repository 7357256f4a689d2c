package report

import (
	"fmt"
	"math"
	"slices"
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
		r.Until = "数据截至" + dayWords(f.To)
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
	to := f.To
	if to == quiz.DayOf(unix(f.trends.At)) && to > f.From {
		to--
	}
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

// busiest and branchRows are how many branches a report names, and lists.
const (
	busiest    = 3
	branchRows = 30
)

func (in Input) branches() Part {
	f := in.Now
	p := Part{Heading: "支部参与"}
	var names []string
	for _, b := range f.Busiest(busiest) {
		names = append(names, fmt.Sprintf("%s（人均 %s 天，正确率 %s）", b.Name, tenth(b.PerMember()), percent(chart.Share(b.Right, b.Asked))))
	}
	p.Text = []string{"人均参加天数最多的支部是" + strings.Join(names, "、") + "。"}
	if lasting := f.MostLasting(busiest); len(lasting) > 0 {
		names = names[:0]
		for _, b := range lasting {
			names = append(names, fmt.Sprintf("%s（%s）", b.Name, percent(b.KeptShare())))
		}
		p.Text = append(p.Text, "坚持得最好的支部是"+strings.Join(names, "、")+"，括号里是前一周参加、这一周又参加的比例。")
	}
	t := Table{
		Caption: "人均参加天数最多的支部。不含退出排行的学员；不足 5 人的，和能由此推算出不足 5 人的，不列出。",
		Head:    []string{"支部", "参加人数", "完成人次", "人均天数", "正确率", "坚持"},
	}
	for _, b := range f.Busiest(branchRows) {
		t.Rows = append(t.Rows, []string{b.Name, frame.Number(b.Active), frame.Number(b.Finished), tenth(b.PerMember()), percent(chart.Share(b.Right, b.Asked)), percent(b.KeptShare())})
	}
	p.Tables = []Table{t}
	return p
}

// hardQuestions is how many questions a report names.
const hardQuestions = 5

func (in Input) knowledge() Part {
	f := in.Now
	p := Part{Heading: "知识掌握"}
	named := slices.DeleteFunc(slices.Clone(f.Categories), func(c Category) bool { return c.Name == unnamed })
	if n := len(named); n > 1 {
		best, weak := named[0], named[n-1]
		p.Text = append(p.Text, fmt.Sprintf("掌握最好的是“%s”，正确率 %s；最需要加强的是“%s”，正确率 %s，建议%s多安排这方面的学习。",
			best.Name, percent(chart.Share(best.Right, best.All)), weak.Name, percent(chart.Share(weak.Right, weak.All)), f.Period.after()))
		p.Charts = append(p.Charts, f.CategoryChart())
	}
	t := Table{Caption: "本赛季答对率最低的题", Head: []string{"题目", "答题", "答对率"}}
	for _, q := range f.Weakest(hardQuestions) {
		t.Rows = append(t.Rows, []string{q.Stem, frame.Number(q.All), percent(chart.Share(q.Right, q.All))})
	}
	if len(t.Rows) > 0 {
		p.Text = append(p.Text, fmt.Sprintf("答对率最低的 %d 道题列在下面，可以在支部学习时讲一讲。", len(t.Rows)))
		p.Tables = append(p.Tables, t)
	} else if len(p.Text) == 0 {
		p.Text = []string{fmt.Sprintf("%s答题的正确率是 %s。", f.Period.this(), percent(f.Accuracy()))}
	}
	return p
}

// comingRows is how many days a report lists.
const comingRows = 31

func (in Input) coming() Part {
	next := in.Now.Period.after()
	p := Part{Heading: next + "内容预告"}
	if len(in.Coming) == 0 {
		p.Text = []string{next + "的内容正在准备。"}
		return p
	}
	rows := in.Coming[:min(len(in.Coming), comingRows)]
	text := fmt.Sprintf("%s已经排好 %d 天的“党史上的今天”。", next, len(in.Coming))
	if len(rows) < len(in.Coming) {
		text += fmt.Sprintf("前 %d 天如下。", len(rows))
	}
	p.Text = []string{text}
	t := Table{Caption: next + "的“党史上的今天”", Head: []string{"日期", "内容"}, Wide: 1}
	for _, c := range rows {
		t.Rows = append(t.Rows, []string{dayWords(c.Day), c.Title})
	}
	p.Tables = []Table{t}
	return p
}

// Signed is the day of the report: 2026年12月1日.
func (r Report) Signed() string {
	y, m, d := r.Made.Civil()
	return fmt.Sprintf("%d年%d月%d日", y, int(m), d)
}
