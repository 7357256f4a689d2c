// Package wechat is the edge to WeChat: the webhook through which messages come in, and the
// client of the API through which the account speaks by itself.
//
// A request of the webhook is believed in this order, and nothing is parsed before the step above
// it held: method, signature of the query, size of the body, XML, and in safe
// mode the signature of the encrypted text and the AppID inside it.
//
// A call of the API ends in one of three ways: it was carried out, it was not, or nobody knows
// (ErrAmbiguous).
package wechat

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"dangshi/bot"
)

// Sorry is what a member reads when the handler panicked or took too long, where
// Config has no words of its own.
const Sorry = "系统开小差了，请发“答题”继续。"

const (
	defaultMaxBody = 1 << 20
	defaultTimeout = 4 * time.Second
	// maxTimeout + margin stays below the 5 s after which WeChat delivers again.
	maxTimeout = 4500 * time.Millisecond
	// margin is what a handler gets beyond its budget to notice that it is over.
	margin = 300 * time.Millisecond
)

// Handler makes the reply to a message. It should return soon after ctx ends.
type Handler func(ctx context.Context, m bot.Message) bot.Reply

// Config says how the account is set up.
type Config struct {
	Token  string // as set in the account's console: 3 to 32 characters
	AppID  string // needed in safe mode
	AESKey string // EncodingAESKey, 43 characters; empty: plain mode

	Now     func() time.Time // wall time, for the freshness of signatures; nil: time.Now
	MaxBody int64            // bytes; 0: 1 MiB
	Timeout time.Duration    // for the whole handling; 0: 4 s, at most 4.5 s
	Logger  *slog.Logger     // nil: slog.Default
	Sorry   string           // said when the handler panicked or took too long; empty: Sorry
	Most    int              // messages under way at the same time; 0: 2,000
	Busy    string           // said to those beyond; empty: Busy

	// Observe is told of each answer: the kind of the message ("verify" for a
	// verification, "refused" where it isn't known), the HTTP status and the time
	// from the request to the answer. It may be nil.
	Observe func(kind string, status int, d time.Duration)
	// Shed is told of each message beyond Most. It may be nil.
	Shed func()
}

// Webhook is the http.Handler of /wechat.
type Webhook struct {
	token, appID []byte
	key          []byte // 32 bytes; nil: plain mode
	now          func() time.Time
	maxBody      int64
	timeout      time.Duration
	log          *slog.Logger
	observe      func(kind string, status int, d time.Duration)
	shed         func()
	sorry, busy  string
	gate         gate
	alarm        alarm
	handle       Handler
}

// New checks cfg and returns a webhook that hands messages to handle. Its errors
// say which setting to mend and never quote its value.
func New(cfg Config, handle Handler) (*Webhook, error) {
	if handle == nil {
		return nil, errors.New("wechat: handler is nil")
	}
	if n := len(cfg.Token); n < 3 || n > 32 || strings.ContainsFunc(cfg.Token, notGraphic) {
		return nil, errors.New("令牌（Token，DANGSHI_WECHAT_TOKEN）应为 3 到 32 个英文字母或数字，请与微信开发者平台里填写的保持一致")
	}
	key, err := parseKey(cfg.AESKey)
	if err != nil {
		return nil, err
	}
	if key != nil && cfg.AppID == "" {
		return nil, errors.New("安全模式还需要 AppID（DANGSHI_WECHAT_APPID），请填写公众号的 AppID")
	}
	if cfg.Timeout < 0 || cfg.Timeout > maxTimeout {
		return nil, errors.New("wechat: the timeout must lie between 0 and 4.5 s: WeChat waits for 5 s")
	}
	h := &Webhook{
		token: []byte(cfg.Token), appID: []byte(cfg.AppID), key: key,
		now: cfg.Now, maxBody: cfg.MaxBody, timeout: cfg.Timeout,
		log: cfg.Logger, observe: cfg.Observe, shed: cfg.Shed, handle: handle,
		sorry: cmp.Or(cfg.Sorry, Sorry), busy: cmp.Or(cfg.Busy, Busy), gate: gate{most: cmp.Or(cfg.Most, defaultMost)},
	}
	if h.now == nil {
		h.now = time.Now
	}
	if h.maxBody <= 0 {
		h.maxBody = defaultMaxBody
	}
	if h.timeout == 0 {
		h.timeout = defaultTimeout
	}
	if h.log == nil {
		h.log = slog.Default()
	}
	return h, nil
}

