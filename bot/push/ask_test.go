package push_test

import (
	"time"

	"dangshi/bot/push"
	"dangshi/bot/sandbox/fakeapi"
	"dangshi/quiz"
)

// uploaded puts the cover where the draft finds it.
func (s *station) uploaded() {
	s.t.Helper()
	if _, err := s.operator().Send(s.t.Context(), quiz.DayOf(s.Now())); err != nil {
		s.t.Fatal(err)
	}
	s.setTime(s.Now().Add(24 * time.Hour))
	if n := s.arrived(); n != 1 {
		s.t.Fatalf("%d drafts", n)
	}
	s.before = 1
}

// check fetches a fresh token, as doctor does: that of yesterday is over.
func (s *station) check() {
	s.t.Helper()
	if err := s.client.Check(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

// today is what the ledger says of today.
func (s *station) today() push.Day {
	s.t.Helper()
	days, err := s.operator().Status(s.t.Context(), 1)
	if err != nil {
		s.t.Fatal(err)
	}
	return days[0]
}

// arrived counts mass messages and drafts.
func (s *station) arrived() int {
	s.t.Helper()
	drafts, err := s.wechat.Drafts(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return len(s.outbox()) + len(drafts) - s.before
}

// outbox is all that the account has sent, once WeChat has told of it.
func (s *station) outbox() []fakeapi.Sent {
	s.t.Helper()
	all, err := s.wechat.Outbox(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	masses := 0
	for _, sent := range all {
		if sent.Kind == fakeapi.KindMass {
			masses++
		}
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		s.mu.Lock()
		told := s.told
		s.mu.Unlock()
		if told >= masses {
			return all
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("WeChat has told of %d mass sends, not of all %d", told, masses)
		}
	}
}
