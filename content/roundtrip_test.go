package content

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// anyQuestion draws questions that Check accepts, of every type.
var anyQuestion = rapid.Custom(func(t *rapid.T) Question {
	word := rapid.StringMatching(`[党史年月abc019<>&"\\。，、“”]{0,12}`)
	q := Question{
		ID:         rapid.StringMatching(`[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}`).Draw(t, "id"),
		Type:       rapid.SampledFrom([]Type{Single, Multiple, Judge, Blank}).Draw(t, "type"),
		Stem:       "题" + word.Draw(t, "stem"),
		Explain:    word.Draw(t, "explain"),
		Category:   word.Draw(t, "category"),
		Difficulty: rapid.IntRange(0, MaxLevel).Draw(t, "difficulty"),
		Source:     word.Draw(t, "source"),
		URL:        rapid.SampledFrom([]string{"", "http://a.cn", "https://b.cn/?x=1&y=2"}).Draw(t, "url"),
		Grade:      rapid.SampledFrom([]Grade{"", Official, Secondary}).Draw(t, "grade"),
		State:      rapid.SampledFrom([]State{Draft, Reviewed, Approved, Retired}).Draw(t, "state"),
		Day:        rapid.SampledFrom([]string{"", "02-29", "2026-11-22"}).Draw(t, "day"),
		Revision:   rapid.IntRange(0, 9).Draw(t, "revision"),
	}
	switch q.Type {
	case Judge:
		q.Answer.Letters = Letters(rapid.IntRange(1, 2).Draw(t, "verdict"))
	case Blank:
		q.Answer.Accept = rapid.SliceOfN(rapid.StringMatching(`党史[史年01]{1,9}`), 1, MaxAccept).Draw(t, "accept")
	default:
		q.Options = rapid.SliceOfNDistinct(rapid.StringMatching(`[党史年甲乙丙]{1,9}`), MinOptions, MaxOptions, Normalise).Draw(t, "options")
		if q.Type == Multiple {
			q.Answer.Letters = Letters(rapid.IntRange(1, 1<<len(q.Options)-1).Filter(func(n int) bool { return n&(n-1) != 0 }).Draw(t, "letters"))
		} else {
			q.Answer.Letters = 1 << rapid.IntRange(0, len(q.Options)-1).Draw(t, "letter")
		}
	}
	return q
})

// A question survives its JSON, whether the strict reader reads it or json.Unmarshal.
func TestQuestionRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := anyQuestion.Draw(t, "question")
		if faults := q.Check(); len(faults) > 0 {
			t.Fatalf("the drawn question has faults: %v", faults)
		}
		data, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		var back Question
		if err := json.Unmarshal(data, &back); err != nil || !reflect.DeepEqual(back, q) {
			t.Fatalf("%s: %v\n got %+v\nwant %+v", data, err, back, q)
		}
		read, err := ReadQuestions("q", bytes.NewReader(data))
		if err != nil || len(read) != 1 || !reflect.DeepEqual(read[0], q) {
			t.Fatalf("%s: %v\n got %+v\nwant %+v", data, err, read, q)
		}
	})
}

// A question that is not finished must not gain a key by being written.
func TestUnfinishedQuestionRoundTrip(t *testing.T) {
	for _, typ := range []Type{"", Single, Multiple, Judge, Blank} {
		q := Question{ID: "x", Type: typ, State: Draft}
		data, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		var back Question
		if err := json.Unmarshal(data, &back); err != nil || !reflect.DeepEqual(back, q) {
			t.Errorf("%s: %v, %+v", data, err, back)
		}
	}
}

func seeds(f *testing.F, pattern string) {
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds in %s: %v", pattern, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		lines := bytes.SplitAfter(data, []byte("\n"))
		f.Add(slices.Concat(lines[:min(2, len(lines))]...))
	}
}

func FuzzReadQuestions(f *testing.F) {
	seeds(f, "starter/bank.jsonl")
	for _, s := range []string{goodLine, "\ufeff\n" + goodLine, goodLine + "{}", "[]", "{", `{"id":"a","id":"b"}`,
		`{"id":"a","type":"blank","stem":"____","answer":["x"]}`, `{"id":"a","type":"judge","stem":"\ud800","answer":"T","options":null}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		questions, err := ReadQuestions("f", bytes.NewReader(data))
		placed(t, err)
		for _, q := range questions {
			if faults := q.Check(); len(faults) > 0 {
				t.Fatalf("accepted %+v with %v", q, faults)
			}
		}
		var b bytes.Buffer
		if err := WriteQuestions(&b, questions); err != nil {
			t.Fatal(err)
		}
		again, err := ReadQuestions("f", &b)
		if err != nil || !reflect.DeepEqual(again, questions) {
			t.Fatalf("%v\n got %+v\nwant %+v", err, again, questions)
		}
	})
}

func FuzzReadItems(f *testing.F) {
	seeds(f, "starter/qa.jsonl")
	seeds(f, "starter/today/0[1-3].jsonl")
	for _, s := range []string{`{"date":"02-29","title":"a","text":"b"}`, `{"id":"a","kind":"story","title":"a","text":"b\r\nc","question_id":"x"}`,
		`{"date":"01-01","question":{"question":{}}}`, `{"question":[]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		items, questions, err := ReadItems("f", bytes.NewReader(data))
		placed(t, err)
		for _, it := range items {
			if faults := it.Check(); len(faults) > 0 {
				t.Fatalf("accepted %+v with %v", it, faults)
			}
		}
		for _, q := range questions {
			if faults := q.Check(); len(faults) > 0 {
				t.Fatalf("accepted %+v with %v", q, faults)
			}
		}
		var b bytes.Buffer
		if err := WriteItems(&b, items, questions); err != nil {
			t.Fatal(err)
		}
		itemsAgain, questionsAgain, err := ReadItems("f", &b)
		if err != nil || !reflect.DeepEqual(itemsAgain, items) || !reflect.DeepEqual(questionsAgain, questions) {
			t.Fatalf("%v\n got %+v %+v\nwant %+v %+v", err, itemsAgain, questionsAgain, items, questions)
		}
	})
}

// placed checks that every fault of a reader can be shown and found.
func placed(t *testing.T, err error) {
	if err == nil {
		return
	}
	faults, ok := err.(Faults)
	if !ok || len(faults) == 0 {
		t.Fatalf("%v are no faults", err)
	}
	for _, f := range faults {
		if f.File != "f" || f.Problem == "" || strings.Contains(f.String(), "\n") || strings.ToValidUTF8(f.String(), "") != f.String() {
			t.Fatalf("fault %+v", f)
		}
	}
}
