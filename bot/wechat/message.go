package wechat

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"github.com/silenceper/wechat/v2/officialaccount/message"

	"dangshi/bot"
)

// maxID is the largest number of bytes of an openid or an account's id.
const maxID = 64

// ForeignMenu is the MenuID of a tap whose number can't be read: it comes from a
// menu of another system, and must not pass for something typed.
const ForeignMenu = -1

// The faults of a message. They quote nothing of it.
var (
	errSender  = errors.New("消息的 FromUserName 缺失或无效")
	errAccount = errors.New("消息的 ToUserName 缺失或无效")
	errNumber  = errors.New("消息中的数字无效")
	errPlace   = errors.New("消息中的经纬度无效")
)

var kinds = map[message.MsgType]bot.Kind{
	message.MsgTypeText:       bot.Text,
	message.MsgTypeVoice:      bot.Voice,
	message.MsgTypeImage:      bot.Image,
	message.MsgTypeVideo:      bot.Video,
	message.MsgTypeShortVideo: bot.Video,
	message.MsgTypeLink:       bot.Link,
	message.MsgTypeLocation:   bot.Location,
	message.MsgTypeEvent:      bot.Event,
}

type event struct {
	name string // lower case
	kind bot.Kind
}

// The events that are missing from the library's names.
const (
	eventConsentChanged message.EventType = "subscribe_msg_change_event"
	eventSubscribeSent  message.EventType = "subscribe_msg_sent_event"
)

// events has the events with a kind of their own, by the name in lower case.
var events = func() map[string]event {
	known := map[message.EventType]bot.Kind{
		message.EventSubscribe:             bot.Follow,
		message.EventUnsubscribe:           bot.Unfollow,
		message.EventScan:                  bot.Scan,
		message.EventLocation:              bot.Position,
		message.EventClick:                 bot.Click,
		message.EventView:                  bot.View,
		message.EventMassSendJobFinish:     bot.MassSent,
		message.EventTemplateSendJobFinish: bot.Sent,
		eventSubscribeSent:                 bot.Sent,
	}
	byName := make(map[string]event, len(known))
	for name, kind := range known {
		lower := strings.ToLower(string(name))
		byName[lower] = event{lower, kind}
	}
	return byName
}()

// message makes the message of a document. All its strings are copies.
func (doc *document) message() (m bot.Message, err error) {
	if m.From, err = doc.id(fieldFrom, errSender); err != nil {
		return m, err
	}
	if m.To, err = doc.id(fieldTo, errAccount); err != nil {
		return m, err
	}
	if m.Sent, err = doc.number(fieldCreateTime); err != nil {
		return m, err
	}
	m.Kind = kinds[message.MsgType(bytes.TrimSpace(doc.fields[fieldMsgType]))]
	if m.Kind == bot.Event {
		err = doc.event(&m)
		return m, err
	}
	if m.ID, err = doc.number(fieldMsgID); err != nil {
		return m, err
	}
	switch m.Kind {
	case bot.Text:
		m.Text = string(doc.fields[fieldContent])
		m.MenuID = doc.menuID()
	case bot.Voice:
		m.Text = string(doc.fields[fieldRecognition])
	case bot.Location:
		m.Latitude, m.Longitude, err = doc.place(fieldLocationX, fieldLocationY)
		m.Label = string(doc.fields[fieldLabel])
	}
	return m, err
}

func (doc *document) event(m *bot.Message) (err error) {
	name := bytes.ToLower(bytes.TrimSpace(doc.fields[fieldEvent]))
	if known, ok := events[string(name)]; ok {
		m.Event, m.Kind = known.name, known.kind
	} else {
		m.Event = string(name)
	}
	m.EventKey = string(doc.fields[fieldEventKey])
	switch m.Kind {
	case bot.Follow:
		m.EventKey = strings.TrimPrefix(m.EventKey, "qrscene_")
	case bot.Position:
		m.Latitude, m.Longitude, err = doc.place(fieldLatitude, fieldLongitude)
	case bot.MassSent, bot.Sent:
		if m.Event == string(eventSubscribeSent) {
			m.Consents = doc.consents()
			m.MassResult, err = doc.sent()
			break
		}
		m.MassResult, err = doc.result()
	case bot.Event:
		err = doc.otherEvent(m)
	}
	return err
}

