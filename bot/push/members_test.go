package push_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"dangshi/bot/push"
	"dangshi/bot/sandbox/fakeapi"
	"dangshi/bot/wechat/peer"
	"dangshi/quiz"
)

const (
	customPath = "/cgi-bin/message/custom/send"
	noticePath = "/cgi-bin/message/subscribe/bizsend"
)

// agrees lets a member agree to one more subscribe message, as WeChat asks for it on a
// page and tells the account.
func (m member) agrees() {
	m.station.t.Helper()
	if err := m.station.wechat.Consent(m.station.t.Context(), m.openid, fakeapi.DailyNotice, 1); err != nil {
		m.station.t.Fatal(err)
	}
	m.decides("subscribe_msg_popup_event", "SubscribeMsgPopupEvent", "accept")
}

func (m member) decides(event, element, status string) {
	m.station.t.Helper()
	e := fakeapi.Event{OpenID: m.openid, Fields: map[string]string{
		"Event": event, element + ".List.TemplateId": fakeapi.DailyNotice, element + ".List.SubscribeStatusString": status,
	}}
	if _, err := m.station.phones.SendXML(m.station.t.Context(), e.XML(peer.Account, m.station.Now())); err != nil {
		m.station.t.Fatal(err)
	}
}

// got is what members got by themselves since a message of the outbox: name → kinds.
func (s *station) got(after int) map[string]string {
	s.t.Helper()
	all := map[string]string{}
	for _, sent := range s.outbox()[after:] {
		for _, to := range sent.To {
			all[nameOf(to)] = strings.TrimSpace(all[nameOf(to)] + " " + sent.Kind)
		}
	}
	return all
}

// morning opens a service account's station at the time of the push, with its
// channels: wang wrote yesterday, li agreed to one message and wrote long ago, zhao
// did both, sun did neither lately, and qian has left.
func morning(t *testing.T, channels ...string) (*station, map[string]member) {
	t.Helper()
	s := newStation(t, "", true)
	s.channel = channels
	all := map[string]member{}
	for _, name := range []string{"wang", "li", "zhao", "sun", "qian"} {
		all[name] = s.member(name)
		if err := all[name].writes("答题"); err != nil {
			t.Fatal(err)
		}
	}
	all["li"].agrees()
	all["zhao"].agrees()
	s.setTime((quiz.DayOf(s.Now()) + 4).Start().Add(20 * time.Hour))
	for _, name := range []string{"wang", "zhao", "qian"} {
		if err := all[name].writes("答题"); err != nil {
			t.Fatal(err)
		}
	}
	if err := all["qian"].leaves(); err != nil {
		t.Fatal(err)
	}
	if err := s.process("first").start(); err != nil {
		t.Fatal(err)
	}
	s.setTime(s.at.On(quiz.DayOf(s.Now()) + 1))
	return s, all
}

func (s *station) mustRun(t *testing.T) push.Day {
	t.Helper()
	if err := s.process("a").run(); err != nil {
		t.Fatal(err)
	}
	return s.today()
}

