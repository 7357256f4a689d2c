package files

import (
	"archive/zip"
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dangshi/content"
)

// plainText draws text as it stands in banks, with what is hard to write.
var plainText = rapid.Custom(func(t *rapid.T) string {
	return strings.TrimSpace(rapid.StringMatching("[党史年月A-C12=~#{}:%,|.、（）()“”；。 ]{0,14}").Draw(t, "text"))
})

var question = rapid.Custom(func(t *rapid.T) content.Question {
	q := content.Question{
		ID: rapid.StringMatching(`[A-Za-z0-9_-][A-Za-z0-9._-]{0,12}`).Draw(t, "id"), Type: rapid.SampledFrom([]content.Type{content.Single, content.Multiple, content.Judge, content.Blank}).Draw(t, "type"),
		Stem: strings.TrimSpace("题" + plainText.Draw(t, "stem")), Explain: plainText.Draw(t, "explain"), Category: rapid.SampledFrom([]string{"", "党史", "党史/建党"}).Draw(t, "category"),
		Difficulty: rapid.IntRange(0, 5).Draw(t, "difficulty"), Source: rapid.SampledFrom([]string{"", "《某书》第3页"}).Draw(t, "source"), URL: rapid.SampledFrom([]string{"", "https://b.cn/?x=1&y=2"}).Draw(t, "url"),
		Grade: rapid.SampledFrom([]content.Grade{"", content.Official}).Draw(t, "grade"), State: rapid.SampledFrom([]content.State{content.Draft, content.Approved}).Draw(t, "state"),
		Day: rapid.SampledFrom([]string{"", "02-29"}).Draw(t, "day"), Revision: rapid.IntRange(0, 3).Draw(t, "revision"),
	}
	n := rapid.IntRange(2, 8).Draw(t, "n")
	switch q.Type {
	case content.Judge:
		q.Answer.Letters = content.Letters(rapid.IntRange(1, 2).Draw(t, "verdict"))
	case content.Blank:
		q.Stem += "____。"
		for i := range n {
			q.Answer.Accept = append(q.Answer.Accept, fmt.Sprint("词", i, rapid.SampledFrom([]string{"", "年", "|", "甲"}).Draw(t, "word")))
		}
	default:
		for i := range n {
			q.Options = append(q.Options, strings.TrimSpace(plainText.Draw(t, "option")+fmt.Sprint("项", i)))
		}
		q.Answer.Letters = 1 << rapid.IntRange(0, n-1).Draw(t, "letter")
		if q.Type == content.Multiple {
			q.Answer.Letters = content.Letters(rapid.IntRange(1, 1<<n-1).Filter(func(k int) bool { return k&(k-1) != 0 }).Draw(t, "letters"))
		}
	}
	return q
})

// TestRoundTrip: in every format what is written loads as the same bank, found by
// what the file holds; what a format cannot hold is named. Aiken holds no ids: see
// content/moodle.
func TestRoundTrip(t *testing.T) {
	whole := map[string]bool{"jsonl": true, "csv": true, "xlsx": true}
	kept := map[string]int{}
	asked := 0
	rapid.Check(t, func(t *rapid.T) {
		bank := rapid.SliceOfNDistinct(question, 1, 6, func(q content.Question) string { return q.ID }).Draw(t, "bank")
		asked += len(bank)
		for _, format := range []string{"jsonl", "csv", "xlsx", "txt", "gift"} {
			if format == "xlsx" && rapid.IntRange(0, 3).Draw(t, "xlsx") > 0 {
				continue // it is slow
			}
			var b bytes.Buffer
			left, err := Write(&b, format, bank)
			if err != nil || whole[format] && len(left) > 0 {
				t.Fatalf("%s: %v, left out %+v", format, err, left)
			}
			var want []content.Question
			for _, q := range bank {
				out := false
				for _, l := range left {
					out = out || l.ID == q.ID
				}
				if !out {
					want = append(want, q)
				}
			}
			kept[format] += len(want)
			if len(want) == 0 {
				continue
			}
			text := b.String()
			f, err := ReadQuestions("f", &b)
			if err != nil || f.Err() != nil || !reflect.DeepEqual(content.Values(f.Questions), want) {
				t.Fatalf("%s: %v %v\n%.2000s\n got %+v\nwant %+v", format, err, f.Err(), text, content.Values(f.Questions), want)
			}
			for _, s := range content.PlanQuestions(bank, f.Questions) {
				if s.Fate != content.Unchanged {
					t.Fatalf("%s: loading what was exported makes %d of %+v", format, s.Fate, s.Value)
				}
			}
		}
	})
	for format, n := range kept {
		if n < asked/8 {
			t.Errorf("%s holds only %d of %d", format, n, asked)
		}
	}
}

