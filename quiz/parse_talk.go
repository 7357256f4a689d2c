package quiz

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"dangshi/content"
)

// Talk is what people say beside answers and commands.
type Talk uint8

// The sorts of talk that are understood.
const (
	NoTalk   Talk = iota
	Agrees        // yes, it is so
	Declines      // no, it is not so
	Quits         // no more of this
	Unsure        // does not know the answer
	Regrets       // would like to take an answer back
	Greets        // a greeting, thanks, well, or signs alone such as 😀
)

// ParseTalk reads what somebody says who neither answers nor commands. The whole
// of it must be understood, part for part; NoTalk otherwise. Some of it, such as 对
// or 不是, answers a judge question as well: it depends on what was asked.
func ParseTalk(text string) Talk {
	if len(text) > maxAnswer || len(text) == 1 { // a letter, as most messages are
		return NoTalk
	}
	s, asks := clean(content.Fold(text))
	if asks {
		return NoTalk
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(marks, r) })
	said := Greets
	for _, part := range parts {
		if len(parts) > 1 && slices.Contains(judgeFillers, part) {
			continue // 嗯，不对
		}
		t := talkPart(part)
		switch {
		case t == NoTalk, t == Agrees && said == Declines, t == Declines && said == Agrees:
			return NoTalk
		case t != Greets:
			said = t
		}
	}
	return said
}

// talkPart reads what stands between two marks.
func talkPart(part string) Talk {
	whole := content.Normalise(part)
	if whole == "" {
		return judged(part) // √
	}
	if t := courtesies(whole); t != NoTalk {
		return t
	}
	for {
		if t := talkOf(whole); t == Regrets {
			return cmp.Or(judged(part), Regrets) // 选错 chooses 错, 选错了 regrets it
		} else if t != NoTalk {
			return t
		}
		rest, word := cutEnd(whole, talkTails)
		if word == "" || rest == "" {
			rest, word = cut(whole, talkLeads)
		}
		if word == "" || rest == "" {
			return judged(part)
		}
		whole = rest
	}
}

// courtesies reads what is nothing but such words, one after the other: 谢谢老师，
// 辛苦了. With a yes among them, as in 好的谢谢, it is one, and so with a no.
func courtesies(whole string) Talk {
	var agrees, declines bool
	for whole != "" {
		polite, p := cut(whole, blankTalk)
		agree, a := cut(whole, agreeWords)
		decline, d := cut(whole, declineWords)
		switch {
		case d != "" && len(d) >= max(len(a), len(p)):
			whole, declines = decline, true
		case a != "" && len(a) >= len(p):
			whole, agrees = agree, true
		case p != "":
			whole = polite
		default:
			rest, tail := cut(whole, talkTails)
			if tail == "" {
				return NoTalk
			}
			whole = rest
		}
	}
	switch {
	case agrees && declines:
		return NoTalk
	case declines:
		return Declines
	case agrees:
		return Agrees
	}
	return Greets
}

func talkOf(word string) Talk {
	switch {
	case slices.Contains(quitWords, word):
		return Quits
	case slices.Contains(unsureWords, word), slices.Contains(giveUpWords, word):
		return Unsure
	case slices.Contains(regretWords, word):
		return Regrets
	case slices.Contains(agreeWords, word):
		return Agrees
	case slices.Contains(declineWords, word):
		return Declines
	case slices.Contains(blankTalk, word):
		return Greets
	}
	return NoTalk
}

// judged reads clean text that would answer a judge question, but for letters and
// digits, which answer other questions as well.
func judged(s string) Talk {
	if strings.ContainsFunc(s, func(r rune) bool { return r < utf8.RuneSelf }) {
		return NoTalk
	}
	switch parseJudge(s) {
	case yes:
		return Agrees
	case no:
		return Declines
	}
	return NoTalk
}

// givesUp reports whether words say that somebody does not know, which is how a
// blank is left: it is graded, since that was offered.
func givesUp(whole string) bool {
	for whole != "" {
		if slices.Contains(giveUpWords, whole) {
			return true
		}
		rest, word := cutEnd(whole, talkTails)
		if word == "" {
			rest, word = cut(whole, talkLeads)
		}
		if word == "" {
			return false
		}
		whole = rest
	}
	return false
}

// chatty reports whether words that the blank does not accept are no try at it:
// talk, or words about the quiz itself. whole is the text normalised, word what is
// left of it after 答案是 and the like. A letter or a number is a try.
func chatty(text, whole, word string) bool {
	if givesUp(whole) {
		return false
	}
	folded := content.Fold(text)
	return word == "" || ParseTalk(text) != NoTalk || ParseTalk(word) != NoTalk ||
		strings.ContainsAny(folded, "<>@") || strings.Contains(folded, "://") || strings.ContainsAny(word, pronouns) || longNumber(word) ||
		slices.ContainsFunc(quizWords, func(w string) bool { return strings.Contains(word, w) }) ||
		slices.ContainsFunc(talkBegins, func(w string) bool { return strings.HasPrefix(word, w) }) ||
		slices.ContainsFunc(talkEnds, func(w string) bool { return strings.HasSuffix(whole, w) })
}

// longNumber reports whether a word is a telephone number or the like.
func longNumber(word string) bool {
	return len(word) > 6 && !strings.ContainsFunc(word, func(r rune) bool { return r < '0' || r > '9' })
}
