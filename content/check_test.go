package content

import (
	"fmt"
	"strings"
	"testing"
)

func single() Question {
	return Question{ID: "q1", Type: Single, Stem: "哪一年？", Options: []string{"1919", "1921", "1949"}, Answer: Key{Letters: 2}, State: Approved}
}

func blank(accept ...string) Question {
	return Question{ID: "q1", Type: Blank, Stem: "在____年。", Answer: Key{Accept: accept}, State: Approved}
}

func judge() Question {
	return Question{ID: "q1", Type: Judge, Stem: "对吗？", Answer: Key{Letters: 1}, State: Approved}
}

// Each row changes one thing of a question; want is field and a part of the
// problem, empty where nothing is wrong.
func TestQuestionCheck(t *testing.T) {
	for _, c := range []struct {
		name   string
		q      Question
		change func(*Question)
		want   string
	}{
		{"single", single(), nil, ""},
		{"judge", judge(), nil, ""},
		{"blank", blank("1921", "1921年"), nil, ""},
		{"no id", single(), func(q *Question) { q.ID = "" }, "id 缺少编号"},
		{"id of 64", single(), func(q *Question) { q.ID = strings.Repeat("a", 64) }, ""},
		{"id of 65", single(), func(q *Question) { q.ID = strings.Repeat("a", 65) }, "id 不合要求"},
		{"id with a blank", single(), func(q *Question) { q.ID = "a b" }, "id 不合要求"},
		{"id of dots", single(), func(q *Question) { q.ID = ".." }, "id 不合要求"},
		{"no type", single(), func(q *Question) { q.Type = "" }, "type 缺少题型"},
		{"unknown type", single(), func(q *Question) { q.Type = "essay" }, "type “essay”"},
		{"no stem", single(), func(q *Question) { q.Stem = " " }, "stem 缺少"},
		{"stem with a control character", single(), func(q *Question) { q.Stem = "a\x07b" }, "stem U+0007"},
		{"stem with a bidi override", single(), func(q *Question) { q.Stem = "a\u202eb" }, "stem U+202E"},
		{"stem in two lines", single(), func(q *Question) { q.Stem = "a\nb" }, "stem 换行"},
		{"stem of a wrong conversion", single(), func(q *Question) { q.Stem = "a\ufffdb" }, "stem 编码"},
		{"stem that is no UTF-8", single(), func(q *Question) { q.Stem = "a\xff" }, "stem UTF-8"},
		{"no options", single(), func(q *Question) { q.Options = nil }, "options 缺少选项"},
		{"one option", single(), func(q *Question) { q.Options = q.Options[:1] }, "options 有 1 个"},
		{"nine options", single(), func(q *Question) { q.Options = strings.Split("abcdefghi", "") }, "options 有 9 个"},
		{"eight options", single(), func(q *Question) { q.Options = strings.Split("abcdefgh", "") }, ""},
		{"empty option", single(), func(q *Question) { q.Options[2] = "　" }, "options 选项 C 是空的"},
		{"equal options", single(), func(q *Question) { q.Options[2] = "1919" }, "options 选项 A 和选项 C 相同"},
		{"option with a control character", single(), func(q *Question) { q.Options[0] = "a\x1b" }, "options U+001B"},
		{"no key", single(), func(q *Question) { q.Answer = Key{} }, "answer 缺少答案"},
		{"key behind the options", single(), func(q *Question) { q.Answer.Letters = 8 }, "answer 只有 A 到 C"},
		{"two keys for single", single(), func(q *Question) { q.Answer.Letters = 3 }, "answer 单选题只能有一个"},
		{"one key for multiple", single(), func(q *Question) { q.Type = Multiple }, "answer 多选题至少"},
		{"multiple", single(), func(q *Question) { q.Type, q.Answer.Letters = Multiple, 5 }, ""},
		{"words for single", single(), func(q *Question) { q.Answer = Key{Accept: []string{"x"}} }, "answer 字母"},
		{"judge with options", judge(), func(q *Question) { q.Options = []string{"对", "错"} }, "options 判断题不写选项"},
		{"judge without a key", judge(), func(q *Question) { q.Answer = Key{} }, "answer T（对）或 F（错）"},
		{"judge with both", judge(), func(q *Question) { q.Answer.Letters = 3 }, "answer T（对）或 F（错）"},
		{"blank with options", blank("x1"), func(q *Question) { q.Options = []string{"a", "b"} }, "options 填空题不写选项"},
		{"blank without answers", blank(), nil, "answer 缺少答案"},
		{"blank with letters", blank("x1"), func(q *Question) { q.Answer.Letters = 1 }, "answer 一组词语"},
		{"blank with 20", blank(strings.Split(strings.Repeat("x1 ", 20)[:59], " ")...), nil, ""},
		{"blank with 21", blank(strings.Split(strings.Repeat("x1 ", 21)[:62], " ")...), nil, "answer 列出了 21 个"},
		{"blank with an empty one", blank("x1", ""), nil, "answer 第 2 个答案没有"},
		{"blank of 30", blank(strings.Repeat("党", 30)), nil, ""},
		{"blank of 31", blank(strings.Repeat("党", 31)), nil, "answer 有 31 个字，最多"},
		{"blank of many signs", blank("党" + strings.Repeat("。", 60)), nil, "answer 连标点有 61 个字"},
		{"blank that is a command", blank("帮助"), nil, "answer 聊天里的口令"},
		{"blank that is a verdict", blank("对"), nil, "answer 聊天里的口令"},
		{"blank that holds a command", blank("帮助农民"), nil, ""},
		{"blank that is a number", blank("8", "八"), nil, ""},
		{"no state", single(), func(q *Question) { q.State = "" }, "state 缺少审核状态"},
		{"unknown state", single(), func(q *Question) { q.State = "ok" }, "state “ok”"},
		{"difficulty 5", single(), func(q *Question) { q.Difficulty = 5 }, ""},
		{"difficulty 6", single(), func(q *Question) { q.Difficulty = 6 }, "difficulty 难度是 6"},
		{"difficulty -1", single(), func(q *Question) { q.Difficulty = -1 }, "difficulty 难度是 -1"},
		{"unknown grade", single(), func(q *Question) { q.Grade = "gov" }, "grade “gov”"},
		{"https", single(), func(q *Question) { q.URL = "https://12371.cn/a?b=c&d=1#e" }, ""},
		{"script", single(), func(q *Question) { q.URL = "javascript:alert(1)" }, "url 不合要求"},
		{"no scheme", single(), func(q *Question) { q.URL = "www.12371.cn" }, "url 不合要求"},
		{"no host", single(), func(q *Question) { q.URL = "http:///x" }, "url 不合要求"},
		{"url with a quote", single(), func(q *Question) { q.URL = `http://a.cn/"x` }, "url 不合要求"},
		{"url with a password", single(), func(q *Question) { q.URL = "http://a:b@c.cn/" }, "url 不合要求"},
		{"long url", single(), func(q *Question) { q.URL = "http://a.cn/" + strings.Repeat("a", 500) }, "url 不合要求"},
		{"long category", single(), func(q *Question) { q.Category = strings.Repeat("史", 21) }, "category 最多 20"},
		{"long source", single(), func(q *Question) { q.Source = strings.Repeat("源", 201) }, "source 最多 200"},
		{"day", single(), func(q *Question) { q.Day = "02-29" }, ""},
		{"impossible day", single(), func(q *Question) { q.Day = "02-30" }, "day “02-30”"},
		{"day of one year", single(), func(q *Question) { q.Day = "2028-02-29" }, ""},
		{"impossible day of one year", single(), func(q *Question) { q.Day = "2027-02-29" }, "day “2027-02-29”"},
		{"day of the event", single(), func(q *Question) { q.Day = "1949-10-01" }, "day 10-01"},
		{"day in another form", single(), func(q *Question) { q.Day = "7.1" }, "day “7.1”"},
		{"revision", single(), func(q *Question) { q.Revision = -1 }, "revision -1"},
		{"long explanation", single(), func(q *Question) { q.Explain = strings.Repeat("长。", 300) }, ""},
		{"endless explanation", single(), func(q *Question) { q.Explain = strings.Repeat("长", 2001) }, "explain 最多 2000"},
	} {
		if c.change != nil {
			c.change(&c.q)
		}
		oneFault(t, c.name, c.q.Check(), c.want)
	}
}

