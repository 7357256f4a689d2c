package fakeapi

import (
	"strings"
	"time"

	"dangshi/quiz"
)

// clearsAMonth is how often the quotas of a day may be set back.
const clearsAMonth = 10

// cleared counts that.
type cleared struct {
	Month int `json:"month,omitempty"` // as monthOf
	Times int `json:"times,omitempty"`
}

// monthOf is the civil month in Shanghai as one number.
func monthOf(now time.Time) int {
	year, month, _ := quiz.DayOf(now).Civil()
	return year*12 + int(month)
}

// callbackIP is GET /cgi-bin/getcallbackip: addresses that nobody has (RFC 5737).
func (a *API) callbackIP(*call) (any, error) {
	return object{"ip_list": []string{"192.0.2.1", "192.0.2.2", "198.51.100.0/24"}}, nil
}

// apiIP is GET /cgi-bin/get_api_domain_ip.
func (a *API) apiIP(*call) (any, error) {
	return object{"ip_list": []string{"203.0.113.1", "203.0.113.2"}}, nil
}

// clearQuota is POST /cgi-bin/clear_quota.
func (a *API) clearQuota(c *call) (any, error) {
	var req struct {
		AppID string `json:"appid"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if req.AppID == "" {
		return nil, refuse(codeAppIDMissing)
	}
	if a.cfg.AppID != "" && req.AppID != a.cfg.AppID {
		return nil, refuse(codeAppID)
	}
	return a.clear(c)
}

// clearQuotaBySecret is POST /cgi-bin/clear_quota/v2, which also helps where no token can be had.
func (a *API) clearQuotaBySecret(c *call) (any, error) {
	if err := a.identify(c.query.Get("appid"), c.query.Get("appsecret")); err != nil {
		return nil, err
	}
	return a.clear(c)
}

// clear sets the calls of the day back, not those of the minute. The quota of mass messages is no
// quota of calls.
func (a *API) clear(c *call) (any, error) {
	err := a.change(c.ctx, func(acc *account) error {
		if month := monthOf(c.now); acc.Cleared.Month != month {
			acc.Cleared = cleared{Month: month}
		}
		if acc.Cleared.Times >= clearsAMonth {
			return refuse(codeClearLimit)
		}
		acc.Cleared.Times++
		acc.Calls.ThisDay = nil
		return nil
	})
	return ok(), err
}

// quota is POST /cgi-bin/openapi/quota/get. The documents call 76022 a token of the wrong kind of
// account: so it is here, where the account has no right to the path.
func (a *API) quota(c *call) (any, error) {
	var req struct {
		Path string `json:"cgi_path"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if !strings.HasPrefix(req.Path, "/") {
		return nil, refuse(codePathForm)
	}
	rt, known := a.routes[req.Path]
	if !known {
		return nil, refuse(codePathUnknown)
	}
	if !a.may(req.Path, rt) {
		return nil, refuse(codePathRights)
	}
	acc, err := a.account(c.ctx)
	if err != nil {
		return nil, err
	}
	used := 0
	if acc.Calls.Day == quiz.DayOf(c.now) {
		used = acc.Calls.ThisDay[req.Path]
	}
	limit := rt.daily()
	answer := ok().with(object{"quota": object{"daily_limit": limit, "used": used, "remain": max(0, limit-used)}})
	if rt.minute > 0 {
		inMinute := 0
		if acc.Calls.Minute == c.now.Unix()/60 {
			inMinute = acc.Calls.PerMinute[req.Path]
		}
		answer["rate_limit"] = object{"call_count": inMinute, "refresh_second": 60}
	}
	return answer, nil
}
