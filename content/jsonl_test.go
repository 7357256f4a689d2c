package content

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

const goodLine = `{"id":"q1","type":"single","stem":"哪一年？","options":["1919","1921"],"answer":"B","explain":"因为。","category":"党史","difficulty":1,"source":"某网","url":"https://a.cn/1","grade":"official","state":"approved","day":"07-01","revision":3}`

func TestReadQuestionsReadsEveryField(t *testing.T) {
	text := "\ufeff" + goodLine + "\r\n\n  \n" +
		`{"id":"q2","type":"judge","stem":"对吗？","options":[],"answer":"F","url":null}` + "\n" +
		`{"id":"q3","type":"blank","stem":" 在____。 ","answer":["井冈山","江西井冈山"]}` // no line break at the end
	want := []Question{
		{ID: "q1", Type: Single, Stem: "哪一年？", Options: []string{"1919", "1921"}, Answer: Key{Letters: 2}, Explain: "因为。", Category: "党史",
			Difficulty: 1, Source: "某网", URL: "https://a.cn/1", Grade: Official, State: Approved, Day: "07-01", Revision: 3},
		{ID: "q2", Type: Judge, Stem: "对吗？", Answer: Key{Letters: 2}, State: Draft},
		{ID: "q3", Type: Blank, Stem: "在____。", Answer: Key{Accept: []string{"井冈山", "江西井冈山"}}, State: Draft},
	}
	got, err := ReadQuestions("b.jsonl", iotest.OneByteReader(strings.NewReader(text)))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("err %v\n got %+v\nwant %+v", err, got, want)
	}
}

// Each line has one fault, written as row, field and a part of the problem.
func TestReadQuestionsNamesEveryFault(t *testing.T) {
	base := func(id, with string) string {
		return fmt.Sprintf(`{"id":"%s","type":"single","stem":"哪一年？","options":["1919","1921"]%s}`, id, with)
	}
	var text, want []string
	add := func(line, fault string) {
		text = append(text, line)
		if fault != "" {
			want = append(want, fmt.Sprintf("b.jsonl 第%d行%s", len(text), fault))
		}
	}
	add(goodLine, "")
	add(base("f1", `,"answr":"B"`), ` [answr]: 没有这个字段，是不是想写 answer？`)
	want = append(want, "b.jsonl 第2行 [answer]: 缺少答案")
	add(base("f2", `,"answer":"B","Explain":"x"`), ` [Explain]: 没有这个字段，是不是想写 explain？`)
	add(base("f3", `,"answer":"B","解析":"x"`), ` [解析]: 没有这个字段，是不是想写 explain？`)
	add(base("f4", `,"answer":"B","wholly_else":1`), ` [wholly＿else]`)
	want[len(want)-1] = strings.Replace(want[len(want)-1], "＿", "_", 1) + ": 没有这个字段，请删去"
	add(base("f5", `,"answer":2`), ` [answer]: 应是文字，现在是数字`)
	add(base("f6", `,"answer":"b"`), ` [answer]: 答案“b”请写成 B`)
	add(base("f7", `,"answer":"X"`), ` [answer]: 答案“X”不合要求`)
	add(base("f8", `,"answer":"B","difficulty":"1"`), ` [difficulty]: 应是数字，现在是文字`)
	add(base("f9", `,"answer":"B","difficulty":1.5`), ` [difficulty]: 应是整数，现在是 1.5`)
	add(base("f10", `,"answer":"B","stem":"再写"`), ` [stem]: 这个字段写了两次`)
	add(base("f11", `,"answer":"B"`)+` {}`, `: 对象后面还有多余的内容“{}”`)
	add(base("f12", `,"answer":"B","source":["a"]`), ` [source]: 应是文字，现在是列表`)
	add(`{"id":"f13","type":"single","stem":"年？","options":"1919","answer":"A"}`, ` [options]: 应是一组文字`)
	add(`{"id":"f14","type":"single","stem":"年？","options":[1919,1921],"answer":"A"}`, ` [options]: 第 1 个应是文字，现在是数字`)
	add(`{"id":"f15","type":"judge","stem":"吗？","answer":"对"}`, ` [answer]: 判断题的答案“对”不合要求`)
	add(`{"id":"f16","type":"blank","stem":"____","answer":"井冈山"}`, ` [answer]: 填空题的答案是一组词语`)
	add(`{"id":"q1","type":"judge","stem":"吗？","answer":"T"}`, ` [id]: 编号“q1”在第 1 行已经用过`)
	add(`“id”：1`, `: 不是有效的 JSON，第 1 个字附近有误，请改用英文的引号`)
	add(`{"id"：1}`, `: 不是有效的 JSON，第 6 个字附近有误，请改用英文的引号`)
	add(`{"id":"f17"`, `: 这一行没有写完`)
	add(`"f18"`, `: 这一行是文字，请写成一个对象`)
	add("{\"id\":\"\xc4\xea\"}", `: 不是有效的 UTF-8 文字`)
	add(`{"id":"f19","type":"judge","stem":"\ud800","answer":"T"}`, ` [stem]: 含有无法辨认的字`)
	add(`{"id":"f20","type":"judge","stem":"`+strings.Repeat("a", MaxLine)+`"}`, `: 这一行超过 64 KB`)
	add(`{"id":"f21","type":"judge","stem":"吗？","answer":"T","state":"ok"}`, ` [state]: 没有“ok”这个审核状态`)
	add(`{"id":"last","type":"judge","stem":"吗？","answer":"T"}`, "")

	got, err := ReadQuestions("b.jsonl", strings.NewReader(strings.Join(text, "\n")))
	if len(got) != 2 || got[0].ID != "q1" || got[1].ID != "last" {
		t.Errorf("the faultless rows are %v", got)
	}
	sameFaults(t, err, want)
}

