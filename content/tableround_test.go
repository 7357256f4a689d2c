package content

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// hardText draws what is hard to write into a cell; it is trimmed, as every
// reader trims.
var hardText = rapid.Custom(func(t *rapid.T) string {
	return strings.TrimSpace(rapid.StringMatching(`[党史甲='"+@|｜\\,;，；＝\- ]{0,10}`).Draw(t, "text"))
})

var hardQuestion = rapid.Custom(func(t *rapid.T) Question {
	q := anyQuestion.Draw(t, "question")
	q.Stem = strings.TrimSpace(hardText.Draw(t, "stem") + "题")
	q.Explain, q.Category, q.Source = hardText.Draw(t, "explain"), hardText.Draw(t, "category"), hardText.Draw(t, "source")
	for i := range q.Options {
		q.Options[i] = strings.TrimSpace(hardText.Draw(t, "option") + q.Options[i] + fmt.Sprint(i))
	}
	for i := range q.Answer.Accept {
		q.Answer.Accept[i] = strings.TrimSpace(hardText.Draw(t, "word") + q.Answer.Accept[i])
	}
	return q
})

// A bank survives both of its formats.
func TestBankRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bank := rapid.SliceOfNDistinct(hardQuestion, 1, 4, func(q Question) string { return q.ID }).Draw(t, "bank")
		for i := range bank {
			if faults := bank[i].Check(); len(faults) > 0 {
				t.Fatalf("the drawn question has faults: %v", faults)
			}
		}
		for name, write := range map[string]func(*bytes.Buffer) error{
			"JSONL": func(b *bytes.Buffer) error { return WriteQuestions(b, bank) },
			"CSV":   func(b *bytes.Buffer) error { return WriteQuestionsCSV(b, bank) },
		} {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			text := b.String()
			f, err := ReadQuestionsFile("f", &b)
			if err != nil || f.Err() != nil || !reflect.DeepEqual(Values(f.Questions), bank) {
				t.Fatalf("%s: %v %v\n%s\n got %+v\nwant %+v", name, err, f.Err(), text, Values(f.Questions), bank)
			}
			for _, s := range PlanQuestions(bank, f.Questions) {
				if s.Fate != Unchanged {
					t.Fatalf("%s: loading what was exported makes %d of %+v", name, s.Fate, s.Value)
				}
			}
		}
	})
}

func TestItemsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		it := Item{
			ID: rapid.StringMatching(`[A-Za-z0-9_-][A-Za-z0-9._-]{0,20}`).Draw(t, "id"), Kind: rapid.SampledFrom([]Kind{Today, QA, Story, Audio}).Draw(t, "kind"),
			Title: hardText.Draw(t, "title") + "题", Text: "文" + hardText.Draw(t, "text") + "\n\n" + hardText.Draw(t, "more") + "字",
			Source: hardText.Draw(t, "source"), Category: hardText.Draw(t, "category"), Year: rapid.SampledFrom([]int{0, 1921}).Draw(t, "year"),
			Grade: rapid.SampledFrom([]Grade{"", Official, Secondary}).Draw(t, "grade"), State: rapid.SampledFrom([]State{Draft, Reviewed, Approved, Retired}).Draw(t, "state"),
			Picture: rapid.SampledFrom([]string{"", "https://a.cn/p.jpg?a=1,2"}).Draw(t, "picture"), Audio: rapid.SampledFrom([]string{"", "https://a.cn/a.mp3"}).Draw(t, "audio"),
			Question: rapid.SampledFrom([]string{"", "q1"}).Draw(t, "asked"), Revision: rapid.IntRange(0, 3).Draw(t, "revision"),
		}
		if it.Kind == Today {
			it.Date = rapid.SampledFrom([]string{"02-29", "2026-11-22"}).Draw(t, "date")
		} else if rapid.Bool().Draw(t, "series") {
			it.Series, it.Episode, it.Date = "百人,百声", rapid.IntRange(1, MaxEpisode).Draw(t, "episode"), rapid.SampledFrom([]string{"", "2026-11-22"}).Draw(t, "from")
		}
		for _, write := range []func(*bytes.Buffer) error{
			func(b *bytes.Buffer) error { return WriteItems(b, []Item{it}, nil) },
			func(b *bytes.Buffer) error { return WriteItemsCSV(b, []Item{it}) },
		} {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			text := b.String()
			f, err := ReadItemsFile("f", &b)
			if err != nil || f.Err() != nil || !reflect.DeepEqual(Values(f.Items), []Item{it}) {
				t.Fatalf("%v %v\n%s\n got %+v\nwant %+v", err, f.Err(), text, f.Items, it)
			}
		}
	})
}

func FuzzReadQuestionsFile(f *testing.F) {
	seeds(f, "starter/bank.jsonl")
	for _, s := range []string{plainTable, "\ufeff" + plainTable, strings.ReplaceAll(plainTable, ",", ";"), goodLine, "题干,答案\n\"", "题干\t选项\t答案\na\tA.x|B.y\tab\n",
		"\xcc\xe2\xb8\xc9,\xb4\xf0\xb0\xb8\n\xb6\xd4\xc2\xf0,\xb6\xd4\n", "\xff\xfe\x98\x98,\x00", "stem,answer\n'=x,'\\|\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := ReadQuestionsFile("f", bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		placed(t, file.Err())
		for _, e := range file.Questions {
			if faults := e.Value.Check(); len(faults) > 0 || e.Row < 1 {
				t.Fatalf("accepted %+v with %v", e, faults)
			}
		}
		var b bytes.Buffer
		bank := Values(file.Questions)
		if err := WriteQuestionsCSV(&b, bank); err != nil {
			t.Fatal(err)
		}
		again, err := ReadQuestionsFile("f", &b)
		if err != nil || again.Err() != nil || !reflect.DeepEqual(Values(again.Questions), bank) {
			t.Fatalf("%v %v\n got %+v\nwant %+v", err, again.Err(), Values(again.Questions), bank)
		}
	})
}

func FuzzReadItemsFile(f *testing.F) {
	seeds(f, "starter/qa.jsonl")
	for _, s := range []string{"种类,日期,标题,正文,图片\n今天,7月1日,甲,\"一\r\n二\",https://a.cn\n", "kind;title;text;question_id\nqa;a;b;x\n", "\ufefftitle\ttext\tdate\n'=a\tb\t1-1\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := ReadItemsFile("f", bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		placed(t, file.Err())
		for _, e := range file.Items {
			if faults := e.Value.Check(); len(faults) > 0 {
				t.Fatalf("accepted %+v with %v", e, faults)
			}
		}
		var b bytes.Buffer
		if err := WriteItemsCSV(&b, Values(file.Items)); err != nil {
			t.Fatal(err)
		}
		again, err := ReadItemsFile("f", &b)
		if err != nil || again.Err() != nil || !reflect.DeepEqual(Values(again.Items), Values(file.Items)) {
			t.Fatalf("%v %v\n got %+v\nwant %+v", err, again.Err(), again.Items, file.Items)
		}
	})
}
