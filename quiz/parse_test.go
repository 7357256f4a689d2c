package quiz

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"dangshi/content"

	"github.com/longbridgeapp/opencc"
	"pgregory.net/rapid"
)

var leaders = []string{"毛泽东", "周恩来", "刘少奇", "朱德", "邓小平", "陈云", "任弼时", "彭德怀"}

// example is one line of testdata/answers.tsv.
type example struct {
	line int
	q    content.Question
	text string
	want string
}

var unescape = strings.NewReplacer(`\n`, "\n", `\u200b`, "\u200b", `\ufeff`, "\ufeff")

func examples(t testing.TB) []example {
	t.Helper()
	f, err := os.Open("testdata/answers.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []example
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		col := strings.Split(lines.Text(), "\t")
		if len(col) != 4 {
			t.Fatalf("line %d has %d columns", n, len(col))
		}
		places, err := strconv.Atoi(col[1])
		typ := content.Type(col[0])
		if err != nil || !typ.Valid() || places > len(leaders) {
			t.Fatalf("line %d: type %q, options %q", n, col[0], col[1])
		}
		all = append(all, example{n, content.Question{Type: typ, Options: leaders[:places]}, unescape.Replace(col[2]), col[3]})
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// spoken writes what was understood as the table does.
func spoken(q content.Question, text string) string {
	c, ok := ParseAnswer(text, q)
	switch {
	case !ok:
		return "-"
	case q.Type == content.Blank:
		return c.Text
	case q.Type == content.Judge:
		return map[content.Letters]string{1: "T", 2: "F"}[c.Letters]
	}
	return c.Letters.String()
}

func TestParseAnswerTable(t *testing.T) {
	answers, others := 0, 0
	for _, e := range examples(t) {
		if got := spoken(e.q, e.text); got != e.want {
			t.Errorf("answers.tsv:%d: %s of %d: %q means %s, not %s", e.line, e.q.Type, len(e.q.Options), e.text, got, e.want)
		}
		if e.want == "-" {
			others++
		} else {
			answers++
		}
	}
	if answers < 800 || others < 750 {
		t.Errorf("the table has %d answers and %d that are none", answers, others)
	}
}

// Width, traditional characters, case and spaces change nothing.
func TestParseAnswerDisguised(t *testing.T) {
	traditional, err := opencc.New("s2t")
	if err != nil {
		t.Fatal(err)
	}
	disguises := map[string]func(string) string{
		"full-width": fullWidth,
		"upper":      strings.ToUpper,
		"lower":      strings.ToLower,
		"spaced":     spaced,
		"traditional": func(s string) string {
			out, err := traditional.Convert(s)
			if err != nil {
				t.Fatal(err)
			}
			return out
		},
	}
	for _, e := range examples(t) {
		for name, disguise := range disguises {
			if strings.ContainsAny(e.text, "[/:") && name == "spaced" {
				continue // a sticker's code is not a sticker any more
			}
			if text := disguise(e.text); spoken(e.q, text) != e.want {
				t.Errorf("answers.tsv:%d: %s: %q means %s, not %s", e.line, name, text, spoken(e.q, text), e.want)
			}
		}
	}
}

// asciiTwin undoes fullWidth.
func asciiTwin(r rune) rune {
	if 0xFF01 <= r && r <= 0xFF5E {
		return r - 0xFF01 + '!'
	}
	return r
}

func fullWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if '!' <= r && r <= '~' {
			return r - '!' + 0xFF01
		}
		return r
	}, s)
}

func spaced(s string) string {
	var b strings.Builder
	for i, r := range s {
		b.WriteString([]string{" ", "", "　"}[i%3])
		b.WriteRune(r)
	}
	return b.String() + " "
}

