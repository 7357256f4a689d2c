package fakeapi_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"dangshi/bot/sandbox/fakeapi"
)

const (
	pathSendAll = "/cgi-bin/message/mass/sendall"
	pathSend    = "/cgi-bin/message/mass/send"
)

// toAll sends a text to all.
func (w *world) toAll(text, key string) answer {
	w.t.Helper()
	return w.post(pathSendAll, fmt.Sprintf(`{"filter":{"is_to_all":true},"msgtype":"text","text":{"content":%q},"clientmsgid":%q}`, text, key))
}

// toSome sends a text to these.
func (w *world) toSome(text string, openids ...string) answer {
	w.t.Helper()
	list, err := json.Marshal(openids)
	no(w.t, err)
	return w.post(pathSend, fmt.Sprintf(`{"touser":%s,"msgtype":"text","text":{"content":%q}}`, list, text))
}

// later moves the clock and forgets the token, which may have expired.
func (w *world) later(d time.Duration) {
	w.clock.add(d)
	w.token = ""
}

func TestMassOfASubscriptionAccount(t *testing.T) {
	w := open(t, fakeapi.Config{}) // 07:30
	for _, step := range []struct {
		after time.Duration
		send  func() answer
		code  int
	}{
		{0, func() answer { return w.toAll("", "a") }, 44004}, // what is refused takes nothing
		{0, func() answer { return w.toSome("一个人", members[0]) }, 40130},
		{0, func() answer { return w.toAll("一", "a") }, 0},
		{time.Minute, func() answer { return w.toAll("二", "b") }, 45028},
		{0, func() answer { return w.toSome("二", members...) }, 45028},
		{16*time.Hour + 28*time.Minute + 59*time.Second, func() answer { return w.toAll("二", "b") }, 45028}, // 23:59:59
		{time.Second, func() answer { return w.toSome("二", members[:2]...) }, 0},
		{0, func() answer { return w.toAll("三", "c") }, 45028},
		{24 * time.Hour, func() answer { return w.toAll("三", "c") }, 0},
	} {
		w.later(step.after)
		if a := step.send(); a.code() != step.code {
			t.Errorf("%s: %s, want %d", w.clock.Now().Format("02 15:04:05"), a.body, step.code)
		}
	}
	if sent := w.sent(); len(sent) != 3 || sent[0].Content != "一" || !slices.Equal(sent[1].To, members[:2]) || sent[2].Content != "三" {
		t.Errorf("%+v", sent)
	}
}

// Four messages a month reach each follower of a service account, by whichever way.
func TestMassOfAServiceAccount(t *testing.T) {
	w := open(t, fakeapi.Config{Service: true})
	a, b, c := members[0], members[1], members[2]
	var events int
	for i, step := range []struct {
		after time.Duration
		send  func(text string) answer
		code  int
		to    []string // nil: all
	}{
		{0, func(s string) answer { return w.toSome(s, a, b) }, 0, []string{a, b}},
		{0, func(s string) answer { return w.toSome(s, a, b, a, a, "oNobody") }, 0, []string{a, b}}, // each once
		{0, func(s string) answer { return w.toSome(s, a, c) }, 0, []string{a, c}},
		{0, func(s string) answer { return w.toSome(s, a, c) }, 0, []string{a, c}},
		{0, func(s string) answer { return w.toSome(s, a, c) }, 0, []string{c}}, // a had four
		{0, func(s string) answer { return w.toSome(s, a, a) }, 0, []string{}},
		{0, func(s string) answer { return w.toAll(s, s) }, 0, []string{b, c}}, // not all any more
		{0, func(s string) answer { return w.toAll(s, s) }, 0, []string{b}},
		{0, func(s string) answer { return w.toAll(s, s) }, 0, []string{}},
		{0, func(s string) answer { return w.toAll(s, s) }, 0, []string{}},
		{0, func(s string) answer { return w.toAll(s, s) }, 45028, nil},
		{29*24*time.Hour + 16*time.Hour + 29*time.Minute, func(s string) answer { return w.toAll(s, s) }, 45028, nil}, // 30 June, 23:59
		{time.Minute, func(s string) answer { return w.toAll(s, s) }, 0, nil},
		{0, func(s string) answer { return w.toSome(s, a, b, c) }, 0, members},
	} {
		w.later(step.after)
		before := len(w.sent())
		got := step.send(strconv.Itoa(i))
		if got.code() != step.code {
			t.Fatalf("step %d: %s, want %d", i, got.body, step.code)
		}
		sent := w.sent()[before:]
		if step.code != 0 {
			if len(sent) != 0 {
				t.Fatalf("step %d: refused, and sent %+v", i, sent)
			}
			continue
		}
		if len(sent) != 1 || sent[0].ToAll != (step.to == nil) || !slices.Equal(sent[0].To, step.to) {
			t.Fatalf("step %d: %+v, want %q", i, sent, step.to)
		}
		events++
		e := w.heard()[events-1]
		reached := len(step.to)
		if step.to == nil {
			reached = len(members)
		}
		if e.Fields["FilterCount"] != strconv.Itoa(reached) || e.Fields["SentCount"] != strconv.Itoa(reached) || e.Fields["ErrorCount"] != "0" {
			t.Errorf("step %d: %v", i, e.Fields)
		}
	}
}

