package sandbox_test

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"dangshi/bot"
	"dangshi/bot/sandbox"
	"dangshi/bot/wechat/peer"
)

// sentXML are the elements of a message that stay the same in each delivery.
type sentXML struct {
	FromUserName, CreateTime, MsgType, Content, MsgId, Event string
}

func readSent(t *testing.T, body string) (m sentXML) {
	t.Helper()
	if err := xml.Unmarshal([]byte(body), &m); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return m
}

// failures are the ways in which a webhook does not answer.
var failures = []struct {
	name, why string
	do        func(w http.ResponseWriter, r *http.Request)
}{
	{"500", "状态码", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "broken", 500) }},
	{"404", "状态码", func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }},
	{"a redirect", "状态码", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }},
	{"cut off", "断开", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
	{"too slow", "及时", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }},
	{"slow in the middle", "及时", func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("<xml>"))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}},
}

// TestThreeDeliveries: what is not answered comes again, the same, up to three times.
func TestThreeDeliveries(t *testing.T) {
	for _, f := range failures {
		for failing := 1; failing <= 3; failing++ {
			t.Run(fmt.Sprintf("%s, %d times", f.name, failing), func(t *testing.T) {
				w := newPhone(t)
				id := w.follower(0)
				if f.why == "及时" {
					w.phone.SetPatience(250 * time.Millisecond)
				}
				w.front.mu.Lock()
				w.front.came = nil
				w.front.before = func(rw http.ResponseWriter, r *http.Request, n int) bool {
					if n > failing {
						return false
					}
					f.do(rw, r)
					return true
				}
				w.front.mu.Unlock()
				w.does(id, act{"type": "text", "text": "答题"})

				w.front.mu.Lock()
				came := w.front.came
				w.front.mu.Unlock()
				answered := w.lines(id, 1) == "account text: 好的"
				// A machine may be so busy that an answer comes too late: then it is
				// asked again, as WeChat does.
				if want := min(failing+1, 3); answered && len(came) < want || !answered && len(came) != 3 || answered && failing == 3 {
					t.Fatalf("%d deliveries, the chat ends with %q", len(came), w.lines(id, 1))
				}
				if !answered && w.lines(id, 1) != "wechat fault: 该公众号提供的服务出现故障，请稍后再试" {
					t.Errorf("the member reads %q", w.lines(id, 1))
				}
				first := readSent(t, came[0])
				if first.FromUserName != id || first.Content != "答题" || first.MsgId == "" || first.CreateTime == "" {
					t.Errorf("what came was %+v", first)
				}
				for _, body := range came {
					if again := readSent(t, body); again != first {
						t.Errorf("the repeat is %+v, the first was %+v", again, first)
					}
				}
				all := w.trace()
				last := all[len(all)-1]
				if last.From != id || last.What != "text" || len(last.Deliveries) != len(came) {
					t.Errorf("the technician sees %+v", last)
				}
				if d := last.Deliveries[0]; !strings.Contains(d.Error, f.why) || d.Request != came[0] {
					t.Errorf("the first delivery is %+v", d)
				}
			})
		}
	}
}

// TestNobodyIsTold where WeChat would not: of an event after which no words are
// awaited. What the member did counts all the same.
func TestNobodyIsTold(t *testing.T) {
	w := newPhone(t)
	id := w.follower(0)
	w.front.mu.Lock()
	w.front.before = func(rw http.ResponseWriter, _ *http.Request, _ int) bool {
		http.Error(rw, "broken", 500)
		return true
	}
	w.front.mu.Unlock()
	w.does(id, act{"type": "view", "key": "https://example.com/"})
	w.does(id, act{"type": "unfollow"})
	if got := w.lines(id, 1); got != "wechat line: 你已取消关注，不再收到“党史上的今天”的消息" {
		t.Error(got)
	}
	if w.state().Members[0].Follows {
		t.Error("the member still follows")
	}
	w.does(id, act{"type": "follow"})
	if got := w.lines(id, 1); got != "wechat fault: 该公众号提供的服务出现故障，请稍后再试" {
		t.Error(got)
	}
}

