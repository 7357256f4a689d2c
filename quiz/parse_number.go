package quiz

import (
	"strings"

	"dangshi/content"
)

const (
	arabic  = "0123456789"
	chinese = "〇零一二三四五六七八九十百千万"
)

// numbersElsewhere reports whether the number of a chosen place stands by itself
// in the text of an option at another place: whoever sends 三 may mean 第三次,
// wherever that is shown.
func numbersElsewhere(options []string, chosen content.Letters) bool {
	for place := range content.MaxOptions {
		if !chosen.Has(place) {
			continue
		}
		for at, option := range options {
			if at != place && (standsIn(option, string("12345678"[place]), arabic) || standsIn(option, string([]rune("一二三四五六七八")[place]), chinese)) {
				return true
			}
		}
	}
	return false
}

// standsIn reports whether number stands in text with no other numeral beside it.
func standsIn(text, number, numerals string) bool {
	text = content.Normalise(text)
	for from := 0; ; {
		i := strings.Index(text[from:], number)
		if i < 0 {
			return false
		}
		before, after := text[:from+i], text[from+i+len(number):]
		if !endsIn(before, numerals) && !beginsIn(after, numerals) {
			return true
		}
		from += i + len(number)
	}
}

func endsIn(s, runes string) bool {
	for _, r := range runes {
		if strings.HasSuffix(s, string(r)) {
			return true
		}
	}
	return false
}

func beginsIn(s, runes string) bool {
	for _, r := range runes {
		if strings.HasPrefix(s, string(r)) {
			return true
		}
	}
	return false
}
