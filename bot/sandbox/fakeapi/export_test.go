package fakeapi

import (
	"context"
	"strconv"
	"strings"

	"dangshi/quiz"
)

// NewMemory is the store that a Config without one gets.
func NewMemory() Store { return newMemory() }

// Route is what the table of routes says of a path.
type Route struct {
	Post, Upload, Open, Service bool
	Day, Minute                 int
}

// Routes are all, by path.
func Routes() map[string]Route {
	all := map[string]Route{}
	for path, rt := range routes() {
		all[path] = Route{Post: rt.post, Upload: rt.upload, Open: rt.open, Service: rt.service, Day: rt.daily(), Minute: rt.minute}
	}
	return all
}

// Spend says how many calls of a path there were on this day and in this minute.
func (a *API) Spend(ctx context.Context, path string, day, minute int) error {
	now := a.cfg.Now()
	return a.change(ctx, func(acc *account) error {
		acc.Calls = counters{
			Day: quiz.DayOf(now), ThisDay: map[string]int{path: day},
			Minute: now.Unix() / 60, PerMinute: map[string]int{path: minute},
		}
		return nil
	})
}

// Messages are the errmsg of all codes.
func Messages() map[int]string { return messages }

// ReadUpload reads a form as a call does; code is 0 unless it was refused.
func ReadUpload(contentType string, body []byte) (name string, data, description []byte, code int) {
	u, err := readUpload(contentType, body)
	if r, refused := asRefusal(err); refused {
		return "", nil, nil, r.code
	}
	return u.name, u.data, u.description, 0
}

// Post sends a text to all, whatever the quota.
func (a *API) Post(ctx context.Context, text string) error {
	s := Sent{Kind: KindMass, MsgType: "text", Content: text, ToAll: true}
	err := a.change(ctx, func(acc *account) error {
		acc.post(&s, a.cfg.Now())
		return nil
	})
	if err == nil {
		a.flush(ctx)
	}
	return err
}

// Fill puts so many messages into an empty outbox at once.
func (a *API) Fill(ctx context.Context, n int) error {
	s := Sent{Kind: KindMass, MsgType: "text", ToAll: true, Content: strings.Repeat("党史上的今天，", 20)}
	s.stamp(a.cfg.Now())
	for s.ID = 1; s.ID <= int64(n); s.ID++ {
		if err := a.cfg.Store.Append(ctx, outboxList(s.ID), encode(s), outboxKeep); err != nil {
			return err
		}
	}
	return a.change(ctx, func(acc *account) error {
		acc.Seq, acc.Last = int64(n), int64(n)
		return nil
	})
}

// SkipIDs leaves so many ids out.
func (a *API) SkipIDs(ctx context.Context, n int64) error {
	return a.change(ctx, func(acc *account) error {
		acc.Seq += n
		return nil
	})
}

// Remember notes so many mass messages that nobody sent.
func (a *API) Remember(ctx context.Context, n int) error {
	return a.change(ctx, func(acc *account) error {
		for i := range n {
			acc.massRecord(&Sent{}, "remembered "+strconv.Itoa(i), a.cfg.Now())
		}
		return nil
	})
}
