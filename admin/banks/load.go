package banks

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"

	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/content/loading"
	"dangshi/quiz"
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

// mending is the form of a faulty row.
func mending(d *draft, i int, e content.Entry[content.Question]) form {
	f := formOf(e.Value)
	if n := len(e.Value.Options); n > 0 { // a tick at no option is easily overlooked
		f.Question.Answer.Letters &= 1<<min(n, content.MaxOptions) - 1
	}
	f.Row, f.Place, f.Seen = i, e.File+" 第 "+strconv.Itoa(e.Row)+" 行", quiz.Version(d.Stamp)
	for _, fault := range d.faultsAt(e.File, e.Row) {
		fault.Field = content.QuestionField(fault.Field)
		f.fault(fault)
	}
	return f
}

// mend takes a faulty row as it was mended, or leaves it out. What is typed is kept,
// right or wrong.
func (b *Banks) mend(v *frame.Visit) error {
	d, err := b.draftOf(v.Context(), v.By())
	if err != nil {
		return err
	}
	at, err := strconv.Atoi(v.R.PostFormValue("row"))
	if d == nil || err != nil || at < 0 || at >= len(d.Found.Faulted) || v.R.PostFormValue("seen") != d.Stamp {
		return b.mendAgain(v)
	}
	e := d.Found.Faulted[at]
	note := frame.Note{Text: fmt.Sprintf("%s 第 %d 行跳过了，不载入。", e.File, e.Row)}
	if v.R.PostFormValue("skip") == "" {
		f := b.read(v)
		if f.Question.State = e.Value.State; !f.Question.State.Valid() {
			f.Question.State = content.Draft
		}
		note = d.mended(at, f)
	} else {
		d.settle(e.File, e.Row, nil)
		d.Found.Faulted = append(d.Found.Faulted[:at:at], d.Found.Faulted[at+1:]...)
		d.Found.Faulty--
	}
	switch err := b.keepDraft(v.Context(), v.By(), d); {
	case errors.Is(err, quiz.ErrConflict):
		return b.mendAgain(v)
	case err != nil:
		return err
	}
	return v.Done(Path+"/load/check", note)
}

// mendAgain shows the draft as another window has changed it, with what was typed here
// where that row still has to be mended.
func (b *Banks) mendAgain(v *frame.Visit) error {
	typed := b.read(v)
	typed.Place = v.R.PostFormValue("place")
	typed.Others = []string{"这份文件在别的窗口里改过了，您写的还没有收下；写的还在这里，确认就再按一次。"}
	return b.previewWith(v, &typed)
}

// mended puts what was typed in the place of a faulty row.
func (d *draft) mended(at int, f form) frame.Note {
	e := d.Found.Faulted[at]
	q := f.Question.WithID()
	var faults []content.Fault
	for field, problem := range f.Faults { // what could not be read
		faults = append(faults, content.Fault{Field: field, Problem: problem})
	}
	faults = append(faults, q.Check()...)
	for _, other := range d.Found.Questions {
		if other.Value.ID == q.ID {
			faults = append(faults, content.Fault{Field: "id", Problem: fmt.Sprintf("和 %s 第 %d 行是同一个编号，或是一模一样的题", other.File, other.Row)})
		}
	}
	d.settle(e.File, e.Row, faults)
	if len(faults) > 0 {
		e.Value = f.Question
		d.Found.Faulted[at] = e
		return frame.Note{Text: fmt.Sprintf("%s 第 %d 行还有问题，请看标红的地方。", e.File, e.Row), Bad: true}
	}
	e.Value, e.Lacks = q, e.Lacks&content.Silent(q) // what was typed is not lacking
	d.Found.Questions = append(d.Found.Questions, e)
	d.Found.Faulted = append(d.Found.Faulted[:at:at], d.Found.Faulted[at+1:]...)
	d.Found.Faulty--
	d.Mended++
	return frame.Note{Text: fmt.Sprintf("%s 第 %d 行改好了，会一起载入。", e.File, e.Row)}
}

