package push_test

import (
	"bytes"
	"testing"
	"time"

	"dangshi/bot/push"
	"dangshi/quiz"
	"dangshi/store"
)

// backup keeps the data as they are; the function takes them back to that.
func (s *station) backup() (restore func()) {
	s.t.Helper()
	var file bytes.Buffer
	if _, err := store.Dump(s.t.Context(), s.store.Client(), &file, nil); err != nil {
		s.t.Fatal(err)
	}
	return func() {
		s.t.Helper()
		client := s.store.Client()
		if err := client.FlushAll(s.t.Context()).Err(); err != nil {
			s.t.Fatal(err)
		}
		if _, err := store.Restore(s.t.Context(), client, &file, nil); err != nil {
			s.t.Fatal(err)
		}
		if err := store.MarkRestored(s.t.Context(), client, s.Now()); err != nil {
			s.t.Fatal(err)
		}
	}
}

// TestRestoredBackup: the data of a real account are taken back, on the day of the
// push, to before it or to the middle of it. Nobody gets it twice, what goes by a
// clientmsgid is made sure of, and the next day's push is made.
func TestRestoredBackup(t *testing.T) {
	const people = 10
	for name, c := range map[string]struct {
		channel []string
		kept    int // of customer messages, when the backup was made; -1: before the push
		want    push.Outcome
	}{
		"draft, from before":     {[]string{"draft"}, -1, push.DayUnknown},
		"mass, from before":      {[]string{"mass", "draft"}, -1, push.DaySent},
		"members, from before":   {[]string{"custom", "draft"}, -1, push.DayUnknown},
		"members, from meantime": {[]string{"custom", "draft"}, 5, push.DayUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStation(t, "", false)
			s.sandbox = false
			s.channel, s.batch, s.atOnce = c.channel, 2, 1
			s.crowd(people)
			p := s.process("a")
			if err := p.start(); err != nil {
				t.Fatal(err)
			}
			if err := s.operator().Switch(t.Context(), true); err != nil {
				t.Fatal(err)
			}
			post := newPost(0)
			p.customs = post
			restore := s.backup()
			s.setTime(s.at.On(quiz.DayOf(s.Now())))
			p.then = func(point string) {
				if point == "custom" && len(post.got) == c.kept {
					restore = s.backup()
				}
			}
			if err := p.run(); err != nil {
				t.Fatal(err)
			}
			arrived := s.arrived() + len(post.got)
			if d := s.today(); d.Outcome != push.DaySent || arrived == 0 {
				t.Fatalf("%d arrived: %+v", arrived, d)
			}
			s.setTime(s.Now().Add(time.Hour))
			restore()
			for _, again := range []func(*process) error{(*process).start, (*process).run, func(p *process) error { _, err := p.send(); return err }} {
				b := s.process("b")
				b.customs = post
				if err := again(b); err != nil {
					t.Error(err)
				}
			}
			for id, n := range post.got {
				if n != 1 {
					t.Errorf("%s got it %d times", id, n)
				}
			}
			if d := s.today(); d.Outcome != c.want || s.arrived()+len(post.got) != arrived {
				t.Errorf("%d arrived, %d before: %+v", s.arrived()+len(post.got), arrived, d)
			}
			s.setTime(s.at.On(quiz.DayOf(s.Now()) + 1))
			b := s.process("b")
			b.customs = post
			if err := b.run(); err != nil {
				t.Error(err)
			}
			if d := s.today(); d.Outcome != push.DaySent {
				t.Errorf("the next day: %+v", d)
			}
		})
	}
}

// TestRestoredBeforeThePush: data that were moved to another machine before the time
// of the push, or after it was settled, cost no push.
func TestRestoredBeforeThePush(t *testing.T) {
	s := newStation(t, "", false)
	s.sandbox, s.channel = false, []string{"draft"}
	p := s.process("a")
	if err := p.start(); err != nil {
		t.Fatal(err)
	}
	if err := s.operator().Switch(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	s.backup()()
	s.setTime(s.at.On(quiz.DayOf(s.Now())).Add(time.Minute)) // serve is started late
	if err := s.process("b").run(); err != nil {
		t.Fatal(err)
	}
	if d := s.today(); d.Outcome != push.DaySent || s.arrived() != 1 {
		t.Fatalf("%d arrived: %+v", s.arrived(), d)
	}
	s.backup()()
	if err := s.process("c").run(); err != nil {
		t.Fatal(err)
	}
	if d := s.today(); d.Outcome != push.DaySent || s.arrived() != 1 {
		t.Errorf("%d arrived: %+v", s.arrived(), d)
	}
}

// TestRestoredReminders: nobody is reminded again where the data forget it.
func TestRestoredReminders(t *testing.T) {
	s := evening(t, "", 3)
	restore := s.backup()
	if err := s.process("a").remind(); err != nil {
		t.Fatal(err)
	}
	if n := len(s.reminded()); n != 3 {
		t.Fatalf("%d were reminded", n)
	}
	s.setTime(s.Now().Add(5 * time.Minute))
	restore()
	for range 2 {
		if err := s.process("b").remind(); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(s.reminded()); n != 3 {
		t.Errorf("%d were reminded", n)
	}
	s.setTime(s.at.On(quiz.DayOf(s.Now()) + 1))
	s.paper()
	for _, m := range []string{"member0", "member1", "member2"} {
		if err := s.member(m).writes("帮助"); err != nil {
			t.Fatal(err)
		}
	}
	s.setTime(eight.On(quiz.DayOf(s.Now())))
	if err := s.process("b").remind(); err != nil {
		t.Fatal(err)
	}
	if n := len(s.reminded()); n != 3 {
		t.Errorf("the next day %d were reminded", n)
	}
}
