package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// maxAnswer bounds an answer, in bytes. The longest, the addresses of Check, has some thousand.
const maxAnswer = 1 << 20

// request is one call of the API.
type request struct {
	path        string
	query       url.Values  // besides the token; may be nil
	body        []byte      // nil: GET
	contentType string      // "": JSON
	asks        bool        // it changes nothing: where it fails nothing was done
	member      string      // openid in the body, which no text may hold
	answer      any         // is decoded into, also where WeChat refuses; may be nil
	complete    func() bool // reports whether answer has what it must have; nil: errcode must be there
}

// call makes r with the account's token. Where WeChat refuses the token, another one is
// fetched for all replicas, and r is made once more: it had no effect.
func (a *API) call(ctx context.Context, r request) error {
	token, err := a.token(ctx, "")
	if err != nil {
		return err
	}
	err = a.post(ctx, r, token)
	if !refusesToken(err) {
		return err
	}
	a.log.InfoContext(ctx, "微信接口凭据被拒绝，重新获取", "path", r.path)
	if token, err = a.token(ctx, token); err != nil {
		return err
	}
	return a.post(ctx, r, token)
}

// post makes one HTTP request with a token ("": without) and reads its answer.
func (a *API) post(ctx context.Context, r request, token string) error {
	start := time.Now()
	err := a.exchange(ctx, r, token)
	code := 0
	var refused *APIError
	switch {
	case errors.As(err, &refused):
		code = refused.Code
	case errors.Is(err, ErrAmbiguous):
		code = ObservedAmbiguous
	case err != nil:
		code = ObservedUnreachable
	}
	took := time.Since(start)
	a.observe(r.path, code, took)
	a.log.DebugContext(ctx, "wechat: call", "path", r.path, "code", code, "duration", took)
	return err
}

func (a *API) exchange(ctx context.Context, r request, token string) error {
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	// From here on something may have been written. It is told from another goroutine.
	var connected atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})
	req, err := a.newRequest(ctx, r, token)
	if err != nil {
		return err
	}
	failed := func(err error) error {
		if r.asks || !connected.Load() {
			return a.fault(ErrUnreachable, r.path, err, token, r.member)
		}
		return a.fault(ErrAmbiguous, r.path, err, token, r.member)
	}
	resp, err := a.client.Do(req)
	if err != nil {
		return failed(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return failed(err)
	}
	if resp.StatusCode != http.StatusOK {
		// WeChat refuses with 200 and an errcode: this came from something in between.
		return failed(fmt.Errorf("HTTP 状态码 %d", resp.StatusCode))
	}
	refusal, err := r.read(body)
	if err != nil {
		return failed(err)
	}
	if refusal != nil {
		refusal.Message = scrub(refusal.Message, token, a.secret, r.member)
		return refusal
	}
	return nil
}

func (a *API) newRequest(ctx context.Context, r request, token string) (*http.Request, error) {
	query := url.Values{}
	for name, values := range r.query {
		query[name] = values
	}
	if token != "" {
		query.Set("access_token", token)
	}
	address := a.base + r.path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	method := http.MethodGet
	var body io.Reader
	if r.body != nil {
		method, body = http.MethodPost, bytes.NewReader(r.body)
	}
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, a.fault(ErrUnreachable, r.path, err, token)
	}
	if r.body != nil {
		contentType := r.contentType
		if contentType == "" {
			contentType = "application/json; charset=utf-8"
		}
		req.Header.Set("Content-Type", contentType)
	}
	return req, nil
}

// The faults of an answer. They quote nothing of it.
var (
	errAnswerSize = errors.New("回答过长，不像来自微信")
	errAnswerForm = errors.New("回答不是 JSON，不像来自微信")
	errAnswerPart = errors.New("回答缺少应有的内容")
)

// read reads an answer: WeChat's refusal, or a fault of the answer, or neither.
func (r request) read(body []byte) (*APIError, error) {
	if len(body) > maxAnswer {
		return nil, errAnswerSize
	}
	var status struct {
		Code    *int   `json:"errcode"`
		Message string `json:"errmsg"`
	}
	if err := json.Unmarshal(body, &status); err != nil {
		return nil, errAnswerForm
	}
	var form error
	if r.answer != nil {
		form = json.Unmarshal(body, r.answer)
	}
	switch {
	case status.Code != nil && *status.Code != 0:
		return &APIError{Path: r.path, Code: *status.Code, Message: status.Message, asks: r.asks}, nil
	case form != nil:
		return nil, errAnswerForm
	case r.complete != nil && !r.complete(), r.complete == nil && status.Code == nil:
		return nil, errAnswerPart
	}
	return nil, nil
}

// fault makes the error of a call that has no answer. Of err it keeps what can hold no address,
// since that holds the token.
func (a *API) fault(class error, path string, err error, secrets ...string) error {
	fault := &callError{class: class, path: path}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		fault.why, fault.cause = "等待超时", context.DeadlineExceeded
	case errors.Is(err, context.Canceled):
		fault.why, fault.cause = "操作被取消", context.Canceled
	default:
		var address *url.Error
		if errors.As(err, &address) {
			err = address.Err
		}
		fault.why = scrub(err.Error(), append(secrets, a.secret)...)
	}
	return fault
}

// encodeJSON writes v as WeChat reads it: <, > and & as they are, since a member would read
// them as escapes.
func encodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("wechat: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// sendable is text as it may stand in JSON for WeChat: clean, and without the two line
// separators that Go writes as escapes, which WeChat's documents forbid.
func sendable(text string) string { return separators.Replace(clean(text)) }

var separators = strings.NewReplacer("\u2028", "\n", "\u2029", "\n")