func oneFault(t *testing.T, name string, faults []Fault, want string) {
	t.Helper()
	if want == "" {
		if len(faults) > 0 {
			t.Errorf("%s: %v", name, faults)
		}
		return
	}
	field, part, _ := strings.Cut(want, " ")
	if len(faults) != 1 || faults[0].Field != field || !strings.Contains(faults[0].Problem, part) {
		t.Errorf("%s: %v, want one of [%s] with %q", name, faults, field, part)
	}
}

func TestItemCheck(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Item)
		want   string
	}{
		{"good", func(*Item) {}, ""},
		{"no kind", func(it *Item) { it.Kind = "" }, "kind 缺少种类"},
		{"unknown kind", func(it *Item) { it.Kind, it.Date = "x", "" }, "kind “x”"},
		{"today without a date", func(it *Item) { it.Date = "" }, "date 要有日期"},
		{"story with a date", func(it *Item) { it.Kind = Story }, "date 只有"},
		{"impossible date", func(it *Item) { it.Date = "04-31" }, "date “04-31”"},
		{"year 1799", func(it *Item) { it.Year = 1799 }, "year 1799"},
		{"year 1800", func(it *Item) { it.Year = 1800 }, ""},
		{"year 2101", func(it *Item) { it.Year = 2101 }, "year 2101"},
		{"no title", func(it *Item) { it.Title = "" }, "title 缺少"},
		{"no text", func(it *Item) { it.Text = "" }, "text 缺少"},
		{"text of two paragraphs", func(it *Item) { it.Text = "一\n二" }, ""},
		{"title of two lines", func(it *Item) { it.Title = "一\n二" }, "title 换行"},
		{"text with a tab", func(it *Item) { it.Text = "一\t二" }, "text U+0009"},
		{"reference that is no id", func(it *Item) { it.Question = "a b" }, "question_id 不合要求"},
		{"uploaded picture", func(it *Item) { it.Picture = MediaPath + strings.Repeat("0", 32) + ".jpg" }, ""},
		{"uploaded audio", func(it *Item) { it.Audio = MediaPath + strings.Repeat("f", 32) + ".m4a" }, ""},
		{"audio for a picture", func(it *Item) { it.Picture = MediaPath + strings.Repeat("f", 32) + ".m4a" }, "picture 不合要求"},
		{"path of something else", func(it *Item) { it.Picture = MediaPath + "../pin" }, "picture 不合要求"},
		{"unknown state", func(it *Item) { it.State = "x" }, "state “x”"},
		{"too long", func(it *Item) { it.Text = strings.Repeat("长", 600) }, "text 1748 字节"},
	} {
		it := Item{ID: "i1", Kind: Today, Date: "07-01", Title: "标题", Text: "正文", State: Draft}
		c.change(&it)
		oneFault(t, c.name, it.Check(), c.want)
	}
}

