package content

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// letter is the letter of option i.
func letter(i int) string { return string(rune('A' + i)) }

func (c *checker) options(options []string) {
	switch n := len(options); {
	case n == 0:
		c.add("options", "缺少选项，请填 %d 到 %d 个", MinOptions, MaxOptions)
		return
	case n < MinOptions || n > MaxOptions:
		c.add("options", "有 %d 个选项，请填 %d 到 %d 个", n, MinOptions, MaxOptions)
		return
	}
	seen := map[string]int{}
	for i, option := range options {
		if strings.TrimSpace(option) == "" {
			c.add("options", "选项 %s 是空的，请填写或删去", letter(i))
			continue
		}
		same := Normalise(option)
		if same == "" { // signs alone, such as √: compare them as they are
			same = option
		}
		if first, twice := seen[same]; twice {
			c.add("options", "选项 %s 和选项 %s 相同，请改掉一个", letter(first), letter(i))
		} else {
			seen[same] = i
		}
		c.signs("options", option, false)
	}
}

func (c *checker) noOptions(q Question, kind string) {
	if len(q.Options) > 0 {
		c.add("options", "%s不写选项，请删去选项或改题型", kind)
	}
}

func (c *checker) letters(q Question) {
	key := q.Answer.Letters
	if len(q.Answer.Accept) > 0 {
		c.add("answer", "选择题的答案是选项的字母，例如 B 或 ACD")
		return
	}
	if key == 0 {
		c.add("answer", "缺少答案，请填选项的字母，例如 B 或 ACD")
		return
	}
	if n := len(q.Options); n >= MinOptions && n <= MaxOptions && key>>n != 0 {
		c.add("answer", "答案是 %s，但只有 A 到 %s 这 %d 个选项", key, letter(n-1), n)
		return
	}
	switch n := key.Len(); {
	case q.Type == Single && n != 1:
		c.add("answer", "单选题只能有一个答案，现在是 %s；答案不止一个请把题型改为多选（multiple）", key)
	case q.Type == Multiple && n < 2:
		c.add("answer", "多选题至少要有两个答案，现在是 %s；只有一个答案请把题型改为单选（single）", key)
	}
}

func (c *checker) judge(q Question) {
	c.noOptions(q, "判断题")
	if k := q.Answer.Letters; len(q.Answer.Accept) > 0 || k != 1 && k != 2 {
		c.add("answer", "判断题的答案请填 T（对）或 F（错）")
	}
}

func (c *checker) blank(q Question) {
	c.noOptions(q, "填空题")
	accept := q.Answer.Accept
	switch n := len(accept); {
	case q.Answer.Letters != 0:
		c.add("answer", "填空题的答案是一组词语，例如 [\"1921\",\"1921年\"]")
	case n == 0:
		c.add("answer", "缺少答案，填空题请列出 1 到 %d 个可以算对的写法，例如 [\"1921\",\"1921年\"]", MaxAccept)
	case n > MaxAccept:
		c.add("answer", "列出了 %d 个答案，最多 %d 个，请删去一些", n, MaxAccept)
	}
	words := reserved()
	for i, word := range accept[:min(len(accept), MaxAccept)] {
		same := Normalise(word)
		n := utf8.RuneCountInString(same)
		switch {
		case n == 0:
			c.add("answer", "第 %d 个答案没有字或数字，请填写或删去", i+1)
		case utf8.RuneCountInString(word) > 2*MaxWord: // signs that Normalise drops are shown all the same
			c.add("answer", "第 %d 个答案连标点有 %d 个字，请删去多余的标点和空格", i+1, utf8.RuneCountInString(word))
		case n > MaxWord:
			c.add("answer", "第 %d 个答案有 %d 个字，最多 %d 个，请缩短或改成选择题", i+1, n, MaxWord)
		case words[same]:
			c.add("answer", "第 %d 个答案“%s”也是聊天里的口令或选项，发出去不会当作答案，请换一个写法或改成选择题", i+1, shown(word))
		}
		c.signs("answer", word, false)
	}
}

// blankPlace is how stems mark the place of a blank.
var blankPlace = regexp.MustCompile(`_{2,}|＿|[（(][\s　]*[)）]|—{3,}|-{3,}|…{2,}`)

// Advice is what could be better about a question that Check accepts; nothing
// of it stands in the way of loading.
func (q Question) Advice() []Fault {
	var c checker
	if q.Type == Blank && !blankPlace.MatchString(q.Stem) {
		c.add("stem", "建议用“____”标出要填的地方")
	}
	for _, word := range q.Answer.Accept {
		if strings.ContainsAny(word, ";；|｜/") {
			c.add("answer", "答案“%s”会整个算作一种写法；是几种写法请分开填（表格里用 | 分开）", shown(word))
			break
		}
	}
	if q.Explain == "" {
		c.add("explain", "建议写一句解析，答完以后会显示")
	}
	if n := len(Plain(q.Explain)); n > LongExplanation {
		c.add("explain", "解析有 %d 字节，超过 %d 字节的部分显示时会在一句末尾截断", n, LongExplanation)
	}
	return c.faults
}
