package prose

import (
	"regexp"
	"strings"
	"unicode"
)

// mark is the mark of an option somewhere in a text.
type mark struct {
	from, to int // of the mark itself
	option   int // 0 is A
	style    string
	apart    bool // white space or the start of the text stands before it
}

var (
	optionMark = regexp.MustCompile(`[(（\[【]` + space + `(` + letter + `)` + space + `[)）\]】]` + space + `|(` + letter + `)` + space + `([.．、:：)）;；,，])` + space)
	bareMark   = regexp.MustCompile(`(?:^|[\s\x{3000}\x{00a0}])(` + letter + `)(?:[\s\x{3000}\x{00a0}]+|(\p{Han}))`)
)

const punctuation = "。，,；;.、．)）]】？?！!:：”’》"

// marksIn finds all marks of options; where an option is empty it is none.
func marksIn(text string) (marks []mark) {
	for _, m := range optionMark.FindAllStringSubmatchIndex(text, -1) {
		k := mark{from: m[0], to: m[1]}
		name := ""
		if m[2] >= 0 {
			name, k.style = text[m[2]:m[3]], "("
		} else {
			name, k.style = text[m[4]:m[5]], halfWidth(text[m[6]:m[7]])
		}
		r := firstRune(halfWidth(name))
		k.option = int(unicode.ToUpper(r) - 'A')
		if unicode.IsLower(r) {
			k.style += "a"
		}
		before := text[:k.from]
		last := lastRune(halfWidth(before))
		k.apart = before == "" || unicode.IsSpace(last)
		after := text[k.to:]
		if latinOrDigit(last) && !unicode.IsDigit(last) && k.style != "(" || after == "" || strings.ContainsRune(punctuation, firstRune(after)) {
			continue
		}
		marks = append(marks, k)
	}
	return marks
}

// bareMarksIn finds letters that only space or nothing divides from the option.
func bareMarksIn(text string) (marks []mark) {
	for _, m := range bareMark.FindAllStringSubmatchIndex(text, -1) {
		r := firstRune(halfWidth(text[m[2]:m[3]]))
		k := mark{from: m[2], to: m[3], option: int(unicode.ToUpper(r) - 'A'), style: " ", apart: true}
		if unicode.IsLower(r) {
			continue // a word of another language
		}
		marks = append(marks, k)
	}
	return marks
}

// startOf finds where the options of a stem begin: at a mark of A after which B
// comes, on the same line or at the start of the next one. more is how many places
// could be it.
func startOf(text, next string) (m mark, more int, ok bool) {
	marks := marksIn(text)
	var starts, mixed []mark // mixed: B is marked in another style
	for i, a := range marks {
		same, any := followed(text, a, marks[i+1:], next)
		if a.option == 0 && same {
			starts = append(starts, a)
		} else if a.option == 0 && any {
			mixed = append(mixed, a)
		}
	}
	if len(starts) == 0 {
		starts = mixed
	}
	if len(starts) > 1 {
		if apart := onlyApart(starts); len(apart) == 1 {
			starts = apart
		}
	}
	if len(starts) == 0 {
		return mark{}, 0, false
	}
	return starts[0], len(starts), true
}

// followed reports whether B comes behind a mark of A: in the same style or set
// apart, or at all.
func followed(text string, a mark, later []mark, next string) (same, any bool) {
	for _, b := range later {
		if b.option == 1 && strings.TrimSpace(text[a.to:b.from]) != "" {
			any = true
			same = same || b.style == a.style || b.apart
		}
	}
	first := marksIn(next)
	below := len(first) > 0 && first[0].from == 0 && first[0].option == 1
	return same || below, any || below
}

func onlyApart(marks []mark) (apart []mark) {
	for _, m := range marks {
		if m.apart {
			apart = append(apart, m)
		}
	}
	return apart
}

// nextOption finds the mark of an option inside the text of the one before it:
// of those in the style of the first, else of any; more is how many there are.
func nextOption(text string, option int, style string) (m mark, more int, ok bool) {
	find := marksIn
	if style == " " {
		find = bareMarksIn
	}
	var same, any []mark
	for _, k := range find(text) {
		if k.option != option || strings.TrimSpace(text[:k.from]) == "" {
			continue
		}
		any = append(any, k)
		if k.style == style {
			same = append(same, k)
		}
	}
	found := same
	if len(found) == 0 {
		found = any // a slip of the pen
	}
	if len(found) > 1 {
		if apart := onlyApart(found); len(apart) == 1 {
			found = apart
		}
	}
	if len(found) == 0 {
		return mark{}, 0, false
	}
	return found[0], len(found), true
}

// optionAt reads the mark of an option with which a line begins. A letter without
// a sign counts where B follows A in the same way.
func optionAt(text, next string, wanted int, style string) (m mark, ok bool) {
	if marks := marksIn(text); len(marks) > 0 && marks[0].from == 0 {
		return marks[0], true
	}
	if style != "" && style != " " {
		return mark{}, false
	}
	bare := bareMarksIn(text)
	if len(bare) == 0 || bare[0].from != 0 || bare[0].option != wanted {
		return mark{}, false
	}
	if style == " " {
		return bare[0], true
	}
	if wanted != 0 {
		return mark{}, false
	}
	if len(bare) > 1 && bare[1].option == 1 {
		return bare[0], true
	}
	first := bareMarksIn(next)
	if len(first) > 0 && first[0].from == 0 && first[0].option == 1 {
		return bare[0], true
	}
	return mark{}, false
}
