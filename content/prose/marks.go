package prose

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"dangshi/content"
)

// Parts of the patterns below. Full-width forms count as half-width ones.
const (
	space  = `[\s\x{3000}\x{00a0}]*`
	letter = `[A-Ha-hＡ-Ｈａ-ｈ]`
	digit  = `[0-9０-９]`
	chn    = `[一二三四五六七八九十百]`
	// verdict are the signs and words by which a statement is right or wrong.
	verdict = `(?:正确|错误|√|×|✓|✔|✗|✘|对|错|是|否|[TtFf]|Ｔ|Ｆ|[Xx]|True|False|TRUE|FALSE|true|false)`
)

var (
	numberMark = regexp.MustCompile(`^(?:第` + space + `(` + digit + `{1,6})` + space + `题` + space + `[.．、:：]?|[(（\[【]` + space + `(` + digit + `{1,6})` + space + `[)）\]】]` + space + `[.．、:：]?|题(` +
		digit + `{1,6})` + space + `[.．、:：]|(` + digit + `{1,6})` + space + `[.．、:：)）]|(` + digit + `{1,6})[\s\x{3000}]+)` + space)
	frontMark = regexp.MustCompile(`^[(（]` + space + `(` + verdict + `)?` + space + `[)）]` + space + `(` + digit + `{1,6})` + space + `[.．、:：)）]`)
	typeTag   = regexp.MustCompile(`^[(（\[【［〔]` + space + `(单项选择题?|多项选择题?|不定项选择题?|不定项|单选题?|多选题?|判断题?|填空题?|简答题?|问答题|论述题)` + space + `[)）\]】］〕]` + space + `[:：]?`)
	tailTag   = regexp.MustCompile(`[(（\[【［〔]` + space + `(单项选择题?|多项选择题?|不定项选择题?|不定项|单选题?|多选题?|判断题?|填空题?)` + space + `[)）\]】］〕]` + space + `$`)
	stemLabel = regexp.MustCompile(`^[【\[［]?(?:题目|题干|问题|试题)[】\]］]?` + space + `[:：]`)

	answerStart = regexp.MustCompile(`^(?:[【\[［〔(（]` + space + `(?:正确|参考|标准)?(?:答案|答)` + space + `[】\]］〕)）]` + space + `[:：]?|(?:本题)?(?:正确|参考|标准)?` + space + `(?:答案|答|ANSWER|Answer|answer)` + space + `(?:[:：]|[是为]` + space + `[:：]?)|(?:正确|参考|标准)?答案)` + space)
	answerAny   = regexp.MustCompile(`[【\[［〔]` + space + `(?:正确|参考|标准)?答案` + space + `[】\]］〕]` + space + `[:：]?|[(（]` + space + `(?:正确|参考|标准)?答案` + space + `(?:[:：]|[)）]` + space + `[:：]?)|(?:正确|参考|标准)?答案` + space + `[:：]`)
	explainMark = regexp.MustCompile(`[【\[［〔(（]` + space + `(?:答案|试题|题目)?(?:解析|详解|解释)` + space + `[】\]］〕)）]` + space + `[:：]?|(?:答案|试题|题目)?(?:解析|详解|解释)` + space + `[:：]`)
	explainHead = regexp.MustCompile(`^(?:答案|试题|题目)?(?:解析|详解|解释|说明|点评)` + space + `[:：]?` + space)
	fieldStart  = regexp.MustCompile(`^[【\[［〔]?` + space + `(题型|难度|难易度|难易程度|分类|类别|知识点|考点|来源等级|来源|出处|编号|链接|网址|状态|日期|修订)` + space + `(?:[】\]］〕]` + space + `[:：]?|[:：])`)
	fieldAny    = regexp.MustCompile(`[【\[［〔]` + space + `(题型|难度|难易度|难易程度|分类|类别|知识点|考点|来源|出处)` + space + `[】\]］〕]` + space + `[:：]?`)
	optionsMark = regexp.MustCompile(`^[【\[［]?(?:选项|备选项|备选答案)[】\]］]?` + space + `[:：]` + space)

	// slot is an empty place for the key.
	slot = regexp.MustCompile(`[(（【\[]` + `[\s\x{3000}\x{00a0}_＿]*` + `[)）】\]]|_{2,}|＿+`)
	// bracketKey is a key between the brackets of the stem.
	bracketKey = regexp.MustCompile(`[(（【\[]` + space + `(` + letter + `(?:[\s\x{3000}、,，;；]*` + letter + `){0,7}|` + verdict + `)` + space + `[)）】\]]`)
)

var fieldNames = map[string]string{"题型": "type", "难度": "difficulty", "难易度": "difficulty", "难易程度": "difficulty", "分类": "category", "类别": "category",
	"知识点": "category", "考点": "category", "来源": "source", "出处": "source", "编号": "id", "链接": "url", "网址": "url", "来源等级": "grade", "状态": "state", "日期": "day", "修订": "revision"}

// heading is a line that says what follows.
type heading struct {
	section
	chapter bool   // it only says that the count may begin again
	rest    string // of the line
}

