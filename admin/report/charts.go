package report

import (
	"time"

	"dangshi/admin/chart"
)

func unix(seconds int64) time.Time { return time.Unix(seconds, 0) }

// dailyChart is the longest period, in days, that is drawn day by day.
const dailyChart = 95

// Participation is how many finished a paper, by day or, of a long period, by week; days
// and weeks that were not over are left out: a line that falls at its end tells of nothing.
func (f Figures) Participation() chart.Chart {
	if f.Days() <= dailyChart {
		var labels []string
		var values []float64
		for d := f.From; d <= f.lastWhole(); d++ {
			labels = append(labels, dayShort(d))
			values = append(values, float64(f.trends.Sum(d, d).Finished))
		}
		if len(labels) <= 31 {
			return chart.Bars{Title: "每天完成答题", Unit: "人", Of: "日期", Labels: labels, Values: values}
		}
		return chart.Lines{Title: "每天完成答题", Unit: "人", Of: "日期", Labels: labels, Series: []chart.Series{{Values: values}}}
	}
	return byWeek(f.wholeWeeks(), "每周完成答题", "人次", func(w Week) float64 { return float64(w.Finished) })
}

// ActiveByWeek is how many members took part, and for how many of them it was the
// first time.
func (f Figures) ActiveByWeek() chart.Chart {
	c := chart.Lines{Title: "每周参加的人", Unit: "人", Of: "周（周一的日期）"}
	active, first := chart.Series{Name: "参加"}, chart.Series{Name: "其中首次参加"}
	for _, w := range f.wholeWeeks() {
		c.Labels = append(c.Labels, dayShort(w.Monday))
		active.Values, first.Values = append(active.Values, float64(w.Active)), append(first.Values, float64(w.New))
	}
	c.Series = []chart.Series{active, first}
	return c
}

// AccuracyByWeek is the share of right answers.
func (f Figures) AccuracyByWeek() chart.Chart {
	return byWeek(f.Weeks, "每周正确率", chart.Percent, func(w Week) float64 { return chart.Share(w.Right, w.Asked) })
}

// KeptByWeek is the share of those of the week before who took part again.
func (f Figures) KeptByWeek() chart.Chart {
	return byWeek(f.Weeks, "坚持：前一周参加、这一周又参加的", chart.Percent, Week.KeptShare)
}

func byWeek(weeks []Week, title, unit string, value func(Week) float64) chart.Chart {
	c := chart.Lines{Title: title, Unit: unit, Of: "周（周一的日期）", Series: []chart.Series{{}}}
	for _, w := range weeks {
		c.Labels = append(c.Labels, dayShort(w.Monday))
		c.Series[0].Values = append(c.Series[0].Values, value(w))
	}
	return c
}

// RunChart is LongestRuns.
func (f Figures) RunChart() chart.Chart {
	c := chart.Bars{Title: "最长连续答题", Unit: "人", Of: "最长连续"}
	for _, r := range f.LongestRuns() {
		c.Labels, c.Values = append(c.Labels, r.Name), append(c.Values, float64(r.Members))
	}
	return c
}

// branchChart is how many branches a chart shows.
const branchChart = 15

// BranchChart are the busiest branches.
func (f Figures) BranchChart() chart.Chart {
	c := chart.Bars{Title: "支部人均参加", Unit: "天", Of: "支部", Across: true, Empty: "还没有参加满 5 人的支部。"}
	for _, b := range f.Busiest(branchChart) {
		c.Labels, c.Values = append(c.Labels, b.Name), append(c.Values, b.PerMember())
	}
	return c
}

// LastingChart are the branches whose members went on most often.
func (f Figures) LastingChart() chart.Chart {
	c := chart.Bars{Title: "支部坚持：前一周参加、这一周又参加的", Unit: chart.Percent, Of: "支部", Across: true, Empty: "还没有过完第二周。"}
	for _, b := range f.MostLasting(branchChart) {
		c.Labels, c.Values = append(c.Labels, b.Name), append(c.Values, b.KeptShare())
	}
	return c
}

// CategoryChart is how well each category is known, the best first.
func (f Figures) CategoryChart() chart.Chart {
	c := chart.Bars{Title: "各类题目的正确率", Unit: chart.Percent, Of: "类别", Across: true}
	for _, x := range f.Categories {
		c.Labels, c.Values = append(c.Labels, x.Name), append(c.Values, chart.Share(x.Right, x.All))
	}
	return c
}
