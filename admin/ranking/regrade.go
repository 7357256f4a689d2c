package ranking

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"dangshi/admin/account"
	"dangshi/admin/board"
	"dangshi/admin/frame"
	"dangshi/admin/work"
	"dangshi/content"
	"dangshi/quiz"
)

func (r *Ranking) keyRoutes() []frame.Route {
	return []frame.Route{
		{Pattern: "GET /admin/ranking/rulings", Right: account.Look, Do: r.rulings},
		{Pattern: "GET /admin/ranking/regrade", Right: account.Govern, Do: r.regrade},
		{Pattern: "POST /admin/ranking/regrade", Right: account.Govern, Do: r.preview},
		{Pattern: "GET /admin/ranking/regrade/preview", Right: account.Govern, Do: r.previewed},
		{Pattern: "POST /admin/ranking/regrade/publish", Right: account.Govern, Do: r.publish},
		{Pattern: "GET /admin/ranking/regrade/published", Right: account.Govern, Do: r.published},
	}
}

func (r *Ranking) rulings(v *frame.Visit) error {
	all, err := r.data.Rulings(v.Context())
	if err != nil {
		return err
	}
	pending, _, err := r.data.Pending(v.Context())
	if err != nil {
		return err
	}
	return v.Show("rulings.html", "更正过的答案", struct {
		Rulings []Ruling
		Pending string
	}{all, pending})
}

type regradeView struct {
	Proposal Proposal
	Recent   []Recent
	Asked    []Asked
	One      *Asked   // the revision that it is about
	Choices  []string // with their letters
	Letters  []option // the answers, where one of a few is right
	Pending  string
	Fault    string
}

// regrade asks which question, which revision and what is right.
func (r *Ranking) regrade(v *frame.Visit) error { return r.regradeForm(v, proposed(v), "") }

func proposed(v *frame.Visit) Proposal {
	field := func(name string) string { return strings.TrimSpace(v.R.FormValue(name)) }
	revision, _ := strconv.Atoi(field("revision"))
	why := v.R.PostFormValue("reason")
	if why == "" { // of another session: none, and the preview is not found
		hidden, _ := v.Unsealed()
		why = hidden.Get("reason")
	}
	return Proposal{
		Question: field("question"), Revision: max(0, revision), Way: field("way"),
		Key: field("key"), Accept: field("accept"), Reason: strings.TrimSpace(why), By: v.By(),
	}
}

// fields are a proposal as a form carries it.
func (p Proposal) fields() url.Values {
	return url.Values{
		"question": {p.Question}, "revision": {strconv.Itoa(p.Revision)}, "way": {p.Way},
		"key": {p.Key}, "accept": {p.Accept}, "reason": {p.Reason},
	}
}

// digest tells proposals apart, and the same one when something else is right by now.
func (p Proposal) digest(plan Plan) string {
	sum := sha256.Sum256([]byte(p.fields().Encode() + "\x00" + plan.Asked.Key))
	return hex.EncodeToString(sum[:12])
}

func (r *Ranking) regradeForm(v *frame.Visit, p Proposal, fault string) (err error) {
	x := regradeView{Proposal: p, Fault: fault}
	if x.Pending, _, err = r.data.Pending(v.Context()); err != nil {
		return err
	}
	if p.Question == "" {
		if x.Recent, err = r.data.Recent(v.Context()); err != nil {
			return err
		}
		return v.Show("regrade.html", "更正答案", x)
	}
	if x.Asked, err = r.data.Asked(v.Context(), p.Question); err != nil {
		return err
	}
	if len(x.Asked) == 0 {
		return frame.NotFound("没有哪天的卷子里有题目“" + p.Question + "”，用不着更正成绩；以后的题请在题库里改。")
	}
	for i := range x.Asked {
		if len(x.Asked) == 1 || x.Asked[i].Question.Revision == p.Revision {
			x.One = &x.Asked[i]
		}
	}
	if x.One != nil {
		q := x.One.Question
		x.Proposal.Revision, x.Letters = q.Revision, letters(q)
		if q.Type != content.Blank {
			for i, text := range q.Choices() {
				x.Choices = append(x.Choices, string(rune('A'+i))+"．"+text)
			}
		}
	}
	if fault != "" {
		return v.ShowAgain("regrade.html", "更正答案", x)
	}
	return v.Show("regrade.html", "更正答案", x)
}