// TestWrongAnswers are not asked for again.
func TestWrongAnswers(t *testing.T) {
	w := newPhone(t)
	id := w.follower(0)
	reply := func(to, words string) string {
		return "<xml><ToUserName>" + to + "</ToUserName><FromUserName>gh</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>" + words + "</Content></xml>"
	}
	for name, body := range map[string]string{
		"no XML":          "hello",
		"half":            "<xml><ToUserName>",
		"another's":       reply("oSomebodyElse", "好的"),
		"no words":        reply(id, ""),
		"too many words":  reply(id, strings.Repeat("长", 700)),
		"an unknown type": strings.Replace(reply(id, "好的"), ">text<", ">dance<", 1),
		"two cards": "<xml><ToUserName>" + id + "</ToUserName><FromUserName>gh</FromUserName><CreateTime>1</CreateTime><MsgType>news</MsgType>" +
			"<ArticleCount>2</ArticleCount><Articles><item><Title>一</Title><Url>https://a.example/</Url></item><item><Title>二</Title><Url>https://a.example/</Url></item></Articles></xml>",
	} {
		w.front.mu.Lock()
		w.front.came = nil
		w.front.before = func(rw http.ResponseWriter, _ *http.Request, _ int) bool {
			_, _ = rw.Write([]byte(body))
			return true
		}
		w.front.mu.Unlock()
		w.does(id, act{"type": "text", "text": name})
		if got := w.lines(id, 2); got != "member text: "+name+"\nwechat fault: 该公众号提供的服务出现故障，请稍后再试" {
			t.Errorf("%s: %s", name, got)
		}
		all := w.trace()
		if d := all[len(all)-1].Deliveries; len(w.front.came) != 1 || len(d) != 1 || !strings.HasPrefix(d[0].Error, "微信不会接受这个答复") {
			t.Errorf("%s: %d deliveries, the technician sees %+v", name, len(w.front.came), d)
		}
	}
}

// TestSafeMode: nothing that is said goes over the wire in plain text, and the
// technician sees both forms.
func TestSafeMode(t *testing.T) {
	w := newPhone(t, safeMode)
	id := w.follower(0)
	w.says(bot.Reply{Text: "保密的答复"})
	w.does(id, act{"type": "text", "text": "保密的话"})
	if w.last().Text != "保密的话" || w.lines(id, 1) != "account text: 保密的答复" || !w.state().Safe {
		t.Fatalf("the account heard %+v, the chat shows %q", w.last(), w.lines(id, 1))
	}
	all := w.trace()
	d := all[len(all)-1].Deliveries[0]
	for _, over := range []string{d.Request, d.Reply} {
		if strings.Contains(over, "保密") || !strings.Contains(over, "<Encrypt>") {
			t.Errorf("over the wire went %s", over)
		}
	}
	if !strings.Contains(d.Opened, "保密的话") || !strings.Contains(d.ReplyOpened, "保密的答复") {
		t.Errorf("opened it is %s and %s", d.Opened, d.ReplyOpened)
	}
	if !strings.Contains(d.URL, "encrypt_type=aes") || !strings.Contains(d.URL, "msg_signature=") {
		t.Errorf("it was posted to %s", d.URL)
	}
	w.front.mu.Lock()
	w.front.before = func(rw http.ResponseWriter, _ *http.Request, _ int) bool {
		_, _ = rw.Write([]byte("<xml><ToUserName>" + id + "</ToUserName><FromUserName>gh</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>明文</Content></xml>"))
		return true
	}
	w.front.mu.Unlock()
	w.does(id, act{"type": "text", "text": "再说一次"})
	if got := w.lines(id, 1); !strings.HasPrefix(got, "wechat fault") {
		t.Errorf("a reply in plain text is shown: %s", got)
	}
}

