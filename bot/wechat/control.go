package wechat

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// control reports whether r is taken out of text: control characters but newline
// and tab, and the two noncharacters that XML forbids. XML forbids most of them, and none
// of the rest is anything a member meant to say.
func control(r rune) bool {
	return r != '\n' && r != '\t' && unicode.IsControl(r) || r == 0xFFFE || r == 0xFFFF
}

// suspect marks the bytes with which such a character may begin: those of C0 and DEL, and the
// leads of C1 (U+0080 to U+009F) and of U+FFFE and U+FFFF.
var suspect = func() (t [256]bool) {
	for c := range ' ' {
		t[c] = c != '\n' && c != '\t'
	}
	t[0x7F], t[0xC2], t[0xEF] = true, true, true
	return t
}()

// firstControl is the index of the first such character in valid UTF-8, or -1. It reads
// bytes, since nearly every text has none.
func firstControl[T string | []byte](s T) int {
	for i := range len(s) {
		c := s[i]
		if !suspect[c] || c == 0xC2 && s[i+1] >= 0xA0 || c == 0xEF && (s[i+1] != 0xBF || s[i+2] < 0xBE) {
			continue
		}
		return i
	}
	return -1
}

// cleanAlready reports whether s is valid UTF-8 without such a character, in one pass:
// nearly every reply is made of ASCII and of characters of three bytes. Of what is
// neither it does not know.
func cleanAlready(s string) bool {
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c < utf8.RuneSelf && !suspect[c]:
			i++
		case c < 0xE1 || i+2 >= len(s) || s[i+1]&0xC0 != 0x80 || s[i+2]&0xC0 != 0x80:
			return false
		case c <= 0xEC, c == 0xEF && s[i+1] != 0xBF: // U+1000 to U+CFFF, U+F000 to U+FFBF: all are characters
			i += 3
		default:
			return false
		}
	}
	return true
}

func withoutControls(s string) string {
	if firstControl(s) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if control(r) {
			return -1
		}
		return r
	}, s)
}

// stripControls is withoutControls in place; b must be valid UTF-8.
func stripControls(b []byte) []byte {
	at := firstControl(b)
	if at < 0 {
		return b
	}
	kept := b[:at]
	for at < len(b) {
		r, n := utf8.DecodeRune(b[at:])
		if !control(r) {
			kept = append(kept, b[at:at+n]...)
		}
		at += n
	}
	return kept
}
