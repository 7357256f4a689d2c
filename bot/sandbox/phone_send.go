package sandbox

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"dangshi/bot/wechat/peer"
)

// maxText is how long a message may be, in characters.
const maxText = 1000

// outOfOrder is what WeChat tells a member whose message nobody answered.
const outOfOrder = "该公众号提供的服务出现故障，请稍后再试"

// act is what a member does on the page.
type act struct {
	Member string `json:"member"`
	// Type is text, tap, voice, location, image, sticker, click, view, follow,
	// unfollow, scan, or agree and refuse: to subscribe messages.
	Type string `json:"type"`
	Ref  string `json:"ref"` // the page's own id, kept with the entry

	Text      string  `json:"text"`   // text, tap: what is sent; voice: what is recognised, may be empty; sticker: which
	MenuID    string  `json:"menuId"` // tap
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Label     string  `json:"label"` // of the place
	Key       string  `json:"key"`   // click: the key; view: the URL; scan: the code's scene
}

// postSend plays WeChat: what the member did goes to the webhook, and what comes
// back into the chat. It answers when that is done; the deliveries end within
// three times 5 s, also when the page has gone.
func (p *Phone) postSend(w http.ResponseWriter, r *http.Request) {
	var a act
	if err := readJSON(w, r, &a); err != nil {
		p.fail(w, r, err)
		return
	}
	// Three deliveries may take longer than the server gives to an answer. Where
	// it has no deadlines there is nothing to lift.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
	if err := p.send(context.WithoutCancel(r.Context()), a); err != nil {
		p.fail(w, r, err)
		return
	}
	answer(w, struct{}{})
}

// send does it. A crash after the member's own entry leaves a message without an
// answer, as a phone that lost its network.
func (p *Phone) send(ctx context.Context, a act) error {
	before, err := p.pump(ctx)
	if err != nil {
		return err
	}
	m := before.find(a.Member)
	if m == nil {
		return errUnknownMember
	}
	if a.decides() {
		return p.decide(ctx, m, a)
	}
	fields, shown, err := p.compose(&a, m.Follows)
	if err != nil {
		return err
	}
	if shown.Kind != "" {
		if err := p.put(ctx, m.ID, p.stamp(shown)); err != nil {
			return err
		}
	}
	if err := p.follows(ctx, m, fields["Event"]); err != nil {
		return err
	}
	if err := p.interact(ctx, fields); err != nil {
		return err
	}
	reply, err := p.deliver(ctx, messageOf(fields))
	if err != nil {
		reply = entry{Side: fromWeChat, Kind: "fault", Text: outOfOrder}
		if silent(fields["Event"]) {
			return nil
		}
	}
	if reply.Kind != "" {
		return p.put(ctx, m.ID, p.stamp(reply))
	}
	return nil
}

// silent reports whether WeChat tells nobody that an event was not taken.
func silent(event string) bool { return event == "unsubscribe" || event == "VIEW" }

// follows keeps who follows the account.
func (p *Phone) follows(ctx context.Context, m *person, event string) error {
	if event != "subscribe" && event != "unsubscribe" {
		return nil
	}
	_, err := p.change(ctx, func(r *roster) error {
		m := r.find(m.ID)
		if m == nil {
			return errUnknownMember
		}
		m.Follows = event == "subscribe"
		return nil
	})
	return err
}

// stamp gives an entry its id and time.
func (p *Phone) stamp(e entry) entry {
	e.ID = rand.Text()
	e.At = p.cfg.Clock.Now().UnixMilli()
	return e
}

// compose makes the fields of the message that WeChat would send, and the entry
// that the member sees at once; its Kind is empty where there is none.
func (p *Phone) compose(a *act, follows bool) (peer.Fields, entry, error) {
	if n := utf8.RuneCountInString(a.Text + a.Key + a.Label + a.Ref); n > maxText {
		return nil, entry{}, badRequest(fmt.Sprintf("一条消息最多 %d 个字", maxText))
	}
	a.Text, a.Key, a.Label = sendable(a.Text), sendable(a.Key), sendable(a.Label)
	switch {
	case a.Type == "scan" || a.Type == "follow":
	case !follows:
		return nil, entry{}, &fault{http.StatusConflict, "还没有关注公众号，请先关注"}
	}
	fields, shown, err := a.message()
	if fields == nil && err == nil {
		fields, shown, err = p.event(a, follows)
	}
	if err != nil {
		return nil, entry{}, err
	}
	shown.Ref = a.Ref
	fields["CreateTime"] = strconv.FormatInt(p.cfg.Clock.Now().Unix(), 10)
	if fields["MsgType"] != "event" {
		fields["MsgId"] = newMsgID() // the same in each delivery
	}
	return fields, shown, nil
}

