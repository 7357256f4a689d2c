package push

import (
	"context"
	"time"

	"dangshi/bot"
	"dangshi/quiz"
)

// Custom is the channel that sends the text to members as a customer message (客服消息),
// which WeChat allows for 48 hours after a message of theirs.
type Custom struct{ api CustomAPI }

// NewCustom makes the channel.
func NewCustom(api CustomAPI) *Custom { return &Custom{api} }

// Name is part of MemberChannel.
func (c *Custom) Name() string { return "custom" }

// Audience is part of MemberChannel.
func (c *Custom) Audience() string { return "客服消息，给 48 小时内发过消息的学员" }

// Takes is part of MemberChannel.
func (c *Custom) Takes(r quiz.Record, now time.Time) bool { return bot.Within(r, now) }

// Send is part of MemberChannel.
func (c *Custom) Send(ctx context.Context, id string, _ quiz.Record, b bot.Bulletin) error {
	return c.api.CustomText(ctx, id, b.Text)
}
