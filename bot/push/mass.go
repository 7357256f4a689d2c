package push

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"dangshi/bot"
)

// MassAPI sends to all followers.
type MassAPI interface {
	// MassText sends a text to all followers, once for each clientMsgID within 24
	// hours: a repeat (45065) gives the id of the first, as if it had been sent now.
	MassText(ctx context.Context, text, clientMsgID string) (msgID int64, err error)
}

// Mass is the channel that sends one text to all followers (群发). It uses up the
// account's one mass message of the day, or one of four a month.
type Mass struct {
	api    MassAPI
	secret []byte
}

// NewMass makes the channel. The secret is the installation's own: it makes the
// client's ids differ from those of other installations.
func NewMass(api MassAPI, secret []byte) *Mass { return &Mass{api, secret} }

// Name is part of Channel.
func (m *Mass) Name() string { return "mass" }

// Audience is part of Channel.
func (m *Mass) Audience() string { return "群发文字，给全体关注者" }

// Repeatable is part of Channel: WeChat knows the repeat by its clientmsgid.
func (m *Mass) Repeatable() bool { return true }

// Send is part of Channel.
func (m *Mass) Send(ctx context.Context, s Send, b bot.Bulletin) (Receipt, error) {
	id, err := m.api.MassText(ctx, b.Text, m.clientMsgID(s))
	if err != nil {
		return Receipt{}, err
	}
	if id == 0 {
		return Receipt{}, nil
	}
	return Receipt{MessageID: strconv.FormatInt(id, 10)}, nil
}

// clientMsgID is the same for each try of a send: 32 letters and digits, of the
// 64 bytes that WeChat takes.
func (m *Mass) clientMsgID(s Send) string {
	h := hmac.New(sha256.New, m.secret)
	h.Write([]byte("push " + s.ID))
	return hex.EncodeToString(h.Sum(nil)[:16])
}
