package members

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/quiz"
)

// objectionsPage is the page of all objections.
type objectionsPage struct {
	All    bool // those that were answered, too
	At     time.Time
	Ready  bool
	Failed bool
	Behind bool // they are being gathered anew: what was answered just now may still stand here
	Open   int
	Rows   []filedRow
	Pager  frame.Pager
}

// filedRow is an objection with whose it is.
type filedRow struct {
	objectionRow
	Path, Name, Branch string
}

// listedObjections is how many a page shows.
const listedObjections = 20

func (m *Members) listObjections(v *frame.Visit) error {
	p := objectionsPage{All: v.R.URL.Query().Get("show") == "all"}
	found := m.objections.Look(v.Context())
	p.At, p.Ready, p.Failed, p.Behind = found.At, !found.At.IsZero(), found.Err != nil, found.Running
	if !p.Ready {
		return v.Show("objections.html", "申诉", p)
	}
	p.Open = countOpen(found.Value)
	var all []Filed
	for i := range found.Value {
		// Those that wait first to be answered, the oldest first; all with the latest first.
		f := found.Value[i]
		if p.All {
			f = found.Value[len(found.Value)-1-i]
		}
		if p.All || f.Open() {
			all = append(all, f)
		}
	}
	p.Pager = v.Pager(len(all), listedObjections)
	from := min((v.Page()-1)*listedObjections, len(all))
	var err error
	p.Rows, err = m.filedRows(v, all[from:min(from+listedObjections, len(all))])
	if err != nil {
		return err
	}
	return v.Show("objections.html", "申诉", p)
}

func (m *Members) filedRows(v *frame.Visit, all []Filed) ([]filedRow, error) {
	tree, err := m.data.Branches(v.Context())
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(all))
	for i, f := range all {
		ids[i] = f.ID
	}
	members, err := m.data.MembersOf(v.Context(), ids)
	if err != nil {
		return nil, err
	}
	var rows []filedRow
	for i, f := range all {
		if !members[i].Known() {
			continue
		}
		row := filedRow{objectionRow{Objection: f.Objection, From: notedBy(f.Objection)}, path + "/" + m.data.Ref(f.ID), members[i].Name, branchText(tree, members[i].Branch)}
		if f.Day != 0 {
			row.On = f.Day.String()
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func countOpen(all []Filed) (n int) {
	for _, f := range all {
		if f.Open() {
			n++
		}
	}
	return n
}

// said is a text for a member as it was typed, with what is wrong with it; "": nothing.
func said(v *frame.Visit) (text, problem string) {
	text = strings.TrimSpace(strings.ReplaceAll(v.R.PostFormValue("text"), "\r\n", "\n"))
	switch {
	case content.Normalise(text) == "":
		problem = "请先写文字。"
	case len(text) > quiz.MaxObjection:
		problem = "太长了，最多约 300 个字。"
	}
	return text, problem
}

// answer answers an objection; the member sees it with the next message.
func (m *Members) answer(v *frame.Visit) error {
	p, err := m.person(v)
	if err != nil {
		return err
	}
	text, problem := said(v)
	number, err := strconv.Atoi(v.R.PostFormValue("number"))
	if err != nil {
		return frame.NotFound("没有这一条申诉。")
	}
	typed := form{At: "answer", Number: number, Text: text, Problem: problem}
	if problem != "" {
		return m.showPerson(v, p, typed)
	}
	err = m.acts.Answer(v.Context(), p.season.ID, p.id, typed.Number, text, Act{By: v.By(), At: v.Now.Truncate(time.Second)})
	switch {
	case errors.Is(err, quiz.ErrAnswered):
		if p, err = m.person(v); err != nil {
			return err
		}
		typed.Problem = "刚才别人已经答复了这一条，下面是那份答复；您写的没有发出。"
		return m.showPerson(v, p, typed)
	case errors.Is(err, quiz.ErrNoObjection):
		return frame.NotFound("没有这一条申诉。")
	case err != nil:
		return m.fail(v, p, typed, err)
	}
	m.objections.Changed()
	back := p.path
	if v.R.PostFormValue("back") == "list" {
		back = path + "/objections"
	}
	return v.Done(back, frame.Note{Text: "已答复。学员下次发消息时会看到。"})
}

// object notes what a member said on the telephone or at the desk.
func (m *Members) object(v *frame.Visit) error {
	p, err := m.person(v)
	if err != nil {
		return err
	}
	text, problem := said(v)
	typed := form{At: "object", Text: text, Day: v.R.PostFormValue("day"), Problem: problem}
	o := quiz.Objection{Text: text}
	if typed.Day != "" && problem == "" {
		if o.Day, err = quiz.ParseDay(typed.Day); err != nil {
			typed.Problem = "日期要写成 2026-01-31 这样。"
		}
	}
	if typed.Problem != "" {
		return m.showPerson(v, p, typed)
	}
	for _, s := range p.own.Seasons {
		for _, d := range s.Days {
			if d.Day == o.Day && d.Receipt != "" {
				o.Receipts = []string{d.Day.String() + " " + d.Receipt}
			}
		}
	}
	o, err = m.acts.Object(v.Context(), p.season.ID, p.id, o, Act{By: v.By(), At: v.Now.Truncate(time.Second)})
	if errors.Is(err, quiz.ErrObjectionsAll) {
		typed.Problem = "这名学员的申诉已经满了，记不下了。"
		return m.showPerson(v, p, typed)
	}
	if err != nil {
		return m.fail(v, p, typed, err)
	}
	m.objections.Changed()
	return v.Done(p.path, frame.Note{Text: "已记下，在“申诉”里等答复。"})
}
