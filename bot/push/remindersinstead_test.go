package push_test

import (
	"testing"
	"time"

	"dangshi/bot/sandbox/fakeapi"
	"dangshi/bot/wechat/peer"
	"dangshi/quiz"
)

// TestRemindersOfThoseWhoTap: who only taps has written within 48 hours as far as the
// record knows, and not as far as WeChat does (45015). By a consent they are reminded
// all the same, once, and the consent is used up; without one they are not.
func TestRemindersOfThoseWhoTap(t *testing.T) {
	s := newStation(t, "", true)
	s.setTime(s.Now().Add(2 * time.Hour))
	wang, li := s.member("wang"), s.member("li")
	for _, m := range []member{wang, li} {
		if err := m.writes("提醒20:00"); err != nil {
			t.Fatal(err)
		}
	}
	wang.agrees()
	for evening, want := range []map[string]string{{"wang": "subscribe"}, {}} {
		day := quiz.DayOf(s.Now()) + 3
		s.setTime(day.Start().Add(9 * time.Hour))
		s.paper()
		before := len(s.outbox())
		for _, m := range []member{wang, li} {
			if err := m.send(peer.Tap(m.openid, "答题", 7), fakeapi.Tapped); err != nil {
				t.Fatal(err)
			}
		}
		s.setTime(eight.On(day))
		for range 2 {
			if err := s.process("a").remind(); err != nil {
				t.Fatal(err)
			}
		}
		same(t, "evening "+string(rune('1'+evening)), s.got(before), want)
	}
}

// TestRemindersWithoutNotices: where the account may send no notices at all, those who
// wrote lately still get theirs.
func TestRemindersWithoutNotices(t *testing.T) {
	s := newStation(t, "", true)
	s.setTime(s.Now().Add(2 * time.Hour))
	want := map[string]string{}
	for _, name := range []string{"li", "qian", "sun", "wang", "zhao"} {
		if err := s.member(name).writes("提醒20:00"); err != nil {
			t.Fatal(err)
		}
		want[name] = "custom"
	}
	s.member("wang").agrees()
	day := quiz.DayOf(s.Now()) + 3
	s.setTime(day.Start().Add(9 * time.Hour))
	s.paper()
	before := len(s.outbox())
	for name := range want {
		m := s.member(name)
		send, kind := peer.Text(m.openid, "答题"), fakeapi.Wrote
		if name == "wang" {
			send, kind = peer.Tap(m.openid, "答题", 7), fakeapi.Tapped
		}
		if err := m.send(send, kind); err != nil {
			t.Fatal(err)
		}
	}
	delete(want, "wang")
	s.wechat.Fail(fakeapi.Fault{Path: noticePath, Code: 48001, Times: -1})
	s.setTime(eight.On(day))
	if err := s.process("a").remind(); err != nil {
		t.Fatal(err)
	}
	same(t, "reminded", s.got(before), want)
}
