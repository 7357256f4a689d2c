// Package push is the console's section on the daily push: what was sent, what will be,
// a trial to oneself, sending now, stopping.
package push

import (
	"context"
	"embed"
	"fmt"
	"net/http"
	"time"

	"dangshi/admin/account"
	"dangshi/admin/frame"
	"dangshi/admin/work"
	"dangshi/quiz"
)

//go:embed *.html style.css
var files embed.FS

// path is where the section is.
const path = "/admin/push"

// shownDays is how many days the history shows on a page, and ahead how many days one
// may look ahead.
const (
	shownDays = 14
	ahead     = 14
)

// Push is the section.
type Push struct {
	data     Data
	acts     Acts
	works    *work.Desk
	forecast *frame.Survey[Forecast]
}

// New makes the section. beside ends with the program; turn has replicas read all members
// one after the other; works is where sending goes on behind the pages.
func New(beside context.Context, now func() time.Time, turn frame.Turn, works *work.Desk, data Data, acts Acts) *Push {
	p := &Push{data: data, acts: acts, works: works}
	p.forecast = frame.NewSurvey(beside, now, func(ctx context.Context, _ func(int)) (Forecast, error) { return data.Forecast(ctx) }).InTurn(turn, "forecast")
	return p
}

// Section is the section as a part of the console.
func (p *Push) Section() frame.Section {
	return frame.Section{Path: path, Name: "推送", Right: account.Look, Files: files, Routes: []frame.Route{
		{Pattern: "GET " + path, Right: account.Look, Do: p.show},
		{Pattern: "POST " + path + "/switch", Right: account.Govern, Do: p.switching},
		{Pattern: "POST " + path + "/send", Right: account.Govern, Do: p.send},
		{Pattern: "POST " + path + "/try", Right: account.Govern, Do: p.try},
	}}
}

// page is the page.
type page struct {
	State     State
	Today     Day
	History   []Day
	Plan      Plan
	Days      []choice // that can be looked at
	Forecast  frame.Surveyed[Forecast]
	Reminders Reminders
	Sending   bool // the page asks for itself again
	Resume    bool // today's was begun and is not done
	Trial     string
	TrialRef  string
}

type choice struct {
	Day    quiz.Day
	Name   string
	Chosen bool
}

func (p *Push) show(v *frame.Visit) error {
	state, err := p.data.State(v.Context(), shownDays)
	if err != nil {
		return err
	}
	today := quiz.DayOf(v.Now)
	day := today
	if asked := v.R.URL.Query().Get("day"); asked != "" {
		if day, err = quiz.ParseDay(asked); err != nil || day < today || day > today+ahead {
			return frame.Bad(fmt.Sprintf("可以看今天和以后 %d 天的。", ahead))
		}
	}
	x := page{State: state}
	if len(state.Days) > 0 {
		x.Today, x.History = state.Days[0], state.Days[1:]
		for n := len(x.History); n > 0 && x.History[n-1].Outcome == Quiet && len(x.History[n-1].Sends) == 0; n-- {
			x.History = x.History[:n-1] // before anything was sent at all
		}
		x.Resume = x.Today.Outcome == Running && len(x.Today.Sends) > 0 || x.Today.Outcome == Doubtful
	}
	running, sending, err := p.works.Find(v.Context(), sendWork)
	if err != nil {
		return err
	}
	x.Sending = x.Today.Outcome == Running || sending && running.Running()
	for d := today; d <= today+ahead; d++ {
		name := d.String()
		switch d {
		case today:
			name = "今天"
		case today + 1:
			name = "明天"
		}
		x.Days = append(x.Days, choice{d, name, d == day})
	}
	if state.Works {
		if x.Plan, err = p.data.Plan(v.Context(), day); err != nil {
			return err
		}
		if x.Plan.EachByOne {
			x.Forecast = p.forecast.Look(v.Context())
		}
	}
	if x.Reminders, err = p.data.Reminders(v.Context(), v.Now); err != nil {
		return err
	}
	if x.Trial, x.TrialRef, err = p.trial(v); err != nil {
		return err
	}
	return v.Show("push.html", "推送", x)
}

// mute is told where the account cannot speak unasked.
var mute = frame.Refusal{Status: http.StatusConflict, Text: "公众号的密钥（DANGSHI_WECHAT_SECRET）没有设，什么也发不了。"}

// switching turns the daily push on or off.
func (p *Push) switching(v *frame.Visit) error {
	on := v.R.PostFormValue("on") == "yes"
	state, err := p.data.State(v.Context(), 1)
	if err != nil {
		return err
	}
	undoing := v.R.PostFormValue("undo") != ""
	if !state.Works {
		return mute
	}
	if state.On == on {
		return v.Done(path, frame.Note{Text: map[bool]string{true: "每日推送本来就是打开的。", false: "每日推送本来就是关着的。"}[on]})
	}
	if on && !undoing {
		plan, err := p.data.Plan(v.Context(), quiz.DayOf(v.Now))
		if err != nil {
			return err
		}
		if ask := turningOn(state, plan, v.Now); !v.Confirmed(ask) {
			return v.Ask(ask)
		}
	}
	if err := p.acts.Switch(v.Context(), on, v.By(), v.Now); err != nil {
		return err
	}
	text, back := "每日推送已关闭。逐个发的，几秒以内停下；已经交给微信的收不回。", "yes"
	if on {
		text, back = "每日推送已打开，每天 "+state.At+"。", ""
	}
	note := frame.Note{Text: text}
	if !undoing {
		note.Undo = &frame.Undo{Path: path + "/switch", Fields: map[string]string{"on": back, "undo": "yes"}}
	}
	return v.Done(path, note)
}

// turningOn asks before the first message leaves by itself.
func turningOn(s State, plan Plan, now time.Time) *frame.Confirm {
	first := "今天 " + s.At
	if !now.Before(plan.Due) {
		first = "明天 " + s.At
	}
	facts := []string{"从" + first + "起，每天发一次；错过的日子不补。"}
	for i, c := range s.Channels {
		if i == 0 {
			facts = append(facts, "渠道："+c.Does+"。")
		} else {
			facts = append(facts, "发不了时改用："+c.Does+"。")
		}
	}
	if plan.Mass {
		facts = append(facts, "群发会用掉公众号的群发次数：订阅号每天 1 次，服务号每月 4 次。")
	}
	return &frame.Confirm{Title: "打开每日推送？", Facts: facts, Path: path + "/switch", Fields: map[string]string{"on": "yes"}, Button: "打开", Back: path}
}
