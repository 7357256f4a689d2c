package fakeapi

import (
	"crypto/subtle"
	"time"

	"dangshi/quiz"
)

const (
	forcesADay = 20
	forceGap   = 30 * time.Second
	renewal    = 5 * time.Minute // of life left, under which a stable token gets its successor
)

// token is GET /cgi-bin/token: a new one each time, the one before lives five minutes more.
func (a *API) token(c *call) (any, error) {
	if err := a.identify(c.query.Get("appid"), c.query.Get("secret")); err != nil {
		return nil, err
	}
	if c.query.Get("grant_type") != "client_credential" {
		return nil, refuse(codeGrantType)
	}
	var given token
	err := a.change(c.ctx, func(acc *account) error {
		given = acc.issue(false, false, c.now)
		return nil
	})
	return given.answer(c.now), err
}

// stableToken is POST /cgi-bin/stable_token. Before the 30 s between two refreshes by force are
// over, the token stays as it is: the documents say that it is not refreshed then.
func (a *API) stableToken(c *call) (any, error) {
	var req struct {
		GrantType    string `json:"grant_type"`
		AppID        string `json:"appid"`
		Secret       string `json:"secret"`
		ForceRefresh flag   `json:"force_refresh"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if err := a.identify(req.AppID, req.Secret); err != nil {
		return nil, err
	}
	if req.GrantType != "client_credential" {
		return nil, refuse(codeGrantType)
	}
	var given token
	err := a.change(c.ctx, func(acc *account) (err error) {
		given, err = acc.stable(bool(req.ForceRefresh), c.now)
		return err
	})
	if err != nil {
		return nil, err
	}
	return given.answer(c.now), nil
}

func (acc *account) stable(force bool, now time.Time) (token, error) {
	if force && now.Sub(acc.Forced.Last) >= forceGap {
		if day := quiz.DayOf(now); acc.Forced.Day != day {
			acc.Forced.Day, acc.Forced.Times = day, 0
		}
		if acc.Forced.Times >= forcesADay {
			return token{}, refuse(codeDayQuota)
		}
		acc.Forced.Times++
		acc.Forced.Last = now
		return acc.issue(true, true, now), nil
	}
	for i := len(acc.Tokens) - 1; i >= 0; i-- {
		if t := acc.Tokens[i]; t.Stable && !t.Dead && t.Until.Sub(now) > renewal {
			return t, errUnchanged
		}
	}
	return acc.issue(true, false, now), nil
}

func (t token) answer(now time.Time) object {
	return object{"access_token": t.Value, "expires_in": int64(t.Until.Sub(now) / time.Second)}
}

// identify checks who asks. The appid comes first: of a false one nothing else is said.
func (a *API) identify(appID, secret string) error {
	switch {
	case appID == "":
		return refuse(codeAppIDMissing)
	case a.cfg.AppID != "" && appID != a.cfg.AppID:
		return refuse(codeAppID)
	case secret == "":
		return refuse(codeSecretMissing)
	case a.cfg.Secret != "" && subtle.ConstantTimeCompare([]byte(secret), []byte(a.cfg.Secret)) == 0:
		return refuse(codeSecret)
	}
	return nil
}
