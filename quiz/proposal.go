package quiz

import (
	"fmt"
	"strings"

	"dangshi/content"
)

// Proposal is how an operator says what is right: one of three ways.
type Proposal struct {
	Key    string   // the one right answer: letters, T or F; for a blank its words, parted by commas
	Accept []string // several answers that are right each; for a blank, further words
	Void   bool
}

// Ruling makes the ruling of a proposal on q, which was graded by before until
// now. Errors are for operators.
func (p Proposal) Ruling(q content.Question, before Ruling) (Ruling, error) {
	ways := 0
	for _, chosen := range []bool{p.Key != "", len(p.Accept) > 0, p.Void} {
		if chosen {
			ways++
		}
	}
	if ways != 1 {
		return Ruling{}, fmt.Errorf("请在 --key（改答案）、--accept（几个答案都算对）、--void（作废）里选一个")
	}
	r := Ruling{Void: p.Void}
	answers := p.Accept
	if p.Key != "" {
		answers = []string{p.Key}
	}
	switch {
	case p.Void:
	case q.Type == content.Blank:
		if p.Key != "" {
			answers = strings.FieldsFunc(p.Key, func(r rune) bool { return r == ',' || r == '，' || r == '、' })
		} else {
			r.Accept = before.Accept
		}
		r.Accept = withWords(r.Accept, answers)
	default:
		for _, text := range answers {
			k, err := parseKey(q, text)
			if err != nil {
				return Ruling{}, err
			}
			r.Keys = append(r.Keys, k)
		}
	}
	return r, r.Check(q)
}

// withWords adds the words that are not there yet, compared as answers are.
func withWords(words, more []string) []string {
	all, known := []string(nil), map[string]bool{}
	for _, list := range [][]string{words, more} {
		for _, w := range list {
			if n := content.Normalise(w); !known[n] {
				known[n] = true
				all = append(all, strings.TrimSpace(w))
			}
		}
	}
	return all
}

// parseKey reads letters in any order and case, and for judge what people write.
func parseKey(q content.Question, text string) (content.Letters, error) {
	word := strings.ToUpper(strings.TrimSpace(content.Fold(text)))
	if q.Type == content.Judge {
		switch word {
		case "T", "TRUE", "A", "对", "正确", "√":
			return 1, nil
		case "F", "FALSE", "B", "错", "错误", "×":
			return 2, nil
		}
		return 0, fmt.Errorf("判断题的答案是 T（对）或 F（错），不是“%s”", text)
	}
	var set content.Letters
	for _, r := range word {
		if r < 'A' || r >= 'A'+content.MaxOptions {
			return 0, fmt.Errorf("答案应为选项的字母，例如 B，不是“%s”", text)
		}
		set |= 1 << (r - 'A')
	}
	return set, nil
}

// KeyText writes what is right in words for operators; q gives the type.
func (r Ruling) KeyText(q content.Question) string {
	if r.Void {
		return "作废，人人得分"
	}
	if q.Type == content.Blank {
		return strings.Join(r.Accept, "、")
	}
	var texts []string
	for _, k := range r.Keys {
		text := k.String()
		if q.Type == content.Judge {
			text = map[content.Letters]string{1: "对", 2: "错"}[k]
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, " 或 ")
}
