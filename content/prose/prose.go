// Package prose reads banks that are written as running text, the way they are
// typed, printed and passed on: numbers, stems, options, keys, explanations, each
// marked in one of the usual ways, on lines of their own or run together.
//
// Lines become questions in three steps: lines are cut where something begins
// (parse.go, decide.go, inline.go), keys are looked for where each question may have its own
// (key.go, keyblock.go, resolve.go), and what is complete becomes a question (assemble.go).
// No key is ever guessed: where the text allows two readings it is a fault.
package prose

import (
	"fmt"
	"regexp"
	"strings"

	"dangshi/content"
)

// maxLine is the size in bytes of a line that is read: a whole bank may stand on
// one.
const maxLine = 2 << 20

// Line is one line or paragraph of a text.
type Line struct {
	Number int // as faults name it, from 1
	Text   string
}

// Lines are the lines of a text.
func Lines(text string) []Line {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\v", "\n", "\f", "\n", "\u2028", "\n", "\u2029", "\n").Replace(text)
	var lines []Line
	number := 0
	for line := range strings.SplitSeq(text, "\n") {
		number++
		lines = append(lines, Line{number, line})
	}
	return lines
}

// Read reads a bank. ok is false, and the file empty, where nothing in the text
// looks like a question.
func Read(name string, lines []Line) (f *content.File, ok bool) {
	p := &parser{}
	for _, l := range lines {
		if len(l.Text) > maxLine {
			in := content.NewIntake(name)
			in.Stop(l.Number, fmt.Sprintf("这一行超过 %d MB，请让每道题另起一行", maxLine>>20))
			return in.File(), true
		}
		p.take(l)
	}
	if !p.anyMark() {
		return &content.File{Name: name}, false
	}
	p.numbered = p.hasNumbers()
	for p.at < len(p.lines) {
		p.line()
		p.at++
	}
	if len(p.drafts) == 0 {
		return &content.File{Name: name}, false
	}
	p.lines, p.q = nil, nil
	p.resolveKeys()
	in := content.NewIntake(name)
	p.assemble(in)
	return in.File(), true
}

// keysInWords is a line that says a key or an explanation.
var keysInWords = regexp.MustCompile(`(?m)^[\s\x{3000}]*[【\[]?(?:正确|参考|标准)?(?:答案|解析)[】\]]?[ \t\x{3000}]*[:：]`)

// KeysInWords reports whether a text has keys as people write them: then braces,
// commas or ANSWER in it do not make it a file of another kind.
func KeysInWords(text string) bool { return keysInWords.MatchString(text) }

// place is the part of a question to which text without a mark belongs.
type place uint8

const (
	nowhere place = iota
	inStem
	inOption
	inAnswer
	inExplain
	inField
)

// draft is a question as its text has it.
type draft struct {
	row     int
	number  int // 0: none
	section int // index of the section in which it stands
	kind    string
	other   string // the word for a type that does not exist here
	stem    string
	options []string
	style   string // of the marks of its options
	answer  *answer
	explain string
	fields  map[string]string
	front   string // what stood in brackets before the number
	faults  []content.Fault
	where   place
	field   string // of inField
}

// answer is a key as it is written, and where.
type answer struct {
	row  int
	text string
}

// section is what stands under one heading, or between two beginnings of the
// count.
type section struct {
	kind  string // word of a type; "" if none is said
	other string // word of a type that does not exist here
	order int    // its number as a heading; 0: none
}

func (d *draft) broken(field, problem string, args ...any) {
	for _, f := range d.faults {
		if f.Field == field {
			return // the first one of a part says why the others are there
		}
	}
	d.faults = append(d.faults, content.Broken(field, problem, args...))
}

// add puts text to the part of the question that is being read.
func (d *draft) add(text string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return
	}
	part := &d.stem
	switch d.where {
	case inOption:
		part = &d.options[len(d.options)-1]
	case inAnswer:
		part = &d.answer.text
	case inExplain:
		part = &d.explain
	case inField:
		value := d.fields[d.field]
		defer func() { d.fields[d.field] = value }()
		part = &value
	}
	if len(*part)+len(text) > content.MaxCell {
		d.broken("stem", "从这里起有一段超过 %d KB 的文字分不成题目，请检查题号和答案的写法", content.MaxCell>>10)
		return
	}
	*part = joined(*part, text)
}

// joined puts two parts of a wrapped text together: Chinese needs no space.
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	if latinOrDigit(lastRune(a)) && latinOrDigit(firstRune(b)) {
		return a + " " + b
	}
	return a + b
}
