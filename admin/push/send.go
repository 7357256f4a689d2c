package push

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"dangshi/admin/account"
	"dangshi/admin/frame"
	"dangshi/quiz"
)

// sendPatience is how long an action waits for what it began, to tell how it ended.
const sendPatience = 3 * time.Second

// send makes today's push now, or goes on with it.
func (p *Push) send(v *frame.Visit) error {
	state, err := p.data.State(v.Context(), 1)
	if err != nil {
		return err
	}
	if !state.Works {
		return mute
	}
	plan, err := p.data.Plan(v.Context(), quiz.DayOf(v.Now))
	switch {
	case err != nil:
		return err
	case !state.On:
		return v.Done(path, frame.Note{Bad: true, Text: "每日推送没有打开。看过内容以后先打开，再发。"})
	case plan.Channel == "" || !plan.Ready:
		return v.Done(path, frame.Note{Bad: true, Text: "没有发：" + plan.Why + "。"})
	}
	var forecast frame.Surveyed[Forecast]
	if plan.EachByOne {
		forecast = p.forecast.Look(v.Context())
	}
	if ask := sendingNow(state, plan, forecast); !v.Confirmed(ask) {
		return v.Ask(ask)
	}
	// One of two who ask at the same moment begins it, the other one sees it.
	by, at := v.By(), v.Now
	err = p.works.Start(v.Context(), sendWork, by, func(ctx context.Context, _ func(int, int)) (any, error) { return p.acts.Send(ctx, by, at, plan.Seen) })
	if err != nil {
		return err
	}
	w, ok, err := p.works.Await(v.Context(), sendWork, sendPatience)
	var sent Sent
	if err == nil && ok && w.Result != nil {
		err = json.Unmarshal(w.Result, &sent)
	}
	switch {
	case err != nil:
		return err
	case w.Fault != "":
		return v.Done(path, frame.Note{Text: w.Fault, Bad: true})
	case w.Over:
		return v.Done(path, frame.Note{Text: sent.Text, Bad: !sent.Good})
	}
	return v.Done(path, frame.Note{Text: "开始发了。发到哪里，看下面“今天”；可以离开这一页。"})
}

// sendWork is the id of the work that sends: there is one at a time.
const sendWork = "push.send"

// sendingNow asks before members are reached.
func sendingNow(s State, plan Plan, f frame.Surveyed[Forecast]) *frame.Confirm {
	facts := []string{fmt.Sprintf("内容：“%s”。", plan.Title), "渠道：" + plan.Audience + "。"}
	switch {
	case plan.Article:
		facts = append(facts, "摘要："+plan.Digest)
	case plan.Text != "":
		facts = append(facts, "全文："+plan.Text)
	}
	if plan.Question != "" && plan.Article {
		facts = append(facts, "今日一题："+plan.Question)
	}
	final := "发出的收不回。"
	switch {
	case plan.EachByOne && !f.At.IsZero():
		facts = append(facts, fmt.Sprintf("现在能送达 %s 人，没有渠道能送达 %s 人。已经收到过今天的，不会再收一次。", frame.Number(f.Value.Reached), frame.Number(f.Value.Beyond)))
	case plan.EachByOne:
		facts = append(facts, "能送达多少人，还在数。已经收到过今天的，不会再收一次。")
	case plan.Mass:
		used := fmt.Sprintf("这个月本系统已用 %d 次群发。", s.MassUsed)
		facts = append(facts, "会用掉 1 次群发（订阅号每天 1 次，服务号每月 4 次）。"+used)
	default:
		final = "" // a draft
	}
	if plan.Channel == "draft" {
		facts = append(facts, "只存进草稿箱：学员收不到，要编辑在公众平台上发表。")
	}
	return &frame.Confirm{Title: "现在发 " + plan.Day.String() + " 的推送？", Facts: facts, Final: final, Path: path + "/send", Button: "现在发", Danger: final != "", Back: path, Bound: plan.Seen}
}

// trialName is the name under which the session keeps whom a trial goes to.
const trialName = "push trial"

// trial is to whom a trial goes, as they were chosen in this session: a name and a ref.
// Whoever is gone since is nobody.
func (p *Push) trial(v *frame.Visit) (name, ref string, err error) {
	ref = v.Kept(trialName)
	id, ok := p.data.ByRef(ref)
	if !ok || !v.May(account.Govern) {
		return "", "", nil
	}
	name, known, err := p.data.Who(v.Context(), id)
	if err != nil || !known {
		return "", "", err
	}
	if name == "" {
		name = "没有登记姓名的学员"
	}
	return name, ref, nil
}

// try sends a day's bulletin to one member, who is the one that asks for it.
func (p *Push) try(v *frame.Visit) error {
	ref := v.R.PostFormValue("who")
	id, ok := p.data.ByRef(ref)
	if !ok {
		return frame.NotFound("没有这名学员。")
	}
	_, known, err := p.data.Who(v.Context(), id)
	switch {
	case err != nil:
		return err
	case !known:
		return frame.NotFound("这名学员的记录已经没有了：可能刚刚注销。")
	}
	today := quiz.DayOf(v.Now)
	day := today
	if asked := v.R.PostFormValue("day"); asked != "" {
		if day, err = quiz.ParseDay(asked); err != nil || day < today || day > today+ahead {
			return frame.Refusal{Status: http.StatusUnprocessableEntity, Text: "这一天的不能试。"}
		}
	}
	if err := v.Keep(trialName, ref); err != nil {
		return err
	}
	how, why, err := p.acts.Try(v.Context(), day, id, v.By(), v.Now)
	back := path + "?day=" + day.String()
	switch {
	case err != nil:
		return err
	case why != "":
		return v.Done(back, frame.Note{Bad: true, Text: "没有发出：" + why})
	}
	// The note lies in the session until it is told: the page says who it was.
	return v.Done(back, frame.Note{Text: "已发给这名学员（" + how + "）。请在手机上看一看。"})
}
