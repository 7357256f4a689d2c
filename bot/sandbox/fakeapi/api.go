// Package fakeapi answers as the API of a WeChat official account does: the same paths,
// parameters, fields, errcodes and quotas, so that a client of the real one does not tell the
// difference. It sends nothing anywhere: what the account sends to its members is read back
// with Outbox, and what is new of it with OutboxAfter.
//
// It is written against WeChat's documents (developers.weixin.qq.com/doc/service and
// /doc/subscription) and what the platform was seen to answer. Where they leave something open,
// the comment at that place says what was chosen.
package fakeapi

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"dangshi/quiz"
)

// Store keeps what must outlive a restart and be shared by replicas. A name and a list are
// short ASCII strings; those of a list and of a document are different spaces.
type Store interface {
	// Load is the document of that name; of an absent one nil, "" and nil.
	Load(ctx context.Context, name string) (value []byte, version quiz.Version, err error)
	// Save replaces a document that still has the expected version, "" if it must be absent,
	// and returns the new version. quiz.ErrConflict: it was replaced meanwhile.
	// quiz.ErrUnknown: it may have been written.
	Save(ctx context.Context, name string, value []byte, expected quiz.Version) (quiz.Version, error)
	// Append adds to the end of a list, of which the last keep values stay.
	Append(ctx context.Context, list string, value []byte, keep int) error
	// List is all of a list, oldest first.
	List(ctx context.Context, list string) ([][]byte, error)
}

// Config says which account is played.
type Config struct {
	AppID, Secret string                                      // empty: any is taken
	Service       bool                                        // a service account; false: a subscription account
	Unverified    bool                                        // WeChat has not verified it (微信认证)
	Confirm       bool                                        // an administrator has to confirm mass messages: see API.Confirm
	Now           func() time.Time                            // the sandbox's clock: quotas, windows, clientmsgid, tokens; nil: time.Now
	Store         Store                                       // nil: memory
	Followers     func(ctx context.Context) ([]string, error) // openids that follow now; nil: none
	Event         func(ctx context.Context, e Event)          // called in order, one at a time, after the answer was sent; nil: dropped
	Logger        *slog.Logger                                // nil: nothing is logged
}

// API is the fake. Its handler takes the paths of api.weixin.qq.com: mount it with
// http.StripPrefix under what the client takes for https://api.weixin.qq.com.
type API struct {
	cfg    Config
	docs   documents
	routes map[string]route
	faults faults
	calls  calls
	events deliveries

	flushing sync.Mutex // held by flush
}

// New makes the fake of one account. What its store holds goes on.
func New(cfg Config) (*API, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Store == nil {
		cfg.Store = newMemory()
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	a := &API{cfg: cfg, docs: documents{store: cfg.Store, turn: make(chan struct{}, 1)}, routes: routes()}
	a.events.free = sync.NewCond(&a.events.mu)
	return a, nil
}

// ServeHTTP answers one call.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := a.cfg.Now()
	f, armed := a.faults.take(r.URL.Path)
	var (
		answer any
		events []Event
	)
	if armed && !f.After {
		drain(r)
		answer = f.answer()
	} else {
		answer, events = a.answer(w, r, now)
		if armed {
			answer = f.answer()
		}
	}
	done := Call{Time: now.In(quiz.Zone), Method: r.Method, Path: shown(r.URL.Path), Code: codeOf(answer), Cut: armed && f.cuts()}
	a.calls.add(done)
	deliver := a.events.expect(a.cfg.Event, events)
	if !done.Cut {
		write(w, answer, now)
		deliver()
		return
	}
	deliver()
	if f.Hang {
		hang(r)
	}
	panic(http.ErrAbortHandler) // net/http then closes the connection without a word
}

// hangTime bounds how long a hanging call is kept.
const hangTime = 2 * time.Minute

// drain reads a body that nobody wants, so that its sender gets to read the answer.
func drain(r *http.Request) {
	_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, maxUpload)) // it broke off: then nobody reads
}

// hang waits until the client gives up. The server notices only once the body has been read.
func hang(r *http.Request) {
	drain(r)
	select {
	case <-r.Context().Done():
	case <-time.After(hangTime):
	}
}

// callTime bounds one call.
const callTime = time.Minute

// answer does what was asked for. The events are those that it caused. A call that was read whole
// is carried out even if the client does not wait: giving up undoes nothing at WeChat either.
func (a *API) answer(w http.ResponseWriter, r *http.Request, now time.Time) (any, []Event) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), callTime)
	defer cancel()
	c := &call{ctx: ctx, method: r.Method, path: r.URL.Path, query: r.URL.Query(), now: now}
	route, ok := a.routes[c.path]
	if !ok {
		drain(r)
		return refuse(codeURL), nil
	}
	if err := c.read(w, r, route); err != nil {
		return a.refused(c, err), nil
	}
	if err := a.enter(c, route); err != nil {
		return a.refused(c, err), nil
	}
	if route.upload {
		var err error
		if c.upload, err = readUpload(c.contentType, c.body); err != nil {
			return a.refused(c, err), nil
		}
	}
	answer, err := route.handle(a, c)
	if err != nil {
		answer = a.refused(c, err)
	}
	return answer, c.events
}

// refused is what the client is told of an error: WeChat's refusal, or that the system is busy.
func (a *API) refused(c *call, err error) any {
	if r, ok := asRefusal(err); ok {
		return r
	}
	a.cfg.Logger.Error("微信模拟接口读写数据失败", "path", c.path, "error", err)
	return refuse(codeBusy)
}

// follows reports whether a member follows the account.
func (a *API) follows(ctx context.Context, openid string) (bool, error) {
	all, err := a.followers(ctx)
	if err != nil {
		return false, err
	}
	return slices.Contains(all, openid), nil
}

func (a *API) followers(ctx context.Context) ([]string, error) {
	if a.cfg.Followers == nil {
		return nil, nil
	}
	return a.cfg.Followers(ctx)
}