// letters are the answers that can be the one right one of a question with one.
func letters(q content.Question) (all []option) {
	switch q.Type {
	case content.Judge:
		return []option{{"T", "对"}, {"F", "错"}}
	case content.Single:
		for i, text := range q.Choices() {
			letter := string(rune('A' + i))
			all = append(all, option{letter, letter + "．" + text})
		}
	}
	return all
}

// preview begins to compute what a proposal would change.
func (r *Ranking) preview(v *frame.Visit) error {
	p := proposed(v)
	if _, fault := reason(v); fault != "" {
		return r.regradeForm(v, p, fault)
	}
	plan, err := r.data.Plan(v.Context(), p)
	var refusal frame.Refusal
	if errors.As(err, &refusal) {
		return r.regradeForm(v, p, refusal.Text)
	}
	if err != nil {
		return err
	}
	if plan.To == plan.Asked.Key {
		return r.regradeForm(v, p, "现在就是这样判分的，没有什么要改。")
	}
	if err := r.count(v, p, plan); err != nil {
		return err
	}
	to, err := p.address(v, previewPath)
	if err != nil {
		return err
	}
	http.Redirect(v.W, v.R, to, http.StatusSeeOther)
	return nil
}

const formPath, previewPath = "/admin/ranking/regrade", "/admin/ranking/regrade/preview"

// address is a page with a proposal. The reason is sealed: it may name somebody.
func (p Proposal) address(v *frame.Visit, path string) (string, error) {
	open, hidden := p.fields(), url.Values{}
	open.Del("reason")
	if p.Reason != "" {
		hidden.Set("reason", p.Reason)
	}
	return v.Sealed(path, open, hidden)
}

// count begins to count what a proposal would change, and waits a little for the end.
func (r *Ranking) count(v *frame.Visit, p Proposal, plan Plan) error {
	id := "preview-" + p.digest(plan)
	under := func(ctx context.Context) (string, error) { return r.data.JudgedUnder(ctx, plan.Seasons) }
	err := r.works.Start(v.Context(), id, v.By(), work.Previewing(under, func(ctx context.Context, tell func(done, of int)) ([]board.Impact, error) {
		return r.data.Preview(ctx, p, tell)
	}))
	if err == nil {
		_, _, err = r.works.Await(v.Context(), id, patience)
	}
	return err
}

type previewView struct {
	Proposal Proposal
	Plan     Plan
	Work     work.Work
	Impacts  []board.Impact
	Confirm  *frame.Confirm
	Back     string // address of the form

	preview work.Preview[[]board.Impact]
}

// previewed shows what a proposal would change, and asks whether to publish it.
func (r *Ranking) previewed(v *frame.Visit) error {
	x, err := r.readPreview(v)
	if err != nil {
		return err
	}
	return v.Show("preview.html", "更正答案的影响", x)
}

func (r *Ranking) readPreview(v *frame.Visit) (x previewView, err error) {
	x.Proposal = proposed(v)
	if x.Back, err = x.Proposal.address(v, formPath); err != nil {
		return x, err
	}
	if x.Plan, err = r.data.Plan(v.Context(), x.Proposal); err != nil {
		return x, err
	}
	w, ok, err := r.works.Find(v.Context(), "preview-"+x.Proposal.digest(x.Plan))
	switch {
	case err != nil:
		return x, err
	case !ok:
		return x, frame.Refusal{Status: http.StatusConflict, Text: "这次预览已经过时：刚才有人更正过这道题，或预览已经过了一个小时。请回到“更正答案”重新预览。"}
	}
	if x.Work = w; !w.Over || w.Fault != "" {
		return x, nil
	}
	if x.preview, err = work.ReadPreview[[]board.Impact](w); err != nil {
		return x, err
	}
	x.Impacts = x.preview.Value
	x.Confirm = x.confirm()
	x.Confirm.Bound = x.preview.Bound()
	v.Confirmed(x.Confirm)
	return x, nil
}

