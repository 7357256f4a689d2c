package push_test

import (
	"errors"
	"testing"

	"dangshi/bot/push"
	"dangshi/bot/sandbox/fakeapi"
	"dangshi/quiz"
)

// TestSeenChannelRefuses: an operator has seen the first channel, which refuses. The next
// one was not seen and is not used; that is told apart from a change of what was seen, and
// once it was seen, too, it sends.
func TestSeenChannelRefuses(t *testing.T) {
	s, _ := readyAt(t, 7*60+30)
	s.channel = []string{"mass", "draft"}
	p, today := s.operator(), quiz.DayOf(s.Now())
	send := func() error {
		t.Helper()
		plan, err := p.Plan(t.Context(), today)
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.SendSeen(t.Context(), today, plan.Seen())
		return err
	}
	if _, err := p.SendSeen(t.Context(), today, "else"); !errors.Is(err, push.ErrOther) || errors.Is(err, push.ErrNext) {
		t.Errorf("something else was seen: %v", err)
	}
	s.wechat.Fail(fakeapi.Fault{Path: massPath, Code: 48001})
	if err := send(); !errors.Is(err, push.ErrNext) || !errors.Is(err, push.ErrOther) || s.arrived() != 0 {
		t.Errorf("the channel refuses: %v, %+v", err, s.today())
	}
	if err := send(); err != nil || s.today().Outcome != push.DaySent {
		t.Errorf("the next channel was seen: %v, %+v", err, s.today())
	}
}
