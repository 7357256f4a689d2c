package fakeapi

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

const (
	massOpenIDs    = 10_000
	clientMsgIDAge = 24 * time.Hour
	clientMsgIDLen = 64         // bytes
	massKept       = 200        // and all of the last 24 h
	massFirst      = 3147483648 // where WeChat's msg_id of mass messages are
	massDataFirst  = 2247483648
)

// massRecord is one mass message.
type massRecord struct {
	MsgID       int64     `json:"msg_id"`
	DataID      int64     `json:"msg_data_id,omitempty"` // of articles alone
	ClientMsgID string    `json:"clientmsgid"`
	At          time.Time `json:"at"`
	Deleted     bool      `json:"deleted,omitempty"`
}

// massRequest is the body of sendall, send and preview.
type massRequest struct {
	Filter struct {
		ToAll flag   `json:"is_to_all"`
		TagID number `json:"tag_id"`
	} `json:"filter"`
	ToUser      json.RawMessage `json:"touser"`
	MsgType     string          `json:"msgtype"`
	ClientMsgID string          `json:"clientmsgid"`
	content
}

// massSendAll is POST /cgi-bin/message/mass/sendall: to all followers or those with a tag.
func (a *API) massSendAll(c *call) (any, error) {
	var req massRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if req.Filter.ToAll {
		return a.mass(c, req, nil)
	}
	tagged, err := a.tagged(c.ctx, int64(req.Filter.TagID))
	if err != nil {
		return nil, err
	}
	return a.mass(c, req, tagged)
}

// massSend is POST /cgi-bin/message/mass/send: to a list of openids. Those that do not follow
// are left out, as the real one does.
func (a *API) massSend(c *call) (any, error) {
	var req massRequest
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	var to []string
	switch err := json.Unmarshal(req.ToUser, &to); {
	case err != nil || len(to) < 2:
		return nil, refuse(codeTwoOpenIDs)
	case len(to) > massOpenIDs:
		return nil, refuse(codeOpenIDCount)
	}
	return a.mass(c, req, to)
}

// mass sends to these openids, nil for all followers.
func (a *API) mass(c *call, req massRequest, to []string) (any, error) {
	key := req.ClientMsgID
	if len(key) > clientMsgIDLen {
		return nil, refuse(codeClientMsgSize)
	}
	if key == "" { // the platform then takes a digest of whom and what
		sum := sha256.Sum256(append([]byte(c.path+" "), c.body...))
		key = hex.EncodeToString(sum[:])
	}
	acc, err := a.account(c.ctx)
	if err != nil {
		return nil, err
	}
	// Before the media: a draft that was sent is a draft no more.
	if err := acc.Mass.fresh(key, c.now); err != nil {
		return nil, err
	}
	sent := Sent{Kind: KindMass, MsgType: req.MsgType, ClientMsgID: req.ClientMsgID, ToAll: to == nil}
	if err := a.compose(c, req, &sent); err != nil {
		return nil, err
	}
	audience, err := a.audience(c.ctx, to)
	if err != nil {
		return nil, err
	}
	var record massRecord
	var held bool
	err = a.change(c.ctx, func(acc *account) error {
		if err := acc.Mass.fresh(key, c.now); err != nil {
			return err
		}
		this := sent
		if err := acc.Mass.spend(a.cfg.Service, audience, &this, c.now); err != nil {
			return err
		}
		record = acc.massRecord(&this, key, c.now)
		sent = this
		if held = acc.hold(a.cfg.Confirm, this, audience.total, reachedBy(this, audience), c.now); !held {
			acc.post(&this, c.now)
			sent = this
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	a.flush(c.ctx)
	if sent.MsgType == "mpnews" {
		a.dropDraft(c.ctx, sent.MediaIDs[0])
	}
	if !held {
		c.events = append(c.events, massFinished(record.MsgID, audience.total, reachedBy(sent, audience), sent.Articles))
	}
	answer := object{"errcode": 0, "errmsg": "send job submission success", "msg_id": record.MsgID}
	if record.DataID != 0 {
		answer["msg_data_id"] = record.DataID
	}
	return answer, nil
}

// reachedBy is how many get a mass message.
func reachedBy(s Sent, to audience) int {
	if s.ToAll {
		return len(to.openids)
	}
	return len(s.To)
}

// massRecord notes a mass message and gives it, and its articles, their numbers.
func (acc *account) massRecord(s *Sent, key string, now time.Time) massRecord {
	acc.Seq++
	r := massRecord{MsgID: massFirst + acc.Seq, ClientMsgID: key, At: now}
	if s.MsgType == "mpnews" {
		r.DataID = massDataFirst + acc.Seq
		s.Articles = slices.Clone(s.Articles)
		for i := range s.Articles {
			s.Articles[i].URL = articleURL(r.DataID, i+1)
		}
	}
	s.MsgID = r.MsgID
	acc.Mass.Records = append(acc.Mass.Records, r)
	for len(acc.Mass.Records) > massKept && now.Sub(acc.Mass.Records[0].At) >= clientMsgIDAge {
		acc.Mass.Records = acc.Mass.Records[1:]
	}
	return r
}

// massFinished is MASSSENDJOBFINISH.
func massFinished(msgID int64, total, reached int, articles []Article) Event {
	fields := map[string]string{
		"Event": "MASSSENDJOBFINISH", "MsgID": strconv.FormatInt(msgID, 10), "Status": "send success",
		"TotalCount": strconv.Itoa(total), "FilterCount": strconv.Itoa(reached),
		"SentCount": strconv.Itoa(reached), "ErrorCount": "0",
	}
	if len(articles) > 0 {
		fields["ArticleUrlResult.Count"] = strconv.Itoa(len(articles))
	}
	for i, article := range articles {
		n := "ArticleUrlResult.ResultList.item[" + strconv.Itoa(i+1) + "]."
		fields[n+"ArticleIdx"] = strconv.Itoa(i + 1)
		fields[n+"ArticleUrl"] = article.URL
	}
	return Event{OpenID: massHelper, Fields: fields}
}
