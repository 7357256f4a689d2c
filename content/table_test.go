package content

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"
)

func readQuestions(t *testing.T, text string) *File {
	t.Helper()
	f, err := ReadQuestionsFile("b.csv", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

const plainTable = `编号,题型,题干,选项A,选项B,选项C,选项D,答案,解析,分类,难度,来源,链接,来源等级,状态,日期
q1,单选,"哪一年，""一大""召开？",1919,1921,,,b,因为。,党史,易,某网,https://a.cn/1,权威,已批准,7月1日
q2,多选题,哪些城市？,北京,上海,广州,天津,A、C,,,3,,,,已审,2026/7/1
q3,判断,对吗？,,,,,×,,,,,,,草稿,
q4,填空,在____召开。,,,,,上海 | 上海市,,,,,,,停用,
`

var plainWant = []Question{
	{ID: "q1", Type: Single, Stem: "哪一年，\"一大\"召开？", Options: []string{"1919", "1921"}, Answer: Key{Letters: 2}, Explain: "因为。", Category: "党史",
		Difficulty: 1, Source: "某网", URL: "https://a.cn/1", Grade: Official, State: Approved, Day: "07-01"},
	{ID: "q2", Type: Multiple, Stem: "哪些城市？", Options: []string{"北京", "上海", "广州", "天津"}, Answer: Key{Letters: 5}, Difficulty: 3, State: Reviewed, Day: "2026-07-01"},
	{ID: "q3", Type: Judge, Stem: "对吗？", Answer: Key{Letters: 2}, State: Draft},
	{ID: "q4", Type: Blank, Stem: "在____召开。", Answer: Key{Accept: []string{"上海", "上海市"}}, State: Retired},
}

// Every encoding and every separator reads the same.
func TestTableEncodingsAndSeparators(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(plainTable)
	if err != nil {
		t.Fatal(err)
	}
	gb18030, err := simplifiedchinese.GB18030.NewEncoder().String(plainTable)
	if err != nil {
		t.Fatal(err)
	}
	little, big := []byte{0xff, 0xfe}, []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(plainTable)) {
		little = append(little, byte(u), byte(u>>8))
		big = append(big, byte(u>>8), byte(u))
	}
	for name, text := range map[string]string{
		"UTF-8": plainTable, "mark": "\ufeff" + plainTable, "GBK": gbk, "GB18030": gb18030, "UTF-16LE": string(little), "UTF-16BE": string(big),
		"tabs": strings.ReplaceAll(plainTable, ",", "\t"), "semicolons": strings.ReplaceAll(plainTable, ",", ";"),
		"CRLF": strings.ReplaceAll(plainTable, "\n", "\r\n"), "CR": strings.ReplaceAll(plainTable, "\n", "\r"),
		"a title above": "某某题库,,\n,,,\n" + plainTable, "no line break at the end": strings.TrimRight(plainTable, "\n"),
		"empty rows": strings.ReplaceAll(plainTable, "\n", "\n,,,\n"),
	} {
		f := readQuestions(t, text)
		if !reflect.DeepEqual(Values(f.Questions), plainWant) || f.Err() != nil {
			t.Errorf("%s: %v\n got %+v\nwant %+v", name, f.Err(), Values(f.Questions), plainWant)
		}
	}
	f, err := ReadQuestionsFile("b", iotest.OneByteReader(strings.NewReader(plainTable)))
	if err != nil || len(f.Questions) != len(plainWant) || f.Questions[3].Row != 5 || f.Questions[3].File != "b" {
		t.Errorf("%v %+v", err, f)
	}
}

// Lines of JSON are told from a table by what they hold.
func TestJSONLinesByContent(t *testing.T) {
	for _, text := range []string{goodLine, "\ufeff\n  " + goodLine} {
		if f := readQuestions(t, text); len(f.Questions) != 1 || f.Err() != nil || !f.Questions[0].Stated {
			t.Errorf("%+v", f)
		}
	}
	// The second byte of 圽 in GBK is a backslash, that of 厈 a brace.
	line := strings.ReplaceAll(goodLine, "哪", "圽厈")
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(line)
	if err != nil || line == goodLine {
		t.Fatal(line, err)
	}
	want := readQuestions(t, line)
	if f := readQuestions(t, "\n"+gbk); len(f.Questions) != 1 || f.Err() != nil || !reflect.DeepEqual(f.Questions[0].Value, want.Questions[0].Value) {
		t.Errorf("%+v, want %+v", f, want)
	}
	damaged := "{\"id\":\"q0\",\"stem\":\"\xff\"}\n" + goodLine // not for this taken for GBK
	if f := readQuestions(t, damaged); len(f.Questions) != 1 || !strings.Contains(fmt.Sprint(f.Err()), "第1行: 不是有效的 UTF-8") {
		t.Errorf("%+v", f)
	}
	if f := readQuestions(t, "[\r\n"+goodLine+"]"); !f.Unread || !strings.Contains(fmt.Sprint(f.Err()), "JSONL") {
		t.Errorf("%+v", f)
	}
}

// TestTableLooseness: what people write is understood.
func TestTableLooseness(t *testing.T) {
	for _, c := range []struct{ head, row, want string }{
		{"题目,选项,正确答案", "年？,A. 甲|B. 乙|C. 丙,ac", "multiple [甲 乙 丙] AC"},
		{"题目,选项,正确答案", "年？,\"A、甲\nB、乙\",Ｂ", "single [甲 乙] B"},
		{"题目,选项,正确答案", "年？,AB型|B型,A", "single [AB型 B型] A"},
		{"问题,A,B,C,答案(必填),题型*", "年？,甲,乙,丙,\"A，C\",多项选择题", "multiple [甲 乙 丙] AC"},
		{"stem,option_a,Option B,answer,type", "年？,甲,乙,b,Single", "single [甲 乙] B"},
		{"试题,类型,选项A,选项B,答案", "吗？,判断,正确,错误,A", "judge [] A"},
		{"试题,类型,选项A,选项B,答案", "吗？,判断,错误,正确,A", "judge [] B"},
		{"试题,类型,选项A,选项B,答案", "吗？,判断,错误,正确,正确", "judge [] A"},
		{"题干,答案", "吗？,√", "judge [] A"},
		{"题干,答案", "吗？,FALSE", "judge [] B"},
		{"题干,答案", `在____,"1921｜a\|b|c\d"`, `blank [] 1921;a|b;c\d`},
		{"序号,题干,答案,备注,#自己的", "7,吗？,对,好,x", "judge [] A"},
	} {
		f := readQuestions(t, c.head+"\n"+c.row+"\n")
		if f.Err() != nil || len(f.Questions) != 1 {
			t.Errorf("%s: %v", c.row, f.Err())
			continue
		}
		q := f.Questions[0].Value
		key := q.Answer.Letters.String()
		if q.Type == Blank {
			key = strings.Join(q.Answer.Accept, ";")
		}
		if got := fmt.Sprintf("%s %v %s", q.Type, q.Options, key); got != c.want || f.Questions[0].Stated {
			t.Errorf("%s: got %s, want %s", c.row, got, c.want)
		}
	}
}

// TestDerivedID: it hangs on what is asked, not on how it is set.
func TestDerivedID(t *testing.T) {
	id := func(row string) string {
		t.Helper()
		f := readQuestions(t, "题型,题干,A,B,答案,解析\n"+row)
		if f.Err() != nil {
			t.Fatal(f.Err())
		}
		return f.Questions[0].Value.ID
	}
	first := id("单选,哪一年？,1919,1921,B,")
	for _, same := range []string{"单选, 哪一年 ?,1919,1921,A,解析", "单选题,哪一年,1921,1919,A,"} {
		if got := id(same); got != first {
			t.Errorf("%s: %s, want %s", same, got, first)
		}
	}
	for _, other := range []string{"单选,哪一月？,1919,1921,B,", "单选,哪一年？,1919,1922,B,", "多选,哪一年？,1919,1921,AB,"} {
		if id(other) == first {
			t.Errorf("%s has the same id", other)
		}
	}
	if first != "q-c8aa2dba2053d7aa" {
		t.Errorf("the id of a question is for ever, now it is %s", first)
	}
}

// Each fault names row and column, all at once.
func TestTableNamesEveryFault(t *testing.T) {
	f := readQuestions(t, `题号,类型,题目,选项A,选项B,选项C,正确答案,难度,状态,网址
q1,单选,好题,甲,乙,,B,,,
q2,单选,年？,甲,乙,,D,,,
q3,问答,年？,甲,乙,,A,很难,好,a.cn
q4,,年？,甲,,丙,A,,,
q5,判断,吗？,,,,也许,,,
q6,判断,吗？,,,,,,,
q7,填空,在____,,,,,,,
q8,填空,在____,,,,答题,,,
q1,判断,吗？,,,,对,,,
,判断,再来？,,,,对,,,
,判断,再来 ?,,,,对,,,
q9,单选,年？,甲,乙,,AA,,,,b
,判断,,,,,对,,,
q11,单选,年？,甲,乙,丙,AB,,,
`)
	if len(f.Questions) != 2 || f.Faulty != 12 || f.Unread {
		t.Errorf("%d questions, %d faulty rows, unread %t", len(f.Questions), f.Faulty, f.Unread)
	}
	sameFaults(t, f.Err(), []string{
		"b.csv 第3行 [正确答案]: 答案是 D，但只有 A 到 B 这 2 个选项",
		"b.csv 第4行 [难度]: 应是整数，现在是“很难”",
		"b.csv 第4行 [网址]: 网址“a.cn”不合要求",
		"b.csv 第4行 [状态]: 没有“好”这个审核状态",
		"b.csv 第4行 [类型]: 没有“问答”这种题型",
		"b.csv 第5行 [类型]: 缺少题型，请填 单选、多选、判断 或 填空",
		"b.csv 第6行 [正确答案]: 判断题的答案“也许”不合要求，请填 对 或 错",
		"b.csv 第7行 [正确答案]: 缺少答案，请填 对 或 错",
		"b.csv 第8行 [正确答案]: 缺少答案，请填可以算对的写法",
		"b.csv 第9行 [正确答案]: 第 1 个答案“答题”也是聊天里的口令",
		"b.csv 第10行 [题号]: 编号“q1”在第 2 行已经用过",
		"b.csv 第12行 [题目]: 和第 11 行是同一道题",
		"b.csv 第13行: 第 11 列没有列名，却有内容“b”",
		"b.csv 第13行 [正确答案]: 答案“AA”不合要求",
		"b.csv 第14行 [题目]: 缺少内容",
		"b.csv 第15行 [正确答案]: 单选题只能有一个答案，现在是 AB",
	})
}

// What is wrong with a file as a whole is said once, and nothing of it is loaded.
func TestTableOfAnotherKind(t *testing.T) {
	wide := strings.Repeat(",", MaxColumns)
	for text, want := range map[string]string{
		"":                      "空的",
		" \n\ufeff\n":           "没有找到列名",
		"x,y\n1,2\n":            "没有找到列名",
		"PK\x03\x04abc":         "另存为",
		"题干,答案\n\x00":           "不是文本",
		"题干,选项A\n年？,甲\n":        "[答案]: 缺少这一列",
		"题干,答案,题目\n":            "[题目]: 和“题干”这一列说的是同一件事",
		"题干,答案,选项,选项A\n":        "[选项A]: 选项已经都写在“选项”这一列",
		"题干,答案,解晰\n":            "[解晰]: 不认识这一列，是不是想写“解析”",
		"题干,答案,解系\n":            "[解系]: 不认识这一列，是不是想写“解析”",
		"题干,答案,心得体会\n":          "[心得体会]: 不认识这一列，请改成认得的列名",
		"题干,答案\n\"吗？,对\n吗？,对\n": "第2行: 这一行有一格的引号没有成对",
		"题干,答案\n" + wide + "\n": "第2行: 这一行超过 100 列",
		"题干,答案\n" + strings.Repeat("a", MaxCell+1): "第2行: 这一行有一格超过 32 KB",
	} {
		f := readQuestions(t, text)
		if !f.Unread || f.Err() == nil || !strings.Contains(f.Err().Error(), want) || len(f.Faults) != 1 {
			t.Errorf("%.40q: %v, want %s", text, f.Err(), want)
		}
	}
	f := readQuestions(t, "题干,答案\n"+strings.Repeat("x,y\n", MaxRows+1))
	if !f.Unread || !strings.Contains(f.Err().Error(), "另有") || f.More == 0 {
		t.Error("a file of too many rows is read")
	}
	big := iotest.ErrReader(errors.New("not reached"))
	long := &longReader{left: MaxFile + 10, then: big}
	if f, err := ReadQuestionsFile("b", long); err != nil || !f.Unread || !strings.Contains(f.Err().Error(), "64 MB") {
		t.Errorf("a file too long: %v", err)
	}
	if _, err := ReadQuestionsFile("b", iotest.ErrReader(errors.New("disk is gone"))); err == nil {
		t.Error("a read error is a fault")
	}
}

type longReader struct {
	left int
	then interface{ Read([]byte) (int, error) }
}

func (r *longReader) Read(p []byte) (int, error) {
	if r.left == 0 {
		return r.then.Read(p)
	}
	n := min(len(p), r.left)
	for i := range p[:n] {
		p[i] = ' '
	}
	r.left -= n
	return n, nil
}

// A file that is UTF-8 but for a broken place must not be taken for GBK, which
// would read all of it as other characters.
func TestDamagedUTF8(t *testing.T) {
	f := readQuestions(t, "编号,stem,answer\nq1,对吗？,T\nq2,坏\xe5\x9d的,T\nq3,对么？,T\n")
	if len(f.Questions) != 2 || f.Questions[0].Value.Stem != "对吗？" {
		t.Errorf("%+v", f)
	}
	sameFaults(t, f.Err(), []string{"b.csv 第3行 [stem]: "})
}

func TestReadItemsTable(t *testing.T) {
	f, err := ReadItemsFile("i.csv", strings.NewReader(`种类,日期,年份,标题,正文,来源,链接,来源等级,图片,音频,题目编号,状态
,7-1,1921,建党,"第一段。
第二段。",某网,https://a.cn,权威,https://a.cn/p.jpg,,bank-1,已批准
今天,7月1日,,又一条,正文,,,,,,,
听,,,第一集,正文,,,,,https://a.cn/1.mp3,,草稿
百问,,,一问,正文,,,,,,,已审
`))
	want := []Item{
		{ID: "today-07-01", Kind: Today, Date: "07-01", Year: 1921, Title: "建党", Text: "第一段。\n第二段。", Source: "某网", URL: "https://a.cn", Grade: Official,
			Picture: "https://a.cn/p.jpg", Question: "bank-1", State: Approved},
		{ID: "today-07-01-2", Kind: Today, Date: "07-01", Title: "又一条", Text: "正文", State: Draft},
		{ID: "audio-" + short("第一集"), Kind: Audio, Title: "第一集", Text: "正文", Audio: "https://a.cn/1.mp3", State: Draft},
		{ID: "qa-" + short("一问"), Kind: QA, Title: "一问", Text: "正文", State: Reviewed},
	}
	if err != nil || f.Err() != nil || !reflect.DeepEqual(Values(f.Items), want) {
		t.Errorf("%v %v\n got %+v\nwant %+v", err, f.Err(), Values(f.Items), want)
	}
	f, err = ReadItemsFile("b.csv", strings.NewReader(`类型,日期,标题,内容,图片,音频,题目编号
故事,07-01,甲,正文,http://a.cn/p.jpg,ftp://a.cn/1.mp3,
,,乙,正文,,,
今天,13-01,丙,正文,,,
今天,,丁,正文,,,
小说,,戊,正文,,,
百问,,己,正文,,,x
百问,,庚,正文,,,x
百问,,,正文,,,
`))
	if err != nil || len(f.Items) != 1 {
		t.Fatalf("%v %+v", err, f)
	}
	sameFaults(t, f.Err(), []string{
		"b.csv 第2行 [日期]: 只有", "b.csv 第2行 [图片]: 网址“http", "b.csv 第2行 [音频]: 网址“ftp", "b.csv 第3行 [类型]: 缺少种类", "b.csv 第4行 [日期]: 没有“13-01”这一天",
		"b.csv 第5行 [日期]: “党史上的今天”要有日期", "b.csv 第6行 [类型]: 没有“小说”这个种类", "b.csv 第8行 [题目编号]: 题目“x”已属于第 7 行", "b.csv 第9行 [标题]: 缺少内容",
	})
}

// TestFormulas: no cell is a formula, and each reads back as it was.
func TestFormulas(t *testing.T) {
	for _, s := range []string{"=1+1", "'=1", "''-1", "'", "''", "甲", "'甲", "@a", "+86", "-3", "＝1", ""} {
		cell := harmless(s)
		if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") || plainCell(cell) != s {
			t.Errorf("%q is written as %q and read as %q", s, cell, plainCell(cell))
		}
	}
	var b bytes.Buffer
	q := Question{ID: "-q", Type: Single, Stem: "=cmd|' /C calc'!A0", Options: []string{"+1", "@x"}, Answer: Key{Letters: 1}, State: Draft}
	if err := WriteQuestionsCSV(&b, []Question{q}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\ufeff编号,题型,题干,选项A", "\r\n'-q,单选,'=cmd|' /C calc'!A0,'+1,'@x,"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q lacks %q", b.String(), want)
		}
	}
}
