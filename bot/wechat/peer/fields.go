package peer

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fields are the elements of a message by name.
type Fields map[string]string

// Text is a typed message of the member with the openid from.
func Text(from, content string) Fields {
	return Fields{"FromUserName": from, "MsgType": "text", "Content": content}
}

// Tap is a tap on a link to weixin://bizmsgmenu with msgmenucontent and msgmenuid.
func Tap(from, content string, menuID int64) Fields {
	f := Text(from, content)
	f["bizmsgmenuid"] = strconv.FormatInt(menuID, 10)
	return f
}

// Voice is a voice message with what WeChat recognised, which may be empty.
func Voice(from, recognition string) Fields {
	f := Fields{"FromUserName": from, "MsgType": "voice", "MediaId": "media", "Format": "amr"}
	if recognition != "" {
		f["Recognition"] = recognition
	}
	return f
}

// Location is a place that the member sends, in degrees.
func Location(from string, latitude, longitude float64) Fields {
	return Fields{
		"FromUserName": from, "MsgType": "location", "Scale": "15", "Label": "",
		"Location_X": strconv.FormatFloat(latitude, 'f', 6, 64),
		"Location_Y": strconv.FormatFloat(longitude, 'f', 6, 64),
	}
}

// Event is an event by WeChat's name for it, such as subscribe, SCAN or CLICK.
func Event(from, name, key string) Fields {
	return Fields{"FromUserName": from, "MsgType": "event", "Event": name, "EventKey": key}
}

// xml writes the message as WeChat does, what is missing filled in.
func (f Fields) xml(now time.Time) []byte {
	f = maps.Clone(f)
	fill := func(name, value string) {
		if _, ok := f[name]; !ok {
			f[name] = value
		}
	}
	fill("ToUserName", Account)
	fill("CreateTime", strconv.FormatInt(now.Unix(), 10))
	if f["MsgType"] != "event" {
		fill("MsgId", newID())
	}
	first := []string{"ToUserName", "FromUserName", "CreateTime", "MsgType"}
	rest := slices.DeleteFunc(slices.Sorted(maps.Keys(f)), func(name string) bool { return slices.Contains(first, name) })
	var b bytes.Buffer
	b.WriteString("<xml>")
	for _, name := range slices.Concat(first, rest) {
		value := strings.ReplaceAll(f[name], "]]>", "]]]]><![CDATA[>")
		b.WriteString("<" + name + "><![CDATA[" + value + "]]></" + name + ">")
	}
	b.WriteString("</xml>")
	return b.Bytes()
}

// newID is a MsgId that no other message has.
func newID() string {
	var b [8]byte
	// It never fails: the runtime ends the program instead.
	_, _ = rand.Read(b[:])
	return strconv.FormatUint(binary.BigEndian.Uint64(b[:])>>1|1<<62, 10)
}
