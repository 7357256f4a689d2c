package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/bot/sandbox"
)

// calls asks the account's API for something and fails unless it is done.
func (w *phoneWorld) calls(path, body string) {
	w.t.Helper()
	token := w.asksAPI("/cgi-bin/stable_token", `{"grant_type":"client_credential","appid":"a","secret":"s"}`)["access_token"]
	if a := w.asksAPI(path+"?access_token="+token.(string), body); a["errcode"] != nil && a["errcode"] != 0.0 {
		w.t.Fatalf("%s: %v", path, a)
	}
}

func (w *phoneWorld) asksAPI(path, body string) (answer map[string]any) {
	w.t.Helper()
	rec := httptest.NewRecorder()
	w.api.ServeHTTP(rec, httptest.NewRequestWithContext(w.t.Context(), "POST", path, strings.NewReader(body)))
	if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil {
		w.t.Fatal(err)
	}
	return answer
}

// massSend sends to all; at most four a month reach a member.
func (w *phoneWorld) massSend(text string) {
	w.t.Helper()
	w.calls("/cgi-bin/message/mass/sendall", fmt.Sprintf(`{"filter":{"is_to_all":true},"msgtype":"text","text":{"content":%q}}`, text))
}

func (w *phoneWorld) customSend(to, text string) {
	w.t.Helper()
	w.calls("/cgi-bin/message/custom/send", fmt.Sprintf(`{"touser":%q,"msgtype":"text","text":{"content":%q}}`, to, text))
}

// count is how often a text lies in a member's chat.
func (w *phoneWorld) count(member, text string) (n int) {
	w.t.Helper()
	all, _ := w.chat(member, "")
	for _, b := range all {
		if b.Text == text {
			n++
		}
	}
	return n
}

// TestPump: what the account sends comes to each of those to whom it goes, once,
// also after a restart.
func TestPump(t *testing.T) {
	w := newPhone(t)
	one, two, none := w.follower(0), w.follower(1), w.member(2)
	w.massSend("早上好")
	w.customSend(two, "记得答题")
	again := newReplica(t, w.store)
	for range 3 {
		for _, x := range []*phoneWorld{w, again} {
			for _, c := range []struct {
				member, text string
				want         int
			}{{one, "早上好", 1}, {two, "早上好", 1}, {none, "早上好", 0}, {one, "记得答题", 0}, {two, "记得答题", 1}} {
				if got := x.count(c.member, c.text); got != c.want {
					t.Errorf("%q lies %d times in the chat, want %d", c.text, got, c.want)
				}
			}
		}
	}
	s := w.state()
	for i, want := range []int{2, 3, 0} { // the words after following, and what was sent
		if s.Members[i].Unread != want {
			t.Errorf("member %d has %d unread, want %d", i, s.Members[i].Unread, want)
		}
	}
	// Who leaves gets what was sent before, and nothing afterwards; who comes, the other way round.
	w.massSend("第二条")
	w.does(one, act{"type": "unfollow"})
	w.does(none, act{"type": "follow"})
	w.massSend("第三条")
	for member, want := range map[string][2]int{one: {1, 0}, two: {1, 1}, none: {0, 1}} {
		if got := [2]int{w.count(member, "第二条"), w.count(member, "第三条")}; got != want {
			t.Errorf("the second and third came %v times, want %v", got, want)
		}
	}
}

// TestRead: what is read is not counted, what comes later is.
func TestRead(t *testing.T) {
	w := newPhone(t)
	id := w.follower(0)
	w.does(id, act{"type": "text", "text": "在吗"})
	if s := w.state().Members[0]; s.Unread != 2 || s.Count != 4 {
		t.Errorf("the state is %+v", s)
	}
	if status, text := w.ask("POST", "read", "", `{"member":"`+id+`"}`); status != 200 {
		t.Fatal(status, text)
	}
	if s := w.state().Members[0]; s.Unread != 0 || s.Count != 4 {
		t.Errorf("the state is %+v", s)
	}
	w.massSend("早上好")
	if s := w.state().Members[0]; s.Unread != 1 || s.Count != 5 {
		t.Errorf("the state is %+v", s)
	}
	for body, want := range map[string]int{`{"member":"oNobody"}`: 404, `{}`: 404, `{"member":7}`: 400, `x`: 400} {
		if status, _ := w.ask("POST", "read", "", body); status != want {
			t.Errorf("%s: %d, want %d", body, status, want)
		}
	}
}

