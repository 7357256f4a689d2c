package push_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"dangshi/bot/push"
	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
)

// swapped are moves that turn the order of the first n of a crowd round.
func swapped(n int) (moves []content.Move) {
	for i := range n {
		moves = append(moves, content.Move{Old: crowdID(i), New: strings.Replace(crowdID(n-1-i), "oCrowd", "oMoved", 1)})
	}
	return moves
}

func (s *station) rekey(moves []content.Move) {
	s.t.Helper()
	if _, err := s.store.Rekey(s.t.Context(), moves, store.RekeyOptions{Act: store.Act{By: "a test", At: s.Now()}}); err != nil {
		s.t.Fatal(err)
	}
}

// TestMembersMovedMeanwhile: all are given other ids, in the other order, in the middle
// of a run. Nobody gets it twice, under whichever id; the ledger says that the rest was
// left. The next day everyone gets it again.
func TestMembersMovedMeanwhile(t *testing.T) {
	const n = 12
	s := newStation(t, "", false)
	s.channel, s.batch, s.atOnce = []string{"custom"}, 3, 1
	s.crowd(n)
	p := s.process("a")
	if err := p.start(); err != nil {
		t.Fatal(err)
	}
	s.setTime(s.at.On(quiz.DayOf(s.Now())))
	post := newPost(0)
	p.customs = post
	moves := swapped(n)
	p.then = func(point string) {
		if point == "custom" && len(post.got) == 5 {
			p.then = nil
			if left, err := push.Unfinished(t.Context(), s.store.PushLedger(), quiz.DayOf(s.Now())); !left || err != nil {
				t.Errorf("a move would not be refused: %v", err)
			}
			s.rekey(moves)
		}
	}
	for range 2 {
		if err := p.run(); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.process("operator").send(); err != nil {
		t.Error(err)
	}
	for _, m := range moves {
		if n := post.got[m.Old] + post.got[m.New]; n > 1 {
			t.Errorf("%s got it %d times", m.Old, n)
		}
	}
	d := s.today()
	if each := d.Sends[0].Each; len(post.got) != 6 || each.Reached() != 6 || d.Outcome != push.DaySent || !strings.Contains(d.Sends[0].Reason, "openid") {
		t.Errorf("%d got it: %+v, %+v", len(post.got), d, each)
	}
	if left, err := push.Unfinished(t.Context(), s.store.PushLedger(), quiz.DayOf(s.Now())); left || err != nil {
		t.Errorf("a move would be refused for ever: %v", err)
	}
	s.setTime(s.at.On(quiz.DayOf(s.Now()) + 1))
	b := s.process("b")
	b.customs = post
	if err := b.run(); err != nil {
		t.Error(err)
	}
	if d := s.today(); d.Outcome != push.DaySent || d.Sends[0].Each.Reached() != n {
		t.Errorf("the next day %+v", d)
	}
}

// TestMembersWaitForMoves: while a table of moves is not finished nobody is sent to;
// then everyone is.
func TestMembersWaitForMoves(t *testing.T) {
	const n = 6
	s := newStation(t, "", false)
	s.channel = []string{"custom"}
	s.crowd(n)
	p := s.process("a")
	if err := p.start(); err != nil {
		t.Fatal(err)
	}
	post := newPost(0)
	p.customs = post
	killed, kill := context.WithCancel(t.Context())
	moves := swapped(n)
	if _, err := s.store.Rekey(killed, moves, store.RekeyOptions{Progress: func(int) { kill() }}); err == nil {
		t.Fatal("it was not killed")
	}
	s.setTime(s.at.On(quiz.DayOf(s.Now())))
	if err := p.run(); err == nil || !strings.Contains(err.Error(), "openid") || len(post.got) != 0 {
		t.Errorf("%d were sent to: %v", len(post.got), err)
	}
	if d := s.today(); d.Outcome != push.Open || d.Sends[0].State != push.Planned || d.Claim != (push.Claim{}) {
		t.Errorf("%+v", d)
	}
	s.rekey(moves)
	s.setTime(s.Now().Add(15 * time.Minute))
	if err := p.run(); err != nil {
		t.Error(err)
	}
	for _, m := range moves {
		if post.got[m.Old] != 0 || post.got[m.New] != 1 {
			t.Errorf("%s got it %d and %d times", m.Old, post.got[m.Old], post.got[m.New])
		}
	}
}