func sameFaults(t *testing.T, err error, want []string) {
	t.Helper()
	var faults Faults
	if !errors.As(err, &faults) {
		t.Fatalf("%v are no faults", err)
	}
	for i := range max(len(faults), len(want)) {
		switch {
		case i >= len(want):
			t.Errorf("unexpected: %s", faults[i])
		case i >= len(faults):
			t.Errorf("missing: %s", want[i])
		case !strings.HasPrefix(faults[i].String(), want[i]):
			t.Errorf("got  %s\nwant %s", faults[i], want[i])
		}
	}
}

func TestReadQuestionsOfAnotherKindOfFile(t *testing.T) {
	for text, want := range map[string]string{
		"PK\x03\x04xyz\nabc\n":      "Excel",
		"\xff\xfe{\x00\n\x00":       "UTF-16",
		"[\n" + goodLine + ",\n]\n": "一行一个对象",
		"\n {\n \"id\": 1\n}\n":     "一行一个完整的对象",
	} {
		_, err := ReadQuestions("b", strings.NewReader(text))
		var faults Faults
		if !errors.As(err, &faults) || len(faults) != 1 || faults[0].Row != 0 || !strings.Contains(faults[0].Problem, want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestReadQuestionsBounds(t *testing.T) {
	long := goodLine[:len(goodLine)-1] + strings.Repeat(" ", MaxLine-len(goodLine)) + "}"
	if got, err := ReadQuestions("b", strings.NewReader(long+"\r\n")); err != nil || len(got) != 1 {
		t.Errorf("a line of exactly MaxLine: %d, %v", len(got), err)
	}
	if _, err := ReadQuestions("b", strings.NewReader(strings.Repeat("\n", MaxRows))); err != nil {
		t.Errorf("MaxRows: %v", err)
	}
	_, err := ReadQuestions("b", strings.NewReader(strings.Repeat("\n", MaxRows)+"{}"))
	sameFaults(t, err, []string{"b 第200001行: 文件超过 200000 行"})

	_, err = ReadQuestions("b", strings.NewReader(strings.Repeat("x\n", MaxFaults+5)))
	var faults Faults
	if !errors.As(err, &faults) || len(faults) != MaxFaults+1 || !strings.Contains(faults[MaxFaults].Problem, "另有 5 处") {
		t.Errorf("%d faults, the last is %v", len(faults), faults[len(faults)-1])
	}
}

func TestReadErrorIsNoFault(t *testing.T) {
	broken := errors.New("disk is gone")
	r := io.MultiReader(strings.NewReader(goodLine+"\n"), iotest.ErrReader(broken))
	got, err := ReadQuestions("b.jsonl", r)
	var faults Faults
	if !errors.Is(err, broken) || errors.As(err, &faults) || got != nil {
		t.Errorf("%v, %v", got, err)
	}
}

func TestReadItemsFillsIn(t *testing.T) {
	text := `{"date":"07-01","year":1921,"category":"党史","title":"甲","text":"一","source":"某网","url":"https://a.cn","grade":"official","question":{"type":"judge","stem":"吗？","answer":"T"}}
{"date":"07-01","title":"乙","text":"一","source":"某网","grade":"official","state":"approved","question":{"type":"judge","stem":"么？","answer":"F","source":"别处","category":"别史"}}
{"id":"qa-1","kind":"qa","title":"丙","text":"一\r\n二","question":{"id":"own","type":"judge","stem":"呢？","answer":"T"}}
{"id":"qa-2","kind":"qa","title":"丁","text":"一","question_id":"bank-1"}`
	items, questions, err := ReadItems("i", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	wantItems := []Item{
		{ID: "today-07-01", Kind: Today, Date: "07-01", Year: 1921, Category: "党史", Title: "甲", Text: "一", Source: "某网", URL: "https://a.cn", Grade: Official, Question: "today-07-01", State: Draft},
		{ID: "today-07-01-2", Kind: Today, Date: "07-01", Title: "乙", Text: "一", Source: "某网", Grade: Official, Question: "today-07-01-2", State: Approved},
		{ID: "qa-1", Kind: QA, Title: "丙", Text: "一\n二", Question: "own", State: Draft},
		{ID: "qa-2", Kind: QA, Title: "丁", Text: "一", Question: "bank-1", State: Draft},
	}
	wantQuestions := []Question{
		{ID: "today-07-01", Type: Judge, Stem: "吗？", Answer: Key{Letters: 1}, Category: "党史", Source: "某网", URL: "https://a.cn", Grade: Official, State: Draft, Day: "07-01"},
		{ID: "today-07-01-2", Type: Judge, Stem: "么？", Answer: Key{Letters: 2}, Category: "别史", Source: "别处", State: Approved, Day: "07-01"},
		{ID: "own", Type: Judge, Stem: "呢？", Answer: Key{Letters: 1}, State: Draft},
	}
	if !reflect.DeepEqual(items, wantItems) {
		t.Errorf("items\n got %+v\nwant %+v", items, wantItems)
	}
	if !reflect.DeepEqual(questions, wantQuestions) {
		t.Errorf("questions\n got %+v\nwant %+v", questions, wantQuestions)
	}
}

func TestReadItemsNamesEveryFault(t *testing.T) {
	_, _, err := ReadItems("i", strings.NewReader(`{"date":"02-30","title":"甲","text":"一","question":{"type":"judge","stem":"吗？","answer":"T"}}
{"kind":"story","title":"甲","text":"一","question":{"type":"judge","stem":"","answer":"T","titel":1}}
{"id":"s1","kind":"story","title":"甲","text":"一","grade":"x","question":{"type":"judge","stem":"吗？","answer":"T"}}
{"id":"s2","kind":"story","title":"甲","text":"一","question":"吗？"}
{"id":"s3","kind":"story","title":"甲","text":"一","question_id":"a","question":{"id":"b","type":"judge","stem":"吗？","answer":"T"}}
{"id":"s4","kind":"story","title":"甲","text":"一","question_id":"b"}
{"id":"s4","kind":"story","date":"07-01","title":"甲","text":5}
{"date":"07-01","title":"甲","text":"一","question":{"type":"judge","stem":"吗？","answer":"T","day":"07-02"}}
{"id":"s 5","kind":"story","title":"甲","text":"一","question":{"type":"judge","stem":"吗？","answer":"T"}}`))
	sameFaults(t, err, []string{
		"i 第1行 [date]: 没有“02-30”这一天",
		"i 第2行 [id]: 缺少编号",
		"i 第2行 [question.titel]: 没有这个字段",
		"i 第2行 [question.stem]: 缺少",
		"i 第3行 [grade]: 没有“x”",
		"i 第4行 [question]: 应是对象 {…}，现在是文字",
		"i 第5行 [question_id]: 和 question 里的 id 不同",
		"i 第6行 [question_id]: 题目“b”已属于第 5 行",
		"i 第7行 [text]: 应是文字，现在是数字",
		"i 第7行 [date]: 只有“今天”和系列的一集才有日期",
		"i 第7行 [id]: 编号“s4”在第 6 行",
		"i 第8行 [question.day]: 和条目的 date 不同",
		"i 第9行 [id]: 编号“s 5”不合要求",
	})
}

func TestWriteItemsKeepsReferences(t *testing.T) {
	items := []Item{{ID: "s1", Kind: Story, Title: "<甲>", Text: "一", Question: "bank-1", State: Draft}}
	var b bytes.Buffer
	if err := WriteItems(&b, items, nil); err != nil {
		t.Fatal(err)
	}
	want := `{"id":"s1","kind":"story","title":"<甲>","text":"一","question_id":"bank-1","state":"draft"}` + "\n"
	if b.String() != want {
		t.Errorf("got %s\nwant %s", b.String(), want)
	}
}
