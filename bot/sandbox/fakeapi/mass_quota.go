package fakeapi

import (
	"context"
	"slices"
	"time"

	"dangshi/quiz"
)

// massMonthly is how many mass messages a follower of a service account gets in a calendar month.
const massMonthly = 4

// mass is what the platform remembers of mass messages.
type mass struct {
	Day     quiz.Day       `json:"day,omitempty"`     // on which a subscription account sent last
	Month   int            `json:"month,omitempty"`   // of All and Each, as monthOf
	All     int            `json:"all,omitempty"`     // sent to all in that month
	Each    map[string]int `json:"each,omitempty"`    // sent besides, by openid
	Records []massRecord   `json:"records,omitempty"` // the last ones, oldest first
}

// audience is to whom a mass message is to go.
type audience struct {
	all     bool
	total   int      // of those that were asked for
	openids []string // of those that follow, each once
}

// audience of these openids, nil for all followers.
func (a *API) audience(ctx context.Context, to []string) (audience, error) {
	followers, err := a.followers(ctx)
	if to == nil {
		return audience{all: true, total: len(followers), openids: followers}, err
	}
	return audience{total: len(to), openids: among(to, followers)}, err
}

// among are those of the openids that follow, each once.
func among(openids, followers []string) []string {
	wanted := map[string]bool{}
	for _, id := range followers {
		wanted[id] = true
	}
	return slices.DeleteFunc(slices.Clone(openids), func(id string) bool {
		drop := !wanted[id]
		wanted[id] = false
		return drop
	})
}

// spend takes a mass message from the quota and fills in who gets it: a subscription account has
// one a day, a follower of a service account gets four a month. Who has had them is left out.
func (m *mass) spend(service bool, to audience, s *Sent, now time.Time) error {
	if !service {
		day := quiz.DayOf(now)
		if m.Day == day {
			return refuse(codeMassQuota)
		}
		m.Day = day
		s.toAll(to.all, to.openids)
		return nil
	}
	if month := monthOf(now); m.Month != month {
		m.Month, m.All, m.Each = month, 0, nil
	}
	if to.all && m.All >= massMonthly {
		return refuse(codeMassQuota)
	}
	allowed := []string{}
	for _, id := range to.openids {
		if m.All+m.Each[id] < massMonthly {
			allowed = append(allowed, id)
		}
	}
	if to.all {
		m.All++
	} else {
		if m.Each == nil { // an empty one is not stored
			m.Each = map[string]int{}
		}
		for _, id := range allowed {
			m.Each[id]++
		}
	}
	s.toAll(to.all && len(allowed) == len(to.openids), allowed)
	return nil
}

// toAll says who gets a mass message: all, or these.
func (s *Sent) toAll(all bool, openids []string) {
	s.ToAll, s.To = all, openids
	if all {
		s.To = nil
	}
}

// fresh refuses a clientmsgid that was used within 24 h, with the message that has it.
func (m *mass) fresh(key string, now time.Time) error {
	for _, r := range m.Records {
		if r.ClientMsgID == key && now.Sub(r.At) < clientMsgIDAge {
			return &refusal{code: codeClientMsgID, more: object{"msg_id": r.MsgID}}
		}
	}
	return nil
}
