package banks

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/quiz"
)

// form is a question as it is being written.
type form struct {
	Question content.Question
	New      bool
	Seen     quiz.Version
	Options  []string // always all that a form has fields for
	Accept   string   // the accepted answers, one a line
	Level    string
	Faults   map[string]string // by field
	Others   []string          // faults of no field of the form
	Advice   []string
	Theirs   []content.Change // what somebody else changed meanwhile
	Screen   *screen
	Types    []content.Type
	State    content.State
	Row      int // of a file, where it is mended
	Place    string
}

// onForm are the fields at which the form shows faults.
var onForm = []string{"id", "type", "stem", "options", "answer", "explain", "category", "difficulty", "source", "url", "grade", "day"}

// oneLine folds what was typed on several lines: the field of an option grows so that all
// of it is seen, and an option is one line.
var oneLine = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ")

// read reads the fields of a question. It never fails: what is typed comes back with
// its faults.
func (b *Banks) read(v *frame.Visit) form {
	text := func(field string) string { return strings.TrimSpace(v.R.PostFormValue(field)) }
	q := content.Question{
		ID: text("id"), Type: content.Type(text("type")), Stem: text("stem"), Explain: text("explain"), Category: text("category"),
		Source: text("source"), URL: text("url"), Grade: content.Grade(text("grade")), Day: text("day"), State: content.Draft,
	}
	f := form{Faults: map[string]string{}, Level: text("difficulty"), Accept: text("accept"), Seen: quiz.Version(v.R.PostFormValue("seen")), Types: types}
	if f.Level != "" {
		n, err := strconv.Atoi(content.Fold(f.Level))
		if q.Difficulty = n; err != nil {
			f.Faults["difficulty"] = "难度请写成 1 到 5 的数字。"
		}
	}
	for i := range content.MaxOptions {
		f.Options = append(f.Options, oneLine.Replace(text("option"+string(rune('A'+i)))))
	}
	q.Answer, q.Options = answerOf(q.Type, v.R.PostForm["answer"], f.Accept), filled(q.Type, f.Options)
	f.Question = q
	return f
}

// filled are the options down to the last one that is written.
func filled(t content.Type, options []string) []string {
	if t == content.Judge || t == content.Blank {
		return nil
	}
	n := len(options)
	for n > 0 && options[n-1] == "" {
		n--
	}
	return slices.Clone(options[:n])
}

// answerOf is the key of the boxes that were ticked, or of what was typed.
func answerOf(t content.Type, letters []string, accept string) (k content.Key) {
	if t == content.Blank {
		for l := range strings.Lines(strings.ReplaceAll(accept, "|", "\n")) {
			if word := strings.TrimSpace(l); word != "" {
				k.Accept = append(k.Accept, word)
			}
		}
		return k
	}
	for _, l := range letters {
		if set, err := content.ParseLetters(l); err == nil {
			k.Letters |= set
		}
	}
	return k
}

// formOf is a question as a form has it.
func formOf(q content.Question) form {
	f := form{Question: q, Faults: map[string]string{}, Types: types, State: q.State, Accept: strings.Join(q.Answer.Accept, "\n")}
	f.Options = append(f.Options, q.Options[:min(len(q.Options), content.MaxOptions)]...)
	for len(f.Options) < content.MaxOptions {
		f.Options = append(f.Options, "")
	}
	if q.Difficulty != 0 {
		f.Level = strconv.Itoa(q.Difficulty)
	}
	return f
}

// look finds all that is wrong with what is typed, and how it will read.
func (b *Banks) look(f *form) {
	probe := f.Question.WithID()
	for _, fault := range probe.Check() {
		f.fault(fault)
	}
	if f.Sound() {
		for _, advice := range probe.Advice() {
			f.Advice = append(f.Advice, advice.Problem)
		}
		f.Screen = b.screenOf(f.Question)
	}
}

func (f *form) fault(fault content.Fault) {
	switch {
	case !slices.Contains(onForm, fault.Field):
		f.Others = append(f.Others, fault.Problem)
	case f.Faults[fault.Field] == "":
		f.Faults[fault.Field] = fault.Problem
	}
}

// Sound reports whether the question can be kept.
func (f form) Sound() bool { return len(f.Faults)+len(f.Others) == 0 }

