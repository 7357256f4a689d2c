package certificate

import (
	"fmt"
	"image/color"
	"strings"
	"unicode"
	"unicode/utf8"
)

// style is how a line of text looks; lengths are in millimetres.
type style struct {
	size   float64 // of an em
	bold   bool
	spread float64 // between two characters
	paint  color.RGBA
}

// Missing is a text of a certificate with characters that no font has.
type Missing struct {
	Field string // 姓名, 支部, …
	Text  string
	Runes []rune
}

// MissingError means that a certificate cannot be drawn without gaps.
type MissingError []Missing

func (e MissingError) Error() string {
	var all []string
	for _, m := range e {
		var runes []string
		for _, r := range m.Runes {
			runes = append(runes, fmt.Sprintf("“%c”（U+%04X）", r, r))
		}
		all = append(all, fmt.Sprintf("%s“%s”里的%s", m.Field, m.Text, strings.Join(runes, "、")))
	}
	return "字体里没有" + strings.Join(all, "；")
}

// TooLongError is a text that would not fit at the smallest size that can be read.
type TooLongError struct{ Field, Text string }

func (e *TooLongError) Error() string {
	return fmt.Sprintf("%s“%s”太长，证书上排不下", e.Field, e.Text)
}

// writer lays texts out on a sheet and gathers what is wrong with them.
type writer struct {
	pen
	sheet   sheet
	missing MissingError
	tooLong error
	extent  func(field, text string, left, right, top, bottom float64) // for tests; nil
}

// mark tells tests where something stands.
func (w *writer) mark(field, text string, left, right, top, bottom float64) {
	if w.extent != nil {
		w.extent(field, text, left, right, top, bottom)
	}
}

// check notes the characters of a text that no font has.
func (w *writer) check(field, text string, bold bool) {
	var runes []rune
	for _, r := range text {
		if _, _, ok := w.glyph(r, bold); !ok {
			runes = append(runes, r)
		}
	}
	if len(runes) > 0 {
		w.missing = append(w.missing, Missing{field, text, runes})
	}
}

// measure is the width of a line.
func (w *writer) measure(text string, s style) float64 {
	var sum float64
	n := 0
	for _, r := range text {
		sum += w.advance(r, s.bold)
		n++
	}
	return sum*s.size + float64(max(0, n-1))*s.spread
}

// shrink makes s as small as text needs to fit, not below least.
func (w *writer) shrink(field, text string, s style, fit, least float64) style {
	if full := w.measure(text, s); full > fit {
		s.spread *= fit / full
		s.size *= fit / full
	}
	if s.size < least && w.tooLong == nil {
		w.tooLong = &TooLongError{field, text}
	}
	return s
}

// Where a line stands: x is its left end, its middle or its right end.
const (
	left   = 0.0
	centre = 0.5
	right  = 1.0
)

// line writes one line of text.
func (w *writer) line(field, text string, s style, x, baseline, align float64) {
	w.check(field, text, s.bold)
	full := w.measure(text, s)
	x -= align * full
	w.mark(field, text, x, x+full, baseline-0.88*s.size, baseline+0.12*s.size)
	w.sheet.add(s.paint, func(p *path) {
		for _, r := range text {
			w.outline(p, r, s.bold, x, baseline, s.size)
			x += w.advance(r, s.bold)*s.size + s.spread
		}
	})
}

// What may not stand at the end or at the beginning of a line.
const (
	openers = "“‘（《〈【「『"
	closers = "”’）》〉】」』，。、；：！？…—·%"
)

// units splits a text into what is never parted: one character, with the marks
// that cling to it, or a run of letters and digits.
func units(text string) (all []string) {
	var unit []rune
	joins := func(last, r rune) bool {
		word := func(r rune) bool {
			return r < 0x2E80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(".-/", r))
		}
		return strings.ContainsRune(openers, last) || strings.ContainsRune(closers, r) || word(last) && word(r)
	}
	for _, r := range text {
		if len(unit) > 0 && !joins(unit[len(unit)-1], r) {
			all = append(all, string(unit))
			unit = unit[:0]
		}
		unit = append(unit, r)
	}
	if len(unit) > 0 {
		all = append(all, string(unit))
	}
	return all
}

// wrap breaks a text into as few lines as it takes, at most fit wide: where it
// can, after a mark, else all about as long.
func (w *writer) wrap(text string, s style, fit float64) []string {
	us := units(text)
	lines := w.fillLines(us, s, fit)
	n, marked := len(lines), lines
	for n > 1 && fit > s.size*4 {
		fit -= s.size / 2
		narrower := w.fillLines(us, s, fit)
		if len(narrower) > n {
			break
		}
		lines = narrower
		if endInMarks(narrower[:n-1]) {
			marked = narrower
		}
	}
	if endInMarks(marked[:n-1]) {
		return marked
	}
	return lines
}

func endInMarks(lines []string) bool {
	for _, l := range lines {
		if last, _ := utf8.DecodeLastRuneInString(l); !strings.ContainsRune("，。；：！？、", last) {
			return false
		}
	}
	return true
}

func (w *writer) fillLines(units []string, s style, fit float64) (lines []string) {
	line := ""
	for _, u := range units {
		if line != "" && w.measure(line+u, s) > fit {
			lines = append(lines, line)
			line = ""
		}
		line += u
	}
	return append(lines, line)
}