func same(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	if !maps.Equal(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// TestMembersByChannel: each member is sent to by the first channel that takes them,
// once; a consent is good for one message.
func TestMembersByChannel(t *testing.T) {
	s, all := morning(t, "notice", "custom")
	d := s.mustRun(t)
	same(t, "the first day", s.got(0), map[string]string{"wang": "custom", "li": "subscribe", "zhao": "subscribe"})
	reach := d.Sends[0].Each
	if d.Outcome != push.DaySent || reach == nil || reach.Total != 5 || reach.Seen != 5 || reach.Beyond != 2 ||
		!maps.Equal(reach.Sent, map[string]int{"custom": 1, "notice": 2}) || reach.Unknown+len(reach.Refused) != 0 {
		t.Errorf("%s: %+v", d.Outcome, reach)
	}
	if d := s.mustRun(t); len(s.outbox()) != 3 {
		t.Errorf("run again it sends more: %+v", d)
	}
	s.setTime(s.at.On(quiz.DayOf(s.Now()) + 1))
	before := len(s.outbox())
	s.mustRun(t)
	same(t, "the second day", s.got(before), map[string]string{"wang": "custom", "zhao": "custom"})

	// A consent that is taken back in the member's settings, and a no to the question.
	all["li"].agrees()
	all["sun"].agrees()
	all["li"].decides("subscribe_msg_change_event", "SubscribeMsgChangeEvent", "reject")
	all["sun"].decides("subscribe_msg_popup_event", "SubscribeMsgPopupEvent", "reject")
	s.setTime(s.at.On(quiz.DayOf(s.Now()) + 1))
	before = len(s.outbox())
	s.mustRun(t)
	same(t, "the third day", s.got(before), map[string]string{"sun": "subscribe"})

	s.setTime(s.at.On(quiz.DayOf(s.Now()) + 1))
	if d := s.mustRun(t); d.Outcome != push.DayRefused || d.Sends[0].State != push.Refused {
		t.Errorf("nobody can be reached, and the ledger says %+v", d)
	}
}

// TestMembersAndAll: a mass message reaches everyone, so that no member is sent to
// beside it; where its quota is used up, the members are.
func TestMembersAndAll(t *testing.T) {
	s, _ := morning(t, "mass", "custom", "draft")
	s.mustRun(t)
	if sent := s.outbox(); len(sent) != 1 || sent[0].Kind != fakeapi.KindMass {
		t.Fatalf("%+v", sent)
	}
	s.setTime(s.at.On(quiz.DayOf(s.Now()) + 1))
	s.wechat.Fail(fakeapi.Fault{Path: massPath, Code: 45028})
	d := s.mustRun(t)
	same(t, "without a mass message", s.got(1), map[string]string{"wang": "custom", "zhao": "custom"})
	if len(d.Sends) != 2 || d.Sends[0].State != push.Refused || d.Sends[1].State != push.Sent || d.Outcome != push.DaySent {
		t.Errorf("%+v", d)
	}
	s.setTime(s.at.On(quiz.DayOf(s.Now()) + 3)) // nobody is within the 48 hours
	s.wechat.Fail(fakeapi.Fault{Path: massPath, Code: 45028})
	if d := s.mustRun(t); len(d.Sends) != 3 || d.Sends[1].State != push.Refused || d.Sends[2].Channel != "draft" || d.Outcome != push.DaySent {
		t.Errorf("%+v", d)
	}
}

// TestConsentIsKeptOnce: WeChat tells of a consent more than once; one to another
// template is none; what is kept is shown, and erased with the rest.
func TestConsentIsKeptOnce(t *testing.T) {
	s := newStation(t, "", true)
	m := s.member("wang")
	say := func(text string) string {
		t.Helper()
		answer, err := s.phones.Send(t.Context(), peer.Text(m.openid, text))
		if err != nil {
			t.Fatal(err)
		}
		return answer.Text
	}
	tell := func(template string, at time.Time) {
		t.Helper()
		e := fakeapi.Event{OpenID: m.openid, Fields: map[string]string{
			"Event": "subscribe_msg_popup_event", "SubscribeMsgPopupEvent.List.TemplateId": template, "SubscribeMsgPopupEvent.List.SubscribeStatusString": "accept",
		}}
		for range 3 {
			if _, err := s.phones.SendXML(t.Context(), e.XML(peer.Account, at)); err != nil {
				t.Fatal(err)
			}
		}
	}
	say("答题")
	tell(fakeapi.DailyNotice, s.Now())
	tell("another", s.Now())
	if text := say("我的数据"); !strings.Contains(text, "订阅通知还可以收 1 次") {
		t.Error(text)
	}
	tell(fakeapi.DailyNotice, s.Now().Add(time.Second))
	if text := say("我的数据"); !strings.Contains(text, "订阅通知还可以收 2 次") {
		t.Error(text)
	}
	say("注销")
	say("确认注销")
	if loaded, err := s.store.Load(t.Context(), m.openid, 0); err != nil || loaded.Record.Member.Consent.Given() {
		t.Errorf("%+v, %v", loaded, err)
	}
}

// TestRemindersByConsent: who wrote too long ago is reminded by a notice, where they
// have agreed; the streak that would end is the reason.
func TestRemindersByConsent(t *testing.T) {
	s := newStation(t, "", true)
	s.setTime(s.Now().Add(2 * time.Hour))
	for _, name := range []string{"wang", "li", "zhao"} {
		m := s.member(name)
		if err := m.writes("提醒20:00"); err != nil {
			t.Fatal(err)
		}
		if name != "zhao" {
			m.agrees()
		}
	}
	evening := func(day quiz.Day) map[string]string {
		t.Helper()
		s.setTime(day.Start().Add(8 * time.Hour))
		s.paper()
		s.setTime(eight.On(day))
		before := len(s.outbox())
		for range 2 {
			if err := s.process("a").remind(); err != nil {
				t.Fatal(err)
			}
		}
		return s.got(before)
	}
	first := quiz.DayOf(s.Now())
	same(t, "after four days", evening(first+4), map[string]string{"wang": "subscribe", "li": "subscribe"})
	for _, sent := range s.outbox() {
		if sent.Data["thing1"] != "今天的小题还没答完" || sent.Data["date2"] != "2026年11月24日" || sent.Data["thing4"] != "回复“答题”，参加今天的小题" {
			t.Errorf("%+v", sent.Data)
		}
	}
	same(t, "a day later", evening(first+5), map[string]string{})

	// Seven days in a row, without a freeze, and then two days of silence.
	m := s.member("wang")
	m.agrees()
	loaded, err := s.store.Load(t.Context(), m.openid, 0)
	if err != nil {
		t.Fatal(err)
	}
	record := loaded.Record
	record.Member.Streak = quiz.Streak{Length: 9, Last: first + 6}
	if _, err := s.store.Commit(t.Context(), m.openid, quiz.Change{Record: record}); err != nil {
		t.Fatal(err)
	}
	before := len(s.outbox())
	same(t, "with a streak", evening(first+7), map[string]string{"wang": "subscribe"})
	if hint := s.outbox()[before].Data["thing4"]; hint != "已连续 9 天，今天答完就不断" {
		t.Errorf("the reason is %q", hint)
	}
}

// TestWhoOnlyReads: messages that change nothing keep a member within the 48 hours, too.
func TestWhoOnlyReads(t *testing.T) {
	s := newStation(t, "", false)
	s.channel = []string{"custom"}
	reader, silent := s.member("reader"), s.member("silent")
	for _, m := range []member{reader, silent} {
		if err := m.writes("答题"); err != nil {
			t.Fatal(err)
		}
	}
	p := s.process("a")
	if err := p.start(); err != nil {
		t.Fatal(err)
	}
	first := quiz.DayOf(s.Now())
	for day := first + 1; day < first+4; day++ {
		s.setTime(day.Start().Add(12 * time.Hour))
		if err := reader.writes("帮助"); err != nil {
			t.Fatal(err)
		}
	}
	s.setTime(s.at.On(first + 4))
	s.mustRun(t)
	same(t, "after four days", s.got(0), map[string]string{"reader": "custom"})
	if loaded, err := s.store.Load(t.Context(), reader.openid, 0); err != nil || len(loaded.Record.Recent) > 4 {
		t.Errorf("it is noted %d times, %v", len(loaded.Record.Recent), err)
	}
}
