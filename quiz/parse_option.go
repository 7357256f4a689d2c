package quiz

import (
	"strings"
	"unicode/utf8"

	"dangshi/content"
)

// parseOptions reads normalised text as the text of an option, or for a
// multiple question of several, each with its letter before it or not:
// 毛泽东, 选毛泽东, B毛泽东, 毛泽东和周恩来. 0: it is none.
func parseOptions(text string, options []string, several bool) content.Letters {
	o := optionTexts{several: several}
	for _, option := range options[:min(len(options), content.MaxOptions)] {
		o.texts = append(o.texts, content.Normalise(option))
	}
	for text != "" {
		if set := o.read(text); set != 0 {
			return set
		}
		if rest, word := cutEnd(text, tails); word != "" {
			if set := o.read(rest); set != 0 {
				return set
			}
		}
		rest, word := cut(text, leads)
		if word == "" {
			return 0
		}
		text = rest
	}
	return 0
}

// optionTexts are the normalised options; empty ones match nothing.
type optionTexts struct {
	texts   []string
	several bool
}

// read takes s apart into option texts; 0 unless nothing is left over.
func (o optionTexts) read(s string) (set content.Letters) {
	short := false
	for first := true; s != ""; first = false {
		if !first {
			if !o.several {
				return 0
			}
			s, _ = cut(s, joiners)
		}
		place, rest := o.at(s)
		if place < 0 {
			return 0
		}
		short = short || utf8.RuneCountInString(o.texts[place]) < 2
		if set.Has(place) || short && !first {
			return 0 // single characters next to each other are words: 东西
		}
		set |= 1 << place
		s = rest
	}
	return set
}

// at finds the one longest option with which s begins. A letter before it must
// be its own.
func (o optionTexts) at(s string) (place int, rest string) {
	if place = o.longest(s); place >= 0 {
		return place, s[len(o.texts[place]):]
	}
	letter, k, n := itemAt(s)
	if n == 0 || k != latin {
		return -1, s
	}
	if place = o.longest(s[n:]); place != letter {
		return -1, s
	}
	return place, s[n+len(o.texts[place]):]
}

// longest gives the place of the longest option with which s begins; -1 where
// there is none or two options read the same.
func (o optionTexts) longest(s string) int {
	place := -1
	for i, t := range o.texts {
		if t != "" && strings.HasPrefix(s, t) && (place < 0 || len(t) > len(o.texts[place])) {
			place = i
		}
	}
	for i, t := range o.texts {
		if place >= 0 && i != place && t == o.texts[place] {
			return -1
		}
	}
	return place
}
