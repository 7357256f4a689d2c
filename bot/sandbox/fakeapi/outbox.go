package fakeapi

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"dangshi/quiz"
)

// Kinds of what is sent.
const (
	KindMass      = "mass"
	KindCustom    = "custom"
	KindTemplate  = "template"
	KindSubscribe = "subscribe"
	KindPreview   = "preview" // of a mass message, to one follower
)

// Sent is one message that the account sent by itself: the JSON of GET /sandbox/outbox.
type Sent struct {
	ID          int64             `json:"id"`      // grows, with gaps
	Time        time.Time         `json:"time"`    // RFC 3339, Asia/Shanghai, the sandbox's clock, whole seconds
	Kind        string            `json:"kind"`    // mass, custom, template, subscribe, preview
	MsgType     string            `json:"msgtype"` // WeChat's: text, mpnews, news, msgmenu, image …; template and subscribe are their own
	To          []string          `json:"to"`      // openids; empty for a send to all
	ToAll       bool              `json:"to_all"`
	Content     string            `json:"content"` // the text; of an article title and digest; of a template its data as text
	ClientMsgID string            `json:"clientmsgid,omitempty"`
	MsgID       int64             `json:"msg_id,omitempty"`
	Articles    []Article         `json:"articles,omitempty"` // without their content
	Menu        []MenuItem        `json:"menu,omitempty"`     // of a msgmenu
	TemplateID  string            `json:"template_id,omitempty"`
	Data        map[string]string `json:"data,omitempty"` // of a template, by field
	URL         string            `json:"url,omitempty"`  // where a template leads to
	MediaIDs    []string          `json:"media_ids,omitempty"`
}

// MenuItem is what a member can tap in a msgmenu.
type MenuItem struct {
	ID      string `json:"id"`
	Content string `json:"content"`
}

// The outbox lies in lists of so many ids each, so that what is new is read without what is old.
// They are used again in turn: what is older than the last 100,000 messages is forgotten.
const (
	outboxIDs   = 250
	outboxLists = 400
	outboxKeep  = 4 * outboxIDs // entries of a list: a message may be in it once for each replica
)

func outboxList(id int64) string {
	return "outbox-" + strconv.FormatInt(id/outboxIDs%outboxLists, 10)
}

// stamp fills in when a message is sent.
func (s *Sent) stamp(now time.Time) {
	s.Time = now.In(quiz.Zone).Truncate(time.Second)
	if s.To == nil {
		s.To = []string{}
	}
}

// post numbers a message and puts it among those that are pending: from then on it is sent.
// A crash before it came into the list loses nothing, Outbox reads both.
func (acc *account) post(s *Sent, now time.Time) {
	acc.Seq++
	s.ID, acc.Last = acc.Seq, acc.Seq
	s.stamp(now)
	acc.Pending = append(acc.Pending, *s)
}

// flush moves what is pending to the list, one call at a time: each would append all of it. Two
// replicas may do so at once: what comes into the list twice is read once. A failure is made up
// for with the next message.
func (a *API) flush(ctx context.Context) {
	a.flushing.Lock()
	defer a.flushing.Unlock()
	if err := a.flushPending(ctx); err != nil {
		a.cfg.Logger.Warn("微信模拟接口：发出的消息暂未归档，下次再试", "error", err)
	}
}

func (a *API) flushPending(ctx context.Context) error {
	acc, err := a.account(ctx)
	if err != nil || len(acc.Pending) == 0 {
		return err
	}
	moved := map[int64]bool{}
	for _, s := range acc.Pending {
		if err := a.cfg.Store.Append(ctx, outboxList(s.ID), encode(s), outboxKeep); err != nil {
			return err
		}
		moved[s.ID] = true
	}
	return a.change(ctx, func(acc *account) error {
		acc.Pending = slices.DeleteFunc(acc.Pending, func(s Sent) bool { return moved[s.ID] })
		return nil
	})
}

// Outbox is everything that was sent to members by the account's own action, oldest first: the
// last 100,000 messages. It survives restarts. Drafts and passive replies are not in it.
func (a *API) Outbox(ctx context.Context) ([]Sent, error) { return a.OutboxAfter(ctx, 0) }

// OutboxAfter is what of the outbox has a larger ID than the one given, oldest first. Who has
// seen all up to that ID misses nothing. Where there is nothing new it reads one document,
// however long the outbox is: it may be asked every second.
func (a *API) OutboxAfter(ctx context.Context, id int64) ([]Sent, error) {
	// The document first: what is moved to a list meanwhile is then in both.
	acc, err := a.account(ctx)
	if err != nil || acc.Last <= id {
		return nil, err
	}
	all := acc.Pending
	last := acc.Last / outboxIDs
	for n := max(id+1, 1) / outboxIDs; n <= last; n++ {
		n = max(n, last-outboxLists+1)
		raw, err := a.cfg.Store.List(ctx, outboxList(n*outboxIDs))
		if err != nil {
			return nil, err
		}
		for i, b := range raw {
			var s Sent
			if err := json.Unmarshal(b, &s); err != nil {
				return nil, fmt.Errorf("fakeapi: entry %d of list %d of the outbox: %w", i+1, n, err)
			}
			if s.ID/outboxIDs == n { // else it is from the turn before
				all = append(all, s)
			}
		}
	}
	// What was sent since the document was read waits: a part of it may be missing here.
	all = slices.DeleteFunc(all, func(s Sent) bool { return s.ID <= id || s.ID > acc.Last })
	for i := range all {
		all[i].Time = all[i].Time.In(quiz.Zone)
	}
	slices.SortStableFunc(all, func(x, y Sent) int { return cmp.Compare(x.ID, y.ID) })
	return slices.CompactFunc(all, func(x, y Sent) bool { return x.ID == y.ID }), nil
}
