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
	if n := len(clientMsgID); n == 0 || n > maxClientMsgID || clientMsgID != sendable(clientMsgID) {
		return 0, fmt.Errorf("wechat: a clientmsgid has 1 to %d bytes", maxClientMsgID)
	}
	// The library's own request has no clientmsgid.
	var content struct {
		Filter struct {
			ToAll bool `json:"is_to_all"`
		} `json:"filter"`
		Text struct {
			Content string `json:"content"`
		} `json:"text"`
		Type        broadcast.MsgType `json:"msgtype"`
		ClientMsgID string            `json:"clientmsgid"`
	}
	content.Filter.ToAll = true
	content.Text.Content = text
	content.Type = broadcast.MsgTypeText
	content.ClientMsgID = clientMsgID
	body, err := encodeJSON(content)
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