// questions gives any question that a paper may hold, and some that it may not.
var questions = rapid.Custom(func(t *rapid.T) content.Question {
	typ := rapid.SampledFrom([]content.Type{content.Single, content.Multiple, content.Judge, content.Blank}).Draw(t, "type")
	q := content.Question{Type: typ}
	if typ == content.Single || typ == content.Multiple {
		option := rapid.OneOf(rapid.SampledFrom([]string{"", "1", "2", "一", "B", "AB", "√", "毛泽东", "朱德", "以上都对", "3个", "东", "西"}), rapid.String())
		q.Options = rapid.SliceOfN(option, 0, 10).Draw(t, "options")
	}
	if typ == content.Blank {
		q.Answer.Accept = []string{"酒吧", "1921年"}
	}
	return q
})

// sayings gives texts made of the words that the grammar knows.
var sayings = rapid.Custom(func(t *rapid.T) string {
	known := append([]string{
		"A", "B", "c", "Ｄ", "E", "1", "2", "3", "一", "二", "甲", "①", "第", "个", "、", "，", ".", "-", " ", "\n", "+", "前", "后", "最后", "两", "四", "不",
		"吗", "?", "还是", "√", "×", "[强]", "/::B", "毛泽东", "朱德", "西", "十", "\u200b",
	}, leads...)
	for _, table := range [][]string{everyWords, verdicts, tails, joiners, yesWords, noWords, judgeLeads, numberWords} {
		known = append(known, table...)
	}
	piece := rapid.OneOf(rapid.SampledFrom(known), rapid.SampledFrom(known), rapid.String())
	return strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(t, "pieces"), "")
})

func TestParseAnswerInRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkParsed(t, questions.Draw(t, "question"), sayings.Draw(t, "text"))
	})
}

func checkParsed(t interface {
	Fatalf(string, ...any)
}, q content.Question, text string) {
	c, ok := ParseAnswer(text, q)
	n := c.Letters.Len()
	switch {
	case !ok && c != Choice{}:
		t.Fatalf("%q is no answer, yet %+v came back", text, c)
	case !ok:
	case q.Type == content.Blank:
		if count := utf8.RuneCountInString(c.Text); c.Letters != 0 || count < 1 || count > 30 || content.Normalise(c.Text) != c.Text {
			t.Fatalf("%q on a blank gives %+v", text, c)
		}
	case c.Text != "" || n == 0 || int(c.Letters)>>len(q.Choices()) != 0:
		t.Fatalf("%q on %s with %d options gives %+v", text, q.Type, len(q.Choices()), c)
	case q.Type != content.Multiple && n != 1:
		t.Fatalf("%q on %s gives %d letters", text, q.Type, n)
	}
	if again, okAgain := ParseAnswer(spaced(text), q); !strings.ContainsAny(strings.Map(asciiTwin, text), "[/:") && (again != c || okAgain != ok) {
		t.Fatalf("%q means %+v %v, with spaces %+v %v", text, c, ok, again, okAgain)
	}
}

// Every set of letters, in every plain spelling, comes back as it went out.
func TestParseAnswerRoundTrip(t *testing.T) {
	for places := 2; places <= content.MaxOptions; places++ {
		q := content.Question{Type: content.Multiple, Options: leaders[:places]}
		for bits := 1; bits < 1<<places; bits++ {
			set := content.Letters(bits)
			for _, text := range spellings(set) {
				if c, ok := ParseAnswer(text, q); !ok || c.Letters != set {
					t.Errorf("%d options: %q means %s, not %s", places, text, c.Letters, set)
				}
			}
			if set.Len() > 1 {
				continue
			}
			for _, typ := range []content.Type{content.Single, content.Judge} {
				q := content.Question{Type: typ, Options: leaders[:places]}
				if c, ok := ParseAnswer(set.String(), q); bits < 1<<len(q.Choices()) && (!ok || c.Letters != set) {
					t.Errorf("%s: %q means %s", typ, set, c.Letters)
				}
			}
		}
	}
}

