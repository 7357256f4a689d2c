package content

import (
	"fmt"
	"strings"
)

// Intake gathers what a reader of another format finds in one file. Rows, which
// may be lines, count from 1 and come in order.
type Intake struct{ in *intake }

// NewIntake begins with a file; name is how faults call it.
func NewIntake(name string) *Intake {
	in := newIntake(name)
	in.columns = map[string]string{}
	for field, names := range questionHeadings {
		in.columns[field] = names[0]
	}
	return &Intake{in}
}

// File is what was found.
func (x *Intake) File() *File { return &x.in.File }

// Stop is a fault after which nothing of the file can be read any more.
func (x *Intake) Stop(row int, problem string) { x.in.stop(row, problem) }

// Fault is something wrong with a row that holds no question.
func (x *Intake) Fault(row int, problem string) { x.in.fault(row, "", problem) }

// Note tells of something that is left out and stands in the way of nothing.
func (x *Intake) Note(row int, problem string) { x.in.note(row, problem) }

// Question takes a question with the faults that reading it gave, each with the
// JSON name of its field. One without an id gets one by what it asks.
func (x *Intake) Question(row int, q Question, faults []Fault) {
	r := &tableRow{row: row, faults: faults}
	if q.ID == "" {
		q.ID = x.in.newID(q, r)
	}
	x.in.question(row, q, r.faults, empty(q))
}

// Written is a question in words, as people write them in tables: empty is not
// said. See questionHeadings and typeWords for what is understood.
type Written struct {
	ID, Type, Stem   string
	Options          []string
	Answer           string // letters, 对 or 错, or accepted answers divided by |
	Explain          string
	Category, Level  string
	Source, URL, Day string
	Grade, State     string
	Revision         string
}

// Written takes a question in words; see Question. An empty Type is found from
// options and answer.
func (x *Intake) Written(row int, w Written, faults []Fault) {
	defer x.telling(w.Stem)()
	r := &tableRow{table: &table{at: map[string]int{}}, row: row, faults: faults}
	put := func(field, text string) {
		if text != "" { // what a text does not mention it lacks
			r.at[field] = len(r.cells)
			r.cells = append(r.cells, text)
		}
	}
	for field, text := range map[string]string{
		"id": w.ID, "stem": w.Stem, "answer": w.Answer, "explain": w.Explain, "category": w.Category, "difficulty": w.Level,
		"source": w.Source, "url": w.URL, "grade": w.Grade, "day": w.Day, "state": w.State, "revision": w.Revision,
	} {
		put(field, text)
	}
	put("type", w.Type)
	for i, option := range w.Options[:min(len(w.Options), MaxOptions)] {
		put(optionColumn+letter(i), option)
	}
	if n := len(w.Options); n > MaxOptions {
		r.add(fieldOptions, "有 %d 个选项，请填 %d 到 %d 个", n, MinOptions, MaxOptions)
	}
	x.in.tableQuestion(r)
}

// Reject tells of a question of which too little was read to take it.
func (x *Intake) Reject(row int, stem string, faults []Fault) {
	defer x.telling(stem)()
	x.in.report(row, "", faults)
}

// maxAbout is how much of a question a fault quotes, in characters.
const maxAbout = 20

// telling makes faults say how the question begins: a word processor shows no
// numbers of lines.
func (x *Intake) telling(stem string) (end func()) {
	runes := []rune(shown(stem))
	if len(runes) > maxAbout {
		runes = append(runes[:maxAbout], '…')
	}
	x.in.about = string(runes)
	return func() { x.in.about = "" }
}

// Broken is a fault of a field; see Question for its name.
func Broken(field, problem string, args ...any) Fault {
	return Fault{Field: field, Problem: fmt.Sprintf(problem, args...)}
}

// TypeOf finds the type that a word of people, such as 单项选择题, stands for.
func TypeOf(word string) (t Type, ok bool) { return meaning(typeWords, word) }

// VerdictOf finds what a word or sign such as 正确, × or T says of a statement: 1
// is 对, 2 is 错.
func VerdictOf(word string) (key Letters, ok bool) { return meaning(verdictWords, word) }

// Quoted shortens and cleans foreign text for a sentence about it.
func Quoted(s string) string { return shown(s) }

// Titled puts a title into the marks of titles: 《开国大典》; one that has such marks itself
// into quotation marks.
func Titled(title string) string {
	if strings.ContainsAny(title, "《》") {
		return "“" + title + "”"
	}
	return "《" + title + "》"
}

// HasBlank reports whether a stem marks the place of a blank.
func HasBlank(stem string) bool { return blankPlace.MatchString(stem) }

// Accepts writes the accepted answers of a blank as Written.Answer has them.
func Accepts(words []string) string { return joinList(words) }

// DecodeText finds the encoding of a text file from its bytes; see decodeText.
func DecodeText(data []byte) (text, problem string) { return decodeText(data) }

// IsJSONLines reports whether a file begins as JSON does.
func IsJSONLines(data []byte) bool { return jsonLines(data) }

// QuestionTable reports whether a text has a row that may be the headings of a
// bank; certain says that one of them is that of the stems.
func QuestionTable(text string) (maybe, certain bool) {
	_, t, _, _ := findHead(text, questionSchema())
	if t == nil {
		return false, false
	}
	_, certain = t.at["stem"]
	return true, certain
}

// Named are the fields of a question that have no part of their own in a text, by
// the usual names of their columns, each as tables have it; empty ones are left
// out. order are the names.
func (q Question) Named() (order []string, values map[string]string) {
	values = map[string]string{}
	for field, value := range map[string]string{
		"id": q.ID, "category": q.Category, "difficulty": numberCell(q.Difficulty), "source": q.Source, "url": q.URL,
		"grade": wording(gradeWords, q.Grade), "state": wording(stateWords, q.State), "day": q.Day, "revision": numberCell(q.Revision),
	} {
		if value != "" {
			values[questionHeadings[field][0]] = value
		}
	}
	for _, field := range []string{"id", "category", "difficulty", "source", "url", "grade", "state", "day", "revision"} {
		if name := questionHeadings[field][0]; values[name] != "" {
			order = append(order, name)
		}
	}
	return order, values
}

// Same reports whether two questions are equal in all that is written.
func Same(a, b Question) bool { return equal(a, b) }

// QuestionField is the JSON name of the field that a fault of a question names, by the
// heading of its column or by that name itself; what is neither stays as it is.
func QuestionField(heading string) string {
	for i := range MaxOptions {
		if heading == optionColumn+letter(i) || strings.EqualFold(heading, "选项"+letter(i)) {
			return fieldOptions
		}
	}
	for field, names := range questionHeadings {
		for _, name := range names {
			if heading == field || sameText(name) == sameText(heading) {
				return field
			}
		}
	}
	return heading
}
