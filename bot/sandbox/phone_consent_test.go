package sandbox_test

import (
	"strings"
	"testing"

	"dangshi/bot/sandbox/fakeapi"
)

// TestDecisions: WeChat keeps what a member decides about subscribe messages, shows it
// in the chat and tells the account.
func TestDecisions(t *testing.T) {
	w := newPhone(t)
	id := w.follower(0)
	for _, c := range []struct{ does, event, status, shows string }{
		{"agree", "subscribe_msg_popup_event", "accept", "你同意接收一次"},
		{"refuse", "subscribe_msg_change_event", "reject", "你关掉了"},
	} {
		w.does(id, act{"type": c.does})
		got := w.last()
		if got.From != id || got.Event != c.event || len(got.Consents) != 1 || got.Consents[0].Template != fakeapi.DailyNotice || got.Consents[0].Status != c.status {
			t.Errorf("the account heard %+v", got)
		}
		if text := w.lines(id, 1); !strings.Contains(text, c.shows) {
			t.Errorf("the chat shows %s", text)
		}
	}
}
