package quiz_test

import (
	"fmt"
	"testing"

	"dangshi/quiz"
)

// BenchmarkDraw draws a paper from a large bank.
func BenchmarkDraw(b *testing.B) {
	for _, n := range []int{500, 100_000} {
		bank := testBank(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := quiz.Draw(quiz.Drawing{Day: 20000, Size: 5, Bank: bank, Weights: quiz.DefaultWeights}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkStep is one answer.
func BenchmarkStep(b *testing.B) {
	p, err := quiz.Draw(quiz.Drawing{Day: 20000, Size: 5, Bank: testBank(100), Weights: quiz.DefaultWeights})
	if err != nil {
		b.Fatal(err)
	}
	s := quiz.Situation{ID: "oBench", Now: quiz.Day(20000).Start(), Today: p, Open: p}
	m, _ := quiz.Step(quiz.Member{}, quiz.Begin{}, s)
	for b.Loop() {
		if _, out := quiz.Step(m, quiz.Answer{Choice: quiz.Choice{Letters: 1, Text: "a"}}, s); out.Graded == nil {
			b.Fatal("not graded")
		}
	}
}
