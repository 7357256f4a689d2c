// Package today is the first page of the console: how the day goes and what is to be
// done; and the guide through an installation's first start.
package today

import (
	"context"
	"embed"
	"time"

	"dangshi/admin/account"
	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/quiz"
)

//go:embed *.html *.css *.js
var files embed.FS

// Path is the page's, StartPath the guide's.
const (
	Path      = "/admin/"
	StartPath = "/admin/start"
)

// Data is what the pages show. Its errors are quiz.ErrUnavailable and what the console
// tells of any page.
type Data interface {
	// Library is what is in use.
	Library(ctx context.Context) (*content.Library, error)
	// Items are the latest revisions of all, in every state.
	Items(ctx context.Context) ([]content.Item, error)
	// Activity gives what went on on so many days up to one, that one first; what other
	// replicas have counted within the last seconds is not in it yet.
	Activity(ctx context.Context, last quiz.Day, days int) ([]quiz.ActivityDay, error)
	// Push is how today's push stands.
	Push(ctx context.Context) (Push, error)
	// Setup is how far the installation is.
	Setup(ctx context.Context) (Setup, error)
	// Checkup is what the last examination has found; where that is old or none was
	// made, another one is begun behind the page.
	Checkup(ctx context.Context) (Checkup, error)
	// CheckAgain begins an examination, unless one is under way, and waits a little for
	// it.
	CheckAgain(ctx context.Context, by string) error
	// Waiting is how many objections wait for an answer, and how many bindings for their
	// member's word; 0 where it is not known yet.
	Waiting(ctx context.Context) (objections, bindings int)
	// Menu says what installing the menu of the settings would change; it asks WeChat.
	// Errors that people can mend are a frame.Refusal, also of the next one.
	Menu(ctx context.Context) (MenuChange, error)
	// InstallMenu installs it, and notes who did; entries that only the account has go.
	InstallMenu(ctx context.Context, by string) error
	// ShowToken gives the token of the webhook to somebody, and notes who it was.
	ShowToken(ctx context.Context, by string) (string, error)
}

// Push is how today's push stands, in words.
type Push struct {
	Able    bool   // the account can send at all
	On      bool   // it is switched on
	At      string // 07:30
	Channel string // by which the next one is sent
	Title   string // of what was sent
	Outcome string
	Bad     bool     // the outcome is one to look at
	Lines   []string // of each send: state, numbers, reason
}

// Today is the page.
type Today struct{ data Data }

// New makes the page.
func New(data Data) *Today { return &Today{data} }

// Section is the page and the guide as a part of the console.
func (t *Today) Section() frame.Section {
	return frame.Section{Path: Path, Name: "今天", Right: account.Look, Files: files, Routes: []frame.Route{
		{Pattern: "GET /admin/{$}", Right: account.Look, Do: t.show},
		{Pattern: "GET /admin/today/live", Right: account.Look, Do: t.live},
		{Pattern: "POST /admin/today/check", Right: account.Govern, Do: t.check},
		{Pattern: "GET " + StartPath, Right: account.Govern, Do: t.start},
		{Pattern: "POST " + StartPath + "/token", Right: account.Govern, Do: t.token},
		{Pattern: "POST " + StartPath + "/menu", Right: account.Govern, Do: t.menu},
	}}
}

type view struct {
	Date    string
	Weekday string
	Missing int // steps of the first start; 0: it is done, or is not for who looks
	Steps   int
	Live    live
	Push    Push
	Days    []day
	Gaps    int
	Check   checkView

	Objections, Bindings int // that wait; 0 for who may not see them
}

func (t *Today) show(v *frame.Visit) error {
	today := quiz.DayOf(v.Now)
	x := view{Date: today.String(), Weekday: weekday(today)}
	var err error
	if x.Live, err = t.lively(v); err != nil {
		return err
	}
	var setup Setup
	if v.May(account.Govern) { // with the push, which need not be asked for twice
		setup, err = t.data.Setup(v.Context())
		x.Push = setup.Push
	} else {
		x.Push, err = t.data.Push(v.Context())
	}
	if err != nil {
		return err
	}
	if x.Days, err = t.days(v.Context(), today); err != nil {
		return err
	}
	for _, d := range x.Days {
		if !d.Ready {
			x.Gaps++
		}
	}
	found, err := t.data.Checkup(v.Context())
	if err != nil {
		return err
	}
	x.Check = found.view(v)
	if v.May(account.Names) {
		x.Objections, x.Bindings = t.data.Waiting(v.Context())
	}
	if v.May(account.Govern) {
		steps := setup.steps(found)
		x.Steps, x.Missing = len(steps), missing(steps)
	}
	return v.Show("today.html", "今天", x)
}

// live answers with the figures alone, for the page that is open.
func (t *Today) live(v *frame.Visit) error {
	x, err := t.lively(v)
	if err != nil {
		return err
	}
	return v.Part("today.html", "live", x)
}

// check looks anew for what is wrong.
func (t *Today) check(v *frame.Visit) error {
	if err := t.data.CheckAgain(v.Context(), v.By()); err != nil {
		return err
	}
	to := Path + "#check"
	if v.R.PostFormValue("from") == "start" {
		to = StartPath
	}
	return v.Done(to, frame.Note{Text: "已开始重新检查，结果写在这一页上。"})
}

// soon is how many days ahead items are looked at.
const soon = 7

// day is a coming day as it is shown.
type day struct {
	Date, Weekday string
	Short         string // 11月27日
	Ready         bool
	Title         string // of the item, or of what is sent instead
	Waiting       int    // what waits for review for that day
	Instead       bool   // Title is no item of that day
}

// days are the coming ones, today first.
func (t *Today) days(ctx context.Context, today quiz.Day) ([]day, error) {
	library, err := t.data.Library(ctx)
	if err != nil {
		return nil, err
	}
	items, err := t.data.Items(ctx)
	if err != nil {
		return nil, err
	}
	instead := map[quiz.Day]content.Item{}
	for _, g := range quiz.Gaps(library, items, today, soon) {
		if g.Any {
			instead[g.Day] = g.Instead
		}
	}
	days := make([]day, 0, soon)
	for i, c := range content.Calendar(library, items, today.Start(), soon) {
		at := today + quiz.Day(i)
		d := day{Date: c.Date, Short: at.Start().Format("1月2日"), Weekday: weekday(at), Ready: c.Ready, Waiting: len(c.Newer)}
		if c.Ready {
			d.Title = c.Items[0].Title
		} else {
			d.Waiting = len(c.Items)
			if it, ok := instead[at]; ok {
				d.Title, d.Instead = it.Title, true
			}
		}
		days = append(days, d)
	}
	return days, nil
}

func weekday(d quiz.Day) string {
	return [...]string{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"}[d.Start().Weekday()]
}

// clockTime is a moment to the second.
func clockTime(t time.Time) string { return t.In(quiz.Zone).Format("15:04:05") }
