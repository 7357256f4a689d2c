package fakeapi_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"dangshi/bot/sandbox/fakeapi"
)

// custom sends a customer message and reports the errcode.
func (w *world) custom(openid, text string) int {
	w.t.Helper()
	return w.post("/cgi-bin/message/custom/send", fmt.Sprintf(`{"touser":%q,"msgtype":"text","text":{"content":%q}}`, openid, text)).code()
}

// Customer messages: a word is what the member does, "3ok" that so many messages go out, a number
// that one is refused with it, "+1m" that time passes.
func TestCustomerMessageWindows(t *testing.T) {
	for _, story := range []string{
		"45015",
		"wrote 5ok 45047 45047",
		"wrote +47h59m59s 1ok +1s 45015",
		"tapped 3ok 45047", "followed 3ok 45047", "scanned 3ok 45047",
		"tapped +59s 1ok +1s 45015", "followed +1m 45015", "scanned +1m 45015",
		"wrote 5ok wrote 5ok 45047",            // doing it again renews
		"wrote 4ok +1h wrote 5ok 45047",        // and adds nothing
		"wrote +47h wrote +2h 1ok +46h 45015",  // the 48 h begin again
		"tapped 3ok tapped 3ok 45047",          //
		"wrote tapped 8ok 45047",               // different ones stand side by side
		"wrote tapped 3ok +1m 5ok 45047",       // what ends first is used first
		"tapped followed scanned 9ok 45047",    //
		"wrote 5ok tapped +1m 45047",           // what was not used is gone
		"wrote 5ok tapped 1ok +1m 45047",       //
		"wrote 5ok tapped 3ok 45047 +1m 45047", // the window is open, though
		"wrote 5ok +48h 45015",
		"wrote unfollowed 45015", "wrote tapped unfollowed 45015 wrote 5ok 45047",
	} {
		w := open(t, fakeapi.Config{})
		for n, word := range strings.Fields(story) {
			at := fmt.Sprintf("%s: word %d (%s)", story, n+1, word)
			if times, messages := strings.CutSuffix(word, "ok"); messages {
				count, err := strconv.Atoi(times)
				no(t, err)
				for i := range count {
					if code := w.custom(members[0], "您好"); code != 0 {
						t.Fatalf("%s: message %d: %d", at, i+1, code)
					}
				}
			} else if code, err := strconv.Atoi(word); err == nil && word[0] != '+' {
				if got := w.custom(members[0], "您好"); got != code {
					t.Fatalf("%s: %d", at, got)
				}
			} else if d, err := time.ParseDuration(word); err == nil {
				w.later(d)
			} else {
				no(t, w.Interact(t.Context(), members[0], fakeapi.Interaction(word)))
			}
		}
		if code := w.custom(members[1], "您好"); code != 45015 {
			t.Errorf("%s: another member: %d", story, code)
		}
	}
}

// What is refused for another reason uses nothing up.
func TestRefusedCustomerMessagesAreFree(t *testing.T) {
	w := open(t, fakeapi.Config{Service: true})
	no(t, w.Interact(t.Context(), members[0], fakeapi.Tapped))
	for range 10 {
		if code := w.custom(members[0], ""); code != 44004 {
			t.Fatal(code)
		}
		if code := w.custom(members[0], strings.Repeat("a", 2049)); code != 45002 {
			t.Fatal(code)
		}
	}
	for range 3 {
		if code := w.custom(members[0], "您好"); code != 0 {
			t.Fatal(code)
		}
	}
}

func TestInteractionsThatAreNone(t *testing.T) {
	w := open(t, fakeapi.Config{})
	if err := w.Interact(t.Context(), members[0], "slept"); err == nil {
		t.Error("no error")
	}
	if code := w.custom(members[0], "您好"); code != 45015 {
		t.Error(code)
	}
}

func TestMenusInMessages(t *testing.T) {
	w := open(t, fakeapi.Config{Service: true})
	no(t, w.Interact(t.Context(), members[0], fakeapi.Wrote))
	item := `{"id":"1","content":"A"}`
	for n, code := range map[int]int{0: 45098, 1: 0, 10: 0, 11: 45098} {
		list := strings.TrimSuffix(strings.Repeat(item+",", n), ",")
		got := w.post("/cgi-bin/message/custom/send", `{"touser":"`+members[0]+`","msgtype":"msgmenu","msgmenu":{"list":[`+list+`]}}`)
		if got.code() != code {
			t.Errorf("%d options: %s", n, got.body)
		}
	}
}
