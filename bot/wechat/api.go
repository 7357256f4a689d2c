package wechat

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"
)

// Tokens keeps the account's access token for all replicas.
type Tokens interface {
	// Token is what is kept under name; "" if there is none or its time is over.
	Token(ctx context.Context, name string) (string, error)
	// KeepToken keeps value for ttl, which is longer than 0.
	KeepToken(ctx context.Context, name, value string, ttl time.Duration) error
	// DropToken forgets it.
	DropToken(ctx context.Context, name string) error
}

// APIConfig says whose API is called, and how.
type APIConfig struct {
	AppID, Secret string
	Base          string        // address that stands for https://api.weixin.qq.com, which it is if empty
	Tokens        Tokens        // shared by the replicas
	Timeout       time.Duration // of one call; 0: 15 s
	Logger        *slog.Logger  // nil: slog.Default

	// Observe is told of each call: its path, the errcode (0: success, or one of
	// ObservedUnreachable and ObservedAmbiguous) and how long it took. It may be nil.
	Observe func(path string, code int, d time.Duration)
}

// What Observe is told where there is no errcode.
const (
	ObservedUnreachable = -1001
	ObservedAmbiguous   = -1002
)

const (
	realBase       = "https://api.weixin.qq.com"
	defaultAPITime = 15 * time.Second
)

// API calls the API of one account. It may be used by many goroutines, and several may live in
// one process: unlike the library's calls, which go through one client of the whole process,
// take no context and print the whole address in their errors, its own go through a client of
// its own. The library's types say what is written on the wire.
type API struct {
	appID, secret string
	base          string
	tokens        Tokens
	timeout       time.Duration
	log           *slog.Logger
	observe       func(path string, code int, d time.Duration)
	client        *http.Client
	renewals      singleflight.Group
	now           func() time.Time
	warned        warned
}

// NewAPI checks cfg. Its errors say which setting to mend and never quote its value.
func NewAPI(cfg APIConfig) (*API, error) {
	switch {
	case cfg.AppID == "":
		return nil, errors.New("缺少 AppID（DANGSHI_WECHAT_APPID），请从" + console + "复制")
	case cfg.Secret == "":
		return nil, errors.New("缺少密钥（AppSecret，DANGSHI_WECHAT_SECRET），请从" + console + "复制")
	case cfg.Tokens == nil:
		return nil, errors.New("wechat: the API needs a place for its tokens")
	case cfg.Timeout < 0:
		return nil, errors.New("wechat: the timeout of the API must not be negative")
	}
	base := strings.TrimRight(cmp.Or(cfg.Base, realBase), "/")
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("微信接口地址（DANGSHI_WECHAT_API）应为 https://api.weixin.qq.com 这样的地址，不带参数")
	}
	a := &API{
		appID: cfg.AppID, secret: cfg.Secret, base: base, tokens: cfg.Tokens,
		timeout: cmp.Or(cfg.Timeout, defaultAPITime), log: cfg.Logger, observe: cfg.Observe, now: time.Now,
		client: &http.Client{
			Transport: transport(),
			// A redirection would carry the token to wherever it leads.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	if a.log == nil {
		a.log = slog.Default()
	}
	if a.observe == nil {
		a.observe = func(string, int, time.Duration) {}
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		a.log.Warn("微信接口地址（DANGSHI_WECHAT_API）没有使用 https，密钥会明文传输，只应在可信的内网中使用")
	}
	return a, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// idle is how many connections wait for another call: members are written to by some hundred
// calls at a time, each of which would make a connection of its own otherwise.
const idle = 256

// transport is a client's own, else with the defaults of the standard library.
func transport() *http.Transport {
	t := &http.Transport{Proxy: http.ProxyFromEnvironment}
	if usual, ok := http.DefaultTransport.(*http.Transport); ok {
		t = usual.Clone()
	}
	t.MaxIdleConns, t.MaxIdleConnsPerHost = idle, idle
	return t
}

// Close lets go of connections that wait for another call. The API can still be used.
func (a *API) Close() { a.client.CloseIdleConnections() }

// Check asks WeChat whether the settings work: a token is fetched, for which WeChat looks at
// AppID, secret and the whitelist, even where another replica has fetched one, and then used.
func (a *API) Check(ctx context.Context) error {
	if _, err := a.renew(ctx, ""); err != nil {
		return err
	}
	var answer struct {
		Addresses []string `json:"ip_list"`
	}
	return a.call(ctx, request{path: "/cgi-bin/getcallbackip", asks: true, answer: &answer,
		complete: func() bool { return len(answer.Addresses) > 0 }})
}
