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

// BenchmarkReplay is a member's year: 365 days of five questions, read from the log
// and added up.
func BenchmarkReplay(b *testing.B) {
	season := quiz.Season{ID: "2026", From: quiz.Date(2026, 1, 1), To: quiz.Date(2026, 12, 31)}
	papers := map[quiz.Day]*quiz.Paper{}
	var log []byte
	for day := season.From; day <= season.To; day++ {
		p, err := quiz.Draw(quiz.Drawing{Day: day, Size: 5, Bank: testBank(100), Weights: quiz.DefaultWeights, Season: season})
		if err != nil {
			b.Fatal(err)
		}
		papers[day] = p.Prepared()
		e := quiz.Entry{Day: day, Version: 1}
		for _, q := range p.Questions {
			g := quiz.Given{Letters: q.Answer.Letters, Pace: 5}
			if len(q.Answer.Accept) > 0 {
				g = quiz.Given{Hash: quiz.BlankHash(q.Answer.Accept[0]), Pace: 5}
			}
			e.Given = append(e.Given, g)
		}
		log = quiz.AppendEntry(log, season.From, e)
	}
	paper := func(day quiz.Day, _ int) (*quiz.Paper, error) { return papers[day], nil }
	b.ReportAllocs()
	for b.Loop() {
		entries, err := quiz.ParseLog(log, season.From)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := quiz.Replay(season, entries, paper, nil); err != nil {
			b.Fatal(err)
		}
	}
}
