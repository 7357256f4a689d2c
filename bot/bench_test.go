package bot

import (
	"testing"

	"dangshi/content"
	"dangshi/quiz"
)

// BenchmarkMeaning is what a text is looked up as before it is taken for an answer.
func BenchmarkMeaning(b *testing.B) {
	x := New(Config{})
	for name, text := range map[string]string{"command": "答题", "wish": "请问怎么算分呢", "none": "A"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, ok := x.command(text); !ok && name != "none" {
					_, _, ok = x.wish(text)
					if !ok {
						b.Fatalf("%s means nothing", text)
					}
				}
			}
		})
	}
}

// BenchmarkAsk is a graded answer with the next question, in words.
func BenchmarkAsk(b *testing.B) {
	w, err := DefaultWording()
	if err != nil {
		b.Fatal(err)
	}
	x := New(Config{Wording: w})
	asked := &quiz.Asked{Ref: quiz.Ref{Day: 20000, Question: 1}, Of: 5, Question: content.Question{
		Type: content.Single, Stem: "中国共产党第一次全国代表大会于哪一年召开？", Options: []string{"1919 年", "1921 年", "1922 年", "1927 年"},
	}}
	const explain = "1921 年 7 月 23 日，中国共产党第一次全国代表大会在上海开幕，后来转移到浙江嘉兴南湖的一条船上继续举行。"
	b.ReportAllocs()
	for b.Loop() {
		if x.composeAsked(x.Wording.Right.String(), explain, "", asked) == "" {
			b.Fatal("nothing was said")
		}
	}
}
