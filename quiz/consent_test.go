package quiz_test

import (
	"testing"
	"time"

	"dangshi/quiz"
)

// TestConsent: one message for each time that a member agreed, or for good; a reminder
// may use one up, and nothing is taken that is not there.
func TestConsent(t *testing.T) {
	now := quiz.Date(2026, 7, 1).Start().Add(20 * time.Hour)
	s := quiz.Situation{ID: "o1", Now: now}
	agree := func(times int, always bool) quiz.Event {
		return quiz.Agree{Consent: quiz.Consent{Times: times, Always: always}}
	}
	spend := quiz.Nudge{Minute: 20 * 60, Spend: true}
	for name, c := range map[string]struct {
		before  quiz.Consent
		event   quiz.Event
		after   quiz.Consent
		changed bool
	}{
		"agrees":                   {quiz.Consent{}, agree(1, false), quiz.Consent{Times: 1}, true},
		"agrees once more":         {quiz.Consent{Times: 2}, agree(1, false), quiz.Consent{Times: 3}, true},
		"agrees very often":        {quiz.Consent{Times: 400}, agree(1, false), quiz.Consent{Times: 400}, false},
		"agrees for good":          {quiz.Consent{}, agree(0, true), quiz.Consent{Always: true}, true},
		"agrees for good again":    {quiz.Consent{Always: true}, agree(0, true), quiz.Consent{Always: true}, false},
		"less than nothing":        {quiz.Consent{Times: 1}, agree(-5, false), quiz.Consent{Times: 1}, false},
		"takes it back":            {quiz.Consent{Times: 3, Always: true}, quiz.Refuse{}, quiz.Consent{}, true},
		"takes back nothing":       {quiz.Consent{}, quiz.Refuse{}, quiz.Consent{}, false},
		"is sent one":              {quiz.Consent{Times: 1}, quiz.Spend{}, quiz.Consent{}, true},
		"is sent one, for good":    {quiz.Consent{Times: 1, Always: true}, quiz.Spend{}, quiz.Consent{Times: 1, Always: true}, false},
		"nothing to be sent":       {quiz.Consent{}, quiz.Spend{}, quiz.Consent{}, false},
		"is reminded":              {quiz.Consent{Times: 2}, spend, quiz.Consent{Times: 1}, true},
		"is reminded, for good":    {quiz.Consent{Always: true}, spend, quiz.Consent{Always: true}, true},
		"is not reminded by it":    {quiz.Consent{}, spend, quiz.Consent{}, false},
		"is reminded in the chat":  {quiz.Consent{Times: 2}, quiz.Nudge{Minute: 20 * 60}, quiz.Consent{Times: 2}, true},
		"another minute than this": {quiz.Consent{Times: 2}, quiz.Nudge{Minute: 21 * 60, Spend: true}, quiz.Consent{Times: 2}, false},
	} {
		m := quiz.Member{Joined: quiz.DayOf(now), Remind: 20*60 + 1, Consent: c.before}
		after, out := quiz.Step(m, c.event, s)
		if after.Consent != c.after || out.Changed != c.changed {
			t.Errorf("%s: %+v, changed %v; want %+v, %v", name, after.Consent, out.Changed, c.after, c.changed)
		}
	}
	after, out := quiz.Step(quiz.Member{}, agree(1, false), s)
	if !after.Known() || !out.Changed {
		t.Errorf("one of whom nothing was kept: %+v", after)
	}
}