// The size is what the bot's lines take: compare it with lines that are written out.
func TestQuestionSize(t *testing.T) {
	q := single()
	want := len(q.Stem)
	for i, o := range q.Options {
		want += len(fmt.Sprintf("<a href=\"weixin://bizmsgmenu?msgmenucontent=%[1]s&msgmenuid=%[2]d\">%[1]s. %[3]s</a>\n", letter(i), 2026112201, o))
	}
	if q.Size() != want {
		t.Errorf("single: %d, want %d", q.Size(), want)
	}
	if got, want := judge().Size(), len("对吗？")+2*(LinkOverhead+len("对")); got != want {
		t.Errorf("judge: %d, want %d", got, want)
	}
	q.Stem = "<" + q.Stem // sent as ＜
	if q.Size() != want+3 {
		t.Errorf("with a mark that grows: %d, want %d", q.Size(), want+3)
	}
}

func TestQuestionThatJustFits(t *testing.T) {
	q := blank("x1")
	q.Stem = strings.Repeat("a", MaxQuestionSize)
	oneFault(t, "at the limit", q.Check(), "")
	q.Stem += "a"
	oneFault(t, "over the limit", q.Check(), "stem 约 1 个汉字")
}

func TestAdvice(t *testing.T) {
	for stem, advised := range map[string]bool{
		"在____年。": false, "在（　　）年。": false, "在( )年。": false, "在＿年。": false, "哪一年？": true,
	} {
		q := blank("x1")
		q.Stem, q.Explain = stem, "解析。"
		if got := q.Advice(); (len(got) > 0) != advised {
			t.Errorf("%s: %v", stem, got)
		}
	}
	q := single()
	oneFault(t, "no explanation", q.Advice(), "explain 建议写一句解析")
	q.Explain = strings.Repeat("长", 201)
	oneFault(t, "long explanation", q.Advice(), "explain 603 字节")
}

func TestChatWordsClashAfterNormalise(t *testing.T) {
	for _, w := range append(ChatWords(), AnswerWords()...) {
		if n := Normalise(w); n != "" && !reserved()[n] {
			t.Errorf("%s is not reserved", w)
		}
		if len(blank("无关", w).Check()) != 1 {
			t.Errorf("a blank may accept %s", w)
		}
	}
}