// confirm is the question before publishing, with what the preview has found.
func (x previewView) confirm() *frame.Confirm {
	facts := []string{fmt.Sprintf("题目 %s 第 %d 版：%s，更正为 %s。", x.Plan.Asked.Question.ID, x.Plan.Asked.Question.Revision, x.Plan.Asked.Key, x.Plan.To)}
	for _, i := range x.Impacts {
		told := i.Facts("答完有这道题的卷子的", frame.Number)
		facts = append(facts, told[:]...)
	}
	facts = append(facts, "按 "+x.preview.At.In(quiz.Zone).Format("15:04")+" 时的成绩算的；以后答题的，照更正后的答案判分。")
	if len(x.Plan.Closed) > 0 {
		facts = append(facts, "已经结赛的赛季 "+strings.Join(x.Plan.Closed, "、")+" 不变。")
	}
	fields := map[string]string{}
	for name, values := range x.Proposal.fields() {
		fields[name] = values[0]
	}
	return &frame.Confirm{
		Title: "发布这项更正？", Facts: facts, Path: "/admin/ranking/regrade/publish", Fields: fields, Button: "发布更正", Danger: true,
		Final: "分数有变的学员下次发消息时会收到一次说明。发布后记入历史，要改回来，得再更正一次。", Back: x.Back,
	}
}

// publish makes a proposal the rule, behind the page.
func (r *Ranking) publish(v *frame.Visit) error {
	x, err := r.readPreview(v)
	if err != nil {
		return err
	}
	if x.Confirm == nil {
		return frame.Bad("请先看完预览，再发布。")
	}
	if !v.Confirmed(x.Confirm) {
		return v.Ask(x.Confirm)
	}
	p := x.Proposal
	under, err := r.data.JudgedUnder(v.Context(), x.Plan.Seasons)
	if err != nil {
		return err
	}
	if !x.preview.Holds(x.Work, under) {
		if err := r.count(v, p, x.Plan); err != nil {
			return err
		}
		to, err := p.address(v, previewPath)
		if err != nil {
			return err
		}
		return v.Done(to, frame.Note{Text: "您看的是早些时候算的，那以后有了变化，或者隔得太久，所以还没有发布。下面是重新算的，请再看一眼。", Bad: true})
	}
	id := "regrade-" + p.digest(x.Plan)
	if err := r.works.Start(v.Context(), id, v.By(), func(ctx context.Context, tell func(done, of int)) (any, error) {
		return nil, r.data.Regrade(ctx, p, id, tell)
	}); err != nil {
		return err
	}
	http.Redirect(v.W, v.R, "/admin/ranking/regrade/published?"+url.Values{"work": {id}, "question": {p.Question}}.Encode(), http.StatusSeeOther)
	return nil
}

type publishedView struct {
	Question string
	Work     work.Work
	Pending  string // it was begun and is not in force; empty: it is, or never was begun
}

// published shows how far a correction is.
func (r *Ranking) published(v *frame.Visit) (err error) {
	x := publishedView{Question: v.R.FormValue("question")}
	if x.Work, err = r.work(v); err != nil {
		return err
	}
	pending, of, err := r.data.Pending(v.Context())
	if err != nil {
		return err
	}
	if of == v.R.FormValue("work") {
		x.Pending = pending
	}
	return v.Show("published.html", "发布更正", x)
}
