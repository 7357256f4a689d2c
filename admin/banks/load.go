package banks

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/content/loading"
)

const (
	mendAtOnce = 10 // forms of faulty rows on a page
	stepsShown = 50
	linesShown = 20
)

// loadView is what an upload would do to the bank.
type loadView struct {
	Draft      *draft
	Plan       *loading.Plan
	Questions  [4]int // by fate
	Items      [4]int
	Load       int // questions and items that are written
	Set        string
	States     loading.States
	Forms      []form // faulty rows that can be mended here
	MoreForms  int
	Unreadable []content.Fault
	Lines      []told
	Steps      []step
	Show       string
	Tabs       []tab
	Pager      frame.Pager
	Signatures int
}

// told are lines of a plan under a title.
type told struct {
	Title string
	Lines []string
	More  int
}

// step is one question of the upload.
type step struct {
	content.Step[content.Question]
	Fate    string
	Changes []content.Change
	Remarks []string
}

type tab struct {
	Show, Name string
	N          int
}

var fates = map[content.Fate]string{content.Added: "新增", content.Changed: "有改动", content.Unchanged: "没有变化", content.Duplicate: "重复"}

// FateNames are the fates in words, by fate.
func (loadView) FateNames() (all [4]string) {
	for fate, name := range fates {
		all[fate] = name
	}
	return all
}

// shows are the parts of a list of steps.
var shows = []struct {
	show, name string
	fits       func(content.Step[content.Question]) bool
}{
	{"new", "新增", func(s content.Step[content.Question]) bool { return s.Fate == content.Added }},
	{"changed", "有改动", func(s content.Step[content.Question]) bool { return s.Fate == content.Changed }},
	{"like", "相似，请核对", func(s content.Step[content.Question]) bool { return s.Like != nil }},
	{"twice", "重复，不载入", func(s content.Step[content.Question]) bool { return s.Fate == content.Duplicate }},
	{"same", "没有变化", func(s content.Step[content.Question]) bool { return s.Fate == content.Unchanged }},
}

// plan compares a draft with the library as it is now.
func (b *Banks) plan(v *frame.Visit, d *draft) (*loading.Plan, error) {
	questions, err := b.data.Questions(v.Context())
	if err != nil {
		return nil, err
	}
	var items []content.Item
	if len(d.Found.Items) > 0 {
		if items, err = b.data.Items(v.Context()); err != nil {
			return nil, err
		}
	}
	return loading.New(&d.Found, items, questions, b.hand(v), func(items, questions []string) (is []content.Sheet[content.Item], qs []content.Sheet[content.Question], err error) {
		if is, err = b.data.ItemSheets(v.Context(), items); err == nil {
			qs, err = b.data.QuestionSheets(v.Context(), questions)
		}
		return is, qs, err
	})
}

// preview shows what would be loaded, with a form for each faulty row.
func (b *Banks) preview(v *frame.Visit) error { return b.previewWith(v, nil) }

// previewWith is preview with what was typed for a row and is not kept; nil: nothing.
func (b *Banks) previewWith(v *frame.Visit, typed *form) error {
	d, err := b.draftOf(v.Context(), v.By())
	if err != nil {
		return err
	}
	if d == nil {
		return v.Done(Path+"/load", frame.Note{Text: "上传的文件只留一个小时，已经不在了。请再上传一次。", Bad: true})
	}
	p, err := b.plan(v, d)
	if err != nil {
		return err
	}
	x := loadView{
		Draft: d, Plan: p, Questions: loading.Fates(p.Questions), Items: loading.Fates(p.Items), Set: setOfPlan(d, p),
		States: p.States(), Unreadable: d.unreadable(), Signatures: b.data.Signatures(),
	}
	x.Load = x.Questions[content.Added] + x.Questions[content.Changed] + x.Items[content.Added] + x.Items[content.Changed]
	for i, e := range d.Found.Faulted {
		if i == mendAtOnce {
			x.MoreForms = len(d.Found.Faulted) - i
			break
		}
		f := mending(d, i, e)
		if typed != nil && typed.Place == f.Place {
			typed.Row, typed.Seen = f.Row, f.Seen
			f = *typed
		}
		x.Forms = append(x.Forms, f)
	}
	for _, t := range []told{{Title: "没有读", Lines: p.Notes}, {Title: "没有配套的题", Lines: p.Unasked()}, {Title: "建议", Lines: p.Advice()}, {Title: "照旧", Lines: p.Kept()}} {
		if n := len(t.Lines); n > linesShown {
			t.Lines, t.More = t.Lines[:linesShown], n-linesShown
		}
		if len(t.Lines) > 0 {
			x.Lines = append(x.Lines, t)
		}
	}
	x.list(v)
	if typed != nil {
		return v.ShowAgain("check.html", "载入前看一看", x)
	}
	return v.Show("check.html", "载入前看一看", x)
}

// list chooses the steps that are shown.
func (x *loadView) list(v *frame.Visit) {
	x.Show = v.R.FormValue("show")
	var chosen []*content.Step[content.Question]
	for _, s := range shows {
		var fit []*content.Step[content.Question]
		for i := range x.Plan.Questions {
			if s.fits(x.Plan.Questions[i]) {
				fit = append(fit, &x.Plan.Questions[i])
			}
		}
		if len(fit) == 0 {
			continue
		}
		x.Tabs = append(x.Tabs, tab{s.show, s.name, len(fit)})
		if chosen == nil && (x.Show == "" || x.Show == s.show) {
			x.Show, chosen = s.show, fit
		}
	}
	x.Pager = v.Pager(len(chosen), stepsShown)
	from := min((v.Page()-1)*stepsShown, len(chosen))
	for _, s := range chosen[from:min(from+stepsShown, len(chosen))] {
		one := step{Step: *s, Fate: fates[s.Fate]}
		if s.Before != nil && s.Fate == content.Changed {
			one.Changes = content.Changes(*s.Before, s.Value)
		}
		for _, remark := range []string{x.Plan.SameAs(s), x.Plan.LikeWhich(s)} {
			if remark != "" {
				one.Remarks = append(one.Remarks, remark)
			}
		}
		x.Steps = append(x.Steps, one)
	}
}

// setOfPlan tells what a load would do from what another one would: where somebody
// changed the bank meanwhile, it is another one.
func setOfPlan(d *draft, p *loading.Plan) string {
	sum := sha256.New()
	fmt.Fprintln(sum, d.Stamp)
	for _, s := range p.Items {
		fmt.Fprintln(sum, s.Value.ID, s.Fate, s.Value.State, content.SeenOf(s.Before))
	}
	for _, s := range p.Questions {
		fmt.Fprintln(sum, s.Value.ID, s.Fate, s.Value.State, s.Same, content.SeenOf(s.Before))
	}
	return hex.EncodeToString(sum.Sum(nil)[:12])
}