// sendable drops what XML cannot carry.
func sendable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
}

// message is what the member sends; nil where it is an event.
func (a *act) message() (peer.Fields, entry, error) {
	shown := entry{Side: fromMember, Kind: a.Type, Text: a.Text}
	switch a.Type {
	case "text":
		if strings.TrimSpace(a.Text) == "" {
			return nil, entry{}, badRequest("请先写点什么")
		}
		return peer.Text(a.Member, a.Text), shown, nil
	case "tap":
		id, err := strconv.ParseInt(a.MenuID, 10, 64)
		if err != nil || a.Text == "" {
			return nil, entry{}, badRequest("这个选项的编号无效")
		}
		shown.Kind = "text"
		return peer.Tap(a.Member, a.Text, id), shown, nil
	case "voice":
		return peer.Voice(a.Member, strings.TrimSpace(a.Text)), shown, nil
	case "location":
		// Written so that NaN, too, would be refused.
		if !(a.Latitude >= -90 && a.Latitude <= 90 && a.Longitude >= -180 && a.Longitude <= 180) {
			return nil, entry{}, badRequest("纬度应在 -90 到 90 之间，经度应在 -180 到 180 之间")
		}
		fields := peer.Location(a.Member, a.Latitude, a.Longitude)
		fields["Label"] = a.Label
		shown.Text = a.Label
		if a.Label == "" {
			shown.Text = fmt.Sprintf("%.4f，%.4f", a.Latitude, a.Longitude)
		}
		return fields, shown, nil
	case "image", "sticker":
		// WeChat sends the account a sticker as a picture.
		return peer.Fields{"FromUserName": a.Member, "MsgType": "image", "MediaId": rand.Text(), "PicUrl": "http://mmbiz.qpic.cn/sandbox/" + rand.Text() + "/0"}, shown, nil
	}
	return nil, entry{}, nil
}

// event is what WeChat tells of itself.
func (p *Phone) event(a *act, follows bool) (peer.Fields, entry, error) {
	line := func(format string, args ...any) entry {
		return entry{Side: fromWeChat, Kind: "line", Text: fmt.Sprintf(format, args...)}
	}
	scene := strings.TrimSpace(a.Key)
	scanned := func(name, key string) peer.Fields {
		f := peer.Event(a.Member, name, key)
		f["Ticket"] = "TICKET" + rand.Text()
		return f
	}
	switch a.Type {
	case "click":
		return peer.Event(a.Member, "CLICK", a.Key), entry{}, nil
	case "view":
		return peer.Event(a.Member, "VIEW", a.Key), entry{}, nil
	case "follow":
		if follows {
			return nil, entry{}, &fault{http.StatusConflict, "已经关注了"}
		}
		return peer.Event(a.Member, "subscribe", ""), line("你关注了“%s”", p.cfg.Account), nil
	case "unfollow":
		return peer.Event(a.Member, "unsubscribe", ""), line("你已取消关注，不再收到“%s”的消息", p.cfg.Account), nil
	case "scan":
		switch {
		case scene == "":
			return nil, entry{}, badRequest("请填写二维码里的内容")
		case follows:
			return scanned("SCAN", scene), line("你扫描了二维码“%s”", scene), nil
		}
		return scanned("subscribe", "qrscene_"+scene), line("你扫描二维码“%s”，关注了“%s”", scene, p.cfg.Account), nil
	}
	return nil, entry{}, badRequest("不认识的操作")
}

// newMsgID is a MsgId that no other message has.
func newMsgID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails: the runtime ends the program instead
	return strconv.FormatUint(binary.BigEndian.Uint64(b[:])>>1|1<<62, 10)
}
