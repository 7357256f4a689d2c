package prose

import (
	"regexp"
	"strings"
	"unicode"

	"dangshi/content"
)

// parser reads line after line.
type parser struct {
	lines    []text
	blank    bool // an empty line was the last one taken
	at       int
	numbered bool // questions of this text have numbers
	sections []section
	drafts   []*draft
	q        *draft // the last of drafts, while text may belong to it
	list     int    // the last number of a list inside an explanation
	blocks   []*keyBlock
	block    *keyBlock // keys are being read, not questions
	orphans  []orphan
}

// text is a line that is not empty.
type text struct {
	Line
	gap bool // an empty line stands before it
}

// orphan is a line that belongs to no question.
type orphan struct {
	row     int
	what    string
	fault   bool
	problem string // another fault of the line
}

func (p *parser) take(l Line) {
	trimmed := strings.TrimFunc(l.Text, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) })
	trimmed = plainMarks(trimmed)
	if trimmed == "" {
		p.blank = true
		return
	}
	p.lines = append(p.lines, text{Line{l.Number, trimmed}, p.blank})
	p.blank = false
}

var (
	markdownHead = regexp.MustCompile(`^(?:#{1,6}|>)[ \t]+`)
	ruler        = regexp.MustCompile(`^(?:-{3,}|\*{3,}|={3,})$`)
)

// plainMarks takes off what Markdown puts around headings and keys.
func plainMarks(line string) string {
	if strings.Contains(line, "**") {
		line = strings.ReplaceAll(line, "**", "")
	}
	line = strings.TrimSpace(line[len(markdownHead.FindString(line)):])
	if ruler.MatchString(line) {
		return ""
	}
	return line
}

// next is the line behind the one that is being read.
func (p *parser) next() string { return p.peek(1) }

// peek is how the line n lines ahead begins.
func (p *parser) peek(n int) string {
	if p.at+n < len(p.lines) {
		return head(p.lines[p.at+n].Text, window)
	}
	return ""
}

// line reads the line at p.at.
func (p *parser) line() {
	line := p.lines[p.at].Text
	row := p.lines[p.at].Number
	if p.block != nil && p.blockLine(line, row) {
		return
	}
	if h, ok := headingOf(line); ok {
		p.heading(h)
		if line = h.rest; line == "" {
			return
		}
	}
	if p.startBlock(line, row) {
		return
	}
	for line != "" {
		if p.q == nil {
			line = p.title(line, row)
		}
		line = p.begin(line, row)
	}
}

// title takes off what stands before the first heading or question of a line that
// holds a whole bank.
func (p *parser) title(line string, row int) string {
	if begins(line) {
		return line
	}
	start := head(line, 200)
	from := -1
	if loc := inlineHeading.FindStringIndex(start); loc != nil {
		from = loc[0]
	} else if len(p.drafts) == 0 {
		for _, loc := range inlineNumber.FindAllStringIndex(start, -1) {
			if n, rest, _, ok := numberAt(line[loc[0]:]); ok && n == 1 && !unicode.IsDigit(lastRune(line[:loc[0]])) &&
				!slot.MatchString(line[:loc[0]]) && p.questionish(upTo(head(rest, window), 2)) {
				from = loc[0]
				break
			}
		}
	}
	if from <= 0 {
		return line
	}
	p.orphans = append(p.orphans, orphan{row: row, what: line[:from]})
	if h, ok := headingOf(line[from:]); ok {
		p.heading(h)
		return h.rest
	}
	return line[from:]
}

func (p *parser) heading(h heading) {
	p.q, p.list = nil, 0
	s := h.section
	if h.chapter && len(p.sections) > 0 {
		s = p.sections[len(p.sections)-1]
		s.order = 0
	}
	p.sections = append(p.sections, s)
}

