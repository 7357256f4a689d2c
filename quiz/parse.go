package quiz

import (
	"slices"
	"strings"
	"unicode/utf8"

	"dangshi/content"
)

// maxAnswer bounds the bytes of a message that is read as an answer: more than
// the longest option, less than what would be work.
const maxAnswer = 2048

// ParseAnswer reads what a member typed, tapped or said as an answer to q. ok
// is false for everything that can't be one: the member is asked again, and
// nothing is graded.
//
// The options of q must lie in the order in which they were shown to this
// member, since letters name places: bit 0 of Choice.Letters is the first
// option shown. For judge bit 0 is 对 and bit 1 is 错.
//
// A wrong reading costs a mark for good, asking again costs one message. So a
// text counts only if every part of it is understood (the tables in
// parse_words.go, the exact text of an option), and in doubt it doesn't:
//
//   - a question mark, 吗, 还是, 或者, 不 before a letter: not an answer;
//   - a single question takes one letter; a stutter (aa, A A) is that letter;
//   - a multiple question takes any set of letters in any order; digits and
//     Chinese numerals that run together (13, 一三) only if they ascend, since
//     12 or 七一 is more likely a number or a date; a repeated letter is a slip;
//   - a number that is the text of one option, or stands in it by itself (三 in
//     第三次, 3 in 3月), and the place of another one is ambiguous: not an answer.
//     Letters always name places;
//   - a blank takes any text of 1 to 30 characters after normalising that is no
//     question, no talk and nothing about the quiz itself; 答案是… and a final 吧 are
//     not part of it. What it accepts is always taken, and so is 不知道.
func ParseAnswer(text string, q content.Question) (c Choice, ok bool) {
	switch {
	case len(text) > maxAnswer:
	case q.Type == content.Blank:
		c.Text = parseBlank(text, q)
	default:
		c.Letters = parseLetters(text, q)
	}
	return c, c != Choice{}
}

// NamesPlace reports whether text is a letter alone that is an answer to q: what stands
// at that place is of no account, so that it need not be known in which order.
func NamesPlace(text string, q content.Question) bool {
	_, ok := namedPlace(text, min(len(q.Choices()), content.MaxOptions))
	return ok
}

func namedPlace(text string, places int) (place int, ok bool) {
	if len(text) != 1 {
		return 0, false
	}
	place = int(text[0]|0x20) - 'a'
	return place, place >= 0 && place < places
}

// parseLetters reads the letters of an answer; 0: it is none.
func parseLetters(text string, q content.Question) content.Letters {
	g := grammar{places: min(len(q.Choices()), content.MaxOptions), several: q.Type == content.Multiple, judge: q.Type == content.Judge}
	if place, ok := namedPlace(text, g.places); ok { // a tap, or what most people type
		return 1 << place
	}
	s, asks := clean(content.Fold(text))
	if asks || s == "" {
		return 0
	}
	letters, how := g.choice(s)
	switch {
	case how == certain || g.judge && how != none:
		return letters
	case g.judge:
		return parseJudge(s)
	}
	named := parseOptions(content.Normalise(text), q.Options, g.several)
	switch {
	case named == 0 && how == number && !strings.ContainsAny(s, "个项") && numbersElsewhere(q.Options, letters):
		return 0
	case named == 0:
		return letters
	case how == number && named != letters:
		return 0
	}
	return named
}

// parseBlank reads the text for a blank, normalised. Whoever answers in a
// sentence (应该是1921年吧) means the word in it, unless the sentence as it
// stands is accepted. Empty: it is no answer.
func parseBlank(text string, q content.Question) string {
	if _, asks := clean(content.Fold(text)); asks {
		return ""
	}
	whole := content.Normalise(text)
	word, _ := cut(whole, blankLeads)
	if accepted := acceptedIn(q, whole); accepted != "" {
		return bounded(accepted)
	}
	if chatty(text, whole, word) {
		return ""
	}
	if rest := strings.TrimSuffix(word, "吧"); rest != "" {
		word = rest
	}
	return bounded(word)
}

// acceptedIn is the accepted answer that a normalised sentence comes to: 莫言对吗,
// 我觉得应该是井冈山吧. Empty: none.
func acceptedIn(q content.Question, whole string) string {
	for rest := whole; rest != ""; {
		for word := rest; word != ""; {
			if Accepts(q, word) {
				return word
			}
			shorter, tail := cutEnd(word, blankTails)
			if tail == "" {
				break
			}
			word = shorter
		}
		after, lead := cut(rest, blankSentence)
		if lead == "" {
			break
		}
		rest = after
	}
	return ""
}

// Accepts reports whether a text, as it stands, is what a blank asks for.
func Accepts(q content.Question, text string) bool {
	if q.Type != content.Blank {
		return false
	}
	word := content.Normalise(text)
	return slices.ContainsFunc(q.Answer.Accept, func(a string) bool { return content.Normalise(a) == word })
}

// bounded gives the word, or nothing where it is longer than an accepted answer
// can be.
func bounded(word string) string {
	if utf8.RuneCountInString(word) > content.MaxWord {
		return ""
	}
	return word
}

// cut takes the longest phrase of a table off the front of s; word is empty
// where none fits.
func cut(s string, table []string) (rest, word string) {
	for _, w := range table {
		if len(w) > len(word) && strings.HasPrefix(s, w) {
			word = w
		}
	}
	return s[len(word):], word
}

// cutEnd takes the longest phrase of a table off the end of s.
func cutEnd(s string, table []string) (rest, word string) {
	for _, w := range table {
		if len(w) > len(word) && strings.HasSuffix(s, w) {
			word = w
		}
	}
	return s[:len(s)-len(word)], word
}
