package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"dangshi/admin/frame"
	"dangshi/admin/members"
	"dangshi/admin/today"
	"dangshi/admin/work"
	"dangshi/bot/push"
	"dangshi/bot/setup"
	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
)

// todayData is what the first page and the guide show.
type todayData struct {
	*service
	members *members.Members
}

func newTodayData(s *service, m *members.Members) todayData {
	return todayData{s, m}
}

// Waiting is of today.Data.
func (d todayData) Waiting(ctx context.Context) (objections, bindings int) {
	return d.members.Waiting(ctx)
}

// Library is of today.Data, as those below.
func (d todayData) Library(ctx context.Context) (*content.Library, error) {
	return libraryNow(ctx, d.data.Store)
}

// Items are all.
func (d todayData) Items(ctx context.Context) ([]content.Item, error) { return d.data.ItemsNow(ctx) }

// Activity is what the replicas have handed over; this one does so first.
func (d todayData) Activity(ctx context.Context, last quiz.Day, days int) ([]quiz.ActivityDay, error) {
	d.activity.flush(ctx)
	return d.data.Activity(ctx, last, days)
}

// Push is today's.
func (d todayData) Push(ctx context.Context) (today.Push, error) {
	p := today.Push{Able: d.push != nil, At: d.app.PushAt}
	for i, name := range d.app.channelNames() {
		if i > 0 {
			p.Channel += "，不行再用"
		}
		p.Channel += pushChannels[name]
	}
	if d.push == nil {
		return p, nil
	}
	set, err := d.push.Setting(ctx)
	if err != nil {
		return p, err
	}
	days, err := d.push.Status(ctx, 1)
	if err != nil || len(days) == 0 {
		return p, err
	}
	p.On, p.Title, p.Outcome = set.On, days[0].Title, outcomeOf(days[0])
	if set.On && days[0].Day < set.Baseline {
		p.Outcome = "从 " + set.Baseline.String() + " 起推送"
	}
	switch days[0].Outcome {
	case push.DayUnknown, push.DayRefused, push.DayNothing, push.DayMissed, push.DayPartly:
		p.Bad = true
	}
	for _, send := range days[0].Sends {
		p.Lines = append(p.Lines, sendInWords(send, d.now()))
	}
	if days[0].Note != "" {
		p.Lines = append(p.Lines, days[0].Note)
	}
	return p, nil
}

// sendInWords is a send in a line: channel, state, numbers, reason.
func sendInWords(s push.Send, now time.Time) string {
	text := cmp.Or(pushChannels[s.Channel], s.ID) + "："
	until, waits := s.Waits()
	switch {
	case waits && now.Before(until):
		text += "已提交，等微信的结果；要管理员确认的，请在 " + until.In(quiz.Zone).Format("15:04") + " 前到公众平台安全助手确认"
	case waits:
		text += "已提交，微信一直没有报告结果，请到公众号后台核对"
	default:
		text += stateWords[s.State]
	}
	if !s.At.IsZero() {
		text += "，" + s.At.In(quiz.Zone).Format("15:04")
	}
	if c := s.Counts; c != nil {
		text += fmt.Sprintf("，应发 %s 人，送达 %s，失败 %s", frame.Number(c.Total), frame.Number(c.Sent), frame.Number(c.Failed))
	}
	if e := s.Each; e != nil {
		text += fmt.Sprintf("，%s / %s 人，发出 %s，结果不明 %s", frame.Number(min(e.Seen, e.Total)), frame.Number(e.Total), frame.Number(e.Reached()), frame.Number(e.Unknown))
	}
	if s.Reason != "" {
		text += "，" + s.Reason
	}
	return text + "。"
}

// Setup is how far the installation is.
func (d todayData) Setup(ctx context.Context) (s today.Setup, err error) {
	app := d.app
	s = today.Setup{
		Sandbox: d.data.Sandbox(), AppID: app.WechatAppid, Secret: app.WechatSecret != "", Token: app.WechatToken != "", AESKey: app.WechatAeskey != "",
		BaseURL: app.BaseURL, Questions: app.Questions, Ahead: daysAhead,
	}
	if app.BaseURL != "" {
		s.Server = strings.TrimRight(app.BaseURL, "/") + "/wechat"
	}
	s.BackupAt, _ = app.backupAt()
	if s.BackupAt == noBackups {
		s.BackupAt = ""
	}
	if s.Push, err = d.Push(ctx); err != nil {
		return s, err
	}
	library, err := d.Library(ctx)
	if err != nil {
		return s, err
	}
	day := quiz.DayOf(d.now())
	s.Approved, s.Gaps = len(library.Questions()), len(quiz.Gaps(library, nil, day, daysAhead))
	branches, err := d.data.merged.Branches(ctx)
	if err != nil {
		return s, err
	}
	s.Branches = branches.Len()
	note, err := d.data.Backups(ctx)
	if err != nil {
		return s, err
	}
	s.Backup = note.Last
	d.activity.flush(ctx)
	s.LastMessage, err = d.data.LastMessage(ctx, day, today.Listened)
	return s, err
}

