package docx

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	chineseDigits = "〇一二三四五六七八九"
	stems         = "甲乙丙丁戊己庚辛壬癸"
)

// inFormat writes a number as a list does. Forms that are not known are written
// as digits.
func inFormat(format string, n int) string {
	switch format {
	case "upperLetter":
		return letters(n, 'A')
	case "lowerLetter":
		return letters(n, 'a')
	case "upperRoman":
		return roman(n)
	case "lowerRoman":
		return strings.ToLower(roman(n))
	case "chineseCounting", "chineseCountingThousand", "chineseLegalSimplified", "taiwaneseCounting", "taiwaneseCountingThousand", "japaneseCounting", "ideographDigital":
		return chinese(n)
	case "ideographTraditional":
		if runes := []rune(stems); 0 < n && n <= len(runes) {
			return string(runes[n-1])
		}
	case "decimalZero":
		return fmt.Sprintf("%02d", n)
	case "none":
		return ""
	}
	return strconv.Itoa(n)
}

// letters counts A … Z, AA, BB … as Word does.
func letters(n int, first rune) string {
	if n < 1 || n > 26*20 {
		return strconv.Itoa(n)
	}
	return strings.Repeat(string(first+rune((n-1)%26)), (n-1)/26+1)
}

func roman(n int) string {
	if n < 1 || n > 3999 {
		return strconv.Itoa(n)
	}
	var b strings.Builder
	for _, step := range []struct {
		n int
		s string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; n >= step.n; n -= step.n {
			b.WriteString(step.s)
		}
	}
	return b.String()
}

// chinese writes 1 to 99 in Chinese, the numbers of headings.
func chinese(n int) string {
	digits := []rune(chineseDigits)
	if n < 0 || n > 99 {
		return strconv.Itoa(n)
	}
	tens, ones := n/10, n%10
	text := ""
	switch {
	case n < 10:
		return string(digits[n])
	case tens == 1:
		text = "十"
	default:
		text = string(digits[tens]) + "十"
	}
	if ones > 0 {
		text += string(digits[ones])
	}
	return text
}
