package ranking

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"dangshi/admin/account"
	"dangshi/admin/frame"
	"dangshi/admin/work"
	"dangshi/quiz"
)

// Ends is what the pages about a season's end show and do. What cannot be is a
// frame.Refusal.
type Ends interface {
	Honours
	// End is how far the close of a season is.
	End(ctx context.Context, season Season) (End, error)
	// Check looks at all that must be well before a season is closed, which takes long.
	Check(ctx context.Context, season quiz.Season, tell func(done, of int)) (Check, error)
	// Commit makes what is to be published before the draw, which takes long.
	Commit(ctx context.Context, season quiz.Season, by string, tell func(done, of int)) error
	// Close ends the season, which takes long; called again after a crash it goes on.
	Close(ctx context.Context, season quiz.Season, c Choice, tell func(done, of int)) error
	// Resume goes on with closes that were begun.
	Resume(ctx context.Context, tell func(done, of int)) error
	// Commitment is the file with what was committed.
	Commitment(ctx context.Context, season string) ([]byte, error)
}

// Choice is what is decided at a close.
type Choice struct {
	Entropy string // the public number
	By      string
	Damaged bool // close although the logs of some cannot be read
}

// End is how far a close is.
type End struct {
	Over    bool      // the last paper cannot be answered any more
	From    time.Time // from when on it may be closed; zero: not known
	Commits []quiz.Commitment
	Entropy string // empty: the close was not begun
	Pending string // a correction that is being published; empty: none
	Voids   int    // voided days of the season
	Rulings int
	Prizes  quiz.Prizes
}

// Check is what a check has found, at a moment by the product's clock.
type Check struct {
	At          time.Time `json:"at"`
	Members     int       `json:"members"`
	Ranked      int       `json:"ranked"`
	Differences int       `json:"differences"` // members whose board or record is not what the log says
	Damaged     []string  `json:"damaged"`     // pseudonyms of those whose logs cannot be read
	Objections  int       `json:"objections"`  // that wait for an answer
	Unlisted    int       `json:"unlisted"`    // ranked, and not on the list that was committed last
	Committed   int       `json:"committed"`   // commitments there were
	Tied        int       `json:"tied"`        // equal to the last place that is named; 0: nobody but that place
	Named       int       `json:"named"`       // of them, who will be named
}

// Ready reports whether nothing that it has found forbids the close.
func (c Check) Ready() bool { return c.Committed > 0 && c.Unlisted == 0 && c.Ranked > 0 }

func (r *Ranking) endRoutes() []frame.Route {
	return []frame.Route{
		{Pattern: "GET /admin/ranking/close", Right: account.Govern, Do: r.closePage},
		{Pattern: "POST /admin/ranking/close/check", Right: account.Govern, Do: r.check},
		{Pattern: "POST /admin/ranking/close/commit", Right: account.Govern, Do: r.commit},
		{Pattern: "GET /admin/ranking/close/commitment", Right: account.Export, Do: r.commitment},
		{Pattern: "POST /admin/ranking/close", Right: account.Govern, Do: r.close},
		{Pattern: "POST /admin/ranking/close/resume", Right: account.Govern, Do: r.resume},
	}
}

// doing is one of the three works of a close.
type doing struct {
	work.Work
	Begun bool
}

type closeView struct {
	Season  Season
	Seasons []Season
	End
	Last    *quiz.Commitment // that binds
	Checked *Check           // nil: it was not, or too long ago
	Check   doing
	Commit  doing
	Close   doing
	Entropy string
	Fault   string
}

func (r *Ranking) closePage(v *frame.Visit) error {
	x, err := r.readClose(v)
	if err != nil {
		return err
	}
	return v.Show("close.html", "结赛", x)
}

func (r *Ranking) readClose(v *frame.Visit) (x closeView, err error) {
	if x.Season, x.Seasons, err = r.chosen(v); err != nil || x.Season.ID == "" {
		return x, err
	}
	if over := waiting(x.Seasons); over.ID != "" && v.R.FormValue("season") == "" {
		x.Season = over
	}
	if x.End, err = r.data.End(v.Context(), x.Season); err != nil {
		return x, err
	}
	if n := len(x.Commits); n > 0 {
		x.Last = &x.Commits[n-1]
	}
	for what, d := range map[string]*doing{"check": &x.Check, "commit": &x.Commit, "close": &x.Close} {
		if d.Work, d.Begun, err = r.works.Find(v.Context(), what+"-"+x.Season.ID); err != nil {
			return x, err
		}
	}
	if x.Check.Over && x.Check.Fault == "" {
		x.Checked = new(Check)
		err = json.Unmarshal(x.Check.Result, x.Checked)
	}
	return x, err
}

// start begins one of the works of a close, and goes back to its page.
func (r *Ranking) start(v *frame.Visit, what string, season Season, do work.Do) error {
	id := what + "-" + season.ID
	if err := r.works.Start(v.Context(), id, v.By(), do); err != nil {
		return err
	}
	if _, _, err := r.works.Await(v.Context(), id, patience); err != nil {
		return err
	}
	http.Redirect(v.W, v.R, closePath(season)+"#"+what, http.StatusSeeOther)
	return nil
}

