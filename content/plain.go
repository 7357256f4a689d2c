package content

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// PlainGrowth bounds how many times longer, in bytes, Plain and PlainText can
// make a text: a mark of one byte becomes a full-width one of three.
const PlainGrowth = 3

// Plain makes foreign text harmless in a WeChat text message and one line long:
// nothing in it becomes a link or markup there. Marks that would do so turn
// into their full-width twins, which read the same; control, bidi and other
// invisible characters and broken UTF-8 go; line breaks fold into a space.
// Plain(Plain(s)) is Plain(s).
func Plain(s string) string {
	if plainAlready(s) {
		return s
	}
	return makePlain(s)
}

func makePlain(s string) string {
	s = strings.TrimSpace(foldLines(visible(s)))
	return breakLinks(s)
}

// plainByte marks the ASCII characters that Plain leaves alone wherever they stand, but for
// spaces at the ends.
var plainByte = func() (t [utf8.RuneSelf]bool) {
	for c := byte(' '); c <= '~'; c++ {
		t[c] = !strings.ContainsRune(linking, rune(c))
	}
	return t
}()

// plainAlready reports whether Plain leaves s alone, in one pass: nearly every text of the
// banks is made of ASCII and Chinese. Of what is neither it does not know.
func plainAlready(s string) bool {
	if s == "" || s[0] == ' ' || s[len(s)-1] == ' ' {
		return s == ""
	}
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c < utf8.RuneSelf && plainByte[c]:
			i++
		case c < utf8.RuneSelf || i+2 >= len(s) || s[i+2]&0xC0 != 0x80:
			return false
		case c > 0xE3 && c <= 0xE9 && s[i+1]&0xC0 == 0x80, // U+4000 to U+9FFF
			c == 0xE3 && s[i+1]&0xC0 == 0x80 && s[i+2] != 0x80,              // U+3000 to U+3FFF, without the ideographic space
			c == 0xE2 && s[i+1] == 0x80 && s[i+2] >= 0x90 && s[i+2] <= 0xA7, // U+2010 to U+2027: dashes, quotation marks, dots
			c == 0xEF && s[i+1] == 0xBC && s[i+2] > 0x80,                    // U+FF01 to U+FF3F: full-width signs
			c == 0xEF && s[i+1] == 0xBD && s[i+2] >= 0x80 && s[i+2] <= 0x9E: // U+FF40 to U+FF5E
			i += 3
		default:
			return false
		}
	}
	return true
}

// PlainText is Plain for texts of several paragraphs: line breaks stay, of
// several empty lines one.
func PlainText(s string) string {
	lines := strings.Split(visible(s), "\n")
	kept := lines[:0]
	for _, line := range lines {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		if line == "" && (len(kept) == 0 || kept[len(kept)-1] == "") {
			continue
		}
		kept = append(kept, breakLinks(line))
	}
	return strings.TrimRight(strings.Join(kept, "\n"), "\n")
}

// hidden reports whether r shows nothing of its own: controls (line breaks and
// tabs among them), format characters such as those that turn the direction of
// writing, and the two code points that XML forbids.
func hidden(r rune) bool {
	if ' ' <= r && r <= '~' || '\u3000' <= r && r <= '\u9fff' || '\uff01' <= r && r <= '\uff5e' { // nearly all text
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) || r == 0xFFFE || r == 0xFFFF
}

// visible drops what is hidden and what is not UTF-8; every kind of line break
// becomes \n, a tab a space.
func visible(s string) string {
	clean := true
	for _, r := range s {
		if r == unicode.ReplacementChar || hidden(r) && r != '\n' {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch r {
		case '\n', '\r', '\v', '\f', 0x85, 0x2028, 0x2029:
			return '\n'
		case '\t':
			return ' '
		}
		if hidden(r) {
			return -1
		}
		return r
	}, s)
}

// foldLines makes one space of each stretch of white space with a line break
// in it; other stretches stay, since they may be the place for a blank.
func foldLines(s string) string {
	if !strings.Contains(s, "\n") {
		return s
	}
	var b strings.Builder
	for i, line := range strings.Split(s, "\n") {
		line = strings.TrimSpace(line)
		if i > 0 && line != "" && b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(line)
	}
	return b.String()
}

// linking are the marks of which links and markup are made.
const linking = "<>&@:."

var wide = map[rune]rune{'<': '＜', '>': '＞', '&': '＆', '@': '＠', ':': '：', '.': '．'}

// breakLinks puts full-width marks where WeChat would see a tag, an entity, an
// address with a scheme, a mail address or a bare domain. Every decision looks
// only at runes that it leaves alone, so a second pass finds nothing to do.
func breakLinks(s string) string {
	if !strings.ContainsAny(s, linking) {
		return s
	}
	runes := []rune(s)
	markDomains(runes)
	at := func(i int) rune {
		if i < 0 || i >= len(runes) {
			return 0
		}
		return runes[i]
	}
	for i, r := range runes {
		switch r {
		case '<', '>', '@':
			runes[i] = wide[r]
		case '&':
			if next := at(i + 1); next == '#' || latin(next) {
				runes[i] = wide[r]
			}
		case ':': // after a letter it may end a scheme: weixin:, tel:, mailto:, sms:
			if latin(at(i-1)) || at(i+1) == '/' && at(i+2) == '/' {
				runes[i] = wide[r]
			}
		}
	}
	return string(runes)
}

func latin(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

// label reports whether r can be part of one label of a domain name, an
// internationalised one included.
func label(r rune) bool {
	return r == '-' || r == '_' || unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.So)
}

// markDomains breaks the dots of what looks like a domain or an address of four
// numbers. Decimals (3.14) and dates (1979.1.1) stay: a dot before a digit is
// only broken after www and where three or more in a row stand between digits.
func markDomains(runes []rune) {
	for i := 0; i < len(runes); {
		if !label(runes[i]) {
			i++
			continue
		}
		dots, end := chain(runes, i)
		breakDots(runes, i, dots)
		i = end
	}
}

// chain is label(.label)* from i on: where its dots are and where it ends.
func chain(runes []rune, i int) (dots []int, end int) {
	for ; i < len(runes); i++ {
		if label(runes[i]) {
			continue
		}
		if runes[i] != '.' || i+1 == len(runes) || !label(runes[i+1]) {
			break
		}
		dots = append(dots, i)
	}
	return dots, i
}

// breakDots decides on the dots of one chain that begins at start.
func breakDots(runes []rune, start int, dots []int) {
	numbers := 0 // dots between digits, in a row
	for k, dot := range dots {
		if unicode.IsDigit(runes[dot-1]) && unicode.IsDigit(runes[dot+1]) {
			numbers++
		} else {
			numbers = 0
		}
		switch {
		case !unicode.IsDigit(runes[dot+1]), strings.EqualFold(string(runes[start:dot]), "www"):
			runes[dot] = wide['.']
		case numbers >= 3:
			for _, d := range dots[k-numbers+1 : k+1] {
				runes[d] = wide['.']
			}
		}
		start = dot + 1
	}
}
