package moodle

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"dangshi/content"
)

var (
	aikenOption = regexp.MustCompile(`^([A-Z])[.)][\t ]+(.*)$`)
	aikenAnswer = regexp.MustCompile(`^ANSWER:[\t ]*(.*)$`)
	aikenMark   = regexp.MustCompile(`(?m)^ANSWER:[\t ]*[A-Z][\t ]*\r?$`)
)

// IsAiken reports whether a text looks like Aiken.
func IsAiken(text string) bool { return aikenMark.MatchString(text) }

// ReadAiken reads a bank in Aiken: a stem on one line, options, ANSWER. All are of
// one right option. name is how faults call the file.
func ReadAiken(name, text string) *content.File {
	in := content.NewIntake(name)
	a := &aiken{in: in}
	for line := range strings.SplitSeq(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n") {
		a.row++
		a.line(strings.TrimSpace(line))
	}
	a.end()
	return in.File()
}

// aiken gathers the lines of a question: ANSWER ends it.
type aiken struct {
	in     *content.Intake
	row    int
	from   int // the first line of the question; 0: none is begun
	q      content.Question
	faults []content.Fault
}

func (a *aiken) line(line string) {
	if line == "" {
		return
	}
	if a.from == 0 {
		a.from = a.row
	}
	if m := aikenAnswer.FindStringSubmatch(line); m != nil {
		a.answer(strings.TrimSpace(m[1]))
		return
	}
	m := aikenOption.FindStringSubmatch(line)
	switch {
	case m != nil && a.q.Stem != "":
		if m[1] != string(rune('A'+len(a.q.Options))) {
			a.broken("options", "第 %d 行的选项是 %s，这里应是 %c，请检查选项的字母", a.row, m[1], 'A'+len(a.q.Options))
		}
		a.q.Options = append(a.q.Options, strings.TrimSpace(m[2]))
	case len(a.q.Options) > 0:
		a.broken("options", "第 %d 行既不是选项也不是 ANSWER，请检查这一行，题目之间要有 ANSWER 一行", a.row)
	case a.q.Stem != "":
		a.broken("stem", "题干占了几行（第 %d 行还是），请写成一行", a.row)
	default:
		a.q.Stem = line
	}
}

func (a *aiken) broken(field, problem string, args ...any) {
	for _, f := range a.faults {
		if f.Field == field {
			return
		}
	}
	a.faults = append(a.faults, content.Broken(field, problem, args...))
}

func (a *aiken) answer(key string) {
	letter := strings.ToUpper(key)
	if len(letter) == 1 && 'A' <= letter[0] && letter[0] < 'A'+content.MaxOptions {
		a.q.Answer.Letters = 1 << (letter[0] - 'A')
	} else {
		a.broken("answer", "ANSWER 后面是“%s”，请写一个选项的字母；多选和判断请用别的格式", content.Quoted(key))
	}
	a.give()
}

func (a *aiken) give() {
	a.q.Type = content.Single
	if n := len(a.q.Options); n > content.MaxOptions {
		a.broken("options", "有 %d 个选项，请填 %d 到 %d 个", n, content.MinOptions, content.MaxOptions)
	}
	a.in.Question(a.from, a.q, a.faults)
	a.q, a.faults, a.from = content.Question{}, nil, 0
}

// end takes what stands behind the last ANSWER.
func (a *aiken) end() {
	if a.from == 0 {
		return
	}
	a.broken("answer", "这道题没有 ANSWER 一行，请在选项下面补上，例如 ANSWER: B")
	a.give()
}

// WriteAiken writes the questions of one right option in Aiken: stem, options and
// key; the format holds nothing else, ids neither. left are the others.
func WriteAiken(w io.Writer, bank []content.Question) (left []content.Question, err error) {
	out := bufio.NewWriter(w)
	for _, q := range bank {
		text := ""
		if q.Type == content.Single {
			text = aikenText(q)
		}
		f := ReadAiken("", text)
		if len(f.Questions) != 1 || f.Err() != nil || !sameChoice(f.Questions[0].Value, q) {
			left = append(left, q)
			continue
		}
		if _, err := out.WriteString(text); err != nil {
			return nil, fmt.Errorf("write Aiken: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return nil, fmt.Errorf("write Aiken: %w", err)
	}
	return left, nil
}

func aikenText(q content.Question) string {
	var b strings.Builder
	b.WriteString(q.Stem + "\n")
	for i, option := range q.Options {
		fmt.Fprintf(&b, "%c. %s\n", 'A'+i, option)
	}
	b.WriteString("ANSWER: " + q.Answer.Letters.String() + "\n\n")
	return b.String()
}

// sameChoice compares what Aiken can hold.
func sameChoice(a, b content.Question) bool {
	return a.Type == b.Type && a.Stem == b.Stem && slices.Equal(a.Options, b.Options) && a.Answer.Letters == b.Answer.Letters
}
