package wechat

import (
	"context"
	"errors"
	"fmt"

	"github.com/silenceper/wechat/v2/officialaccount/broadcast"
	"github.com/silenceper/wechat/v2/officialaccount/message"

	"dangshi/bot"
)

// maxClientMsgID is the documents' bound, in bytes. Ids of 36 bytes have been refused (45067):
// short ones are safer.
const maxClientMsgID = 64

// MassText sends text to all followers: for a subscription account one a day, for a service
// account four a month. A clientMsgID that was used within 24 h sends nothing again and is
// success, with the id of what was sent then; it has 1 to 64 bytes. The result comes later as a
// message of the kind bot.MassSent with the same id, after an administrator has confirmed it
// where the account asks for that.
// https://developers.weixin.qq.com/doc/service/api/notify/message/api_sendall
func (a *API) MassText(ctx context.Context, text, clientMsgID string) (msgID int64, err error) {
	if text = sendable(text); text == "" {
		return 0, errors.New("群发的内容是空的")
	}
	m := massMessage{Type: broadcast.MsgTypeText, ClientMsgID: clientMsgID}
	m.Text = &massText{text}
	return a.mass(ctx, m)
}

// MassArticle sends the articles of a draft (图文消息) to all followers, and takes it out of the
// drafts. All else is as with MassText.
func (a *API) MassArticle(ctx context.Context, draftID, clientMsgID string) (msgID int64, err error) {
	if draftID == "" {
		return 0, errors.New("群发的图文没有草稿编号")
	}
	m := massMessage{Type: broadcast.MsgTypeNews, ClientMsgID: clientMsgID, Reprint: 1}
	m.Article = &massArticle{draftID}
	return a.mass(ctx, m)
}

// massMessage is the body of a mass send to all. The library's own request has no clientmsgid.
type massMessage struct {
	Filter struct {
		ToAll bool `json:"is_to_all"`
	} `json:"filter"`
	Text        *massText         `json:"text,omitempty"`
	Article     *massArticle      `json:"mpnews,omitempty"`
	Type        broadcast.MsgType `json:"msgtype"`
	Reprint     int               `json:"send_ignore_reprint,omitempty"` // 1: sent also where WeChat finds the article elsewhere
	ClientMsgID string            `json:"clientmsgid"`
}

type (
	massText struct {
		Content string `json:"content"`
	}
	massArticle struct {
		MediaID string `json:"media_id"`
	}
)

func (a *API) mass(ctx context.Context, m massMessage) (msgID int64, err error) {
	clientMsgID := m.ClientMsgID
	if n := len(clientMsgID); n == 0 || n > maxClientMsgID || clientMsgID != sendable(clientMsgID) {
		return 0, fmt.Errorf("wechat: a clientmsgid has 1 to %d bytes", maxClientMsgID)
	}
	m.Filter.ToAll = true
	body, err := encodeJSON(m)
	if err != nil {
		return 0, err
	}
	var answer broadcast.Result
	err = a.call(ctx, request{path: "/cgi-bin/message/mass/sendall", body: body, answer: &answer,
		complete: func() bool { return answer.MsgID != 0 }})
	var refused *APIError
	if errors.As(err, &refused) && refused.Code == codeDuplicate {
		a.log.InfoContext(ctx, "这条群发此前已提交，没有重复发送", "msg_id", answer.MsgID)
		return answer.MsgID, nil
	}
	if err != nil {
		return 0, err
	}
	return answer.MsgID, nil
}

// PreviewText shows one follower what MassText would send to all. It takes nothing from the
// account's mass messages; there are 100 a day.
// https://developers.weixin.qq.com/doc/service/api/notify/message/api_preview.html
func (a *API) PreviewText(ctx context.Context, openid, text string) error {
	if text = sendable(text); text == "" {
		return errors.New("群发的内容是空的")
	}
	return a.preview(ctx, openid, massMessage{Type: broadcast.MsgTypeText, Text: &massText{text}})
}

