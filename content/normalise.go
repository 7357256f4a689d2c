package content

import (
	"unicode"
	"unicode/utf8"
)

// Normalise brings what people type to one form for comparison:
//
//   - full-width forms become half-width, traditional characters simplified,
//     letters lower case;
//   - spaces, control, invisible and combining characters, WeChat's stickers,
//     emoji, punctuation and signs without meaning go;
//   - letters, digits and numerals of every script stay, and so do the marks √ ×
//     ✓ ✗ ○ … with which people tick, enclosed numbers and letters (① is not 1:
//     NFKC would make a date or a list ambiguous) and the signs + = ± ÷ ℃;
//   - a point between two ASCII digits stays: 3.5 is not 35;
//   - a circle after a Chinese digit is the digit zero: 二○二一 is 二〇二一.
//
// The result is for comparing, not for showing. Normalise(Normalise(s)) is
// Normalise(s). It can be called from any number of goroutines.
func Normalise(s string) string {
	if plain(s) {
		return s
	}
	var buf, out [96]byte // short texts, the rule, are built without allocating
	kept := out[:0]
	last, point := rune(0), false
	folded := fold(buf[:0], s)
	for i := 0; i < len(folded); {
		r, n := utf8.DecodeRune(folded[i:])
		i += n
		switch {
		case r == '.':
			point = true
			continue
		case !meaningful(r):
			continue
		case circle(r) && chineseDigit(last):
			r = '〇'
		}
		if point && asciiDigit(last) && asciiDigit(r) {
			kept = append(kept, '.')
		}
		point = false
		kept = utf8.AppendRune(kept, r)
		last = r
	}
	return string(kept)
}

// Fold does the part of Normalise that keeps the shape of the text: width,
// traditional characters, case, invisible characters and stickers. Punctuation
// stays, and every kind of white space becomes one ' ' each.
func Fold(s string) string {
	var buf [96]byte
	return string(fold(buf[:0], s))
}

// plain reports whether s is its own normal form at a glance.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; !('a' <= c && c <= 'z' || asciiDigit(rune(c))) {
			return false
		}
	}
	return true
}

// fold appends the folded form of s to out.
func fold(out []byte, s string) []byte {
	codes := false // a slash and a colon were seen: sticker codes are looked for
	for _, r := range s {
		if r < utf8.RuneSelf {
			out = append(out, foldASCII(byte(r)))
		} else if r = foldRune(r); r >= 0 {
			out = utf8.AppendRune(out, r)
		}
		if len(out) == 0 {
			continue
		}
		last := out[len(out)-1]
		codes = codes || last == ':' && len(out) > 1 && out[len(out)-2] == '/'
		if !codes && last != ']' || r < 0 {
			continue
		}
		if n, asks := endsInSticker(out); n > 0 {
			out = out[:len(out)-n]
			if asks {
				out = append(out, '?')
			}
		}
	}
	return out
}

func foldASCII(c byte) byte {
	switch {
	case 'A' <= c && c <= 'Z':
		return c + 'a' - 'A'
	case c < ' ' || c == 0x7F:
		return ' ' // line breaks separate; other controls do no harm as a space
	}
	return c
}

// foldRune folds one rune beyond ASCII; -1: it goes.
func foldRune(r rune) rune {
	switch {
	case 0x4E00 <= r && r <= 0x9FFF: // the rule in Chinese text
		return simplified(r)
	case 0xFF01 <= r && r <= 0xFF5E:
		return rune(foldASCII(byte(r - 0xFF01 + '!')))
	case unicode.IsSpace(r):
		return ' '
	case invisible(r):
		return -1
	}
	// Lower case may lead to a character with a simpler form, never back.
	return simplified(unicode.ToLower(simplified(r)))
}

// invisible reports whether r shows nothing by itself or only alters the
// character before it: format and private-use characters, variation selectors,
// fillers, combining marks that belong to no script, the emoji keycap and skin
// tones, broken UTF-8.
func invisible(r rune) bool {
	switch {
	case r == utf8.RuneError, 0x1F3FB <= r && r <= 0x1F3FF:
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) ||
		unicode.In(r, unicode.M) && unicode.In(r, unicode.Inherited)
}

// meaningful reports whether Normalise keeps a folded rune.
func meaningful(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || asciiDigit(r) || r == '+' || r == '='
	}
	switch r {
	case '√', '×', '✓', '✔', '☑', '✅', '✗', '✘', '✕', '✖', '❌', '❎', '☒', '⭕', '±', '÷', '℃':
		return true
	}
	return circle(r) || unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) ||
		0x249C <= r && r <= 0x24E9 || 0x1F110 <= r && r <= 0x1F189 || // enclosed letters
		0x20000 <= r && r <= 0x3FFFF // rare ideographs, also those newer than the tables
}

func circle(r rune) bool { return r == '○' || r == '◯' }

func asciiDigit(r rune) bool { return '0' <= r && r <= '9' }

func chineseDigit(r rune) bool {
	switch r {
	case '〇', '零', '一', '二', '三', '四', '五', '六', '七', '八', '九':
		return true
	}
	return false
}
