// Package trends are the pages on how a season goes: figures with charts, and the
// reports made of them. No page reads members: all is counted once a night, or when
// somebody asks for it.
package trends

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"slices"

	"dangshi/admin/account"
	"dangshi/admin/chart"
	"dangshi/admin/frame"
	"dangshi/admin/report"
	"dangshi/admin/work"
	"dangshi/quiz"
)

//go:embed *.html style.css
var files embed.FS

// Data is what the pages need.
type Data interface {
	report.Source
	// Font is the list of fonts with which reports are drawn; "": the usual one.
	Font() string
	// Recount begins to count behind the pages, unless somebody is at it, and waits a
	// little for a count that is over soon. Errors: quiz.ErrUnavailable, quiz.ErrUnknown.
	Recount(ctx context.Context, season quiz.Season, by string) error
	// Recounting is how far that is; ok is false where there is none. Errors:
	// quiz.ErrUnavailable.
	Recounting(ctx context.Context, season string) (w work.Work, ok bool, err error)
}

// Pages are the pages.
type Pages struct{ data Data }

// New makes the pages.
func New(data Data) *Pages { return &Pages{data} }

// Path is the first of them.
const Path = "/admin/trends"

// Section is the pages as a part of the console.
func (p *Pages) Section() frame.Section {
	return frame.Section{Path: Path, Name: "趋势", Right: account.Look, Files: files, Routes: []frame.Route{
		{Pattern: "GET /admin/trends", Right: account.Look, Do: p.show},
		{Pattern: "POST /admin/trends/count", Right: account.Look, Do: p.count},
		{Pattern: "GET /admin/trends/report", Right: account.Look, Do: p.report},
		{Pattern: "GET /admin/trends/report.pdf", Right: account.Export, Do: p.pdf, Slow: true, File: true},
	}}
}

// choice is one entry of a list to choose from.
type choice struct {
	Key, Name string
	Chosen    bool
}

type view struct {
	Season  quiz.Season
	Seasons []choice
	Periods []choice
	Reports []choice // by their addresses

	Count   quiz.Trends // Season "": none was made yet
	Work    *work.Work  // the count that is under way, or that failed
	Figures report.Figures
	Charts  []template.HTML // of participation
	Last    []template.HTML // of streaks
	Branch  []template.HTML
	Best    template.HTML
	Weak    []report.Category
	Weakest []quiz.QuestionTrend
	Cards   []card
}

type card struct{ Value, Name string }

// weakCategories and weakQuestions are how many are named to be looked at.
const (
	weakCategories = 3
	weakQuestions  = 10
)

func (p *Pages) show(v *frame.Visit) error {
	seasons, season, err := p.season(v)
	if errors.Is(err, errNoSeason) {
		return v.Show("trends.html", "趋势", view{})
	}
	if err != nil {
		return err
	}
	x := view{Season: season}
	period := report.Period{}
	if text := v.R.FormValue("period"); text != "" {
		var ok bool
		if period, ok = report.ParsePeriod(text); !ok || period.Last() < season.From || period.First() > season.To {
			return frame.NotFound("这个赛季里没有这一段时间。")
		}
	}
	if x.Count, err = p.data.Trends(v.Context(), season.ID); err != nil {
		return err
	}
	if err := p.working(v, &x); err != nil {
		return err
	}
	x.lists(seasons, period, quiz.DayOf(v.Now))
	if x.Count.Season != "" {
		tree, err := p.data.Branches(v.Context())
		if err != nil {
			return err
		}
		x.figures(report.Of(x.Count, tree, period))
	}
	return v.Show("trends.html", "趋势", x)
}

// errNoSeason is told where no season has begun: nobody has ever been asked a question.
var errNoSeason = frame.NotFound("还没有人答过题，没有什么可以统计。")

// season is the one asked for, else the one of today or the last that has begun. Errors: errNoSeason,
// those of Data.
func (p *Pages) season(v *frame.Visit) (all []quiz.Season, season quiz.Season, err error) {
	if all, err = p.data.Seasons(v.Context()); err != nil {
		return nil, season, err
	}
	if len(all) == 0 {
		return nil, season, errNoSeason
	}
	season = all[len(all)-1]
	if id := v.R.FormValue("season"); id != "" {
		i := slices.IndexFunc(all, func(s quiz.Season) bool { return s.ID == id })
		if i < 0 {
			return nil, season, frame.NotFound("没有这个赛季。")
		}
		season = all[i]
	}
	return all, season, nil
}

// working tells of a count that is under way, or that was not finished.
func (p *Pages) working(v *frame.Visit, x *view) error {
	w, ok, err := p.data.Recounting(v.Context(), x.Season.ID)
	if err != nil || !ok {
		return err
	}
	if w.Running() || w.Lost() || w.Fault != "" {
		x.Work = &w
	}
	return nil
}

func (x *view) lists(seasons []quiz.Season, period report.Period, today quiz.Day) {
	for _, s := range slices.Backward(seasons) {
		x.Seasons = append(x.Seasons, choice{s.ID, s.ID, s.ID == x.Season.ID})
	}
	since := x.Season
	if x.Count.Season != "" { // months before anybody took part have nothing to report
		since.From = today
		if first, ok := report.Began(x.Count); ok {
			since.From = first
		}
	}
	months, quarters := report.Periods(since, today)
	x.Periods = []choice{{"", "整个赛季", period.Kind == report.Season}}
	for _, p := range slices.Concat(quarters, months) {
		x.Periods = append(x.Periods, choice{p.Key(), p.Name(), p == period})
		x.Reports = append(x.Reports, choice{Key: Path + "/report?" + query(p), Name: p.Name() + p.Title()})
	}
}

func (x *view) figures(f report.Figures) {
	x.Figures = f
	x.Cards = []card{
		{frame.Number(f.Active), "人参加"},
		{frame.Number(f.Finished), "人次完成答题"},
		{chart.Short(f.Accuracy(), chart.Percent), "正确率"},
		{chart.Short(f.PerMember(), "天"), "天（人均参加）"},
	}
	if f.Period.Kind != report.Season {
		x.Cards = append(x.Cards, card{frame.Number(f.New), "人本赛季首次参加"})
	}
	if f.Empty() {
		return
	}
	for _, c := range []chart.Chart{f.Participation(), f.ActiveByWeek(), f.AccuracyByWeek()} {
		x.Charts = append(x.Charts, c.HTML())
	}
	x.Last = []template.HTML{f.KeptByWeek().HTML(), f.RunChart().HTML()}
	x.Branch, x.Best = []template.HTML{f.BranchChart().HTML(), f.LastingChart().HTML()}, f.CategoryChart().HTML()
	if n := len(f.Categories); n > 1 {
		x.Weak = slices.Clone(f.Categories[max(1, n-weakCategories):])
		slices.Reverse(x.Weak)
	}
	x.Weakest = f.Weakest(weakQuestions)
}

// count begins a count and comes back: to its result where it was quick.
func (p *Pages) count(v *frame.Visit) error {
	_, season, err := p.season(v)
	if err != nil {
		return err
	}
	if err := p.data.Recount(v.Context(), season, v.By()); err != nil {
		return err
	}
	note := frame.Note{Text: "已经开始重新统计，人多时要几分钟。"}
	if w, ok, err := p.data.Recounting(v.Context(), season.ID); err == nil && ok && w.Over && w.Fault == "" {
		note.Text = "已经重新统计。"
	}
	return v.Done(fmt.Sprintf("%s?season=%s", Path, season.ID), note)
}
