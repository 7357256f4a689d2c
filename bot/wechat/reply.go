package wechat

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/silenceper/wechat/v2/officialaccount/message"

	"dangshi/bot"
)

// presentable is text as WeChat takes it: valid UTF-8 without control characters,
// at most bot.MaxReply bytes. Longer text is a fault of the handler.
func (h *Webhook) presentable(text string) string {
	text = withoutControls(strings.ToValidUTF8(text, ""))
	if len(text) <= bot.MaxReply {
		return text
	}
	h.log.LogAttrs(context.Background(), slog.LevelError, "wechat: a reply was too long and was cut",
		slog.Int("bytes", len(text)))
	if text = cut(text, bot.MaxReply); text == "" {
		return h.sorry // one link, longer than a reply
	}
	return text
}

// cut is the longest beginning of s that has at most limit bytes, ends between two
// characters and leaves no link open.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	for { // what stands before a link that was left out may be the beginning of another
		// Two more bytes, to see a "<a " of which only the beginning would stay.
		link := strings.LastIndex(s[:min(limit+2, len(s))], "<a ")
		if link < 0 || link >= limit || strings.Contains(s[link:limit], "</a>") {
			return s[:limit]
		}
		limit = link
	}
}

// appendReply appends the answer to m, in an envelope where a key is set.
func (h *Webhook) appendReply(dst []byte, m *bot.Message, text string) []byte {
	if h.key == nil {
		return appendText(dst, m, text, h.now().Unix())
	}
	s := borrow()
	defer s.giveBack()
	s.out = appendText(s.out[:0], m, text, h.now().Unix())
	return h.appendSealed(dst, s.out)
}

// appendText appends the XML of a text reply; created is in Unix seconds.
func appendText(dst []byte, m *bot.Message, text string, created int64) []byte {
	dst = append(dst, "<xml><ToUserName>"...)
	dst = appendCDATA(dst, m.From)
	dst = append(dst, "</ToUserName><FromUserName>"...)
	dst = appendCDATA(dst, m.To)
	dst = append(dst, "</FromUserName><CreateTime>"...)
	dst = strconv.AppendInt(dst, created, 10)
	dst = append(dst, "</CreateTime><MsgType>"...)
	dst = appendCDATA(dst, string(message.MsgTypeText))
	dst = append(dst, "</MsgType><Content>"...)
	dst = appendCDATA(dst, text)
	return append(dst, "</Content></xml>"...)
}

// appendCDATA appends s as character data; a "]]>" in it is split over two sections.
func appendCDATA(dst []byte, s string) []byte {
	dst = append(dst, "<![CDATA["...)
	for {
		end := strings.Index(s, "]]>")
		if end < 0 {
			break
		}
		dst = append(dst, s[:end+2]...)
		dst = append(dst, "]]><![CDATA["...)
		s = s[end+2:]
	}
	dst = append(dst, s...)
	return append(dst, "]]>"...)
}