// begin reads what stands at the start of a line, then its rest. What it leaves
// stands behind a heading.
func (p *parser) begin(line string, row int) (left string) {
	front := ""
	if m := frontMark.FindStringSubmatchIndex(line); m != nil {
		front = line[:m[4]]
		line = line[m[4]:]
	}
	if n, rest, bare, ok := numberAt(line); ok && (front != "" || p.isQuestion(n, rest, bare)) {
		p.open(row, n)
		p.q.front = strings.Trim(front, "()（） 　")
		return p.rest(rest, row)
	} else if ok && p.q != nil {
		switch {
		case p.q.where == inExplain && !bare:
			p.list = n
		case p.q.where == inStem && p.q.stem != "" && slot.MatchString(rest):
			p.q.broken("stem", "第 %d 行像是另一道题，题号却接不上，请检查这里的题号", row)
		}
	}
	line = front + line
	if loc := stemLabel.FindStringIndex(line); loc != nil {
		if p.q == nil || p.q.where != inStem || p.q.stem != "" {
			p.open(row, 0)
		}
		return p.rest(line[loc[1]:], row)
	}
	if p.q == nil {
		if !p.unnumberedStarts(line) {
			p.orphans = append(p.orphans, orphan{row: row, what: line})
			return ""
		}
		p.open(row, 0)
		return p.rest(line, row)
	}
	if rest, ok := p.labelled(line, row); ok {
		return p.rest(rest, row)
	}
	if m, ok := optionAt(line, p.next(), len(p.q.options), p.q.style); ok && p.q.stem != "" && p.q.where <= inOption {
		p.option(m, row)
		return p.rest(line[m.to:], row)
	}
	if p.startsNew(line) {
		p.open(row, 0)
	} else if p.q.where == inAnswer && p.q.answer.text != "" && (p.q.kind != content.Blank.Word() || p.lines[p.at].gap) {
		p.orphans = append(p.orphans, orphan{row: row, what: line, fault: true})
		return ""
	}
	return p.rest(line, row)
}

// labelled reads the name of a part with which a line begins.
func (p *parser) labelled(line string, row int) (rest string, ok bool) {
	q := p.q
	if loc := explainHead.FindStringIndex(line); loc != nil && (q.answer != nil || len(q.options) > 0 || strings.ContainsAny(line[:loc[1]], ":：")) {
		q.where = inExplain
		return line[loc[1]:], true
	}
	if loc := explainMark.FindStringIndex(line); loc != nil && loc[0] == 0 {
		q.where = inExplain
		return line[loc[1]:], true
	}
	if loc := answerStart.FindStringIndex(line); loc != nil {
		label, value := line[:loc[1]], line[loc[1]:]
		if value == "" || strings.ContainsAny(label, ":：】]］)）") || keyLike(value) {
			p.answer(row)
			return value, true
		}
	}
	if m := fieldStart.FindStringSubmatchIndex(line); m != nil {
		p.fieldPart(line[m[2]:m[3]])
		return line[m[1]:], true
	}
	if loc := optionsMark.FindStringIndex(line); loc != nil && len(q.options) == 0 {
		rest := line[loc[1]:]
		if m, ok := optionAt(rest, p.next(), 0, ""); ok {
			p.option(m, row)
			rest = rest[m.to:]
		}
		return rest, true
	}
	return "", false
}

func (p *parser) open(row, number int) {
	q := &draft{row: row, number: number, where: inStem}
	last := len(p.drafts) - 1
	if len(p.sections) == 0 || number > 0 && last >= 0 && number <= p.drafts[last].number && p.drafts[last].section == len(p.sections)-1 {
		s := section{} // the count begins again
		if n := len(p.sections); n > 0 {
			s = p.sections[n-1]
			s.order = 0
		}
		p.sections = append(p.sections, s)
	}
	q.section = len(p.sections) - 1
	q.kind, q.other = p.sections[q.section].kind, p.sections[q.section].other
	p.drafts, p.q, p.list, p.block = append(p.drafts, q), q, 0, nil
}
