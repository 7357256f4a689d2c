package today

import (
	"html/template"
	"strconv"
	"time"

	"dangshi/admin/chart"
	"dangshi/admin/frame"
	"dangshi/quiz"
)

// live is what changes while the page is open.
type live struct {
	At      string // 15:04:05
	Figures []figure
	Chart   template.HTML
	None    bool // nobody has sent anything today
}

// figure is one number with what to compare it with.
type figure struct {
	Name, Value string
	More        string
}

// lively reads today's figures and yesterday's at the same time of day.
func (t *Today) lively(v *frame.Visit) (live, error) {
	days, err := t.data.Activity(v.Context(), quiz.DayOf(v.Now), 2)
	if err != nil {
		return live{}, err
	}
	today, yesterday := days[0], days[1]
	x := live{At: clockTime(v.Now), None: today.Total() == quiz.Activity{}, Chart: byHour(today, yesterday, v.Now.In(quiz.Zone).Hour()).HTML()}
	x.Figures = figures(today.Total(), yesterday, v.Now)
	return x, nil
}

// figures are those of a day so far, beside those of the day before by the same time,
// where anything was counted then.
func figures(now quiz.Activity, yesterday quiz.ActivityDay, at time.Time) []figure {
	all := []figure{
		{Name: "开始答题（人）", Value: frame.Number(now.Begun)},
		{Name: "答完（人）", Value: frame.Number(now.Finished)},
		{Name: "正确率", Value: frame.Percent(now.Right, now.Answered), More: "答了 " + frame.Number(now.Answered) + " 题"},
		{Name: "新学员", Value: frame.Number(now.New)},
		{Name: "收到的消息", Value: frame.Number(now.Messages)},
	}
	whole, before := yesterday.Total(), yesterday.Until(at)
	if whole == (quiz.Activity{}) {
		return all
	}
	for i, n := range map[int]int64{0: before.Begun, 1: before.Finished, 3: before.New, 4: before.Messages} {
		all[i].More = "昨天此时约 " + frame.Number(n)
	}
	if whole.Answered > 0 {
		all[2].More += "；昨天全天 " + frame.Percent(whole.Right, whole.Answered)
	}
	return all
}

// byHour draws the questions that were answered, up to the present hour.
func byHour(today, yesterday quiz.ActivityDay, now int) chart.Lines {
	c := chart.Lines{Title: "每小时答了多少题", Unit: "题", Of: "时", Empty: "今天还没有人答题。",
		Series: []chart.Series{{Name: "今天"}}}
	compare := yesterday.Total().Answered > 0
	if compare {
		c.Series = append(c.Series, chart.Series{Name: "昨天"})
	}
	for hour := range today.Hours {
		c.Labels = append(c.Labels, strconv.Itoa(hour)+"时")
		n := chart.None()
		if hour <= now && today.Total().Answered > 0 {
			n = float64(today.Hours[hour].Answered)
		}
		c.Series[0].Values = append(c.Series[0].Values, n)
		if compare {
			c.Series[1].Values = append(c.Series[1].Values, float64(yesterday.Hours[hour].Answered))
		}
	}
	return c
}