func spellings(set content.Letters) []string {
	var letters, numbers, ordinals []string
	for i := range content.MaxOptions {
		if set.Has(i) {
			letters = append(letters, string(rune('A'+i)))
			numbers = append(numbers, fmt.Sprint(i+1))
			ordinals = append(ordinals, "第"+string([]rune("一二三四五六七八")[i])+"个")
		}
	}
	return []string{
		set.String(), strings.ToLower(set.String()), "我选" + set.String(), strings.Join(letters, "、"), strings.Join(letters, " "), strings.Join(letters, "和"),
		strings.Join(numbers, ""), strings.Join(numbers, "，"), strings.Join(ordinals, "、"),
	}
}

// Texts of options that look like letters, numbers or words of the grammar.
func TestParseAnswerOptionTexts(t *testing.T) {
	single := func(options ...string) content.Question {
		return content.Question{Type: content.Single, Options: options}
	}
	multiple := func(options ...string) content.Question {
		return content.Question{Type: content.Multiple, Options: options}
	}
	for _, c := range []struct {
		q    content.Question
		text string
		want string
	}{
		{single("3", "5", "7", "1"), "7", "C"},   // no seventh option
		{single("3", "5", "7", "1"), "3", "-"},   // the text of A, the place of C
		{single("3", "5", "7", "1"), "第三个", "C"}, // a place for sure
		{single("1", "2", "3", "4"), "3", "C"},   // both the same
		{single("A型", "B型", "AB型", "O型"), "AB型", "C"},
		{single("A", "B", "AB", "O"), "AB", "C"},
		{single("A", "B", "AB", "O"), "o", "D"},
		{single("C", "B", "A", "D"), "A", "A"}, // letters name places, always
		{single("77个", "37个", "57个", "3个"), "3个", "D"},
		{single("77个", "37个", "57个", "3个"), "三个", "-"},
		{single("东", "南", "西", "北"), "西", "C"},
		{single("南", "西", "北", "东"), "西", "B"}, // the text, not the misheard letter C
		{single("一大", "二大", "三大", "四大"), "二大", "B"},
		{single("毛泽东", "毛泽东", "朱德"), "毛泽东", "-"}, // not unique
		{single("毛泽东", "毛泽东思想"), "毛泽东思想", "B"},
		{single("毛泽东", "毛泽东思想"), "选毛泽东", "A"},
		{single("王选", "选王"), "王选", "A"},
		{single("王选", "选王"), "选王选", "A"},
		{single("2008年10月1日", "2007年10月1日"), "2007年10月1日。", "B"},
		{single("2008年10月1日", "2007年10月1日"), "2007", "-"},
		{single("第一野战军", "第二野战军"), "第二野战军", "B"},
		{single("第一野战军", "第二野战军"), "B.第二野战军", "B"},
		{single("第一野战军", "第二野战军"), "A.第二野战军", "-"}, // they contradict each other
		{single("是", "否"), "否", "B"},
		{single("对", "不对"), "不对", "B"},
		{single("甲", "以上都对"), "以上都对", "B"},
		{single("", ""), "全选", "-"},
		{single("√", "×"), "×", "B"},
		{multiple("第一野战军", "第二野战军", "第三野战军"), "第一野战军和第三野战军", "AC"},
		{multiple("第一野战军", "第二野战军", "第三野战军"), "第三野战军，第一野战军", "AC"},
		{multiple("东", "西", "南", "北"), "东西", "-"},
		{multiple("北京和上海", "北京", "上海"), "北京和上海", "A"}, // the longest
		{multiple("北京和上海", "北京", "上海"), "上海和北京", "BC"},
		{multiple("甲", "乙", "以上都对"), "以上都对", "C"},
		{multiple("12", "1", "2"), "12", "-"}, // the text of A, the places of A and B
		{multiple("", "", "", ""), "AC", "AC"},
		{multiple("", "", "", ""), "你好", "-"},
	} {
		if got := spoken(c.q, c.text); got != c.want {
			t.Errorf("%s %q: %q means %s, not %s", c.q.Type, c.q.Options, c.text, got, c.want)
		}
	}
}

