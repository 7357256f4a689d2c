package sandbox

import (
	"context"
	"fmt"
	"net/http"

	"dangshi/bot/sandbox/fakeapi"
)

// decides reports whether an act is a decision about subscribe messages (订阅通知).
func (a *act) decides() bool { return a.Type == "agree" || a.Type == "refuse" }

// decide is a member's decision: to get one more message of the account's template, as
// when WeChat asks for it in an article, or none any more, as in the member's settings.
// The account is told of it. A crash in between leaves a consent that the account does
// not know of.
func (p *Phone) decide(ctx context.Context, m *person, a act) error {
	if !m.Follows {
		return &fault{http.StatusConflict, "还没有关注公众号，请先关注"}
	}
	times, event, element, status, said := 1, "subscribe_msg_popup_event", "SubscribeMsgPopupEvent.List.", "accept", "你同意接收一次“%s”的订阅通知"
	if a.Type == "refuse" {
		times, event, element, status, said = 0, "subscribe_msg_change_event", "SubscribeMsgChangeEvent.List.", "reject", "你关掉了“%s”的订阅通知"
	}
	if p.cfg.API != nil {
		if err := p.cfg.API.Consent(ctx, m.ID, fakeapi.DailyNotice, times); err != nil {
			return err
		}
	}
	shown := entry{Side: fromWeChat, Kind: "line", Text: fmt.Sprintf(said, p.cfg.Account), Ref: a.Ref}
	if err := p.put(ctx, m.ID, p.stamp(shown)); err != nil {
		return err
	}
	return p.Deliver(ctx, map[string]string{
		"FromUserName": m.ID, "Event": event, element + "TemplateId": fakeapi.DailyNotice, element + "SubscribeStatusString": status,
	})
}
