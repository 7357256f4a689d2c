package quiz

import (
	"strings"
	"unicode/utf8"
)

// kind says in which way an item names a place.
type kind uint8

const (
	latin    kind = iota // A to H: always a place
	enclosed             // ① ㈠ Ⓐ Ⅱ: each stands for itself
	digit                // 1 to 8
	numeral              // 一 to 八
	stem                 // 甲 to 辛
)

// rows are the spellings of the places 1 to 8, each in folded form.
var rows = []struct {
	kind  kind
	runes string
}{
	{latin, "abcdefgh"},
	{digit, "12345678"},
	{numeral, "一二三四五六七八"},
	{numeral, "壹贰叁肆伍陆柒捌"},
	{stem, "甲乙丙丁戊己庚辛"},
	{enclosed, "①②③④⑤⑥⑦⑧"},
	{enclosed, "⑴⑵⑶⑷⑸⑹⑺⑻"},
	{enclosed, "⒈⒉⒊⒋⒌⒍⒎⒏"},
	{enclosed, "❶❷❸❹❺❻❼❽"},
	{enclosed, "➀➁➂➃➄➅➆➇"},
	{enclosed, "➊➋➌➍➎➏➐➑"},
	{enclosed, "㈠㈡㈢㈣㈤㈥㈦㈧"},
	{enclosed, "㊀㊁㊂㊃㊄㊅㊆㊇"},
	{enclosed, "ⅰⅱⅲⅳⅴⅵⅶⅷ"},
	{enclosed, "ⓐⓑⓒⓓⓔⓕⓖⓗ"},
	{enclosed, "⒜⒝⒞⒟⒠⒡⒢⒣"},
	{enclosed, "🄐🄑🄒🄓🄔🄕🄖🄗"},
	{enclosed, "🄰🄱🄲🄳🄴🄵🄶🄷"},
	{enclosed, "🅐🅑🅒🅓🅔🅕🅖🅗"},
	{enclosed, "🅰🅱🅲🅳🅴🅵🅶🅷"},
}

// itemAt reads the item at the front of s: the place that it names, counted
// from 0, and its length in bytes, 0 if there is none.
func itemAt(s string) (place int, k kind, n int) {
	r, n := utf8.DecodeRuneInString(s)
	if r < utf8.RuneSelf {
		switch {
		case 'a' <= r && r <= 'h':
			return int(r - 'a'), latin, n
		case '1' <= r && r <= '8':
			return int(r - '1'), digit, n
		}
		return 0, 0, 0
	}
	for _, row := range rows[2:] {
		if i := strings.IndexRune(row.runes, r); i >= 0 {
			return utf8.RuneCountInString(row.runes[:i]), row.kind, n
		}
	}
	return 0, 0, 0
}

// count reads a number of options, such as 三 in 三个都选; 0 if there is none.
func count(s string) (number int, rest string) {
	if after, ok := strings.CutPrefix(s, "两"); ok {
		return 2, after
	}
	place, k, n := itemAt(s)
	if n == 0 || k != digit && k != numeral {
		return 0, s
	}
	return place + 1, s[n:]
}

// homophones are what voice input makes of a letter. Alone they are taken only
// where nobody says them as a word of its own; after 选 all are.
var homophones = []struct{ alone, afterSelect string }{
	{"", "诶欸哎"},
	{"必比币毕", "逼笔闭碧鼻壁"},
	{"西吸夕希溪", "稀惜息析"},
	{"地弟帝", "递滴低蒂"},
}

// homophone reads s as one letter that was misheard; -1: it is none.
func homophone(s string, selected bool) int {
	if selected {
		s = strings.TrimSuffix(s, "吧")
	}
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 || n != len(s) {
		return -1
	}
	for i, h := range homophones {
		if strings.ContainsRune(h.alone, r) || selected && strings.ContainsRune(h.afterSelect, r) {
			return i
		}
	}
	return -1
}
