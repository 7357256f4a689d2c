package quiz_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"dangshi/content"
	"dangshi/quiz"
)

// statsPapers are papers of four questions of which some are asked twice.
func statsPapers(days int) (papers []*quiz.Paper) {
	bank := testBank(24)
	for day := range days {
		p := &quiz.Paper{Day: quiz.Day(20454 + day), Version: 1, Season: "2026", Weights: quiz.DefaultWeights, Fixed: make([]bool, 4)}
		for i := range 4 {
			p.Questions = append(p.Questions, bank[(day*3+i)%len(bank)])
		}
		papers = append(papers, p)
	}
	return papers
}

// TestStatisticsAgainstBruteForce: every figure, computed again the long way.
func TestStatisticsAgainstBruteForce(t *testing.T) {
	papers := statsPapers(12)
	rapid.Check(t, func(t *rapid.T) {
		stats := quiz.NewStatistics()
		for _, p := range papers {
			stats.Paper(p)
			stats.Paper(p) // known already
		}
		var logs [][]quiz.Entry
		for range rapid.IntRange(0, 12).Draw(t, "members") {
			var log []quiz.Entry
			for _, p := range papers {
				n := rapid.SampledFrom([]int{0, 2, 4}).Draw(t, "answers")
				e := quiz.Entry{Day: p.Day, Version: 1, Lapsed: n < 4}
				for i := range n {
					g := quiz.Given{Pace: quiz.Pace(rapid.IntRange(0, 15).Draw(t, "pace"))}
					switch q := p.Questions[i]; {
					case q.Type == content.Blank:
						g.Hash = quiz.BlankHash(rapid.SampledFrom([]string{q.Answer.Accept[0], "别的"}).Draw(t, "word"))
					case rapid.Bool().Draw(t, "right"):
						g.Letters = q.Answer.Letters
					default:
						g.Letters = content.Letters(rapid.IntRange(1, 1<<len(q.Choices())-1).Draw(t, "letters"))
					}
					e.Given = append(e.Given, g)
				}
				if n > 0 {
					log = append(log, e)
				}
			}
			logs = append(logs, log)
			if err := stats.Member(log); err != nil {
				t.Fatal(err)
			}
		}
		for _, got := range stats.Questions() {
			compareStats(t, got, papers, logs)
		}
	})
}

// compareStats goes through all answers again for one question.
func compareStats(t *rapid.T, got quiz.QuestionStats, papers []*quiz.Paper, logs [][]quiz.Entry) {
	var rights, rests, seconds []float64
	answers, right := 0, 0
	var options [content.MaxOptions]int
	for _, log := range logs {
		var all []bool
		var mine []int
		for _, e := range log {
			p := papers[e.Day-papers[0].Day]
			for i, g := range e.Given {
				if p.Questions[i].ID == got.Question.ID {
					mine = append(mine, len(all))
					seconds = append(seconds, g.Pace.Seconds())
					for k := range options {
						if g.Letters.Has(k) {
							options[k]++
						}
					}
				}
				all = append(all, quiz.Right(p.Questions[i], g))
			}
		}
		for _, at := range mine {
			answers++
			r, others := 0.0, 0.0
			for k, ok := range all {
				if ok && k == at {
					r = 1
					right++
				} else if ok {
					others++
				}
			}
			if len(all) > 1 {
				rights, rests = append(rights, r), append(rests, others/float64(len(all)-1))
			}
		}
	}
	if got.Answers != answers || got.Right != right || got.Options != options {
		t.Fatalf("%s: %d answers, %d right, options %v; want %d, %d, %v", got.Question.ID, got.Answers, got.Right, got.Options, answers, right, options)
	}
	slices.Sort(seconds)
	if median, ok := got.Median(); ok != (answers > 0) || ok && median != seconds[(len(seconds)-1)/2] {
		t.Fatalf("median %v of %v", median, seconds)
	}
	want, defined := pearson(rights, rests)
	r, ok := got.Discrimination()
	if ok != defined || ok && math.Abs(r-want) > 1e-6 {
		t.Fatalf("%s: correlation %v %v, want %v %v of %v and %v", got.Question.ID, r, ok, want, defined, rights, rests)
	}
}

func pearson(a, b []float64) (r float64, ok bool) {
	mean := func(v []float64) (m float64) {
		for _, x := range v {
			m += x / float64(len(v))
		}
		return m
	}
	ma, mb := mean(a), mean(b)
	var saa, sbb, sab float64
	for i := range a {
		saa += (a[i] - ma) * (a[i] - ma)
		sbb += (b[i] - mb) * (b[i] - mb)
		sab += (a[i] - ma) * (b[i] - mb)
	}
	if len(a) < 2 || saa/float64(len(a)) < 1e-9 || sbb/float64(len(a)) < 1e-9 {
		return 0, false
	}
	return sab / math.Sqrt(saa*sbb), true
}

// TestSuspicions: a bank of good questions in which one key is wrong, one question
// is known by all and one by nobody: just these come first, the wrong key before
// all others.
func TestSuspicions(t *testing.T) {
	p := &quiz.Paper{Day: 20454, Version: 1, Weights: quiz.DefaultWeights, Fixed: make([]bool, 10)}
	for i := range 10 {
		q := content.Question{ID: fmt.Sprint("good", i), Type: content.Single, Options: []string{"甲", "乙", "丙", "丁"}, Answer: content.Key{Letters: 1}}
		switch i {
		case 3:
			q.ID, q.Answer.Letters = "wrong", 2 // it is A, as those who know say
		case 5:
			q.ID = "easy"
		case 7:
			q.ID = "hard"
		}
		p.Questions = append(p.Questions, q)
	}
	stats := quiz.NewStatistics()
	stats.Paper(p)
	for member := range 200 {
		var given []quiz.Given
		for i, q := range p.Questions {
			letters := content.Letters(1)
			switch know := (member*7+i*13)%10 < member/20+1; { // the higher the number the more they know
			case q.ID == "easy":
			case q.ID == "hard":
				letters = 1 << (1 + (member+i)%3)
			case !know:
				letters = 1 << (1 + (member*3+i)%3)
			}
			given = append(given, quiz.Given{Letters: letters, Pace: 4})
		}
		if err := stats.Member([]quiz.Entry{{Day: p.Day, Version: 1, Given: given}}); err != nil {
			t.Fatal(err)
		}
	}
	all := stats.Questions()
	var first []string
	for i := range all {
		q := &all[i]
		s := q.Suspicions()
		if len(s) > 0 {
			first = append(first, q.Question.ID)
		}
		if want := q.Question.ID == "wrong"; want != slices.Contains(s, quiz.Backwards) {
			t.Errorf("%s: suspicions %v", q.Question.ID, s)
		}
	}
	if want := []string{"wrong", "hard", "easy"}; !slices.Equal(first, want) {
		t.Errorf("first come %v, want %v", first, want)
	}
	if err := stats.Member([]quiz.Entry{{Day: 1, Version: 1, Given: make([]quiz.Given, 1)}}); err == nil {
		t.Error("a log of a paper that nobody knows was counted")
	}
}
