package store

import (
	"fmt"
	"math"
	"reflect"
	"testing"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// The figures of a season are those of its logs, by the key that is in force; a
// damaged log keeps nobody else from being counted.
func TestQuestionStats(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		const days = 6
		freezePapers(t, s, days)
		season := quiz.Season{ID: "2026", From: testDay, To: testDay + days}
		players := answered(t, s, season, 300, days)
		r := ruling(1, quiz.Ruling{Keys: []content.Letters{2}}, differentRulings[0], season)
		if err := s.PublishRegrade(t.Context(), r, RebuildOptions{}); err != nil {
			t.Fatal(err)
		}
		rulings := get[*quiz.Rulings](t)(s.Rulings(t.Context()))
		type figures struct{ answers, right, papers int }
		want := map[string]figures{}
		for day := range quiz.Day(days) {
			for i := range testPaper(testDay + day).Questions {
				f := want[fmt.Sprint("q", i)]
				f.papers++
				want[fmt.Sprint("q", i)] = f
			}
		}
		for _, p := range players {
			log := get[[]byte](t)(s.Log(t.Context(), p.id, season.ID))
			for _, e := range get[[]quiz.Entry](t)(quiz.ParseLog(log, season.From)) {
				paper := testPaper(e.Day).Under(rulings)
				for i, g := range e.Given {
					f := want[fmt.Sprint("q", i)]
					f.answers++
					if paper.Right(i, g) {
						f.right++
					}
					want[fmt.Sprint("q", i)] = f
				}
			}
		}
		damaged := s.shard("damaged")
		if err := s.client.MSet(t.Context(), memberKey(damaged, "damaged"), "?", logKey(damaged, season.ID, "damaged"), "\x01").Err(); err != nil {
			t.Fatal(err)
		}
		read, faulty := 0, 0
		stats := get[[]quiz.QuestionStats](t)(s.QuestionStats(t.Context(), season, StatisticsOptions{
			Progress: func(n int) { read = n }, Damaged: func(string, error) { faulty++ },
		}))
		if read < len(players) || faulty != 1 || len(stats) != len(want) {
			t.Errorf("%d members read, %d damaged, %d questions of %d", read, faulty, len(stats), len(want))
		}
		for _, q := range stats {
			if got := (figures{q.Answers, q.Right, q.Papers}); got != want[q.Question.ID] || got.answers == 0 {
				t.Errorf("%s: %+v, want %+v", q.Question.ID, got, want[q.Question.ID])
			}
		}
		if _, ok, err := s.QuestionFigures(t.Context(), season.ID); ok || err != nil {
			t.Errorf("figures that nobody has counted: %v", err)
		}
		must(t, s.CountQuestions(t.Context(), season, time.Unix(1_780_000_000, 0)))
		kept, ok, err := s.QuestionFigures(t.Context(), season.ID)
		if err != nil || !ok || kept.At != 1_780_000_000 || len(kept.Questions) != len(stats) {
			t.Fatalf("%+v %v %v", kept, ok, err)
		}
		counted := map[string]quiz.Figures{}
		for _, q := range stats {
			counted[q.Question.ID] = rounded(q.Figures())
		}
		for _, f := range kept.Questions {
			if f = rounded(f); !reflect.DeepEqual(f, counted[f.ID]) {
				t.Errorf("kept %+v, counted %+v", f, counted[f.ID])
			}
		}
	})
}

// rounded leaves out of the figures what depends on the order in which the shards were
// summed up.
func rounded(f quiz.Figures) quiz.Figures {
	if f.Discrimination != nil {
		f.Discrimination = new(math.Round(*f.Discrimination*1e9) / 1e9)
	}
	return f
}
