package push_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/bot/push"
	"dangshi/bot/sandbox/fakeapi"
	"dangshi/quiz"
)

// eight is when the members of these tests want to be reminded.
const eight = push.TimeOfDay(20 * 60)

// evening opens a station with so many members, all of whom want to be reminded at
// eight, in the minute before; the day's paper is open.
func evening(t *testing.T, url string, members int) *station {
	t.Helper()
	s := newStation(t, url, false)
	s.setTime(s.Now().Add(2 * time.Hour))
	for i := range members {
		if err := s.member(fmt.Sprintf("member%d", i)).writes("提醒20:00"); err != nil {
			t.Fatal(err)
		}
	}
	s.paper()
	s.setTime(eight.On(quiz.DayOf(s.Now())))
	return s
}

func (s *station) paper() {
	s.t.Helper()
	if _, err := s.bot.IssuePaper(s.t.Context(), quiz.DayOf(s.Now())); err != nil {
		s.t.Fatal(err)
	}
}

// reminded counts today's reminders by member.
func (s *station) reminded() map[string]int {
	s.t.Helper()
	got := map[string]int{}
	for _, sent := range s.outbox() {
		if sent.Kind == fakeapi.KindCustom && quiz.DayOf(sent.Time) == quiz.DayOf(s.Now()) {
			got[nameOf(sent.To[0])]++
		}
	}
	for name, n := range got {
		if n != 1 {
			s.t.Errorf("%s was reminded %d times", name, n)
		}
	}
	return got
}

// TestRemindersTogether: several replicas wake up at once, patient ones, and such
// that take each other for dead. Everyone is reminded once; a list of several pages
// is gone through to its end.
func TestRemindersTogether(t *testing.T) {
	for name, c := range map[string]struct {
		members int
		lease   time.Duration
	}{"patient": {40, time.Hour}, "hasty": {40, 2 * time.Second}, "many": {1050, time.Hour}} {
		t.Run(name, func(t *testing.T) {
			s := evening(t, servers.Redis(t).URL, c.members)
			s.pace, s.lease = time.Millisecond, c.lease
			var running sync.WaitGroup
			for i := range 3 {
				p := s.process(fmt.Sprint("replica ", i))
				running.Go(func() {
					if err := p.remind(); err != nil {
						t.Errorf("%s: %v", p.name, err)
					}
				})
			}
			running.Wait()
			each := map[string]bool{}
			for _, openid := range s.spoken {
				each[openid] = true
			}
			if len(each) != c.members || len(s.spoken) != c.members {
				t.Errorf("%d of %d were reminded, %d times", len(each), c.members, len(s.spoken))
			}
			s.reminded()
		})
	}
}

// TestRemindersStop: where WeChat, the store or the program's time is over, nobody
// else is marked as reminded. Those go on getting theirs with the next run.
func TestRemindersStop(t *testing.T) {
	const members, atOnce = 80, 32
	gone := httptest.NewServer(nil)
	gone.Close()
	for name, c := range map[string]struct {
		stop func(s *station, p *process, cancel func()) // and what sets it right again is go on
		lost int                                         // at most
	}{
		"WeChat is not there": {func(s *station, p *process, _ func()) {
			usual := s.client
			s.client = s.newClient(gone.URL, 0)
			p.mend = func() { s.client = usual }
		}, atOnce},
		"WeChat is busy": {func(s *station, p *process, _ func()) {
			s.wechat.Fail(fakeapi.Fault{Path: "/cgi-bin/message/custom/send", Code: -1, Times: -1})
			p.mend = s.wechat.ClearFaults
		}, atOnce},
		"the ledger is away": {func(_ *station, p *process, _ func()) {
			p.away = func() bool { return true }
			p.mend = func() { p.away = nil }
		}, 0},
		"the index is away": {func(_ *station, p *process, _ func()) {
			p.blind = true
			p.mend = func() { p.blind = false }
		}, 0},
		"the records are away": {func(_ *station, p *process, _ func()) {
			p.forgetful = true
			p.mend = func() { p.forgetful = false }
		}, 0},
		"the program ends": {func(_ *station, p *process, cancel func()) {
			var once sync.Once
			p.then = func(point string) {
				if point == "custom" {
					once.Do(cancel)
				}
			}
			p.mend = func() { p.then = nil }
		}, atOnce},
	} {
		t.Run(name, func(t *testing.T) {
			s := evening(t, "", members)
			p := s.process("a")
			ctx, cancel := context.WithCancel(t.Context())
			c.stop(s, p, cancel)
			if err := p.reminders.Run(ctx, s.Now()); err == nil {
				t.Error("nobody was told")
			}
			cancel()
			p.mend()
			before := s.Now()
			if err := s.process("b").remind(); err != nil {
				t.Fatal(err)
			}
			if n := len(s.reminded()); n < members-c.lost || n > members {
				t.Errorf("%d of %d were reminded", n, members)
			}
			if late := s.Now().Sub(before); late != 0 {
				t.Errorf("the next run waited for %s", late)
			}
		})
	}
}

