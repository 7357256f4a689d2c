package sandbox_test

import (
	"strings"
	"testing"

	"dangshi/bot"
)

// TestActs: what a member does on the page is what the account hears, over HTTP,
// signed; and what the chat shows.
func TestActs(t *testing.T) {
	w := newPhone(t)
	id := w.member(0)
	for _, c := range []struct {
		name string
		act  act
		want bot.Message // without From, To, ID and Sent
		show string      // what the chat shows of it; "": nothing but the reply
	}{
		{"follow", act{"type": "follow"}, bot.Message{Kind: bot.Follow, Event: "subscribe"}, "wechat line: 你关注了“党史上的今天”"},
		{"text", act{"type": "text", "text": "答题"}, bot.Message{Kind: bot.Text, Text: "答题"}, "member text: 答题"},
		{"markup", act{"type": "text", "text": "<b>1 & 2</b> ]]> \"'"}, bot.Message{Kind: bot.Text, Text: "<b>1 & 2</b> ]]> \"'"}, "member text: <b>1 & 2</b> ]]> \"'"},
		{"lines", act{"type": "text", "text": "一\n二"}, bot.Message{Kind: bot.Text, Text: "一\n二"}, "member text: 一\n二"},
		{"controls", act{"type": "text", "text": "选\u0000B\u001b\uffff"}, bot.Message{Kind: bot.Text, Text: "选B"}, "member text: 选B"},
		{"tap", act{"type": "tap", "text": "A", "menuId": "2026010103"}, bot.Message{Kind: bot.Text, Text: "A", MenuID: 2026010103}, "member text: A"},
		{"a large number", act{"type": "tap", "text": "B", "menuId": "9007199254740993"}, bot.Message{Kind: bot.Text, Text: "B", MenuID: 9007199254740993}, "member text: B"},
		{"voice", act{"type": "voice", "text": " 我要答题。 "}, bot.Message{Kind: bot.Voice, Text: "我要答题。"}, "member voice:  我要答题。 "},
		{"voice not understood", act{"type": "voice"}, bot.Message{Kind: bot.Voice}, "member voice: "},
		{"location", act{"type": "location", "latitude": 31.2203, "longitude": 121.4748, "label": "兴业路76号"},
			bot.Message{Kind: bot.Location, Latitude: 31.2203, Longitude: 121.4748, Label: "兴业路76号"}, "member location: 兴业路76号"},
		{"a place without a name", act{"type": "location", "latitude": -90, "longitude": 180},
			bot.Message{Kind: bot.Location, Latitude: -90, Longitude: 180}, "member location: -90.0000，180.0000"},
		{"image", act{"type": "image"}, bot.Message{Kind: bot.Image}, "member image: "},
		{"sticker", act{"type": "sticker", "text": "点赞"}, bot.Message{Kind: bot.Image}, "member sticker: 点赞"},
		{"click", act{"type": "click", "key": "答题"}, bot.Message{Kind: bot.Click, Event: "click", EventKey: "答题"}, ""},
		{"view", act{"type": "view", "key": "https://example.com/today"}, bot.Message{Kind: bot.View, Event: "view", EventKey: "https://example.com/today"}, ""},
		{"scan", act{"type": "scan", "key": " branch-12 "}, bot.Message{Kind: bot.Scan, Event: "scan", EventKey: "branch-12"}, "wechat line: 你扫描了二维码“branch-12”"},
		{"unfollow", act{"type": "unfollow"}, bot.Message{Kind: bot.Unfollow, Event: "unsubscribe"}, "wechat line: 你已取消关注，不再收到“党史上的今天”的消息"},
		{"follow by a code", act{"type": "scan", "key": "branch-12"}, bot.Message{Kind: bot.Follow, Event: "subscribe", EventKey: "branch-12"},
			"wechat line: 你扫描二维码“branch-12”，关注了“党史上的今天”"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, _ := w.chat(id, "")
			c.act["ref"] = "ref of " + c.name
			w.does(id, c.act)
			got := w.last()
			if got.From != id {
				t.Error("it is from somebody else")
			}
			if event := got.Event != ""; event != (got.ID == 0) {
				t.Errorf("event %q has the id %d", got.Event, got.ID)
			}
			got.From, got.To, got.ID, got.Sent = "", "", 0, 0
			if got.Text != c.want.Text || got.Kind != c.want.Kind || got.MenuID != c.want.MenuID || got.Event != c.want.Event || got.EventKey != c.want.EventKey ||
				got.Latitude != c.want.Latitude || got.Longitude != c.want.Longitude || got.Label != c.want.Label {
				t.Errorf("the account heard %+v, want %+v", got, c.want)
			}
			after, _ := w.chat(id, "")
			shown := after[len(before):]
			if c.show != "" {
				if len(shown) == 0 || shown[0].Side+" "+shown[0].Kind+": "+shown[0].Text != c.show || shown[0].Ref != c.act["ref"] {
					t.Fatalf("the chat shows %+v, want %q", shown, c.show)
				}
				shown = shown[1:]
			}
			if len(shown) != 1 || shown[0].Side != "account" || shown[0].Text != "好的" {
				t.Errorf("the reply is shown as %+v", shown)
			}
		})
	}
}

