package quiz

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"dangshi/content"

	"pgregory.net/rapid"
)

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
	if len(text) > maxAnswer/4 { // spaces would make it too long
		return
	}
	if again, okAgain := ParseAnswer(spaced(text), q); !strings.ContainsAny(strings.Map(asciiTwin, text), "[/:") && (again != c || okAgain != ok) {
		t.Fatalf("%q means %+v %v, with spaces %+v %v", text, c, ok, again, okAgain)
	}
}

// What names a place is read the same in whatever order the options stand.
func TestNamesPlaceWhateverTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q, text := questions.Draw(t, "question"), rapid.SampledFrom(strings.Split("abcdefghABCDEFGH123489@`iI ", "")).Draw(t, "text")
		if !NamesPlace(text, q) {
			return
		}
		other := q
		other.Options = rapid.Permutation(q.Options).Draw(t, "order")
		c, ok := ParseAnswer(text, q)
		if again, okAgain := ParseAnswer(text, other); !ok || !okAgain || again != c {
			t.Fatalf("%q on %q means %+v %v, in another order %+v %v", text, q.Options, c, ok, again, okAgain)
		}
	})
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
