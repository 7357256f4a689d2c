package quiz

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"testing"

	"dangshi/content"

	"github.com/longbridgeapp/opencc"
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