// Text of 4 MB or of the wrong encoding is refused or read without harm.
func TestParseAnswerHostile(t *testing.T) {
	q := content.Question{Type: content.Multiple, Options: leaders[:4]}
	for _, text := range []string{
		strings.Repeat("A", 4<<20), strings.Repeat("选", 600), strings.Repeat("嗯", 600) + "B\xff\xfe?", strings.Repeat("不是", 300), "\xff", "\x00",
		strings.Repeat("毛泽东", 200), strings.Repeat("第", 600),
	} {
		if c, ok := ParseAnswer(text, q); ok {
			t.Errorf("%.20q… means %s", text, c.Letters)
		}
	}
	if c, ok := ParseAnswer("A", content.Question{Type: content.Single}); ok {
		t.Errorf("a question without options was answered with %s", c.Letters)
	}
	if c, ok := ParseAnswer("A", content.Question{}); ok {
		t.Errorf("a question without a type was answered with %s", c.Letters)
	}
}

func TestBlankKeepsAcceptedSentence(t *testing.T) {
	q := content.Question{Type: content.Blank, Answer: content.Key{Accept: []string{"酒吧", "应该是"}}}
	for _, word := range []string{"酒吧", "应该是"} {
		if c, ok := ParseAnswer(word, q); !ok || c.Text != word {
			t.Errorf("%q reads as %q", word, c.Text)
		}
	}
}

func TestRightForBlanks(t *testing.T) {
	q := content.Question{Type: content.Blank, Answer: content.Key{Accept: []string{"1921年", "井冈山", "《论持久战》", "Marx", "3.5"}}}
	for text, want := range map[string]bool{
		"1921年": true, "１９２１年": true, " 1921 年。": true, "１９２１　年": true, "1921": false, "1921年7月": false, "1922年": false,
		"井岡山": true, "井 岡 山": true, "“井冈山”": true, "井冈": false, "應該是井岡山吧": true, "答案：井冈山": true,
		"論持久戰": true, "论持久战[强]": true, "ｍａｒｘ": true, "MARX": true, "３．５": true, "35": false,
	} {
		c, ok := ParseAnswer(text, q)
		if !ok {
			t.Errorf("%q is no answer", text)
			continue
		}
		g := c.given(q, nil, 0)
		if Right(q, g) != want || g.Letters != 0 || g.Hash&0x8000 == 0 {
			t.Errorf("%q (as %q): right is %v, hash %#x", text, c.Text, Right(q, g), g.Hash)
		}
	}
}

func TestBlankHashNormalises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[0-9a-z一-九年月日井冈山论持久战]{1,12}`).Draw(t, "word")
		for _, same := range []string{fullWidth(word), spaced(word), strings.ToUpper(word), "《" + word + "》。"} {
			if BlankHash(same) != BlankHash(word) {
				t.Fatalf("%q and %q differ", same, word)
			}
		}
	})
}

func FuzzParseAnswer(f *testing.F) {
	for i, e := range examples(f) {
		if i%7 == 0 {
			f.Add(e.text, string(e.q.Type), len(e.q.Options), "3")
		}
	}
	f.Fuzz(func(t *testing.T, text, typ string, places int, option string) {
		q := content.Question{Type: content.Type(typ)}
		if q.Type != content.Blank && q.Type != content.Judge {
			q.Options = append([]string{option}, leaders...)[:min(max(places, 0), 9)]
		}
		checkParsed(t, q, text)
	})
}

func BenchmarkParseAnswer(b *testing.B) {
	single := content.Question{Type: content.Single, Options: leaders[:4]}
	for name, c := range map[string]struct {
		q    content.Question
		text string
	}{
		"letter":     {single, "B"},
		"full-width": {single, "Ｂ。"},
		"said":       {single, "应该是第二个吧。"},
		"option":     {single, "我选毛泽东"},
		"letters":    {content.Question{Type: content.Multiple, Options: leaders[:4]}, "A、C和D"},
		"judge":      {content.Question{Type: content.Judge}, "这个说法是错误的"},
		"talk":       {single, "请问今天的题目在哪里可以看到，谢谢老师"},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ParseAnswer(c.text, c.q)
			}
		})
	}
}