// TestAfter: the page asks for what is new, and gets all where it knows nothing.
func TestAfter(t *testing.T) {
	w := newPhone(t)
	id := w.follower(0)
	all, whole := w.chat(id, "")
	if !whole || len(all) != 2 {
		t.Fatalf("%d entries, %t", len(all), whole)
	}
	w.does(id, act{"type": "text", "text": "在吗"})
	news, whole := w.chat(id, all[1].ID)
	if whole || len(news) != 2 || news[0].Text != "在吗" {
		t.Errorf("new are %+v, %t", news, whole)
	}
	if news, whole := w.chat(id, news[1].ID); whole || len(news) != 0 {
		t.Errorf("new are %+v, %t", news, whole)
	}
	if all, whole := w.chat(id, "forgotten"); !whole || len(all) != 4 {
		t.Errorf("after what is forgotten come %d entries, %t", len(all), whole)
	}
	if status, _ := w.ask("GET", "chat?member=oNobody", "", ""); status != 404 {
		t.Errorf("nobody's chat: %d", status)
	}
}

// TestChatIsBounded: the oldest entries go.
func TestChatIsBounded(t *testing.T) {
	w := newPhone(t)
	id := w.follower(0)
	shelf := w.store.Simulator()
	for i := range sandbox.KeptEntries {
		e := fmt.Sprintf(`{"id":"e%d","at":1,"side":"member","kind":"text","text":"%d"}`, i, i)
		if err := shelf.Append(t.Context(), "phone:chat:"+id, []byte(e), sandbox.KeptEntries); err != nil {
			t.Fatal(err)
		}
	}
	w.does(id, act{"type": "text", "text": "在吗"})
	all, _ := w.chat(id, "")
	if len(all) != sandbox.KeptEntries || all[0].ID != "e2" || all[len(all)-1].Text != "好的" {
		t.Errorf("%d entries, the first is %+v", len(all), all[0])
	}
}

// TestWhatTheTechnicianSees: calls and ledger.
func TestWhatTheTechnicianSees(t *testing.T) {
	w := newPhone(t)
	w.follower(0)
	w.massSend("早上好")
	var calls []struct {
		Time    time.Time
		Path    string
		Errcode int
	}
	w.get("calls", &calls)
	if len(calls) != 2 || calls[1].Path != "/cgi-bin/message/mass/sendall" || calls[1].Errcode != 0 {
		t.Errorf("the calls are %+v", calls)
	}
	var ledger []string
	if w.get("ledger", &ledger); len(ledger) != 1 || ledger[0] != "sent" {
		t.Errorf("the ledger is %v", ledger)
	}
	for _, c := range []struct{ method, body, want string }{
		{"POST", `{"path":"/cgi-bin/message/mass","code":45028,"times":2}`, `"code":45028`},
		{"GET", "", `"times":2`},
		{"DELETE", "", `[]`},
	} {
		if status, text := w.ask(c.method, "faults", "", c.body); status != 200 || !strings.Contains(text, c.want) {
			t.Errorf("%s: %d %s", c.method, status, text)
		}
	}
	bare := newPhone(t, func(c *sandbox.PhoneConfig) { c.API, c.Ledger = nil, nil })
	bare.get("calls", &calls)
	if len(calls) != 0 {
		t.Errorf("without an API there are the calls %v", calls)
	}
	for _, path := range []string{"ledger", "faults"} {
		if status, _ := bare.ask("GET", path, "", ""); status != 404 {
			t.Errorf("%s: %d", path, status)
		}
	}
	bare.says(bot.Reply{Text: "没有接口也能聊"})
	id := bare.follower(0)
	if got := bare.lines(id, 1); got != "account text: 没有接口也能聊" {
		t.Error(got)
	}
}
