package wechat

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"dangshi/bot"
)

// refusal is a request that is not taken: what the answer says, and the log. It
// never quotes the request.
type refusal struct {
	status int
	reason string
}

var (
	errMethod     = &refusal{http.StatusMethodNotAllowed, "只接受 GET 和 POST"}
	errSignature  = &refusal{http.StatusForbidden, "签名不符或缺失，请核对令牌（Token）"}
	errStale      = &refusal{http.StatusForbidden, "签名已过期，请核对服务器时间"}
	errEcho       = &refusal{http.StatusBadRequest, "缺少 echostr"}
	errTooLarge   = &refusal{http.StatusRequestEntityTooLarge, "消息过大"}
	errSlow       = &refusal{http.StatusRequestTimeout, "消息接收超时"}
	errBody       = &refusal{http.StatusBadRequest, "消息接收不完整"}
	errDowngrade  = &refusal{http.StatusForbidden, "已启用安全模式，不接受明文消息，请在微信开发者平台选择安全模式或兼容模式"}
	errNoKey      = &refusal{http.StatusBadRequest, "收到加密消息，但没有设置 EncodingAESKey"}
	errMsgSig     = &refusal{http.StatusForbidden, "消息签名不符"}
	errCiphertext = &refusal{http.StatusForbidden, "消息无法解密，请核对 EncodingAESKey"}
	errAppID      = &refusal{http.StatusForbidden, "AppID 不符，请核对 AppID"}
)

func badRequest(reason string) *refusal { return &refusal{http.StatusBadRequest, reason} }

// exchange is one request and its one answer, given by whichever comes first: the
// handler or the timer. Only a holder of mu touches w, and only while done is false,
// so nothing writes after ServeHTTP has returned.
type exchange struct {
	hook    *Webhook
	method  string
	kind    string // "refused" until it is known
	message bot.Message
	start   time.Time
	budget  budget
	flight  flight // of the message, where this is its delivery that runs

	mu   sync.Mutex
	w    http.ResponseWriter
	done bool

	length [1]string // the value of a header
}

// The values of Content-Type. They are set as they are: to go through Header.Set would
// make a new slice for each answer.
var (
	asPlain = []string{"text/plain; charset=utf-8"}
	asXML   = []string{"application/xml; charset=utf-8"}
)

func (e *exchange) refuse(r *refusal) {
	e.w.Header().Set("X-Content-Type-Options", "nosniff")
	e.write(r.status, asPlain, []byte(r.reason+"\n"), slog.String("reason", r.reason))
}

// reply answers with what the handler returned, unless the timer was first.
func (e *exchange) reply(r bot.Reply) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.done {
		e.answer(r)
	}
}

// over ends the handler's time, and answers in its place where it does not notice.
func (e *exchange) over() {
	e.budget.finish(context.DeadlineExceeded)
	time.AfterFunc(time.Until(e.budget.end.Add(margin)), e.late) // at once where the body came as late as that
}

// late answers in place of a handler that is still running; what that returns
// afterwards is dropped. The flush is under the lock: once the handler has
// returned, the server may take w back.
func (e *exchange) late() {
	e.mu.Lock()
	defer e.mu.Unlock()
	// This runs on the timer's goroutine: an uncontained panic, say of the metrics
	// hook, would end the program and not only this request.
	defer func() {
		if v := recover(); v != nil {
			e.hook.logPanic(context.Background(), e.message.Kind, v)
		}
	}()
	if e.done {
		return
	}
	e.hook.log.LogAttrs(context.Background(), slog.LevelError, "wechat: the handler overstayed its time",
		slog.String("kind", e.kind))
	e.answer(e.hook.apology(e.message.Kind))
	// Where the connection can't flush, the answer leaves when the handler returns.
	_ = http.NewResponseController(e.w).Flush()
}

// answer needs mu.
func (e *exchange) answer(r bot.Reply) {
	e.done = true
	r = e.hook.presentable(r)
	if r == (bot.Reply{}) {
		e.write(http.StatusOK, asPlain, success)
		return
	}
	s := borrow()
	defer s.giveBack()
	s.out = e.hook.appendReply(s.out[:0], &e.message, r)
	e.write(http.StatusOK, asXML, s.out)
}

var success = []byte("success")

// write sends the whole answer and records it. The length is always given: with it the
// client has the answer when it is flushed, even while the handler runs on.
func (e *exchange) write(status int, contentType []string, body []byte, more ...slog.Attr) {
	h := e.w.Header()
	h["Content-Type"] = contentType
	e.length[0] = strconv.Itoa(len(body))
	h["Content-Length"] = e.length[:]
	e.w.WriteHeader(status)
	// An error means that WeChat has gone; it delivers again.
	_, _ = e.w.Write(body)
	e.record(status, more)
}

func (e *exchange) record(status int, more []slog.Attr) {
	d := time.Since(e.start)
	if e.hook.observe != nil {
		e.hook.observe(e.kind, status, d)
	}
	level := slog.LevelDebug
	if status != http.StatusOK {
		level = slog.LevelInfo // anyone may knock: not worth a warning each
	}
	ctx := context.Background()
	if !e.hook.log.Enabled(ctx, level) {
		return
	}
	attrs := append(more, slog.String("method", e.method), slog.Int("status", status),
		slog.String("kind", e.kind), slog.Duration("duration", d))
	e.hook.log.LogAttrs(ctx, level, "wechat", attrs...)
}
