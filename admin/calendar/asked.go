package calendar

import (
	"regexp"
	"strings"

	"dangshi/admin/frame"
	"dangshi/content"
	"dangshi/quiz"
)

// asked is the question that is written together with an item, as it is typed.
type asked struct {
	Type, Stem, Options, Answer, Explain string
}

// Written reports whether there is any.
func (a asked) Written() bool { return a.Stem+a.Options+a.Answer+a.Explain != "" }

func askedIn(v *frame.Visit) asked {
	text := func(field string) string {
		return strings.TrimSpace(strings.ReplaceAll(v.R.PostFormValue("own_"+field), "\r\n", "\n"))
	}
	return asked{text("type"), text("stem"), text("options"), text("answer"), text("explain")}
}

// lineForm is what people put before an option: A. or A、
var lineForm = regexp.MustCompile(`^[A-Ha-h]\s*[.、．:：]\s*`)

// question is what is typed as a question of an item.
func (a asked) question(it content.Item) content.Question {
	q := content.Question{ID: it.ID, Type: content.Type(a.Type), Stem: a.Stem, Explain: a.Explain, Category: it.Category, Day: it.Date,
		Source: it.Source, URL: it.URL, Grade: it.Grade, State: it.State}
	if q.ID == "" {
		q.ID = "new"
	}
	if it.Kind != content.Today {
		q.Day = ""
	}
	for line := range strings.Lines(a.Options) {
		if line = lineForm.ReplaceAllString(strings.TrimSpace(line), ""); line != "" {
			q.Options = append(q.Options, line)
		}
	}
	switch q.Type {
	case content.Judge:
		q.Answer.Letters, _ = content.VerdictOf(a.Answer)
	case content.Blank:
		for word := range strings.SplitSeq(strings.ReplaceAll(a.Answer, "\n", "|"), "|") {
			if word = strings.TrimSpace(word); word != "" {
				q.Answer.Accept = append(q.Answer.Accept, word)
			}
		}
	default:
		for _, r := range strings.ToUpper(content.Fold(a.Answer)) {
			if r >= 'A' && r < 'A'+content.MaxOptions {
				q.Answer.Letters |= 1 << (r - 'A')
			}
		}
	}
	return q
}

// look notes at the form what is wrong with the question that is written with an item.
func (f *form) look(it content.Item) {
	if !f.Asked.Written() {
		return
	}
	if it.Question != "" {
		f.Faults["question_id"] = "下面又写了一道题，请只留一样"
	}
	q := f.Asked.question(it)
	for _, fault := range q.Check() {
		switch fault.Field {
		case "type", "stem", "options", "answer", "explain":
			if f.Faults["own_"+fault.Field] == "" {
				f.Faults["own_"+fault.Field] = fault.Problem
			}
		}
	}
	f.Own = content.Plain(q.Stem)
}

// together is what is written for an item: with it, the question that was typed.
func (c *Calendar) together(v *frame.Visit, did string, it content.Item, seen quiz.Version, a asked) (Writing, error) {
	w := Writing{Did: did}
	if a.Written() {
		q := a.question(it)
		for n := 1; ; n++ {
			_, _, there, err := c.data.QuestionSheet(v.Context(), q.ID)
			if err != nil {
				return w, err
			}
			if !there {
				break
			}
			if q.ID = it.ID + "-q" + itoa(n); n == 99 {
				return w, frame.Bad("这一条已经写过九十九道题了。")
			}
		}
		it.Question = q.ID
		w.Questions = []Edit[content.Question]{{Value: q}}
	}
	w.Items = []Edit[content.Item]{{Value: it, Seen: seen}}
	return w, nil
}
