package fakeapi

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

const (
	maxQRLife     = 2_592_000 // seconds: 30 days
	defaultQRLife = 60
	maxQRCodes    = 100_000 // permanent ones, and the largest scene_id of one
	maxSceneStr   = 64
)

// qrTicket is what a ticket says.
type qrTicket struct {
	Scene string `json:"s"`
	Until int64  `json:"u,omitempty"` // Unix seconds; 0: for good
	Salt  []byte `json:"r"`
}

// qrCreate is POST /cgi-bin/qrcode/create. Nothing but the number of permanent ones is kept: the
// ticket says it all, see Scene.
func (a *API) qrCreate(c *call) (any, error) {
	var req struct {
		Expire number `json:"expire_seconds"`
		Action string `json:"action_name"`
		Info   struct {
			Scene struct {
				ID  number `json:"scene_id"`
				Str string `json:"scene_str"`
			} `json:"scene"`
		} `json:"action_info"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	permanent := strings.HasPrefix(req.Action, "QR_LIMIT_")
	id, str := int64(req.Info.Scene.ID), req.Info.Scene.Str
	switch req.Action {
	case "QR_SCENE", "QR_LIMIT_SCENE":
		if id < 1 || id > 1<<32-1 || permanent && id > maxQRCodes {
			return nil, refuse(codeActionInfo)
		}
		str = strconv.FormatInt(id, 10)
	case "QR_STR_SCENE", "QR_LIMIT_STR_SCENE":
		if str == "" || len(str) > maxSceneStr {
			return nil, refuse(codeActionInfo)
		}
	default:
		return nil, refuse(codeActionName)
	}
	ticket := qrTicket{Scene: str, Salt: random(6)}
	answer := object{}
	if permanent {
		err := a.change(c.ctx, func(acc *account) error {
			if acc.QRCodes >= maxQRCodes {
				return refuse(codeQRCount)
			}
			acc.QRCodes++
			return nil
		})
		if err != nil {
			return nil, err
		}
	} else {
		life := int64(req.Expire)
		switch {
		case life == 0:
			life = defaultQRLife
		case life < 0 || life > maxQRLife:
			return nil, refuse(codeActionInfo)
		}
		ticket.Until = c.now.Unix() + life
		answer["expire_seconds"] = life
	}
	answer["ticket"] = "gQ" + base64.URLEncoding.EncodeToString(encode(ticket))
	answer["url"] = "http://weixin.qq.com/q/" + newID(22)
	return answer, nil
}

// Scene is the scene of a ticket that qrcode/create gave, if it has not expired: what the
// EventKey of a scan says, without qrscene_.
func (a *API) Scene(ticket string) (scene string, ok bool) {
	coded, found := strings.CutPrefix(ticket, "gQ")
	b, err := base64.URLEncoding.DecodeString(coded)
	var t qrTicket
	if !found || err != nil || json.Unmarshal(b, &t) != nil || t.Scene == "" {
		return "", false
	}
	return t.Scene, t.Until == 0 || a.cfg.Now().Before(time.Unix(t.Until, 0))
}
