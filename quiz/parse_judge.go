package quiz

import (
	"strings"

	"dangshi/content"
)

// The places of a judge question as letters.
const (
	yes content.Letters = 1 // A, 对
	no  content.Letters = 2 // B, 错
)

// judgeMark reports whether r is a mark with which people tick or cross.
func judgeMark(r rune) bool {
	return strings.ContainsRune(tickMarks, r) || strings.ContainsRune(crossMarks, r)
}

// parseJudge reads clean text as one of
//
//	不
//	打勾 tail*
//	嗯* (hedge | claim)* (选 | 答案是 | 答案、) noun tail*    我觉得答案是对
//	嗯* (hedge | claim)* words tail*                          这句话应该是错的吧
//
// Words said against the organisation rather than of the statement (不对吧,
// 不对啊, 答案错误, 错了) are no answers: they often follow a question that was
// graded before.
func parseJudge(s string) content.Letters {
	if s == bareNo {
		return no
	}
	if set, rest := judgeWord(s, yesDrawn, noDrawn); tailOnly(rest, tails) && set != 0 {
		return set
	}
	s, filler := cutLeads(s, judgeFillers)
	s, hedge := cutLeads(s, judgeLeads)
	if set := judgeNoun(s); set != 0 {
		return set
	}
	set, rest := judgeWords(s)
	endings := yesTails
	switch {
	case hedge != "":
		endings = tails
	case set == no:
		endings = thanks
	}
	if !tailOnly(rest, endings) || set == no && filler != "" { // 嗯，不对 takes something back
		return 0
	}
	return set
}

// judgeNoun reads 选 or 答案是 with one bare word; 0: it is none.
func judgeNoun(s string) content.Letters {
	s, topic := cut(s, judgeTopics)
	s, mark := skipMarks(s)
	verbs := judgeVerbs
	if topic != "" {
		verbs = topicVerbs
	}
	s, verb := cut(s, verbs)
	if verb == "" && (topic == "" || mark == 0) {
		return 0 // 答案错误 is a complaint
	}
	s, _ = skipMarks(s)
	set, rest := judgeWord(s, yesNouns, noNouns)
	if !tailOnly(rest, tails) {
		return 0
	}
	return set
}

// judgeWords reads words of one meaning, with or without marks between them:
// 对的, 没错. set is 0 where there is none, or they contradict each other.
func judgeWords(s string) (set content.Letters, rest string) {
	last := ""
	for {
		next, rest := judgeAny(s)
		if next == 0 {
			return set, s
		}
		word := s[:len(s)-len(rest)]
		if set != 0 && next != set || last == "不是" && word != last {
			return 0, s // 是不是; 不是错误 denies an error
		}
		set, last = next, word
		after, mark := skipMarks(rest)
		if mark != 0 {
			last = ""
		}
		if n, _ := judgeAny(after); n == 0 {
			return set, rest
		}
		s = after
	}
}

// judgeAny reads one word of any sort.
func judgeAny(s string) (set content.Letters, rest string) {
	return judgeWord(s, yesWords, noWords)
}

// judgeWord reads the longest word of two tables; 0 if there is none.
func judgeWord(s string, yesTable, noTable []string) (set content.Letters, rest string) {
	afterYes, y := cut(s, yesTable)
	afterNo, n := cut(s, noTable)
	switch {
	case len(y) > len(n):
		return yes, afterYes
	case n != "":
		return no, afterNo
	}
	return 0, s
}

// tailOnly reports whether s is nothing but endings from a table.
func tailOnly(s string, endings []string) bool {
	for s != "" {
		after, _ := skipMarks(s)
		after, word := cut(after, endings)
		if word == "" {
			return false
		}
		s = after
	}
	return true
}