// PreviewArticle shows one follower what MassArticle would send to all. The draft stays.
func (a *API) PreviewArticle(ctx context.Context, openid, draftID string) error {
	if draftID == "" {
		return errors.New("预览的图文没有草稿编号")
	}
	return a.preview(ctx, openid, massMessage{Type: broadcast.MsgTypeNews, Article: &massArticle{draftID}})
}

// preview is never the library's own, which sends to everyone where the receiver is
// missing.
func (a *API) preview(ctx context.Context, openid string, m massMessage) error {
	if openid == "" {
		return errors.New("预览没有收件人")
	}
	body, err := encodeJSON(struct {
		To      string            `json:"touser"`
		Text    *massText         `json:"text,omitempty"`
		Article *massArticle      `json:"mpnews,omitempty"`
		Type    broadcast.MsgType `json:"msgtype"`
	}{openid, m.Text, m.Article, m.Type})
	if err != nil {
		return err
	}
	return a.call(ctx, request{path: "/cgi-bin/message/mass/preview", body: body, member: openid})
}

// MassStatus asks what became of a mass message: SEND_SUCCESS, SENDING, SEND_FAIL or DELETE.
// https://developers.weixin.qq.com/doc/service/api/notify/message/api_getmassmsg.html
func (a *API) MassStatus(ctx context.Context, messageID string) (status string, err error) {
	body, err := encodeJSON(map[string]string{"msg_id": messageID})
	if err != nil {
		return "", err
	}
	var answer struct {
		Status string `json:"msg_status"`
	}
	err = a.call(ctx, request{path: "/cgi-bin/message/mass/get", body: body, asks: true, answer: &answer,
		complete: func() bool { return answer.Status != "" }})
	return answer.Status, err
}

// CustomText sends text, of at most bot.MaxReply bytes, to a member who wrote or tapped lately:
// ErrWindow where that is too long ago, or too many were sent since.
func (a *API) CustomText(ctx context.Context, openid, text string) error {
	if text = sendable(text); text == "" || len(text) > bot.MaxReply {
		return fmt.Errorf("客服消息应有 1 到 %d 个字节，现在有 %d 个", bot.MaxReply, len(text))
	}
	body, err := encodeJSON(message.NewCustomerTextMessage(openid, text))
	if err != nil {
		return err
	}
	return a.call(ctx, request{path: "/cgi-bin/message/custom/send", body: body, member: openid})
}

// maxPage is the bound of the address that a notice opens, in bytes.
const maxPage = 1024

// Notice sends a subscribe message (订阅通知) by one of the account's templates, whose fields
// are data: ErrConsent where the member has not agreed, or has used the consent up. page is
// opened by a tap on it; empty: nothing is. It is for verified service accounts.
// https://developers.weixin.qq.com/doc/service/api/notify/notify/api_sendnewsubscribemsg.html
func (a *API) Notice(ctx context.Context, openid, template, page string, data map[string]string) error {
	if template == "" || len(data) == 0 {
		return errors.New("订阅通知缺少模板编号或内容")
	}
	if page != "" && (len(page) > maxPage || !webAddress(page)) {
		return errors.New("订阅通知的链接应是 1 KB 以内的网页地址")
	}
	// The library's own message names a mini program, too, if only an empty one.
	m := struct {
		ToUser     string                               `json:"touser"`
		TemplateID string                               `json:"template_id"`
		Page       string                               `json:"page,omitempty"`
		Data       map[string]message.SubscribeDataItem `json:"data"`
	}{openid, template, page, map[string]message.SubscribeDataItem{}}
	for field, value := range data {
		m.Data[field] = message.SubscribeDataItem{Value: sendable(value)}
	}
	body, err := encodeJSON(m)
	if err != nil {
		return err
	}
	return a.call(ctx, request{path: "/cgi-bin/message/subscribe/bizsend", body: body, member: openid})
}
