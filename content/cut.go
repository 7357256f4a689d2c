package content

import (
	"strings"
	"unicode/utf8"
)

const (
	sentenceEnds = "。！？；!?;…"
	commas       = "，、：,"
	closers      = "”’」』）)》】"
	ellipsis     = "…"
)

// CutSentence shortens s to at most max bytes: after the last sentence that
// fits, else before the last comma, else between two characters; the latter two
// end with “…” where there is room for it. A text that fits is left alone.
func CutSentence(s string, max int) string {
	if len(s) <= max {
		return s
	}
	if max <= 0 {
		return ""
	}
	fits := s[:boundary(s, max)]
	if end := sentenceEnd(fits); end > 0 {
		return fits[:end]
	}
	head := s[:boundary(s, max-min(max, len(ellipsis)))]
	if head == "" {
		return fits // no room for the mark beside a character
	}
	if comma := strings.LastIndexAny(head, commas); comma > 0 {
		head = head[:comma]
	}
	return strings.TrimRight(head, " \n　") + ellipsis
}

// boundary is the last place at or before n that splits no character. Foreign
// bytes that are no UTF-8 may be split anywhere.
func boundary(s string, n int) int {
	for i := n; i > max(n-utf8.UTFMax, 0); i-- {
		if utf8.RuneStart(s[i]) {
			return i
		}
	}
	if n < utf8.UTFMax {
		return 0
	}
	return n
}

// sentenceEnd is the index behind the last sentence end of s and the closing
// quotes and brackets that follow it; 0: there is none.
func sentenceEnd(s string) int {
	end := strings.LastIndexAny(s, sentenceEnds)
	if end < 0 {
		return 0
	}
	_, n := utf8.DecodeRuneInString(s[end:])
	end += n
	for end < len(s) {
		r, n := utf8.DecodeRuneInString(s[end:])
		if !strings.ContainsRune(closers, r) {
			break
		}
		end += n
	}
	return end
}
