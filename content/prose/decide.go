package prose

import (
	"unicode"
	"unicode/utf8"

	"dangshi/content"
)

// anyMark reports whether anything in the text is a mark of a question.
func (p *parser) anyMark() bool {
	for i := range p.lines {
		line := p.lines[i].Text
		if answerAny.MatchString(line) || answerStart.MatchString(line) || bracketKey.MatchString(line) || slot.MatchString(line) {
			return true
		}
		if _, _, ok := startOf(line, ""); ok {
			return true
		}
		if m := marksIn(line); len(m) > 0 && m[0].from == 0 {
			return true
		}
		if _, ok := headingOf(line); ok {
			return true
		}
	}
	return false
}

// hasNumbers reports whether questions have numbers: at least two lines, or the
// first, begin with one.
func (p *parser) hasNumbers() bool {
	n := 0
	for i, l := range p.lines {
		number, _, bare, ok := numberAt(l.Text)
		if ok && !bare && (number == 1 || i > 0) {
			if n++; n == 2 || number == 1 {
				return true
			}
		}
		if frontMark.MatchString(l.Text) {
			return true
		}
	}
	return false
}

// expected is the number that the next question should have.
func (p *parser) expected() int {
	if p.q == nil {
		if len(p.drafts) > 0 && len(p.sections) > 0 && p.drafts[len(p.drafts)-1].section == len(p.sections)-1 {
			return p.drafts[len(p.drafts)-1].number + 1
		}
		return 1
	}
	return p.q.number + 1
}

// isQuestion decides whether a number begins a question: the expected one does,
// another one where what follows looks like a question. A list inside an
// explanation has numbers, too.
func (p *parser) isQuestion(n int, rest string, bare bool) bool {
	expected := n == p.expected() || p.q == nil && len(p.drafts) > 0 && n == p.drafts[len(p.drafts)-1].number+1
	if rest == "" && p.next() == "" {
		return false
	}
	if digits := unicode.IsDigit(firstRune(rest)); (digits || bare) && !expected {
		return false
	}
	if bare && !unicode.Is(unicode.Han, firstRune(rest)) {
		return false
	}
	if expected && !bare && !(p.list > 0 && n == p.list+1) {
		return true
	}
	return p.questionish(rest)
}

// questionish looks whether a text, with the lines below it up to the next number
// or heading, has a place for a key, options or a key.
func (p *parser) questionish(rest string) bool {
	for n := 0; n < 14; n++ {
		line := rest
		if n > 0 {
			if line = p.peek(n); line == "" {
				return false
			}
			if _, _, _, ok := numberAt(line); ok {
				return false
			}
			if _, ok := headingOf(line); ok {
				return false
			}
		}
		if slot.MatchString(line) || bracketKey.MatchString(line) || answerAny.MatchString(line) || answerStart.MatchString(line) {
			return true
		}
		if _, _, ok := startOf(line, p.peek(n+1)); ok {
			return true
		}
	}
	return false
}

// optionsFollow reports whether the next line begins with option A.
func (p *parser) optionsFollow() bool {
	m, ok := optionAt(p.next(), p.peek(2), 0, "")
	return ok && m.option == 0
}

// unnumberedStarts decides whether a line outside of any question is a stem.
func (p *parser) unnumberedStarts(line string) bool {
	if p.optionsFollow() || slot.MatchString(line) || bracketKey.MatchString(line) || answerAny.MatchString(line) {
		return true
	}
	if _, _, ok := startOf(line, p.next()); ok {
		return true
	}
	if answerStart.MatchString(p.next()) && utf8.RuneCountInString(p.next()) < 200 && !p.numbered {
		return true
	}
	return !p.numbered && len(p.sections) > 0
}

// startsNew decides whether a line without any mark is the stem of a new question.
func (p *parser) startsNew(line string) bool {
	q, gap := p.q, p.lines[p.at].gap
	done := q.answer != nil && q.answer.text != ""
	inline := false
	if _, _, ok := startOf(line, p.next()); ok {
		inline = true
	}
	if p.optionsFollow() || inline {
		return done || q.where == inExplain || len(q.options) > 1 || q.where == inStem && gap && !p.numbered && q.stem != ""
	}
	if p.numbered {
		return false
	}
	switch q.where {
	case inAnswer, inField:
		return done && q.kind != content.Blank.Word() || done && gap
	case inExplain:
		return gap || slot.MatchString(line) || answerStart.MatchString(p.next())
	case inOption:
		return gap || bracketKey.MatchString(line)
	case inStem:
		return q.stem != "" && len(q.options) == 0 && (gap || bracketKey.MatchString(q.stem) || signAtEnd.MatchString(q.stem))
	}
	return false
}
