package moodle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dangshi/content"
)

// shown is a file as people can check it.
func shown(f *content.File) string {
	var b strings.Builder
	for _, e := range f.Questions {
		text, err := json.Marshal(e.Value)
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(&b, "%d %s\n", e.Row, text)
	}
	for _, fault := range f.Faults {
		fmt.Fprintln(&b, "!", fault)
	}
	for _, note := range f.Notes {
		fmt.Fprintln(&b, "#", note)
	}
	return b.String()
}

const giftBank = `// 党史题库

$CATEGORY: $course$/top/党史//建党

// [id:g-1] [tag:难度=2] [tag:状态=approved] [tag:随便]
::第一题::[html]<p>中共一大在<b>哪一年</b>召开&nbsp;？</p>{
  =1921年#对了
  ~1919年 # 那是五四运动
  ~%0%1927年
  ####<p>1921年7月。</p>
}

::第二题:: 哪些是\=三大战役\=\: \{多选\}？ {
  ~%33.33333%辽沈 ~%33.33333%淮海 ~%33.33333%平津
  ~%-100%渡江
}

中华人民共和国成立于1949年。{TRUE#不对#对}

南昌起义发生在1928年。{F}

长征胜利结束于{=1936 =%100%1936年 =%50%三六年}年。

中共一大在哪里开幕？{=上海 ~北京} 请选择。

配对{
=甲 -> 1
=乙 -> 2
=丙 -> 3
}

圆周率{#3.14:0.01}

谈谈长征的意义。{}

这是说明。

看图 [html]答题{T}

[html]看图<img src="@@PLUGINFILE@@/a.png">{T}

几个空{=甲}和{=乙}

通配{=上海*}

都算对{=甲 =乙 ~丙}

没有成对{=甲

分值不对{~%50%甲 ~%30%乙 ~丙}

没有标记{甲 乙}
`

