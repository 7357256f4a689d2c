package prose

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// window is how far ahead, in bytes, the next mark is looked for at first: banks
// of one line may be long.
const window = 1 << 10

// cut is the first place in a text where something else begins.
type cut struct {
	from, to int
	then     func(rest string) string // takes note of it; gives what is left to read
}

func (c *cut) consider(from, to int, then func(string) string) {
	if from >= 0 && from < c.from {
		*c = cut{from, to, then}
	}
}

// head is the start of a text, at most n bytes of it.
func head(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// rest adds text to the part that is being read, and goes on to the next where
// one begins. What it leaves stands behind a heading.
func (p *parser) rest(text string, row int) (left string) {
	for text = strings.TrimSpace(text); text != ""; {
		c := cut{}
		for n := window; ; n *= 4 {
			seen := head(text, n)
			c = cut{from: len(seen), to: len(seen)}
			p.labelsIn(seen, row, &c)
			p.questionsIn(seen, row, &c)
			p.optionsIn(seen[:c.from], row, &c)
			if c.then != nil && c.to < len(seen)-n/8 || len(seen) == len(text) {
				break
			}
		}
		p.q.add(text[:c.from])
		p.lost(text[:c.from])
		if c.then == nil {
			return ""
		}
		text = c.then(strings.TrimSpace(text[c.to:]))
		if p.q == nil {
			return text
		}
	}
	return ""
}

// labelsIn finds the names of parts.
func (p *parser) labelsIn(text string, row int, c *cut) {
	q := p.q
	if loc := explainMark.FindStringIndex(text); loc != nil && q.where != inExplain {
		c.consider(loc[0], loc[1], func(rest string) string {
			q.where = inExplain
			return rest
		})
	}
	// A key that is named again in the explanation is a part of it.
	if loc := answerAny.FindStringIndex(text); loc != nil && (q.answer == nil || q.where != inExplain) {
		label := text[loc[0]:loc[1]]
		c.consider(loc[0], loc[1], func(rest string) string {
			where := q.where
			p.answer(row)
			opening := firstRune(label)
			if opening != '(' && opening != '（' || strings.ContainsAny(label, ")）") {
				return rest
			}
			value, after, ok := cutAny(rest, ")）")
			if !ok {
				return rest
			}
			q.add(value)
			if where == inStem { // the end of the sentence, or the options, follow
				q.where = inStem
			}
			return strings.TrimLeft(after, "。. 　")
		})
	}
	if m := fieldAny.FindStringSubmatchIndex(text); m != nil {
		name := text[m[2]:m[3]]
		c.consider(m[0], m[1], func(rest string) string {
			p.fieldPart(name)
			return rest
		})
	}
}

func cutAny(s, chars string) (before, after string, found bool) {
	i := strings.IndexAny(s, chars)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(string(firstRune(s[i:]))):], true
}

// optionsIn finds the next option in a text that holds no other part.
func (p *parser) optionsIn(text string, row int, c *cut) {
	q := p.q
	switch {
	case q.where == inStem && len(q.options) == 0:
		own := text // of several questions on a line the options of this one come first
		if q.number > 0 {
			own = upTo(text, q.number+1)
		}
		m, more, ok := startOf(own, p.next())
		if !ok && len(own) < len(text) {
			m, more, ok = startOf(text, p.next())
		}
		if !ok {
			return
		}
		c.consider(m.from, m.to, func(rest string) string {
			if more > 1 {
				q.broken("options", "分不清选项从哪里开始，请让每个选项各占一行")
			}
			p.option(m, row)
			return rest
		})
	case q.where == inOption:
		m, more, ok := nextOption(text, len(q.options), q.style)
		if !ok {
			return
		}
		c.consider(m.from, m.to, func(rest string) string {
			if more > 1 {
				q.broken("options", "分不清选项 %s 从哪里开始，请让每个选项各占一行", name(len(q.options)))
			}
			p.option(m, row)
			return rest
		})
	}
}

func name(option int) string { return string(rune('A' + option)) }

