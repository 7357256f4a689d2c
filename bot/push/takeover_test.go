package push_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"dangshi/bot/push"
	"dangshi/bot/sandbox/fakeapi"
	"dangshi/quiz"
)

// TestTakenOverWithin15Seconds: a replica dies in the middle of a run, and another one
// that waits goes on within 15 s of the clock, where it stopped.
func TestTakenOverWithin15Seconds(t *testing.T) {
	s := newStation(t, "", false)
	s.channel, s.batch, s.atOnce = []string{"custom"}, 16, 4
	const n = 200
	s.crowd(n)
	a, b := s.process("a"), s.process("b")
	if err := a.start(); err != nil {
		t.Fatal(err)
	}
	s.setTime(s.at.On(quiz.DayOf(s.Now())))
	post := newPost(0)
	a.customs, b.customs = post, post
	a.fate = diesAfterCustom(100)
	_ = a.run()
	died := s.Now()
	var after time.Duration
	var once sync.Once
	b.then = func(point string) {
		if point == "custom" {
			once.Do(func() { after = s.Now().Sub(died) })
		}
	}
	if err := b.run(); err != nil {
		t.Fatal(err)
	}
	if after <= 0 || after > 15*time.Second {
		t.Errorf("it goes on %s after the death", after)
	}
	if reach := s.judgeCrowd(n, post); reach.Unknown > s.batch || reach.Reached() < n-s.batch {
		t.Errorf("%+v", reach)
	}
}

// TestRemindersEndForTheDay: the calls of the day are used up, or the account has no
// right to them: nobody else is marked as reminded in vain, and why is kept.
func TestRemindersEndForTheDay(t *testing.T) {
	for _, code := range []int{45009, 48001} {
		const members, atOnce = 80, 32
		s := evening(t, "", members)
		s.wechat.Fail(fakeapi.Fault{Path: customPath, Code: code, Times: -1})
		if err := s.process("a").remind(); err == nil {
			t.Error("nobody was told")
		}
		over, err := push.RemindersOver(t.Context(), s.store.PushLedger())
		if err != nil || over.Day != quiz.DayOf(s.Now()) || over.Reason == "" {
			t.Errorf("%+v, %v", over, err)
		}
		calls := len(s.wechat.Calls())
		s.wechat.ClearFaults()
		s.setTime(s.Now().Add(5 * time.Minute))
		if err := s.process("b").remind(); err != nil || len(s.wechat.Calls()) != calls || calls > atOnce+1 {
			t.Errorf("it goes on: %v, %d calls after %d", err, len(s.wechat.Calls()), calls)
		}
		marked := 0
		for i := range members {
			loaded, err := s.store.Load(t.Context(), s.member(fmt.Sprintf("member%d", i)).openid, 0)
			if err != nil {
				t.Fatal(err)
			}
			if loaded.Record.Member.Reminded != 0 {
				marked++
			}
		}
		if marked > atOnce {
			t.Errorf("%d are marked as reminded", marked)
		}
		s.setTime(eight.On(quiz.DayOf(s.Now()) + 1))
		s.paper()
		if err := s.process("c").remind(); err != nil || len(s.reminded()) < members {
			t.Errorf("on the next day %d were reminded, %v", len(s.reminded()), err)
		}
	}
}

// diesAfterCustom is the fate of a process that dies behind its nth customer message;
// 0: never.
func diesAfterCustom(n int) func(point string) doom {
	var mu sync.Mutex
	return func(point string) doom {
		mu.Lock()
		defer mu.Unlock()
		if point == "custom" {
			if n--; n == 0 {
				return diesAfter
			}
		}
		return lives
	}
}

// TestTakenForDeadTwice: a replica that was taken for dead waits for the one that took it
// over, and goes on where that one dies, without anybody who calls it.
func TestTakenForDeadTwice(t *testing.T) {
	const n = 12
	s := newStation(t, "", false)
	s.channel, s.batch, s.atOnce = []string{"custom"}, 2, 1
	s.crowd(n)
	a := s.process("a")
	if err := a.start(); err != nil {
		t.Fatal(err)
	}
	s.setTime(s.at.On(quiz.DayOf(s.Now())))
	post := newPost(0)
	a.customs = post
	a.then = func(point string) {
		if point != "custom" || len(post.got) != 3 {
			return
		}
		a.then = nil
		s.setTime(s.Now().Add(2 * time.Minute)) // it sleeps
		b := s.process("b")
		b.customs, b.fate = post, diesAfterCustom(2)
		_ = b.run()
		if !b.dead.Load() {
			t.Error("the other one lives")
		}
	}
	if err := a.run(); err != nil {
		t.Error(err)
	}
	d := s.today()
	if d.Outcome != push.DaySent || d.Sends[0].Each.Seen != n || d.Sends[0].Each.Unknown != 4 {
		t.Errorf("%+v, %+v", d, d.Sends[0].Each)
	}
	for id, times := range post.got {
		if times != 1 {
			t.Errorf("%s got it %d times", id, times)
		}
	}
}
