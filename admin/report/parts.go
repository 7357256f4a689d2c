package report

import (
	"fmt"
	"slices"
	"strings"

	"dangshi/admin/chart"
	"dangshi/admin/frame"
)

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
