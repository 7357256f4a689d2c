package fakeapi

import (
	"encoding/json"
	"slices"
)

// compose makes the message that a request for a mass message describes.
func (a *API) compose(c *call, req massRequest, s *Sent) error {
	switch req.MsgType {
	case "text":
		return s.say(req.Text.Content)
	case "mpnews":
		return a.tell(c.ctx, s, req.MPNews.MediaID)
	case "voice":
		return a.show(c.ctx, s, "voice", "", c.now, req.Voice.MediaID)
	case "mpvideo":
		return a.show(c.ctx, s, "video", caption(req.MPVideo.Title, req.MPVideo.Description), c.now, req.MPVideo.MediaID)
	case "image":
		ids := req.Images.MediaIDs
		if len(ids) == 0 {
			ids = []string{req.Image.MediaID}
		}
		return a.show(c.ctx, s, "image", req.Images.Recommend, c.now, ids...)
	}
	return refuse(codeMessageType)
}

// massPreview is POST /cgi-bin/message/mass/preview: to one follower, and to no quota but that
// of its calls.
func (a *API) massPreview(c *call) (any, error) {
	var req struct {
		massRequest
		ToName string `json:"towxname"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	sent := Sent{Kind: KindPreview, MsgType: req.MsgType}
	if err := a.compose(c, req.massRequest, &sent); err != nil {
		return nil, err
	}
	var to string
	if err := json.Unmarshal(req.ToUser, &to); req.ToName == "" && (err != nil || to == "") {
		return nil, refuse(codeOpenID)
	}
	if req.ToName == "" {
		if ok, err := a.follows(c.ctx, to); err != nil || !ok {
			return nil, cond(err, refuse(codeNoFollower))
		}
	}
	var id int64
	err := a.change(c.ctx, func(acc *account) error {
		if to != "" { // whose name on WeChat it is, nobody knows here
			sent.To = []string{to}
			acc.post(&sent, c.now)
		} else {
			acc.Seq++
		}
		id = massFirst + acc.Seq
		return nil
	})
	if err == nil {
		a.flush(c.ctx)
	}
	return object{"errcode": 0, "errmsg": "preview success", "msg_id": id}, err
}

// cond is the first of two errors that is one.
func cond(err error, otherwise *refusal) error {
	if err != nil {
		return err
	}
	return otherwise
}

// massGet is POST /cgi-bin/message/mass/get.
func (a *API) massGet(c *call) (any, error) {
	var req struct {
		MsgID number `json:"msg_id"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	acc, err := a.account(c.ctx)
	if err != nil {
		return nil, err
	}
	i := acc.Mass.index(int64(req.MsgID))
	if i < 0 {
		return nil, refuse(codeMsgID)
	}
	status := "SEND_SUCCESS"
	switch {
	case slices.ContainsFunc(acc.Waiting, func(w waiting) bool { return w.Sent.MsgID == int64(req.MsgID) }):
		status = "SENDING"
	case acc.Mass.Records[i].Deleted:
		status = "DELETE"
	}
	return object{"msg_id": int64(req.MsgID), "msg_status": status}, nil
}

func (m *mass) index(msgID int64) int {
	return slices.IndexFunc(m.Records, func(r massRecord) bool { return r.MsgID == msgID })
}

// massDelete is POST /cgi-bin/message/mass/delete. What members got stays with them: only the
// pages of articles are gone, so the outbox stays as it is.
func (a *API) massDelete(c *call) (any, error) {
	var req struct {
		MsgID number `json:"msg_id"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	err := a.change(c.ctx, func(acc *account) error {
		i := acc.Mass.index(int64(req.MsgID))
		if i < 0 {
			return refuse(codeMsgID)
		}
		acc.Mass.Records[i].Deleted = true
		return nil
	})
	return ok(), err
}

// realSpeeds are the messages, in units of 10,000 a minute, of the speeds 0 to 4.
var realSpeeds = [...]int{80, 60, 45, 30, 10}

// speedGet is POST /cgi-bin/message/mass/speed/get.
func (a *API) speedGet(c *call) (any, error) {
	acc, err := a.account(c.ctx)
	if err != nil {
		return nil, err
	}
	speed := 0
	if acc.Speed != nil {
		speed = *acc.Speed
	}
	return object{"speed": speed, "realspeed": realSpeeds[speed]}, nil
}

// speedSet is POST /cgi-bin/message/mass/speed/set.
func (a *API) speedSet(c *call) (any, error) {
	var req struct {
		Speed number `json:"speed"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if req.Speed < 0 || int(req.Speed) >= len(realSpeeds) {
		return nil, refuse(codeSpeed)
	}
	speed := int(req.Speed)
	err := a.change(c.ctx, func(acc *account) error {
		acc.Speed = &speed
		return nil
	})
	return ok(), err
}