func notGraphic(r rune) bool { return r <= ' ' || r > '~' }

// parseKey decodes an EncodingAESKey; nil where it is empty. The last of the 43 characters
// carries two bits too many, which WeChat's own keys set at random: they are ignored.
func parseKey(encoded string) ([]byte, error) {
	if encoded == "" {
		return nil, nil
	}
	key, err := base64.StdEncoding.DecodeString(encoded + "=")
	if err != nil || len(encoded) != 43 || len(key) != 32 {
		return nil, errors.New("消息加解密密钥（EncodingAESKey，DANGSHI_WECHAT_AESKEY）应为 43 个英文字母或数字，请从微信开发者平台重新复制；明文模式请留空")
	}
	return key, nil
}

// ServeHTTP answers GET (verification) and POST (a message).
func (h *Webhook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e := &exchange{hook: h, w: w, kind: "refused", method: r.Method, start: time.Now()}
	switch r.Method {
	case http.MethodGet:
		h.verify(e, r)
	case http.MethodPost:
		h.receive(e, r)
	default:
		e.method = "other" // a client may call its method anything
		w.Header().Set("Allow", "GET, POST")
		e.refuse(errMethod)
	}
}

// verify proves to WeChat that this address knows the token.
func (h *Webhook) verify(e *exchange, r *http.Request) {
	q := parseQuery(r.URL.RawQuery)
	if err := h.admit(&q); err != nil {
		e.refuse(err)
		return
	}
	if q.echostr == "" {
		e.refuse(errEcho)
		return
	}
	e.kind = "verify"
	header := e.w.Header()
	header.Set("X-Content-Type-Options", "nosniff")
	e.write(http.StatusOK, asPlain, []byte(q.echostr))
}

// receive takes one message. No goroutine is started for the handler: it runs
// here, and where it overstays its time a timer answers in its place, on the
// same connection. That saves a goroutine, a channel and a copy for each message, and
// leaves nothing behind that a handler which ignores its context would not leave behind
// in any other way.
func (h *Webhook) receive(e *exchange, r *http.Request) {
	q := parseQuery(r.URL.RawQuery)
	if err := h.admit(&q); err != nil {
		e.refuse(err)
		return
	}
	m, err := h.read(e, r, &q)
	if err != nil {
		e.refuse(err)
		return
	}
	e.message, e.kind = m, m.Kind.String()
	e.budget.end = e.start.Add(h.timeout)
	number := h.alarm.begin(e)
	reply := h.pass(e)
	h.alarm.done(number)
	e.budget.finish(context.Canceled)
	e.reply(reply)
}

// call runs the handler. Its panic would drop the connection, and the member
// would read that the service is out of order.
func (h *Webhook) call(ctx context.Context, m bot.Message) (reply bot.Reply) {
	defer func() {
		if v := recover(); v != nil {
			h.logPanic(ctx, m.Kind, v)
			reply = h.apology(m.Kind)
		}
	}()
	return h.handle(ctx, m)
}

// logPanic leaves the panic's own words out, since they may quote a member, unless
// they are the runtime's.
func (h *Webhook) logPanic(ctx context.Context, kind bot.Kind, v any) {
	what := slog.String("type", fmt.Sprintf("%T", v))
	if err, ok := v.(runtime.Error); ok {
		what = slog.String("error", err.Error())
	}
	h.log.LogAttrs(ctx, slog.LevelError, "wechat: a panic was contained",
		slog.String("kind", kind.String()), what, slog.String("stack", string(debug.Stack())))
}

// apology is what is said where the member did something that deserves an answer. WeChat
// may report a position every few seconds: an outage must not talk back each time.
func (h *Webhook) apology(kind bot.Kind) bot.Reply { return h.words(kind, h.sorry) }

// words are what is said in place of the handler's reply.
func (h *Webhook) words(kind bot.Kind, text string) bot.Reply {
	switch kind {
	case bot.Unfollow, bot.View, bot.Position, bot.MassSent, bot.Sent:
		return bot.Reply{}
	}
	return bot.Reply{Text: text}
}
