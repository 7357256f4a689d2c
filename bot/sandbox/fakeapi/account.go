package fakeapi

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"slices"
	"time"

	"dangshi/quiz"
)

// account is what the platform remembers of the account, in one document: a call that takes
// effect changes it at once or not at all.
type account struct {
	Seq       int64          `json:"seq"`            // the last number given to a message or a job
	Last      int64          `json:"last,omitempty"` // the last number given to a message of the outbox
	Tokens    []token        `json:"tokens,omitempty"`
	Forced    forced         `json:"forced"`
	Calls     counters       `json:"calls"`
	Cleared   cleared        `json:"cleared"`
	Mass      mass           `json:"mass"`
	Templates []template     `json:"templates,omitempty"` // of template messages
	Notices   []notice       `json:"notices,omitempty"`   // of subscribe messages, chosen by API
	Dropped   []string       `json:"dropped,omitempty"`   // ids of built-in notices that were deleted
	Repeats   []templateSent `json:"repeats,omitempty"`
	Console   Console        `json:"console"`
	Menu      []Button       `json:"menu,omitempty"`
	QRCodes   int            `json:"qrcodes,omitempty"` // permanent ones
	Speed     *int           `json:"speed,omitempty"`
	Waiting   []waiting      `json:"waiting,omitempty"` // for an administrator
	Pending   []Sent         `json:"pending,omitempty"` // sent, perhaps not yet in the list of what was sent
}

const accountName = "account"

// token is an access_token that was given out.
type token struct {
	Value  string    `json:"value"`
	Until  time.Time `json:"until"`
	Stable bool      `json:"stable,omitempty"`
	Dead   bool      `json:"dead,omitempty"` // replaced by force
}

const (
	tokenLife  = 7200 * time.Second
	tokenGrace = 5 * time.Minute // for which a token lives on beside its successor
	tokensKept = 16              // of each kind, so that an expired one is told from a false one
)

// forced bounds force_refresh.
type forced struct {
	Day   quiz.Day  `json:"day,omitempty"`
	Times int       `json:"times,omitempty"`
	Last  time.Time `json:"last"`
}

// counters count calls by path.
type counters struct {
	Day       quiz.Day       `json:"day"`
	ThisDay   map[string]int `json:"this_day,omitempty"`
	Minute    int64          `json:"minute"` // since 1970
	PerMinute map[string]int `json:"per_minute,omitempty"`
}

// count counts a call, also one that is refused.
func (n *counters) count(path string, rt route, now time.Time) error {
	if day := quiz.DayOf(now); day != n.Day || n.ThisDay == nil {
		n.Day, n.ThisDay = day, map[string]int{}
	}
	if minute := now.Unix() / 60; minute != n.Minute || n.PerMinute == nil {
		n.Minute, n.PerMinute = minute, map[string]int{}
	}
	if n.ThisDay[path] >= rt.daily() {
		return refuse(codeDayQuota)
	}
	n.ThisDay[path]++
	if rt.minute > 0 {
		if n.PerMinute[path] >= rt.minute {
			return refuse(codeMinuteQuota)
		}
		n.PerMinute[path]++
	}
	return nil
}

func (rt route) daily() int {
	if rt.day > 0 {
		return rt.day
	}
	return anyDay
}

// enter checks the token of a call and counts it.
func (a *API) enter(c *call, rt route) error {
	value := c.query.Get("access_token")
	if !rt.open && value == "" {
		return refuse(codeTokenMissing)
	}
	err := a.change(c.ctx, func(acc *account) error {
		if !rt.open {
			if err := acc.admit(value, c.now); err != nil {
				return err
			}
		}
		return acc.Calls.count(c.path, rt, c.now)
	})
	if err == nil && !a.may(c.path, rt) {
		return refuse(codeUnauthorized)
	}
	return err
}

// admit looks a token up.
func (acc *account) admit(value string, now time.Time) error {
	for _, t := range acc.Tokens {
		switch {
		case subtle.ConstantTimeCompare([]byte(t.Value), []byte(value)) == 0:
		case t.Dead:
			return refuse(codeCredential)
		case !now.Before(t.Until):
			return refuse(codeTokenExpired)
		default:
			return nil
		}
	}
	return refuse(codeCredential)
}

// issue gives a new token out. Tokens of the two kinds know nothing of each other.
func (acc *account) issue(stable, kill bool, now time.Time) token {
	for i := range acc.Tokens {
		t := &acc.Tokens[i]
		if t.Stable != stable {
			continue
		}
		if kill {
			t.Dead = true
		} else if grace := now.Add(tokenGrace); t.Until.After(grace) {
			t.Until = grace
		}
	}
	t := token{Value: newID(84), Until: now.Add(tokenLife), Stable: stable}
	acc.Tokens = append(acc.Tokens, t)
	kept := 0
	for i := len(acc.Tokens) - 1; i >= 0; i-- {
		if acc.Tokens[i].Stable != stable {
			continue
		}
		if kept++; kept > tokensKept {
			acc.Tokens = slices.Delete(acc.Tokens, i, i+1)
		}
	}
	return t
}

// newID is an id of the length that WeChat's have, in characters.
func newID(length int) string {
	return base64.RawURLEncoding.EncodeToString(random((length*6 + 7) / 8))[:length]
}

func (a *API) change(ctx context.Context, do func(*account) error) error {
	return change(ctx, &a.docs, accountName, do)
}

func (a *API) account(ctx context.Context) (*account, error) {
	return read[account](ctx, &a.docs, accountName)
}
