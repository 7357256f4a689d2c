package drawing

import (
	"fmt"
	"image/color"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Style is how a line of text looks; lengths are in millimetres.
type Style struct {
	Size   float64 // of an em
	Bold   bool
	Spread float64 // between two characters
	Paint  color.RGBA
}

// Missing is a text with characters that no font has.
type Missing struct {
	Field string // 姓名, 支部, …
	Text  string
	Runes []rune
}

// MissingError means that a sheet cannot be drawn without gaps.
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
	return fmt.Sprintf("%s“%s”太长，排不下", e.Field, e.Text)
}

// Writer lays texts out on a sheet and gathers what is wrong with them: see Err.
type Writer struct {
	Sheet Sheet
	// Extent is told where each text stands; it may be nil.
	Extent func(field, text string, left, right, top, bottom float64)

	pen
	missing MissingError
	tooLong error
}

// NewWriter begins a sheet. It is not for several goroutines.
func NewWriter(f *Fonts) *Writer {
	return &Writer{pen: pen{fonts: f, widths: map[char]float64{}}}
}

// Err is what is wrong with the texts so far: that of reading a font, a
// MissingError, or a *TooLongError; nil: nothing.
func (w *Writer) Err() error {
	switch {
	case w.err != nil:
		return w.err
	case len(w.missing) > 0:
		return w.missing
	}
	return w.tooLong
}

// Mark tells where something stands, for tests.
func (w *Writer) Mark(field, text string, left, right, top, bottom float64) {
	if w.Extent != nil {
		w.Extent(field, text, left, right, top, bottom)
	}
}

// check notes the characters of a text that no font has.
func (w *Writer) check(field, text string, bold bool) {
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

// Measure is the width of a line.
func (w *Writer) Measure(text string, s Style) float64 {
	var sum float64
	n := 0
	for _, r := range text {
		sum += w.advance(r, s.Bold)
		n++
	}
	return sum*s.Size + float64(max(0, n-1))*s.Spread
}

// Shrink makes s as small as text needs to fit, not below least.
func (w *Writer) Shrink(field, text string, s Style, fit, least float64) Style {
	if full := w.Measure(text, s); full > fit {
		s.Spread *= fit / full
		s.Size *= fit / full
	}
	if s.Size < least && w.tooLong == nil {
		w.tooLong = &TooLongError{field, text}
	}
	return s
}

// Where a line stands: x is its left end, its middle or its right end.
const (
	Left   = 0.0
	Centre = 0.5
	Right  = 1.0
)

// Line writes one line of text.
func (w *Writer) Line(field, text string, s Style, x, baseline, align float64) {
	w.check(field, text, s.Bold)
	full := w.Measure(text, s)
	x -= align * full
	w.Mark(field, text, x, x+full, baseline-0.88*s.Size, baseline+0.12*s.Size)
	w.Sheet.Add(s.Paint, func(p *Path) {
		for _, r := range text {
			w.outline(p, r, s.Bold, x, baseline, s.Size)
			x += w.advance(r, s.Bold)*s.Size + s.Spread
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

// Wrap breaks a text into as few lines as it takes, at most fit wide: where it
// can, after a mark, else all about as long.
func (w *Writer) Wrap(text string, s Style, fit float64) []string {
	us := units(text)
	lines := w.fillLines(us, s, fit)
	n, marked := len(lines), lines
	for n > 1 && fit > s.Size*4 {
		fit -= s.Size / 2
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

// Fill breaks a text into lines that are as long as they can be, at most fit wide: a
// paragraph.
func (w *Writer) Fill(text string, s Style, fit float64) []string {
	return w.fillLines(units(text), s, fit)
}

func endInMarks(lines []string) bool {
	for _, l := range lines {
		if last, _ := utf8.DecodeLastRuneInString(l); !strings.ContainsRune("，。；：！？、", last) {
			return false
		}
	}
	return true
}

func (w *Writer) fillLines(units []string, s Style, fit float64) (lines []string) {
	line := ""
	for _, u := range units {
		if line != "" && w.Measure(line+u, s) > fit {
			lines = append(lines, line)
			line = ""
		}
		line += u
	}
	return append(lines, line)
}
