package fakeapi

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"
)

// Interaction is what a member does with the account.
type Interaction string

// Interactions, each with the customer messages that it allows. The allowances of different
// kinds stand side by side; doing the same again renews its own.
// developers.weixin.qq.com/doc/offiaccount/Customer_Service/Customer_Service_Messages.html
const (
	Wrote      Interaction = "wrote"      // sent a message: 5 within 48 h
	Tapped     Interaction = "tapped"     // tapped the menu, or an option of a msgmenu: 3 within 1 min
	Followed   Interaction = "followed"   // 3 within 1 min
	Scanned    Interaction = "scanned"    // scanned a QR code: 3 within 1 min
	Unfollowed Interaction = "unfollowed" // none any more
)

var allowances = map[Interaction]struct {
	life time.Duration
	left int
}{
	Wrote:    {48 * time.Hour, 5},
	Tapped:   {time.Minute, 3},
	Followed: {time.Minute, 3},
	Scanned:  {time.Minute, 3},
}

// member is what the platform remembers of one member.
type member struct {
	Windows  map[Interaction]window `json:"windows,omitempty"`
	Consents map[string]int         `json:"consents,omitempty"` // times left by template id; forever: for good
}

// window is one allowance of customer messages.
type window struct {
	Until time.Time `json:"until"`
	Left  int       `json:"left"`
}

// forever is the number of times of a long-term subscription.
const forever = -1

// members are a part of all members, by openid.
type members map[string]*member

// memberParts is over how many documents the members are spread.
const memberParts = 16

func memberPart(openid string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(openid)) // it never fails
	return fmt.Sprintf("members-%x", h.Sum32()%memberParts)
}

// changeMember changes what is remembered of one member, and forgets what is over.
func (a *API) changeMember(ctx context.Context, openid string, now time.Time, do func(*member) error) error {
	return change(ctx, &a.docs, memberPart(openid), func(all *members) error {
		if *all == nil {
			*all = members{}
		}
		m := (*all)[openid]
		if m == nil {
			m = &member{}
			(*all)[openid] = m
		}
		if m.Windows == nil {
			m.Windows = map[Interaction]window{}
		}
		if m.Consents == nil {
			m.Consents = map[string]int{}
		}
		if err := do(m); err != nil {
			return err
		}
		for id, m := range *all {
			for kind, w := range m.Windows {
				if !now.Before(w.Until) {
					delete(m.Windows, kind)
				}
			}
			for template, times := range m.Consents {
				if times == 0 {
					delete(m.Consents, template)
				}
			}
			if len(m.Windows)+len(m.Consents) == 0 {
				delete(*all, id)
			}
		}
		return nil
	})
}

// Interact says that a member did something, which opens a window for customer messages.
func (a *API) Interact(ctx context.Context, openid string, kind Interaction) error {
	now := a.cfg.Now()
	allowance, known := allowances[kind]
	if !known && kind != Unfollowed {
		return fmt.Errorf("fakeapi: no interaction %q", kind)
	}
	return a.changeMember(ctx, openid, now, func(m *member) error {
		if kind == Unfollowed {
			clear(m.Windows)
			return nil
		}
		m.Windows[kind] = window{Until: now.Add(allowance.life), Left: allowance.left}
		return nil
	})
}

// Consent says that a member agreed to so many more messages of a template; to one of a
// long-term template, for good. 0 or less takes all consent to it back. Errors: the account has
// no such template.
func (a *API) Consent(ctx context.Context, openid, templateID string, times int) error {
	acc, err := a.account(ctx)
	if err != nil {
		return err
	}
	n, ok := acc.notice(templateID)
	if !ok {
		return fmt.Errorf("fakeapi: the account has no template %q for subscribe messages", templateID)
	}
	return a.changeMember(ctx, openid, a.cfg.Now(), func(m *member) error {
		switch {
		case times <= 0:
			delete(m.Consents, templateID)
		case n.LongTerm:
			m.Consents[templateID] = forever
		default:
			m.Consents[templateID] += times
		}
		return nil
	})
}

// reply takes one customer message from the window that closes first.
func (m *member) reply(now time.Time) error {
	var from Interaction
	open := false
	for kind, w := range m.Windows {
		if !now.Before(w.Until) {
			continue
		}
		open = true
		if w.Left > 0 && (from == "" || w.Until.Before(m.Windows[from].Until)) {
			from = kind
		}
	}
	switch {
	case !open:
		return refuse(codeWindow)
	case from == "":
		return refuse(codeReplies)
	}
	w := m.Windows[from]
	w.Left--
	m.Windows[from] = w
	return nil
}

// consume takes one consent to a template.
func (m *member) consume(templateID string) error {
	switch times := m.Consents[templateID]; {
	case times == 0:
		return refuse(codeConsent)
	case times > 0:
		m.Consents[templateID]--
	}
	return nil
}
