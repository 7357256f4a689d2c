package wechat

import (
	"context"
	"errors"
	"time"

	"github.com/silenceper/wechat/v2/credential"
)

const (
	pathToken = "/cgi-bin/stable_token"
	// tokenMargin before its end a token is fetched anew: from then on WeChat gives out the next
	// one, and takes both for as long.
	// https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken.html
	tokenMargin = 5 * time.Minute
	tokenLife   = 2 * time.Hour // the longest
)

// errSame: WeChat gives out the token that it refuses. It refreshes one by force only when 30 s
// have passed since the last time.
var errSame = &callError{class: ErrToken, path: pathToken, why: "微信再次给出了刚刚被拒绝的凭据，请一分钟后再试"}

// tokenName is the name under which the token is kept.
func (a *API) tokenName() string { return "access:" + a.appID }

// token is the account's token, other than the one that WeChat refused ("": none was). Where
// none is kept it is fetched, by one of the goroutines that want it.
func (a *API) token(ctx context.Context, refused string) (string, error) {
	for {
		if kept := a.kept(ctx, refused); kept != "" {
			return kept, nil
		}
		// One flight for all, whatever was refused to each: while one renews a refused token none
		// is kept, and somebody who comes new would fetch one beside it.
		fetched := a.renewals.DoChan("", func() (any, error) {
			// The others wait for it, too: it does not end with the call that was the first.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*a.timeout)
			defer cancel()
			if kept := a.kept(ctx, refused); kept != "" {
				return kept, nil // it came while this one was on its way here
			}
			return a.renew(ctx, refused)
		})
		select {
		case r := <-fetched:
			if r.Err != nil {
				return "", r.Err
			}
			// Somebody else's flight may bring what was refused to this one; its own never does.
			if token := r.Val.(string); token != refused {
				return token, nil
			}
		case <-ctx.Done():
			return "", a.fault(ErrUnreachable, pathToken, ctx.Err())
		}
	}
}

// kept is the token that the replicas share, unless it is the refused one. Where it can't be
// read a token is fetched: the stable token is the same for all who ask.
func (a *API) kept(ctx context.Context, refused string) string {
	token, err := a.tokens.Token(ctx, a.tokenName())
	if err != nil {
		a.warn(ctx, &a.warned.read, "微信接口凭据读取失败，将直接向微信获取", err)
		return ""
	}
	if token == refused {
		return ""
	}
	return token
}

// renew fetches a token and keeps it for all replicas. A crash before it is kept costs one more
// call; a refused one is dropped first, lest it be used for hours where WeChat can't be reached.
func (a *API) renew(ctx context.Context, refused string) (string, error) {
	if refused != "" {
		if err := a.tokens.DropToken(ctx, a.tokenName()); err != nil {
			a.warn(ctx, &a.warned.drop, "失效的微信接口凭据未能清除", err)
		}
	}
	token, life, err := a.fetch(ctx, false)
	if err == nil && token == refused {
		// It is refused before its time, and WeChat does not change it by itself.
		token, life, err = a.fetch(ctx, true)
	}
	if err != nil {
		return "", err
	}
	if token == refused {
		return "", errSame
	}
	if ttl := min(life, tokenLife) - tokenMargin; ttl > 0 {
		if err := a.tokens.KeepToken(ctx, a.tokenName(), token, ttl); err != nil {
			a.warn(ctx, &a.warned.keep, "微信接口凭据未能保存，下次调用将重新获取", err)
		}
	}
	return token, nil
}

// fetch asks WeChat for the stable token; by force, which is allowed 20 times a day, it is
// replaced.
func (a *API) fetch(ctx context.Context, force bool) (token string, life time.Duration, err error) {
	var answer credential.ResAccessToken
	body, err := encodeJSON(map[string]any{
		"grant_type": "client_credential", "appid": a.appID, "secret": a.secret, "force_refresh": force,
	})
	if err != nil {
		return "", 0, err
	}
	err = a.post(ctx, request{path: pathToken, body: body, asks: true, answer: &answer,
		complete: func() bool { return answer.AccessToken != "" }}, "")
	if err != nil {
		return "", 0, err
	}
	// More than a day would be no answer of WeChat's, and overflow.
	return answer.AccessToken, time.Duration(min(max(answer.ExpiresIn, 0), 86400)) * time.Second, nil
}

// refusesToken reports whether a call was refused because of its token.
func refusesToken(err error) bool {
	var refused *APIError
	return errors.As(err, &refused) && errors.Is(refused, ErrToken)
}