// Sends to all alone use the month up as well.
func TestFourToAllAMonth(t *testing.T) {
	w := open(t, fakeapi.Config{Service: true})
	for i := range 6 {
		want := 0
		if i >= 4 {
			want = 45028
		}
		if a := w.toAll(strconv.Itoa(i), ""); a.code() != want {
			t.Errorf("message %d: %s, want %d", i+1, a.body, want)
		}
		w.later(24 * time.Hour)
	}
	if a := w.toSome("六月", members...); a.code() != 0 {
		t.Error(string(a.body))
	}
	if sent := w.sent(); len(sent) != 5 || len(sent[4].To) != 0 || sent[4].ToAll {
		t.Errorf("%+v", sent)
	}
}

// A clientmsgid is one message for 24 hours, whatever else the second call says.
func TestClientMsgID(t *testing.T) {
	w := open(t, fakeapi.Config{Service: true})
	first := w.toAll("一", "bulletin")
	for _, again := range []answer{
		w.toAll("一", "bulletin"), w.toAll("二", "bulletin"),
		w.post(pathSend, `{"touser":["`+members[0]+`","`+members[1]+`"],"msgtype":"text","text":{"content":"三"},"clientmsgid":"bulletin"}`),
		w.post(pathSendAll, `{"filter":{"is_to_all":true},"msgtype":"mpnews","mpnews":{"media_id":"gone"},"clientmsgid":"bulletin"}`),
	} {
		if again.code() != 45065 || again.number("msg_id") != first.number("msg_id") || first.number("msg_id") == 0 {
			t.Errorf("%s after %s", again.body, first.body)
		}
	}
	w.later(24*time.Hour - time.Nanosecond)
	if a := w.toAll("一", "bulletin"); a.code() != 45065 {
		t.Errorf("just before 24 h: %s", a.body)
	}
	w.later(time.Nanosecond)
	second := w.toAll("一", "bulletin")
	if second.code() != 0 || second.number("msg_id") == first.number("msg_id") {
		t.Errorf("after 24 h: %s", second.body)
	}
	if a := w.toAll("一", strings.Repeat("x", 64)); a.code() != 0 {
		t.Errorf("64 bytes: %s", a.body)
	}
	if a := w.toAll("一", strings.Repeat("党", 22)); a.code() != 45067 {
		t.Errorf("66 bytes: %s", a.body)
	}
	if n := len(w.sent()); n != 3 {
		t.Errorf("%d messages", n)
	}
}

// What a day's calls may bring is remembered for as long as a clientmsgid counts, and no longer.
func TestClientMsgIDsOfABusyDay(t *testing.T) {
	w := open(t, fakeapi.Config{Service: true})
	first := w.toAll("一", "first")
	no(t, w.Remember(t.Context(), 1000))
	w.later(24*time.Hour - time.Second)
	if a := w.toAll("一", "first"); a.code() != 45065 {
		t.Errorf("the first again: %s", a.body)
	}
	w.later(time.Second)
	if a := w.toAll("二", "second"); a.code() != 0 {
		t.Fatal(string(a.body))
	}
	if a := w.post("/cgi-bin/message/mass/get", fmt.Sprintf(`{"msg_id":%d}`, first.number("msg_id"))); a.code() != 40059 {
		t.Errorf("a day and a thousand messages later: %s", a.body)
	}
}

func TestMassLists(t *testing.T) {
	list := func(n int) []string { return slices.Repeat([]string{members[0]}, n) }
	for n, code := range map[int]int{0: 40130, 1: 40130, 2: 0, 10_000: 0, 10_001: 40032} {
		w := open(t, fakeapi.Config{})
		if a := w.toSome("文字", list(n)...); a.code() != code {
			t.Errorf("%d openids: %s, want %d", n, a.body, code)
		}
	}
	for _, touser := range []string{`null`, `7`, `{}`, `[1,2]`, `"` + members[0] + `"`} {
		w := open(t, fakeapi.Config{})
		if a := w.post(pathSend, `{"touser":`+touser+`,"msgtype":"text","text":{"content":"x"}}`); a.code() != 40130 {
			t.Errorf("touser %s: %s", touser, a.body)
		}
	}
}

func TestTextBounds(t *testing.T) {
	w := open(t, fakeapi.Config{Service: true})
	no(t, w.Interact(t.Context(), members[0], fakeapi.Wrote))
	for text, code := range map[string]int{"": 44004, strings.Repeat("党", 682) + "aa": 0, strings.Repeat("党", 683): 45002} {
		if a := w.toAll(text, ""); a.code() != code {
			t.Errorf("%d bytes to all: %s", len(text), a.body)
		}
		if got := w.custom(members[0], text); got != code {
			t.Errorf("%d bytes to one: %d", len(text), got)
		}
	}
}