// TestRefusedActs: they never reach the webhook.
func TestRefusedActs(t *testing.T) {
	w := newPhone(t)
	follower, stranger := w.follower(0), w.member(1)
	came := len(w.front.came)
	for _, c := range []struct {
		name   string
		member string
		act    act
		status int
	}{
		{"nobody", "", act{"type": "text", "text": "在吗"}, 404},
		{"an unknown member", "../../etc/passwd", act{"type": "text", "text": "在吗"}, 404},
		{"not following", stranger, act{"type": "text", "text": "在吗"}, 409},
		{"not following, menu", stranger, act{"type": "click", "key": "答题"}, 409},
		{"not following, unfollow", stranger, act{"type": "unfollow"}, 409},
		{"following already", follower, act{"type": "follow"}, 409},
		{"no type", follower, act{}, 400},
		{"unknown type", follower, act{"type": "shake"}, 400},
		{"nothing said", follower, act{"type": "text", "text": " \n\t"}, 400},
		{"nothing but controls", follower, act{"type": "text", "text": "\u0001"}, 400},
		{"too long", follower, act{"type": "text", "text": strings.Repeat("长", 1001)}, 400},
		{"too long a key", follower, act{"type": "click", "key": strings.Repeat("k", 1001)}, 400},
		{"too large", follower, act{"type": "text", "text": strings.Repeat("长", 6000)}, 413},
		{"a tap without a number", follower, act{"type": "tap", "text": "A"}, 400},
		{"a tap with words", follower, act{"type": "tap", "text": "A", "menuId": "seven"}, 400},
		{"a tap on too large a number", follower, act{"type": "tap", "text": "A", "menuId": "9223372036854775808"}, 400},
		{"a tap on nothing", follower, act{"type": "tap", "menuId": "1"}, 400},
		{"no such place", follower, act{"type": "location", "latitude": 90.1, "longitude": 0}, 400},
		{"no such place either", follower, act{"type": "location", "latitude": 0, "longitude": -180.1}, 400},
		{"an empty code", follower, act{"type": "scan", "key": " "}, 400},
		{"a field too many", follower, act{"type": "text", "text": "在吗", "price": 1}, 400},
		{"a number for a text", follower, act{"type": "text", "text": 1}, 400},
	} {
		if status, text := w.tries(c.member, c.act); status != c.status || strings.Contains(text, "<") {
			t.Errorf("%s: %d %s, want %d", c.name, status, text, c.status)
		}
	}
	for _, c := range []struct {
		contentType, body string
		status            int
	}{
		{"text/plain", `{"member":"` + follower + `","type":"text","text":"在吗"}`, 415},
		{"application/x-www-form-urlencoded", `member=` + follower, 415},
		{"", ``, 400},
		{"", `null`, 404},
		{"", `[]`, 400},
		{"", `{"member":"` + follower + `","type":"image"}{}`, 400},
	} {
		if status, text := w.ask("POST", "send", c.contentType, c.body); status != c.status {
			t.Errorf("%q: %d %s, want %d", c.body, status, text, c.status)
		}
	}
	if status, _ := w.ask("GET", "send", "", ""); status != 404 {
		t.Errorf("GET: %d", status)
	}
	if len(w.front.came) != came {
		t.Errorf("%d messages reached the webhook", len(w.front.came)-came)
	}
}

// TestOtherReplies: a card, customer service, and nothing at all.
func TestOtherReplies(t *testing.T) {
	w := newPhone(t)
	id := w.follower(0)
	w.says(bot.Reply{News: &bot.Article{Title: "今天的党史", Digest: "点开听听", URL: "https://example.com/today"}})
	w.does(id, act{"type": "text", "text": "今天"})
	all, _ := w.chat(id, "")
	card := all[len(all)-1]
	if card.Kind != "news" || len(card.Articles) != 1 || card.Articles[0].Title != "今天的党史" || card.Articles[0].URL != "https://example.com/today" {
		t.Errorf("the card is %+v", card)
	}
	w.says(bot.Reply{Image: "no-such-id"})
	w.does(id, act{"type": "text", "text": "证书"})
	all, _ = w.chat(id, "")
	if picture := all[len(all)-1]; picture.Kind != "image" || picture.Side != "account" || picture.Media != "no-such-id" {
		t.Errorf("the picture is %+v", picture)
	}
	if status, text := w.ask("GET", "media/no-such-id", "", ""); status != 404 || !strings.Contains(text, "图片已过期") {
		t.Errorf("a picture that was never uploaded: %d %s", status, text)
	}
	w.says(bot.Reply{Service: true})
	w.does(id, act{"type": "text", "text": "找人"})
	if got := w.lines(id, 1); got != "wechat line: 已转给人工客服" {
		t.Error(got)
	}
	w.says(bot.Reply{})
	w.does(id, act{"type": "text", "text": "嗯"})
	if got := w.lines(id, 1); got != "member text: 嗯" {
		t.Error(got)
	}
}

// TestLinksOfAReply: options can be tapped, pages opened; nothing else is markup.
func TestLinksOfAReply(t *testing.T) {
	w := newPhone(t)
	id := w.follower(0)
	w.says(bot.Reply{Text: "第1题<b>\n" +
		`<a href="weixin://bizmsgmenu?msgmenucontent=A&msgmenuid=9007199254740993">A. 一</a>` + "\n" +
		`<a href="https://example.com/?a=1&amp;b=2">阅读</a>` + "\n" + `<a href="javascript:alert(1)">别点</a>`})
	w.does(id, act{"type": "text", "text": "答题"})
	all, _ := w.chat(id, "")
	parts := all[len(all)-1].Parts
	if len(parts) != 5 || parts[0].Text != "第1题<b>\n" || parts[1].Text != "A. 一" || parts[3].URL != "https://example.com/?a=1&b=2" ||
		parts[4].Text != "\n别点" || parts[4].URL != "" || parts[4].Tap != nil {
		t.Fatalf("the parts are %+v", parts)
	}
	if tap := parts[1].Tap; tap == nil || tap.Content != "A" || tap.MenuID != "9007199254740993" {
		t.Errorf("the tap is %+v", tap)
	}
}
