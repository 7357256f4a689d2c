package quiz

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Punctuation as clean leaves it. What stands between two items matters: 1、3
// is a list, 1.3 may be a date.
const (
	comma = '、' // between parts: 、 , ; 。 ! : …
	point = '.' // weak, as in 7.1 or A.B: . / · |
	dash  = '-' // may mean a range: understood by no rule, but skipped after a lead and at the end
)

const marks = "、.-"

// clean prepares folded text for the grammar: spaces, quotes, brackets, emoji
// and other decoration go, punctuation becomes one of three marks, runs of
// marks one mark, the strongest of them; none is left at the end, and at the front only a dash
// (-1). asks reports
// a question mark of any kind.
func clean(folded string) (s string, asks bool) {
	var b strings.Builder
	b.Grow(len(folded))
	pending := rune(0)
	for _, r := range folded {
		mark, keep := classify(r)
		switch {
		case mark == '?':
			return "", true
		case mark != 0:
			pending = stronger(pending, mark)
		case keep:
			if pending != 0 && (b.Len() > 0 || pending == dash) {
				b.WriteRune(pending)
			}
			pending = 0
			b.WriteRune(r)
		}
	}
	return b.String(), false
}

// classify gives the mark that r counts as, 0 if none, and whether r is kept.
func classify(r rune) (mark rune, keep bool) {
	switch r {
	case '?', '？', '❓', '❔', '⁇', '⁈', '⁉', '؟', '¿', '‽':
		return '?', false
	case '.', '/', '\\', '|', '·', '•', '・', '‧':
		return point, false
	case '-', '—', '–', '―', '−', '_', '~', '〜':
		return dash, false
	case '"', '\'', '`', '(', ')', '[', ']', '{', '}', '<', '>', '*', '#', '^':
		return 0, false
	case '+', '&', '%', '@':
		return 0, true // + and & join; the others are understood by no rule
	}
	switch {
	case unicode.In(r, unicode.Pi, unicode.Pf, unicode.Ps, unicode.Pe):
		return 0, false
	case unicode.IsPunct(r):
		return comma, false
	case unicode.In(r, unicode.So, unicode.Sk): // ✓ and Ⓐ mean something, flowers don't
		_, _, n := itemAt(string(r))
		return 0, n > 0 || judgeMark(r)
	}
	return 0, !unicode.IsSpace(r)
}

func stronger(a, b rune) rune {
	switch {
	case a == 0 || b == dash: // a dash is what makes a list doubtful
		return b
	case a == dash || a == comma:
		return a
	}
	return b
}

// skipMarks drops the mark at the front of s and says which it was.
func skipMarks(s string) (rest string, mark rune) {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 || !strings.ContainsRune(marks, r) {
		return s, 0
	}
	return s[n:], r
}
