package quiz

import (
	"testing"
	"time"

	"dangshi/content"
)

// TestActivity counts a paper of two questions, from the record's beginning on.
func TestActivity(t *testing.T) {
	day := Date(2026, 1, 1)
	paper := &Paper{Day: day, Version: 1, Season: "2026", From: day, Weights: DefaultWeights}
	for range 2 {
		paper.Questions = append(paper.Questions, content.Question{Type: content.Judge, Stem: "对吗？", Answer: content.Key{Letters: 1}})
		paper.Fixed = append(paper.Fixed, true)
	}
	at := day.Start().Add(9*time.Hour + 30*time.Minute)
	var m Member
	var d ActivityDay
	step := func(ev Event) {
		after, out := Step(m, ev, Situation{Now: at, Today: paper, Open: paper})
		d.Count(at, out.Activity(&m, &after))
		m = after
	}
	step(Answer{Choice: Choice{Letters: 1}}) // nothing is open
	step(Begin{})
	step(Begin{}) // asks again
	step(Answer{Choice: Choice{Letters: 1}})
	at = at.Add(time.Hour)
	step(Answer{Choice: Choice{Letters: 2}})
	step(Answer{Choice: Choice{Letters: 2}}) // the paper is finished
	if want := (Activity{Begun: 1, Answered: 1, Right: 1, New: 1}); d.Hours[9] != want {
		t.Errorf("from 9 to 10: %+v, want %+v", d.Hours[9], want)
	}
	if want := (Activity{Answered: 1, Finished: 1}); d.Hours[10] != want {
		t.Errorf("from 10 to 11: %+v, want %+v", d.Hours[10], want)
	}
	if want := (Activity{Begun: 1, Answered: 2, Right: 1, Finished: 1, New: 1}); d.Total() != want {
		t.Errorf("all day: %+v, want %+v", d.Total(), want)
	}
	if !d.Last.IsZero() {
		t.Errorf("no message was counted, and the last one came at %v", d.Last)
	}
}

// TestActivityUntil: an hour that is not over counts in proportion.
func TestActivityUntil(t *testing.T) {
	day := Date(2026, 1, 1)
	d := ActivityDay{Day: day}
	d.Hours[8].Messages, d.Hours[9].Messages, d.Hours[23].Messages = 10, 60, 7
	for after, want := range map[time.Duration]int64{0: 0, 8*time.Hour + 30*time.Minute: 5, 9*time.Hour + 15*time.Minute: 25, 10 * time.Hour: 70, 24*time.Hour - time.Second: 76} {
		if got := d.Until(day.Start().Add(after)).Messages; got != want {
			t.Errorf("%v after midnight: %d, want %d", after, got, want)
		}
	}
	at := day.Start().Add(time.Hour)
	d.Count(at, Activity{Messages: 1})
	d.Count(at.Add(-time.Minute), Activity{Messages: 1})
	if !d.Last.Equal(at) {
		t.Errorf("the last message came at %v, want %v", d.Last, at)
	}
}