func TestReadGIFT(t *testing.T) {
	want := `6 {"id":"g-1","type":"single","stem":"中共一大在 哪一年 召开 ？","options":["1921年","1919年","1927年"],"explain":"1921年7月。","category":"党史/建党","difficulty":2,"state":"approved","answer":"A"}
13 {"id":"q-","type":"multiple","stem":"哪些是=三大战役=: {多选}？","options":["辽沈","淮海","平津","渡江"],"category":"党史/建党","state":"draft","answer":"ABC"}
18 {"id":"q-","type":"judge","stem":"中华人民共和国成立于1949年。","category":"党史/建党","state":"draft","answer":"T"}
20 {"id":"q-","type":"judge","stem":"南昌起义发生在1928年。","category":"党史/建党","state":"draft","answer":"F"}
22 {"id":"q-","type":"blank","stem":"长征胜利结束于____年。","category":"党史/建党","state":"draft","answer":["1936","1936年"]}
24 {"id":"q-","type":"single","stem":"中共一大在哪里开幕？（ ）请选择。","options":["上海","北京"],"category":"党史/建党","state":"draft","answer":"A"}
38 {"id":"q-","type":"judge","stem":"看图 [html]答题","category":"党史/建党","state":"draft","answer":"T"}
! f 第48行: 花括号没有成对，请检查这道题的 { 和 }，以及题目之间的空行
! f 第50行 [答案]: 正确选项的分值合起来是 80%，应是 100%，请改正
! f 第52行 [答案]: 花括号里没有找到答案，请用 = 标出正确的、用 ~ 标出错误的，判断题写 T 或 F
# f 第26行: 这是配对题（matching），这里没有这种题型，没有载入
# f 第32行: 这是数值题（numerical），这里没有这种题型，没有载入
# f 第34行: 这是问答题（essay），这里没有这种题型，没有载入
# f 第36行: 这是说明文字（description），不是题目，没有载入
# f 第40行: 题目里有图片、声音或视频，没有载入
# f 第42行: 有几处要填（cloze），一道题只能填一处，没有载入
# f 第44行: 填空的答案里有通配符 *，这里要写全，没有载入
# f 第46行: 单选题有几个各自算对的选项，这里没有这种题型，没有载入
`
	for _, text := range []string{giftBank, strings.ReplaceAll(giftBank, "\n", "\r\n")} {
		f := ReadGIFT("f", text)
		for i := range f.Questions {
			if id := &f.Questions[i].Value.ID; strings.HasPrefix(*id, "q-") {
				*id = "q-"
			}
		}
		if got := shown(f); got != want || !IsGIFT(text) || IsAiken(text) {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

const aikenBank = `中共一大在哪一年召开？
A. 1919年
B. 1921年
ANSWER: B

遵义会议召开于？
A) 1934年
B) 1935年
C) 1936年
ANSWER: b
选项错了
A. 甲
C. 乙
ANSWER: A

没有答案
A. 甲
B. 乙

两行的
题干
A. 甲
B. 乙
ANSWER: A

多选
A. 甲
B. 乙
ANSWER: A,B

最后一题
A. 甲
B. 乙
`

func TestReadAiken(t *testing.T) {
	f := ReadAiken("f", aikenBank)
	for i := range f.Questions {
		f.Questions[i].Value.ID = "q-"
	}
	want := `1 {"id":"q-","type":"single","stem":"中共一大在哪一年召开？","options":["1919年","1921年"],"state":"draft","answer":"B"}
6 {"id":"q-","type":"single","stem":"遵义会议召开于？","options":["1934年","1935年","1936年"],"state":"draft","answer":"B"}
! f 第11行 [选项]: 第 13 行的选项是 C，这里应是 B，请检查选项的字母
! f 第16行 [选项]: 第 20 行既不是选项也不是 ANSWER，请检查这一行，题目之间要有 ANSWER 一行
! f 第26行 [答案]: ANSWER 后面是“A,B”，请写一个选项的字母；多选和判断请用别的格式
! f 第31行 [答案]: 这道题没有 ANSWER 一行，请在选项下面补上，例如 ANSWER: B
`
	if got := shown(f); got != want || !IsAiken(aikenBank) || IsGIFT(aikenBank) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// hardText draws what is hard to write.
var hardText = rapid.Custom(func(t *rapid.T) string {
	return strings.TrimSpace(rapid.StringMatching("[党甲AB1=~#{}:%50\\\\/.()\\[\\]>* <&;-]{0,12}").Draw(t, "text"))
})

var question = rapid.Custom(func(t *rapid.T) content.Question {
	q := content.Question{
		ID: rapid.StringMatching(`[A-Za-z0-9_-][A-Za-z0-9._-]{0,20}`).Draw(t, "id"), Type: rapid.SampledFrom([]content.Type{content.Single, content.Multiple, content.Judge, content.Blank}).Draw(t, "type"),
		Stem: strings.TrimSpace(hardText.Draw(t, "stem") + "题" + hardText.Draw(t, "tail")), Explain: hardText.Draw(t, "explain"), Category: hardText.Draw(t, "category"),
		Difficulty: rapid.IntRange(0, 5).Draw(t, "difficulty"), Source: hardText.Draw(t, "source"), URL: rapid.SampledFrom([]string{"", "https://b.cn/?x=1&y=%5D"}).Draw(t, "url"),
		Grade: rapid.SampledFrom([]content.Grade{"", content.Official}).Draw(t, "grade"), State: rapid.SampledFrom([]content.State{content.Draft, content.Approved}).Draw(t, "state"),
		Day: rapid.SampledFrom([]string{"", "02-29", "2026-11-22"}).Draw(t, "day"), Revision: rapid.IntRange(0, 3).Draw(t, "revision"),
	}
	n := rapid.IntRange(2, 8).Draw(t, "n")
	switch q.Type {
	case content.Judge:
		q.Answer.Letters = content.Letters(rapid.IntRange(1, 2).Draw(t, "verdict"))
	case content.Blank:
		for i := range n {
			q.Answer.Accept = append(q.Answer.Accept, strings.TrimSpace(hardText.Draw(t, "word")+fmt.Sprint("词", i)))
		}
	default:
		for i := range n {
			q.Options = append(q.Options, strings.TrimSpace(hardText.Draw(t, "option")+fmt.Sprint("项", i)))
		}
		q.Answer.Letters = 1 << rapid.IntRange(0, n-1).Draw(t, "letter")
		if q.Type == content.Multiple {
			q.Answer.Letters = content.Letters(rapid.IntRange(1, 1<<n-1).Filter(func(k int) bool { return k&(k-1) != 0 }).Draw(t, "letters"))
		}
	}
	return q
})

// TestRoundTrip: what is written comes back, all of it in GIFT but for words that
// it has a meaning for, stem, options and key of the choices in Aiken.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bank := rapid.SliceOfNDistinct(question, 1, 5, func(q content.Question) string { return q.ID }).Draw(t, "bank")
		var b bytes.Buffer
		left, err := WriteGIFT(&b, bank)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range left {
			if words := strings.Join(q.Answer.Accept, " "); q.Type != content.Blank || !strings.ContainsAny(words, "*") && !strings.Contains(words, "->") {
				t.Fatalf("left out: %+v\n%s", q, giftText(q))
			}
		}
		f := ReadGIFT("f", b.String())
		if want := without(bank, left); f.Err() != nil || len(f.Notes) > 0 || !reflect.DeepEqual(content.Values(f.Questions), want) {
			t.Fatalf("%s\n got %s\nwant %+v", b.String(), shown(f), want)
		}
		b.Reset()
		if left, err = WriteAiken(&b, bank); err != nil {
			t.Fatal(err)
		}
		f = ReadAiken("f", b.String())
		want := without(bank, left)
		if f.Err() != nil && !strings.Contains(f.Err().Error(), "同一道题") || f.Err() == nil && len(f.Questions) != len(want) {
			t.Fatalf("%s\n%s", b.String(), shown(f))
		}
		for i := range want {
			if f.Err() == nil && !sameChoice(f.Questions[i].Value, want[i]) {
				t.Fatalf("got %+v\nwant %+v", f.Questions[i].Value, want[i])
			}
		}
		for _, q := range left {
			if q.Type == content.Single && !strings.HasPrefix(q.Stem, "A") && !strings.HasPrefix(q.Stem, "B") {
				t.Fatalf("left out: %+v", q)
			}
		}
	})
}

func without(bank, left []content.Question) (rest []content.Question) {
	gone := map[string]bool{}
	for _, q := range left {
		gone[q.ID] = true
	}
	for _, q := range bank {
		if !gone[q.ID] {
			rest = append(rest, q)
		}
	}
	return rest
}

func fuzz(f *testing.F, read func(name, text string) *content.File, write func(*bytes.Buffer, []content.Question) error) {
	f.Fuzz(func(t *testing.T, text string) {
		file := read("f", text)
		for _, e := range file.Questions {
			if faults := e.Value.Check(); len(faults) > 0 || e.Row < 1 {
				t.Fatalf("accepted %+v with %v", e, faults)
			}
		}
		for _, fault := range append(file.Faults, file.Notes...) {
			if fault.Row < 1 || fault.Problem == "" || strings.Contains(fault.String(), "\n") || strings.ToValidUTF8(fault.String(), "") != fault.String() {
				t.Fatalf("fault %+v", fault)
			}
		}
		var b bytes.Buffer
		if err := write(&b, content.Values(file.Questions)); err != nil {
			t.Fatal(err)
		}
		if again := read("f", b.String()); again.Err() != nil && !strings.Contains(again.Err().Error(), "同一道题") {
			t.Fatalf("what was written is at fault: %v\n%s", again.Err(), b.String())
		}
	})
}

func FuzzReadGIFT(f *testing.F) {
	for part := range strings.SplitSeq(giftBank, "\n\n") {
		f.Add(part)
	}
	fuzz(f, ReadGIFT, func(b *bytes.Buffer, bank []content.Question) error { _, err := WriteGIFT(b, bank); return err })
}

func FuzzReadAiken(f *testing.F) {
	for part := range strings.SplitSeq(aikenBank, "\n\n") {
		f.Add(part)
	}
	fuzz(f, ReadAiken, func(b *bytes.Buffer, bank []content.Question) error { _, err := WriteAiken(b, bank); return err })
}