// TestWrongSecrets: the webhook compares signatures, and a safe account takes
// nothing plain.
func TestWrongSecrets(t *testing.T) {
	w := newPhone(t, func(c *sandbox.PhoneConfig) { c.Token = "another" })
	w.does(w.member(0), act{"type": "follow"})
	if got := w.lines(w.member(0), 1); !strings.HasPrefix(got, "wechat fault") {
		t.Errorf("with another token the chat shows %s", got)
	}
	plain, safe := newPhone(t), newPhone(t, safeMode)
	plain.front.webhook = safe.front.webhook
	plain.does(plain.member(0), act{"type": "follow"})
	if got := plain.lines(plain.member(0), 1); !strings.HasPrefix(got, "wechat fault") {
		t.Errorf("in plain mode the chat shows %s", got)
	}
}

// TestDeliver: WeChat's own events, with elements inside others.
func TestDeliver(t *testing.T) {
	w := newPhone(t)
	id := w.follower(0)
	err := w.phone.Deliver(t.Context(), map[string]string{"Event": "MASSSENDJOBFINISH", "MsgID": "1000001625", "Status": "send success", "TotalCount": "3", "SentCount": "2"})
	if got := w.last(); err != nil || got.From != "mphelper" || got.Kind != bot.MassSent || got.MassResult != (bot.MassResult{MsgID: 1000001625, Status: "send success", Total: 3, Sent: 2}) {
		t.Errorf("the account heard %+v, %v", got, err)
	}
	err = w.phone.Deliver(t.Context(), map[string]string{
		"FromUserName": id, "Event": "subscribe_msg_popup_event",
		"SubscribeMsgPopupEvent.List.TemplateId": "T1", "SubscribeMsgPopupEvent.List.SubscribeStatusString": "accept", "SubscribeMsgPopupEvent.List.PopupScene": "2",
	})
	if got := w.last(); err != nil || got.From != id || len(got.Consents) != 1 || got.Consents[0].Template != "T1" || got.Consents[0].Status != "accept" {
		t.Errorf("the account heard %+v, %v", got, err)
	}
	w.front.mu.Lock()
	w.front.before = func(rw http.ResponseWriter, _ *http.Request, _ int) bool {
		http.Error(rw, "broken", 500)
		return true
	}
	w.front.mu.Unlock()
	if err := w.phone.Deliver(t.Context(), map[string]string{"Event": "MASSSENDJOBFINISH"}); err == nil {
		t.Error("an event that nobody took was delivered")
	}
}

// TestSignatures are made as WeChat makes them, by the wall's clock.
func TestSignatures(t *testing.T) {
	w := newPhone(t)
	if _, err := w.clock.Advance(t.Context(), 1000*time.Hour, nothingDue{}); err != nil {
		t.Fatal(err)
	}
	id := w.follower(0)
	d := w.trace()[0].Deliveries[0]
	_, query, _ := strings.Cut(d.URL, "?")
	values := map[string]string{}
	for pair := range strings.SplitSeq(query, "&") {
		k, v, _ := strings.Cut(pair, "=")
		values[k] = v
	}
	if d.Status != 200 || values["signature"] != peer.Sign(testToken, values["timestamp"], values["nonce"]) {
		t.Errorf("%s was answered with %d", d.URL, d.Status)
	}
	// The message itself is of the sandbox's time.
	ahead := w.last().Sent - time.Now().Unix()
	if ahead < 999*3600 || ahead > 1001*3600 {
		t.Errorf("the message is %d s ahead of the wall", ahead)
	}
	if sent := readSent(t, d.Request); sent.FromUserName != id || sent.Event != "subscribe" {
		t.Errorf("what came was %+v", sent)
	}
}

// nothingDue is a schedule of nothing.
type nothingDue struct{ sandbox.Due }

func (nothingDue) Next(time.Time, time.Time) (at time.Time, ok bool) { return at, false }

// TestTraceIsBounded: it is in memory.
func TestTraceIsBounded(t *testing.T) {
	w := newPhone(t)
	id := w.follower(0)
	for range 30 {
		w.does(id, act{"type": "image"})
	}
	all := w.trace()
	if len(all) != 20 || all[19].N != 31 || all[0].N != 12 || w.state().Trace != 31 {
		t.Errorf("%d messages, from %d to %d", len(all), all[0].N, all[len(all)-1].N)
	}
}