// Letter is the letter of option i.
func (form) Letter(i int) string { return string(rune('A' + i)) }

// Right reports whether option i is in the key.
func (f form) Right(i int) bool { return f.Question.Answer.Letters.Has(i) }

// check answers what is being typed with its faults and how it will read.
func (b *Banks) check(v *frame.Visit) error {
	f := b.read(v)
	b.look(&f)
	return v.Part("form.html", "checked", f)
}

func (b *Banks) newForm(v *frame.Visit) error {
	f := formOf(content.Question{Type: content.Single, State: content.Draft})
	f.New = true
	return v.Show("form.html", "写一道题", f)
}

func (b *Banks) create(v *frame.Visit) error {
	f := b.read(v)
	f.New, f.Seen = true, ""
	if b.look(&f); !f.Sound() {
		return v.ShowAgain("form.html", "写一道题", f)
	}
	q := f.Question.WithID()
	err := b.save(v, q, "", "写好了，现在是草稿。批准以后才会发给学员。")
	if errors.Is(err, quiz.ErrConflict) {
		f.Faults["id"] = "题库里已经有编号“" + q.ID + "”的题；没有填编号的话，就是已经有一道一样的题。"
		return v.ShowAgain("form.html", "写一道题", f)
	}
	return err
}

func (b *Banks) editForm(v *frame.Visit) error {
	sheet, seen, ok, err := b.data.QuestionSheet(v.Context(), v.R.PathValue("id"))
	if err != nil {
		return err
	}
	if !ok {
		return noQuestion(v.R.PathValue("id"))
	}
	f := formOf(sheet.Value)
	if from := v.R.URL.Query().Get("from"); from != "" {
		if f, err = b.older(v, sheet.Value, from); err != nil {
			return err
		}
	}
	f.Seen = seen
	b.look(&f)
	return v.Show("form.html", "修改题目", f)
}

// older is the form with what an earlier revision said, to be kept as the next one.
func (b *Banks) older(v *frame.Visit, now content.Question, from string) (form, error) {
	pages, _, err := b.data.QuestionHistory(v.Context(), now.ID)
	if err != nil {
		return form{}, err
	}
	for _, p := range pages {
		if strconv.Itoa(p.Revision) == from {
			f := formOf(*p.Value)
			f.State, f.Question.Revision = now.State, now.Revision
			return f, nil
		}
	}
	return form{}, frame.NotFound("这道题没有第 " + content.Quoted(from) + " 版。")
}

// edit keeps a question as its next revision: in the state that it had where nobody
// has to read it again, else as a draft, and what was approved stays in use.
func (b *Banks) edit(v *frame.Visit) error {
	id := v.R.PathValue("id")
	f := b.read(v)
	f.Question.ID = id
	sheet, now, ok, err := b.data.QuestionSheet(v.Context(), id)
	if err != nil {
		return err
	}
	if !ok {
		return noQuestion(id)
	}
	f.State, f.Question.Revision = sheet.State(), sheet.Revision()
	b.look(&f)
	if now == f.Seen && f.Sound() {
		step := content.PlanQuestions([]content.Question{sheet.Value}, []content.Entry[content.Question]{{Value: f.Question}})[0]
		if step.Fate == content.Unchanged {
			return v.Done(pathOf(id), frame.Note{Text: "没有什么不同，没有写。"})
		}
		if err := b.save(v, step.Value, f.Seen, edited(sheet, step.Value.State)); !errors.Is(err, quiz.ErrConflict) {
			return err
		}
		if sheet, now, _, err = b.data.QuestionSheet(v.Context(), id); err != nil {
			return err
		}
	}
	if now != f.Seen {
		f.Theirs, f.Seen = content.Changes(sheet.Value, f.Question), now
	}
	return v.ShowAgain("form.html", "修改题目", f)
}

// edited says what becomes of the revision before.
func edited(before content.Sheet[content.Question], is content.State) string {
	if _, live := before.InUse(); live && is == content.Draft {
		return "存好了，新的一版是草稿；批准以前，学员用的还是原来那一版。已经出过的卷子不变，要改成绩请用“更正成绩”。"
	}
	return "存好了，现在是" + is.Word() + "。"
}
