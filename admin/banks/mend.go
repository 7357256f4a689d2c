package banks

import (
	"errors"
	"fmt"
	"strconv"

	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/quiz"
)

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