func closePath(season Season) string {
	return "/admin/ranking/close?" + url.Values{"season": {season.ID}}.Encode()
}

// named is the season that a form is about.
func (r *Ranking) named(v *frame.Visit) (Season, error) {
	season, _, err := r.chosen(v)
	if err == nil && season.ID == "" {
		err = frame.NotFound("还没有人答过题，没有赛季。")
	}
	return season, err
}

func (r *Ranking) check(v *frame.Visit) error {
	season, err := r.named(v)
	if err != nil {
		return err
	}
	return r.start(v, "check", season, func(ctx context.Context, tell func(done, of int)) (any, error) {
		return r.data.Check(ctx, season.Season, tell)
	})
}

func (r *Ranking) commit(v *frame.Visit) error {
	season, err := r.named(v)
	if err != nil {
		return err
	}
	return r.start(v, "commit", season, func(ctx context.Context, tell func(done, of int)) (any, error) {
		return nil, r.data.Commit(ctx, season.Season, v.By(), tell)
	})
}

func (r *Ranking) commitment(v *frame.Visit) error {
	season, err := r.named(v)
	if err != nil {
		return err
	}
	text, err := r.data.Commitment(v.Context(), season.ID)
	if err != nil {
		return err
	}
	v.File("commit-" + season.ID + ".json")
	_, err = v.W.Write(text)
	return err
}

// close asks once more, with what will be, and then closes the season behind the page.
func (r *Ranking) close(v *frame.Visit) error {
	x, err := r.readClose(v)
	if err != nil {
		return err
	}
	x.Entropy = v.R.FormValue("entropy")
	damaged := v.R.FormValue("damaged") == "yes"
	refuse := func(fault string) error {
		x.Fault = fault
		return v.ShowAgain("close.html", "结赛", x)
	}
	entropy, err := quiz.CleanEntropy(x.Entropy)
	switch {
	case x.Season.ID == "" || !x.Over:
		return refuse("这个赛季还没有结束，不能结赛。")
	case x.Checked == nil:
		return refuse("请先检查一遍，再结赛。")
	case !x.Checked.Ready() || x.Checked.Committed != len(x.Commits):
		return refuse("检查以后又有变化，或检查没有通过。请照上面说的做，再检查一遍。")
	case len(x.Checked.Damaged) > 0 && !damaged:
		return refuse("有人的日志已损坏。请先从备份恢复；实在不能，请勾选“照样结赛”。")
	case err != nil:
		return refuse("公开的随机数：" + err.Error() + "。")
	}
	c := x.confirm(entropy, damaged)
	if !v.Confirmed(c) {
		return v.Ask(c)
	}
	choice := Choice{Entropy: entropy, By: v.By(), Damaged: damaged}
	return r.start(v, "close", x.Season, func(ctx context.Context, tell func(done, of int)) (any, error) {
		return nil, r.data.Close(ctx, x.Season.Season, choice, tell)
	})
}

// confirm is the question before the close.
func (x closeView) confirm(entropy string, damaged bool) *frame.Confirm {
	c := x.Checked
	facts := []string{
		fmt.Sprintf("上榜 %s 人，列入荣誉名单 %d 人。", frame.Number(c.Ranked), min(x.Prizes.Top, c.Ranked)),
		"公开的随机数：" + entropy,
		fmt.Sprintf("最后一次承诺：%s，名单 %s 个编号。", time.Unix(x.Last.At, 0).In(quiz.Zone).Format("2006-01-02 15:04"), frame.Number(x.Last.Members)),
	}
	switch {
	case c.Tied > 0 && x.Prizes.Ties == quiz.TiesAll:
		facts = append(facts, fmt.Sprintf("与末位并列的 %d 人全部列入。", c.Tied))
	case c.Tied > 0:
		facts = append(facts, fmt.Sprintf("与末位并列的有 %d 人，抽签列入其中 %d 人。", c.Tied, c.Named))
	}
	if c.Objections > 0 {
		facts = append(facts, fmt.Sprintf("还有 %d 条申诉没有答复。", c.Objections))
	}
	if len(c.Damaged) > 0 {
		facts = append(facts, fmt.Sprintf("%d 人的日志已损坏，不上榜。", len(c.Damaged)))
	}
	fields := map[string]string{"season": x.Season.ID, "entropy": entropy}
	if damaged {
		fields["damaged"] = "yes"
	}
	return &frame.Confirm{
		Title: "结束 " + x.Season.ID + " 赛季？", Facts: facts, Path: "/admin/ranking/close", Fields: fields, Button: "结赛", Danger: true, Type: x.Season.ID,
		Final: "结赛以后成绩、名单、随机数都不能再改，只能撤销个别人的荣誉。", Back: closePath(x.Season),
	}
}

// resume goes on with a close that was broken off.
func (r *Ranking) resume(v *frame.Visit) error {
	season, err := r.named(v)
	if err != nil {
		return err
	}
	if season.Stage != Closing {
		return frame.Bad("这个赛季没有中断了的结赛。")
	}
	return r.start(v, "close", season, func(ctx context.Context, tell func(done, of int)) (any, error) {
		return nil, r.data.Resume(ctx, tell)
	})
}