// TestItemsRoundTrip: items survive the formats in which they are exported.
func TestItemsRoundTrip(t *testing.T) {
	var items []content.Item
	for i, kind := range []content.Kind{content.Today, content.QA, content.Story, content.Audio, content.Audio} {
		it := content.Item{
			ID: fmt.Sprint("i", i), Kind: kind, Year: 1921, Category: "党史", Title: "=标题", Text: "第一段，\n\n第二段。", Source: "《某书》", URL: "https://a.cn/?x=1&y=2", Grade: content.Official,
			Picture: "https://a.cn/p.jpg", Audio: "https://a.cn/a.mp3", Question: fmt.Sprint("q", i), State: content.Reviewed, Revision: 2,
		}
		switch i {
		case 0:
			it.Date = "02-29"
		case 4:
			it.Series, it.Episode, it.Date = "百人百声", 12, "2026-11-22"
		}
		items = append(items, it)
	}
	for _, format := range []string{"jsonl", "csv", "xlsx"} {
		var b bytes.Buffer
		if err := WriteItems(&b, format, items); err != nil {
			t.Fatal(err)
		}
		f, err := ReadItems("f", &b)
		if err != nil || f.Err() != nil || !reflect.DeepEqual(content.Values(f.Items), items) {
			t.Errorf("%s: %v %v\n got %+v\nwant %+v", format, err, f.Err(), content.Values(f.Items), items)
		}
		for _, s := range content.PlanItems(items, f.Items) {
			if s.Fate != content.Unchanged {
				t.Errorf("%s: loading what was exported makes %d of %+v", format, s.Fate, s.Value)
			}
		}
	}
	if err := WriteItems(&bytes.Buffer{}, "txt", items); err == nil {
		t.Error("items are written as txt")
	}
}

// TestKinds: what a file is, is found from what it holds, and said where it is of
// no use.
func TestKinds(t *testing.T) {
	packed := func(name string) string {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		if _, err := z.Create(name); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for text, want := range map[string]string{
		`{"id":"a","type":"judge","stem":"对吗？","answer":"T"}`: "a",
		"编号,题干,答案\na,对吗？,对\n":                                 "a",
		"// [id:a]\n对吗？{T}\n":                                 "a",
		"对吗？\nA. 对的\nB. 错的\nANSWER: A\n":                      "q-",
		"1. 对吗？\n答案：对\n编号：a\n":                                "a",
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00":            "! f: 这是旧版的 Excel 或 Word 文件",
		packed("xl/workbook.bin"):                             "! f: 这是二进制的 Excel 文件",
		packed("content.xml"):                                 "! f: 这是 OpenDocument 文件",
		packed("a.txt"):                                       "! f: 这是压缩文件",
		packed("xl/workbook.xml"):                             "! f: 文件损坏",
		packed("word/document.xml"):                           "! f: 没有认出题目",
		"PK\x03\x04":                                          "! f: 文件损坏",
		"1. 花{=括号}和,逗号\n答案：对\n解析：,A\n编号：a\n":                  "a",
		"对吗？\nA. 对的\nB. 错的\nANSWER: A\n解析：好\n":                "q-",
		"各位同事：\n题库见附件。\n":                                     "! f: 没有找到列名",
		"":                                                    "! f: 文件是空的",
		strings.Repeat("x", content.MaxFile+1):                "! f: 文件超过 64 MB",
		"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR":               "! f: 这不是文本文件",
	} {
		f, err := ReadQuestions("f", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, e := range f.Questions {
			got += e.Value.ID
		}
		for _, fault := range f.Faults {
			got += "! " + fault.String()
		}
		if !strings.HasPrefix(got, want) || f.Unread != strings.HasPrefix(want, "!") {
			t.Errorf("%.40q: %s, want %s", text, got, want)
		}
	}
	if f, err := ReadItems("f", strings.NewReader(packed("word/document.xml"))); err != nil || !f.Unread || !strings.Contains(f.Err().Error(), "Word 文件里只认得出题目") {
		t.Errorf("%v %+v", err, f)
	}
}

func FuzzReadQuestions(f *testing.F) {
	for _, format := range []string{"jsonl", "csv", "txt", "gift", "aiken"} {
		var b bytes.Buffer
		if _, err := Write(&b, format, []content.Question{
			{ID: "a", Type: content.Single, Stem: "哪一年？", Options: []string{"1919", "1921"}, Answer: content.Key{Letters: 2}, State: content.Draft},
			{ID: "b", Type: content.Blank, Stem: "在____。", Answer: content.Key{Accept: []string{"上海", "沪"}}, State: content.Approved}}); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := ReadQuestions("f", bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range file.Questions {
			if faults := e.Value.Check(); len(faults) > 0 || e.Row < 1 {
				t.Fatalf("accepted %+v with %v", e, faults)
			}
		}
		bank := content.Values(file.Questions)
		for _, format := range []string{"jsonl", "csv"} {
			var b bytes.Buffer
			if _, err := Write(&b, format, bank); err != nil {
				t.Fatal(err)
			}
			again, err := ReadQuestions("f", &b)
			if err != nil || len(bank) > 0 && (again.Err() != nil || !reflect.DeepEqual(content.Values(again.Questions), bank)) {
				t.Fatalf("%s: %v %v\n got %+v\nwant %+v", format, err, again.Err(), content.Values(again.Questions), bank)
			}
		}
	})
}
