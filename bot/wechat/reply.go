package wechat

import (
	"cmp"
	"context"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/silenceper/wechat/v2/officialaccount/message"

	"dangshi/bot"
	"dangshi/content"
)

// presentable is r as WeChat takes it, with one of its fields set at most: an unusable
// card is told in words. Longer or other than WeChat takes it is a fault of the handler.
func (h *Webhook) presentable(r bot.Reply) bot.Reply {
	switch {
	case r.Service:
		return bot.Reply{Service: true}
	case r.Image != "":
		return bot.Reply{Image: clean(r.Image)}
	case r.News != nil:
		if card, ok := presentableCard(*r.News); ok {
			return bot.Reply{News: &card}
		}
		h.log.LogAttrs(context.Background(), slog.LevelError, "wechat: a card without a title or without a link was told in words")
		// What is plain in a card may be a link in words.
		r.Text = cmp.Or(r.Text, strings.TrimSpace(content.PlainText(r.News.Title+"\n"+r.News.Digest)))
	}
	return bot.Reply{Text: h.presentableText(r.Text)}
}

// presentableText is text as WeChat takes it: valid UTF-8 without control characters,
// at most bot.MaxReply bytes.
func (h *Webhook) presentableText(text string) string {
	text = clean(text)
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

// clean is what of s can leave: valid UTF-8 without control characters.
func clean(s string) string {
	if cleanAlready(s) {
		return s
	}
	return makeClean(s)
}

func makeClean(s string) string {
	if !utf8.ValidString(s) { // ToValidUTF8 is much slower to find nothing
		s = strings.ToValidUTF8(s, "")
	}
	return withoutControls(s)
}

// The bounds of a card. The documents of passive replies give none, and one that is too
// long is not shown without any error; these are what they give for articles.
// https://developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/api_draft_add
const (
	maxTitle  = 32   // characters
	maxDigest = 120  // characters
	maxURL    = 1024 // bytes
)

// presentableCard reports whether card can be sent, and how.
func presentableCard(card bot.Article) (bot.Article, bool) {
	card.Title = shorten(oneLine(card.Title), maxTitle)
	card.Digest = shorten(strings.TrimSpace(clean(card.Digest)), maxDigest)
	if !webAddress(card.PictureURL) {
		card.PictureURL = ""
	}
	return card, card.Title != "" && webAddress(card.URL)
}

// shorten cuts s to n characters, the last of them an ellipsis.
func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:n-1])) + "…"
}

func oneLine(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }

// webAddress reports whether s is an address that a member's phone can open.
func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && len(s) <= maxURL && s == clean(s)
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

// appendReply appends the answer to m, in an envelope where a key is set. r is presentable
// and says something.
func (h *Webhook) appendReply(dst []byte, m *bot.Message, r bot.Reply) []byte {
	if h.key == nil {
		return appendXML(dst, m, r, h.now().Unix())
	}
	s := borrow()
	defer s.giveBack()
	s.out = appendXML(s.out[:0], m, r, h.now().Unix())
	return h.appendSealed(dst, s.out)
}

// appendXML appends the XML of a reply; created is in Unix seconds.
// https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Passive_user_reply_message.html
func appendXML(dst []byte, m *bot.Message, r bot.Reply, created int64) []byte {
	dst = append(dst, "<xml>"...)
	dst = appendElement(dst, "ToUserName", m.From)
	dst = appendElement(dst, "FromUserName", m.To)
	dst = append(dst, "<CreateTime>"...)
	dst = strconv.AppendInt(dst, created, 10)
	dst = append(dst, "</CreateTime>"...)
	switch {
	case r.Service:
		dst = appendElement(dst, "MsgType", string(message.MsgTypeTransfer))
	case r.Image != "":
		dst = appendElement(dst, "MsgType", string(message.MsgTypeImage))
		dst = append(dst, "<Image>"...)
		dst = appendElement(dst, "MediaId", r.Image)
		dst = append(dst, "</Image>"...)
	case r.News != nil:
		dst = appendElement(dst, "MsgType", string(message.MsgTypeNews))
		dst = append(dst, "<ArticleCount>1</ArticleCount><Articles><item>"...)
		dst = appendElement(dst, "Title", r.News.Title)
		dst = appendElement(dst, "Description", r.News.Digest)
		dst = appendElement(dst, "PicUrl", r.News.PictureURL)
		dst = appendElement(dst, "Url", r.News.URL)
		dst = append(dst, "</item></Articles>"...)
	default:
		dst = appendElement(dst, "MsgType", string(message.MsgTypeText))
		dst = appendElement(dst, "Content", r.Text)
	}
	return append(dst, "</xml>"...)
}

func appendElement(dst []byte, name, value string) []byte {
	dst = append(dst, '<')
	dst = append(dst, name...)
	dst = append(dst, '>')
	dst = appendCDATA(dst, value)
	dst = append(dst, "</"...)
	dst = append(dst, name...)
	return append(dst, '>')
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
