package banks

import (
	"errors"
	"fmt"

	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/content/loading"
	"dangshi/quiz"
)

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
	if len(items)+len(questions) == 0 {
		return v.Done(Path+"/load/check", frame.Note{Text: "没有要载入的。", Bad: true})
	}
	if p.Hand, err = OwnSecond(v.Context(), b.data, p.Hand); err != nil {
		return err
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
	next := LoadPath(p.Hand)
	if len(questions) == 0 {
		next = "/admin/calendar"
	}
	note := frame.Note{Text: loaded(p, len(items), len(questions), d.Found.Faulty)}
	return b.done(v, p.Hand, next, note, undoing(p.Hand.Act, Path, "撤销这次载入"))
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
	text, unit := fmt.Sprintf("载入了 %d 道题。", questions), "道"
	if items > 0 {
		text, unit = fmt.Sprintf("载入了 %d 条内容、%d 道题。", items, questions), "条"
	}
	o := p.Outcome()
	if o.Fresh > 0 {
		text += fmt.Sprintf("其中 %d %s是新的，批准以后才发给学员。", o.Fresh, unit)
	}
	if o.Back > 0 {
		text += fmt.Sprintf("有 %d %s原来已批准，改动后要重新批准；在那以前学员用的还是原来那一版。", o.Back, unit)
	}
	if o.Gone > 0 {
		text += fmt.Sprintf("有 %d %s原来已批准，文件里的状态把它们收回了。", o.Gone, unit)
	}
	if skipped > 0 {
		text += fmt.Sprintf("跳过了 %d 行。", skipped)
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
