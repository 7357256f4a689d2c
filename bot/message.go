// Package bot is the conversation: what a message means, what the quiz makes of
// it and what is said in return. The edge to WeChat (bot/wechat) turns requests
// into Messages and Replies into answers; what lasts is behind the small
// interfaces of this package.
package bot

import (
	"hash/fnv"
	"strconv"
)

// Kind is the kind of a message.
type Kind uint8

// The kinds of messages. A kind that WeChat may add later is Other.
const (
	Other    Kind = iota
	Text          // typed, or a tap on an option of a message (then MenuID is set)
	Voice         // Text holds what was recognised, if WeChat recognised it
	Image         // a picture or a sticker
	Video         // a video or a short video
	Link          // a shared page
	Location      // a place that the member sent: Latitude, Longitude, Label
	Follow        // follows the account; EventKey may name a branch's code
	Unfollow      // stops following
	Scan          // scanned a code with a scene while following already
	Click         // tapped an entry of the account's menu: EventKey
	View          // opened a page from the menu
	Position      // WeChat reports where the member is, unasked
	MassSent      // the result of a mass send: Result
	Sent          // the result of a template or subscribe message
	Event         // any other event
)

// Message is one message or event of one member, as WeChat delivered it.
type Message struct {
	From string // openid of the member: never to be logged
	To   string // the account
	Kind Kind
	Sent int64 // CreateTime: Unix seconds by WeChat's clock
	ID   int64 // MsgId; 0 for events

	Text     string // typed or recognised; control characters removed
	MenuID   int64  // bizmsgmenuid: the number of the tapped option; 0: none
	Event    string // name of the event, lower case
	EventKey string // scene or menu key

	// A place: of Location, of Position, and of the event location_select, after which
	// WeChat sends the same place as a message of the kind Location.
	Latitude, Longitude float64
	Label               string // its address in words, if WeChat knows one: as private as the place

	MassResult MassResult
	Consents   []Consent // of the events about subscribe messages
}

// Consent is what a member decided about the messages of one template:
// subscribe_msg_popup_event and subscribe_msg_change_event report it. Of Sent it names
// the template of the message, which used a consent up; Status is empty then.
type Consent struct {
	Template   string // its id
	Status     string // "accept" or "reject"
	PopupScene string // where the member was asked: "1" on a web page, "2" in an article
}

// MassResult is what MASSSENDJOBFINISH reports, and for Sent what became of one template
// or subscribe message.
type MassResult struct {
	MsgID                       int64
	Status                      string
	Total, Filter, Sent, Failed int
	URL                         string // of the article that was sent, for good; empty: a text
}

// Key names the message among the messages of its member, the same for each of
// its deliveries: its MsgId, or for events, which have none, a hash of CreateTime,
// event and what it holds, with the highest bit set.
func (m Message) Key() uint64 {
	if m.ID != 0 {
		return uint64(m.ID)
	}
	h := fnv.New64a()
	var b [8]byte
	for i := range b {
		b[i] = byte(m.Sent >> (8 * i))
	}
	h.Write(b[:])
	h.Write([]byte{byte(m.Kind)})
	h.Write([]byte(m.Event))
	h.Write([]byte{0})
	h.Write([]byte(m.EventKey))
	h.Write([]byte{0})
	h.Write([]byte(m.Text))
	// Two templates, or two jobs, may be reported within one second.
	for _, c := range m.Consents {
		h.Write([]byte("\x00" + c.Template + "\x00" + c.Status))
	}
	if m.MassResult.MsgID != 0 {
		h.Write(strconv.AppendInt([]byte{0}, m.MassResult.MsgID, 10))
	}
	return h.Sum64() | 1<<63
}

// Reply is what is said in return. The zero value says nothing: WeChat is
// answered with "success".
type Reply struct {
	Text    string   // at most 2,048 bytes; links are written as <a href="…">…</a>
	Service bool     // hand the message over to the account's customer service; nothing else is sent then
	News    *Article // one card instead of Text
	Image   string   // media_id of a picture instead of Text

	stored bool // the member's record was written and knows the message; false: perhaps it was
}

// Article is a card that opens a page.
type Article struct {
	Title      string // cut to 32 characters
	Digest     string // cut to 120 characters
	PictureURL string // JPEG or PNG, 360×200 pixels look best; may be empty
	URL        string // of the page: http or https
}

// MaxReply is the number of bytes that WeChat takes in a text reply.
const MaxReply = 2048