// otherEvent reads the events that have no kind of their own and still hold something
// that is read.
func (doc *document) otherEvent(m *bot.Message) (err error) {
	switch message.EventType(m.Event) {
	case message.EventLocationSelect:
		if len(doc.fields[fieldPlaceX])+len(doc.fields[fieldPlaceY]) == 0 {
			return nil // none was chosen
		}
		m.Latitude, m.Longitude, err = doc.place(fieldPlaceX, fieldPlaceY)
		m.Label = string(doc.fields[fieldPlaceLabel])
	case message.EventSubscribeMsgPopupEvent, eventConsentChanged:
		m.Consents = doc.consents()
	}
	return err
}

func (doc *document) consents() []bot.Consent {
	var all []bot.Consent
	for _, it := range doc.items {
		all = append(all, bot.Consent{
			Template:   string(bytes.TrimSpace(it[itemTemplate])),
			Status:     string(bytes.TrimSpace(it[itemStatus])),
			PopupScene: string(bytes.TrimSpace(it[itemScene])),
		})
	}
	return all
}

// sent is the result of a subscribe message: one is sent at a time, so its list has one
// item, and of several the first one counts.
// https://developers.weixin.qq.com/doc/service/guide/product/subscription_messages/push.html
func (doc *document) sent() (r bot.MassResult, err error) {
	if len(doc.items) == 0 {
		return r, nil
	}
	it := doc.items[0]
	if r.MsgID, err = number(it[itemJobID]); err != nil {
		return r, err
	}
	code, err := number(it[itemErrorCode])
	if err != nil {
		return r, err
	}
	r.Status, r.Total = string(it[itemErrorStatus]), 1
	if code == 0 {
		r.Sent = 1
	} else {
		r.Failed = 1
	}
	return r, nil
}

// result is that of a mass send; a template message reports its MsgID and Status in the
// same fields.
func (doc *document) result() (r bot.MassResult, err error) {
	if r.MsgID, err = doc.number(fieldJobID); err != nil {
		return r, err
	}
	if r.MsgID == 0 {
		// Older documents of the event write MsgId.
		if r.MsgID, err = doc.number(fieldMsgID); err != nil {
			return r, err
		}
	}
	r.Status = string(doc.fields[fieldStatus])
	if url := string(bytes.TrimSpace(doc.fields[fieldArticleURL])); webAddress(url) {
		r.URL = url
	}
	for _, count := range [...]struct {
		field field
		to    *int
	}{{fieldTotal, &r.Total}, {fieldFilter, &r.Filter}, {fieldSent, &r.Sent}, {fieldError, &r.Failed}} {
		n, err := doc.number(count.field)
		if err != nil {
			return r, err
		}
		*count.to = int(n)
	}
	return r, nil
}

// id reads an openid or an account's id, which become parts of keys.
func (doc *document) id(f field, fault error) (string, error) {
	b := bytes.TrimSpace(doc.fields[f])
	if len(b) == 0 || len(b) > maxID {
		return "", fault
	}
	for _, c := range b {
		if !nameByte(c, true) || c == '.' {
			return "", fault
		}
	}
	return string(b), nil
}

func (doc *document) number(f field) (int64, error) { return number(doc.fields[f]) }

// number reads a whole number that is not negative; absent and empty are 0.
func number(value []byte) (int64, error) {
	b := bytes.TrimSpace(value)
	if len(b) == 0 {
		return 0, nil
	}
	n, err := strconv.ParseUint(string(b), 10, 63)
	if err != nil {
		return 0, errNumber
	}
	return int64(n), nil
}

func (doc *document) menuID() int64 {
	if doc.fields[fieldMenuID] == nil {
		return 0
	}
	n, err := doc.number(fieldMenuID)
	if err != nil || n == 0 {
		return ForeignMenu
	}
	return n
}

// place reads degrees: latitude and longitude.
func (doc *document) place(lat, lon field) (latitude, longitude float64, err error) {
	latitude, err = strconv.ParseFloat(string(bytes.TrimSpace(doc.fields[lat])), 64)
	if err == nil {
		longitude, err = strconv.ParseFloat(string(bytes.TrimSpace(doc.fields[lon])), 64)
	}
	// Written so that NaN, too, is refused.
	if err != nil || !(latitude >= -90 && latitude <= 90 && longitude >= -180 && longitude <= 180) {
		return 0, 0, errPlace
	}
	return latitude, longitude, nil
}
