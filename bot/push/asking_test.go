package push_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"dangshi/bot/push"
	"dangshi/quiz"
)

// asked is WeChat, which is asked after a mass message; a test may say what it answers.
type asked struct{ *station }

func (a asked) MassStatus(ctx context.Context, id string) (string, error) {
	a.mu.Lock()
	a.asks++
	answer := a.answers
	a.mu.Unlock()
	if answer != nil {
		return answer()
	}
	return a.client.MassStatus(ctx, id)
}

// TestReportIsLost: WeChat's report does not come. It is asked when the time for it is
// over, at each look until it knows, and not again; a send that failed is refused then.
func TestReportIsLost(t *testing.T) {
	says := func(status string, err error) func() (string, error) {
		return func() (string, error) { return status, err }
	}
	for name, c := range map[string]struct {
		answers func() (string, error) // nil: what the simulator says
		asks    int                    // in three looks
		outcome push.Outcome
		answer  string
	}{
		"sent":        {nil, 1, push.DaySent, "SEND_SUCCESS"},
		"failed":      {says("SEND_FAIL", nil), 1, push.DayRefused, "SEND_FAIL"},
		"under way":   {says("SENDING", nil), 3, push.DaySent, ""},
		"unheard of":  {says("WHATEVER", nil), 3, push.DaySent, ""},
		"cannot tell": {says("", errors.New("away")), 3, push.DaySent, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStation(t, "", false)
			s.silent, s.answers = true, c.answers
			p := s.process("a")
			if err := p.start(); err != nil {
				t.Fatal(err)
			}
			due := s.at.On(quiz.DayOf(s.Now()))
			for _, after := range []time.Duration{0, 15, 30, 45, 60, 6 * 60} {
				s.setTime(due.Add(after * time.Minute))
				if err := p.run(); err != nil {
					t.Fatal(err)
				}
				if after <= 30 && s.asks != 0 {
					t.Errorf("it was asked after %d minutes", after)
				}
			}
			d := s.today()
			send := d.Sends[0]
			if _, waits := send.Waits(); s.asks != c.asks || d.Outcome != c.outcome || send.Answer != c.answer || waits != (c.answer == "") || len(d.Sends) != 1 {
				t.Errorf("asked %d times, %+v", s.asks, d)
			}
		})
	}
}