const (
	knownType = `单项选择题?|多项选择题?|不定项选择题?|单选题?|多选题?|选择题|判断正误题?|判断对错题?|判断是非题?|判断说理题|判断题?|是非题|填空题?`
	otherType = `简答题?|问答题|论述题?|名词解释题?|材料分析题?|案例分析题?|分析题|辨析题|连线题|排序题|匹配题|计算题|写作题|作文题?`
)

var (
	typeHeading = regexp.MustCompile(`^(第?` + chn + `{1,3}(?:部分|大题|[、.．,，:：])` + space + `|[(（]` + chn + `{1,3}[)）]` + space + `[、.．]?|第` + digit + `{1,2}部分` + space + `|` + digit + `{1,2}[、.．]` + space + `|[◆●■★▲※#]+` + space + `)?[:：]?` +
		`[【\[［<《]?(` + knownType + `|` + otherType + `)[】\]］>》]?(答案)?` + space + `(.*)$`)
	headingNote    = regexp.MustCompile(`^(?:[（(\[【][^）)\]】]*[)）\]】]|[:：。，,、；;]|共` + space + digit + `+` + space + `[道小]?题|每[小]?题` + space + digit + `+(?:\.` + digit + `+)?` + space + `分|共` + space + digit + `+` + space + `分|` + space + `)+`)
	chapterHeading = regexp.MustCompile(`^第` + space + `(?:` + chn + `{1,4}|` + digit + `{1,3})` + space + `[章节篇部分单元讲编]`)
	inlineHeading  = regexp.MustCompile(chn + `{1,2}、` + space + `(?:单项选择|多项选择|不定项选择|单选|多选|判断|填空|简答|选择)题|(?:单项选择|多项选择|不定项选择|单选|多选|判断|填空|简答)题(?:[（(][^）)]{0,20}[)）])?[:：]?` + space + digit + `{1,6}` + space + `[.．、]`)
	otherTypes     = regexp.MustCompile(`^(?:` + otherType + `)$`)
)

// headingOf recognises the heading of a type, or of a chapter.
func headingOf(text string) (h heading, ok bool) {
	m := typeHeading.FindStringSubmatch(text)
	if m == nil {
		if chapterHeading.MatchString(text) && utf8.RuneCountInString(text) <= 40 && !slot.MatchString(text) && !bracketKey.MatchString(text) {
			return heading{chapter: true}, true
		}
		return heading{}, false
	}
	prefix, word, rest := strings.TrimSpace(m[1]), m[2], m[4]
	noted := strings.TrimSpace(strings.TrimPrefix(rest, headingNote.FindString(rest)))
	arabic := prefix != "" && unicode.IsDigit(firstRune(prefix))
	switch {
	case m[3] != "": // 单选题答案: a heading of keys
		return heading{}, false
	case rest != "" && noted == rest && !begins(rest): // 判断下列说法…: a sentence that begins with the word
		return heading{}, false
	case prefix == "" && !strings.HasSuffix(word, "题"), arabic && noted != "":
		return heading{}, false
	}
	h.order = chineseNumber(prefix)
	h.kind, h.other = kindOf(word)
	h.rest = noted
	return h, true
}

// begins reports whether a text begins with the number of a question.
func begins(text string) bool {
	_, _, bare, ok := numberAt(text)
	return ok && !bare || frontMark.MatchString(text)
}

// kindOf sorts a word for a type: one that is known, one that does not exist here,
// or, for 选择题 and 不定项, one that the key will tell.
func kindOf(word string) (kind, other string) {
	if otherTypes.MatchString(word) {
		return "", word
	}
	if strings.HasPrefix(word, "不定项") || word == "选择题" {
		return "", ""
	}
	for _, form := range []string{"判断", "填空"} {
		if strings.HasPrefix(word, form) {
			return form, ""
		}
	}
	if t, ok := content.TypeOf(word); ok {
		return t.Word(), ""
	}
	return "", ""
}

// chineseNumber is the number in a prefix such as 第二部分 or 二、; 0: none.
func chineseNumber(s string) int {
	for _, r := range s {
		if i := strings.IndexRune("一二三四五六七八九十", r); i >= 0 {
			return i/len("一") + 1
		}
		if '0' <= r && r <= '9' {
			return int(r - '0')
		}
	}
	return 0
}

// numberAt reads the number of a question at the start of a text; bare is one
// that only a space divides from what follows.
func numberAt(text string) (n int, rest string, bare, ok bool) {
	m := numberMark.FindStringSubmatch(text)
	if m == nil {
		return 0, text, false, false
	}
	for i, group := range m[1:] {
		if group != "" {
			n, err := strconv.Atoi(halfWidth(group))
			return n, text[len(m[0]):], i == 4, err == nil
		}
	}
	return 0, text, false, false
}

// halfWidth turns full-width letters and digits into the usual ones.
func halfWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if 0xFF01 <= r && r <= 0xFF5E {
			return r - 0xFF01 + '!'
		}
		return r
	}, s)
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

func latinOrDigit(r rune) bool {
	return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