// lost faults the mark of an option that is not the next one: most often the one
// before it is missing.
func (p *parser) lost(text string) {
	q := p.q
	if q.where != inOption || len(q.faults) > 0 {
		return
	}
	for _, m := range marksIn(text) {
		if m.apart && m.from > 0 && m.style == q.style && m.option != len(q.options)-1 {
			q.broken("options", "选项 %s 后面应是 %s，却是 %s，请检查选项的字母", name(len(q.options)-1), name(len(q.options)), name(m.option))
			return
		}
	}
}

// option begins an option.
func (p *parser) option(m mark, row int) {
	q := p.q
	if m.option != len(q.options) {
		q.broken("options", "第 %d 行的选项是 %s，这里应是 %s，请检查选项的字母，以及上一道题到哪里为止", row, name(m.option), name(len(q.options)))
	}
	if len(q.options) == 0 {
		q.style = m.style
	}
	q.options = append(q.options, "")
	q.where = inOption
}

// answer begins the key.
func (p *parser) answer(row int) {
	q := p.q
	if q.answer != nil && q.answer.text != "" {
		q.broken("answer", "写了两次答案（第 %d 行和第 %d 行），请删去一个，或在下一道题前写上题号", q.answer.row, row)
	}
	q.answer = &answer{row: row}
	q.where = inAnswer
}

func (p *parser) fieldPart(label string) {
	if p.q.fields == nil {
		p.q.fields = map[string]string{}
	}
	p.q.where, p.q.field = inField, fieldNames[label]
	p.q.fields[p.q.field] = ""
}

var inlineNumber = regexp.MustCompile(digit + `{1,6}` + space + `[.．、)）]`)

// questionsIn finds the next question, or the next heading, in a text of several
// questions on one line.
func (p *parser) questionsIn(text string, row int, c *cut) {
	q := p.q
	if q.where == inStem && !endsWithKey(q.stem) && !bracketKey.MatchString(text) && !signInside.MatchString(text) {
		return
	}
	if loc := inlineHeading.FindStringIndex(text); loc != nil && loc[0] > 0 && q.where != inStem {
		if _, ok := headingOf(text[loc[0]:]); ok {
			c.consider(loc[0], loc[0], func(rest string) string {
				h, _ := headingOf(rest)
				p.heading(h)
				return h.rest
			})
		}
	}
	for _, loc := range inlineNumber.FindAllStringIndex(text, -1) {
		from := loc[0]
		if from == 0 || unicode.IsDigit(lastRune(text[:from])) || lastRune(text[:from]) == '.' {
			continue
		}
		n, rest, _, ok := numberAt(text[from:])
		if date(rest) {
			continue
		}
		if !ok || n != q.number+1 || q.number == 0 || !p.questionish(upTo(rest, n+1)) && !signInside.MatchString(rest) {
			continue
		}
		if q.where == inStem && !endsWithKey(q.stem+text[:from]) {
			continue
		}
		c.consider(from, from, func(rest string) string {
			p.open(row, n)
			_, after, _, _ := numberAt(rest)
			return after
		})
		return
	}
}

var year = regexp.MustCompile(`^[0-9０-９]{4}`)

// date reports whether what stands behind a number makes a date or a fraction of
// it: 9.18, 3.5. A stem may begin with a year.
func date(rest string) bool { return unicode.IsDigit(firstRune(rest)) && !year.MatchString(rest) }

// upTo is a text up to a number in it.
func upTo(text string, n int) string {
	for _, loc := range inlineNumber.FindAllStringIndex(text, -1) {
		if m, rest, _, ok := numberAt(text[loc[0]:]); ok && m == n && !date(rest) && loc[0] > 0 && !unicode.IsDigit(lastRune(text[:loc[0]])) {
			return text[:loc[0]]
		}
	}
	return text
}

var (
	signAtEnd  = regexp.MustCompile(`[√×✓✔✗✘]` + space + `[。.]?$`)
	signInside = regexp.MustCompile(`[√×✓✔✗✘]`)
	keyAtEnd   = regexp.MustCompile(bracketKey.String() + space + `[。.？?！!]?` + space + `$`)
)

// endsWithKey reports whether a stem is over since its key stands behind it.
func endsWithKey(stem string) bool {
	stem = strings.TrimSpace(stem)
	return keyAtEnd.MatchString(stem) || signAtEnd.MatchString(stem)
}