// examination is the work of the console that looks for what is wrong; another one
// may follow after restAfter.
const (
	examination = "doctor"
	restAfter   = 10 * time.Minute
)

// examined is its result.
type examined struct {
	Findings []today.Finding `json:"findings"`
	Waiting  int             `json:"waiting"`
	Starter  int             `json:"starter"`
}

// Checkup is the last one, and begins another one where that is old.
func (d todayData) Checkup(ctx context.Context) (today.Checkup, error) {
	w, ok, err := d.works.Find(ctx, examination)
	if err == nil && (!ok || w.Lost() || w.Over && time.Since(w.Beat) > restAfter) {
		if err = d.works.Start(ctx, examination, "", d.look); err == nil {
			w, ok, err = d.works.Find(ctx, examination)
		}
	}
	if err != nil || !ok {
		return today.Checkup{}, err
	}
	return readCheckup(w)
}

func readCheckup(w work.Work) (today.Checkup, error) {
	c := today.Checkup{Running: w.Running(), Fault: w.Fault}
	if !w.Over || w.Result == nil {
		return c, nil
	}
	var found examined
	if err := json.Unmarshal(w.Result, &found); err != nil {
		return c, fmt.Errorf("the result of an examination: %w", err)
	}
	c.At, c.Findings, c.Waiting, c.Starter = w.Beat, found.Findings, found.Waiting, found.Starter
	return c, nil
}

// examinationPatience is how long somebody waits for an examination that was asked for.
const examinationPatience = 5 * time.Second

// CheckAgain begins one.
func (d todayData) CheckAgain(ctx context.Context, by string) error {
	if err := d.works.Start(ctx, examination, by, d.look); err != nil {
		return err
	}
	_, _, err := d.works.Await(ctx, examination, examinationPatience)
	return err
}

// lookedAt is how many members an examination beside the service reads.
const lookedAt = 10_000

// look is what doctor does, beside the service and with connections of its own.
func (d todayData) look(ctx context.Context, _ func(done, of int)) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, doctorTimeout)
	defer cancel()
	beside := *d.app
	beside.ctx, beside.serves = ctx, false
	c := &checkup{app: &beside, most: lookedAt}
	c.examine()
	if err := cmp.Or(ctx.Err(), c.end()); err != nil {
		return nil, err
	}
	var found examined
	for _, f := range c.findings {
		found.Findings = append(found.Findings, today.Finding{Harm: harms[f.grade], About: f.about, Text: f.text})
	}
	_, questions, err := d.data.CountLibrary(ctx)
	if err != nil {
		return nil, err
	}
	found.Waiting = questions.States[content.Draft] + questions.States[content.Reviewed]
	items, came, err := d.data.Unreviewed(ctx)
	found.Starter = items + came
	return found, err
}

// harms are the grades of doctor as the console has them.
var harms = map[grade]today.Harm{losing: today.Loses, wrong: today.Broken, doubt: today.Doubt, unseen: today.Unseen, fine: today.Fine}

// menuWords are what becomes of an entry of the menu.
var menuWords = map[setup.Mark]string{setup.Added: "新增", setup.Changed: "改动", setup.Removed: "去掉"}

// Menu compares the menus.
func (d todayData) Menu(ctx context.Context) (today.MenuChange, error) {
	if d.api == nil {
		return today.MenuChange{}, frame.Bad("没有设 AppSecret，不能调用公众号的接口。")
	}
	has, err := d.api.OwnMenu(ctx)
	if err != nil {
		return today.MenuChange{}, refusedByWeChat(ctx, err)
	}
	diff := setup.Compare(d.app.menu(), has)
	change := today.MenuChange{None: diff.None(), Lost: diff.Lost}
	for _, l := range diff.Lines {
		if word := menuWords[l.Mark]; word != "" {
			change.Lines = append(change.Lines, word+"“"+l.Name+"”："+orEntries(cmp.Or(l.Does, l.Was)))
		}
	}
	if diff.Moved {
		change.Lines = append(change.Lines, "次序也有变化")
	}
	return change, nil
}

// InstallMenu installs it.
func (d todayData) InstallMenu(ctx context.Context, by string) error {
	return d.data.Announce(ctx, store.Audited{At: d.now(), By: by, Did: "menu.install"}, func() error {
		_, err := setup.Install(ctx, d.api, d.app.menu(), true)
		if err != nil {
			err = refusedByWeChat(ctx, err)
		}
		return err
	})
}

// refusedByWeChat tells what WeChat has answered, which says what to do.
func refusedByWeChat(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return frame.Refusal{Status: http.StatusBadGateway, Text: "微信没有照办：" + plainly(err) + "。"}
}

// ShowToken gives it.
func (d todayData) ShowToken(ctx context.Context, by string) (string, error) {
	return d.app.token(), d.data.Audit(ctx, store.Audited{At: d.now(), By: by, Did: "console.token"})
}