// TestRemindersAreTakenOver: another replica takes one that is slow for dead, and
// goes on. The slow one finds that out at the next page, and all is done.
func TestRemindersAreTakenOver(t *testing.T) {
	const members = 40
	s := evening(t, "", members)
	p := s.process("slow")
	p.page = 10
	var once sync.Once
	p.then = func(point string) {
		if point == "custom" {
			once.Do(func() {
				_ = s.sleep(t.Context(), time.Hour/30)
				if err := s.process("b").remind(); err != nil {
					t.Error(err)
				}
			})
		}
	}
	if err := p.remind(); err != nil {
		t.Error(err)
	}
	if n := len(s.reminded()); n != members {
		t.Errorf("%d of %d were reminded", n, members)
	}
}

// TestRemindersEndAtMidnight: a list that is not through by then is left.
func TestRemindersEndAtMidnight(t *testing.T) {
	const members = 80
	s := evening(t, "", members)
	p := s.process("a")
	tomorrow := (quiz.DayOf(s.Now()) + 1).Start()
	today := s.Now()
	s.setTime(tomorrow)
	s.paper()
	s.setTime(today)
	n, mu := 0, sync.Mutex{}
	p.then = func(point string) {
		mu.Lock()
		defer mu.Unlock()
		if point == "custom" {
			if n++; n == 10 {
				s.setTime(tomorrow)
			}
		}
	}
	if err := p.remind(); err != nil {
		t.Fatal(err)
	}
	if total := len(s.outbox()); total < 10 || total > 10+32 {
		t.Errorf("%d were reminded, 10 before midnight", total)
	}
	s.setTime(tomorrow.Add(5 * time.Minute))
	if err := p.remind(); err != nil || len(s.reminded()) > 32 {
		t.Errorf("after midnight: %v, %v", err, s.reminded())
	}
}

// mortalIndex and mortalBot are what a process finds members by.
type mortalIndex struct{ *process }

func (m mortalIndex) Reminders(ctx context.Context, minute int, visit func([]string) error) error {
	if m.blind {
		return quiz.ErrUnavailable
	}
	return m.store.Reminders(ctx, minute, func(ids []string) error {
		if m.page == 0 {
			return visit(ids)
		}
		for page := range slices.Chunk(ids, m.page) {
			if err := visit(page); err != nil {
				return err
			}
		}
		return nil
	})
}

type mortalBot struct{ *process }

func (m mortalBot) Reminder(ctx context.Context, id string, minute int, now time.Time) (bot.Reminder, error) {
	if m.forgetful {
		return bot.Reminder{}, errors.Join(errors.New("reading a member"), quiz.ErrUnavailable)
	}
	return m.bot.Reminder(ctx, id, minute, now)
}