// take loads what was shown. Where the bank is no longer as it was then, it is shown
// anew.
func (b *Banks) take(v *frame.Visit) error {
	d, err := b.draftOf(v.Context(), v.By())
	if err != nil {
		return err
	}
	if d == nil {
		return b.preview(v)
	}
	p, err := b.plan(v, d)
	if err != nil {
		return err
	}
	if v.R.PostFormValue("set") != setOfPlan(d, p) {
		return moved(v)
	}
	items, questions := content.ToLoad(p.Items), content.ToLoad(p.Questions)
	p.Hand.Act = loadAct(handOf(p.Hand.By), p.Hand.At.Unix())
	if len(items)+len(questions) == 0 {
		return v.Done(Path+"/load/check", frame.Note{Text: "没有要载入的。", Bad: true})
	}
	switch err := b.data.Load(v.Context(), Loading{p.Hand, items, questions, seenIn(p.Items), seenIn(p.Questions)}); {
	case errors.Is(err, quiz.ErrConflict):
		return moved(v)
	case err != nil:
		return err
	}
	ids := make([]string, 0, len(questions))
	for _, q := range questions {
		ids = append(ids, q.ID)
	}
	b.touch(v.Context(), ids...)
	// It is loaded whatever becomes of the draft, which would change nothing more.
	// Another one that has just been uploaded stays.
	_ = b.data.DropDraft(v.Context(), v.By(), d.read)
	f := filter{By: handOf(p.Hand.By), At: p.Hand.At.Unix()}
	next := f.List()
	if len(questions) == 0 {
		next = "/admin/calendar"
	}
	return v.Done(next, frame.Note{Text: loaded(p, len(items), len(questions), d.Found.Faulty), Undo: Undoing(p.Hand.Act, Path, "撤销这次载入")})
}

// moved tells that what was shown is no longer what would be done.
func moved(v *frame.Visit) error {
	return v.Done(Path+"/load/check", frame.Note{Text: "您看的时候，题库或这份文件有了变化，还没有载入。下面是新的，请再看一眼。", Bad: true})
}

// seenIn is what a plan has seen of the entries that it would write, by id.
func seenIn[T content.Material](steps []content.Step[T]) map[string]content.Seen {
	seen := make(map[string]content.Seen, len(steps))
	for _, s := range steps {
		seen[loading.ID(s.Value)] = content.SeenOf(s.Before)
	}
	return seen
}

// loaded says what was loaded.
func loaded(p *loading.Plan, items, questions, skipped int) string {
	text := fmt.Sprintf("载入了 %d 道题。", questions)
	if items > 0 {
		text = fmt.Sprintf("载入了 %d 条内容、%d 道题。", items, questions)
	}
	o := p.Outcome()
	if skipped > 0 {
		text += fmt.Sprintf("跳过了 %d 行。", skipped)
	}
	if o.Fresh > 0 {
		text += fmt.Sprintf("其中 %d 条是新的，批准以后才发给学员。", o.Fresh)
	}
	if o.Back > 0 {
		text += fmt.Sprintf("有 %d 条原来已批准，改动后要重新批准；在那以前学员用的还是原来那一版。", o.Back)
	}
	if o.Gone > 0 {
		text += fmt.Sprintf("有 %d 条原来已批准，文件里的状态把它们收回了。", o.Gone)
	}
	return text
}

func (b *Banks) drop(v *frame.Visit) error {
	d, err := b.draftOf(v.Context(), v.By())
	if err != nil {
		return err
	}
	if d != nil {
		if v.R.PostFormValue("seen") != d.Stamp {
			err = quiz.ErrConflict
		} else {
			err = b.data.DropDraft(v.Context(), v.By(), d.read)
		}
	}
	if errors.Is(err, quiz.ErrConflict) {
		return v.Done(Path+"/load/check", frame.Note{Text: "这份文件在别的窗口里改过或换掉了，没有丢开。下面是新的。", Bad: true})
	}
	if err != nil {
		return err
	}
	return v.Done(Path+"/load", frame.Note{Text: "好的，没有载入。"})
}
