package main

import (
	"context"
	"errors"
	"maps"
	"net"
	"net/http"

	"dangshi/bot/sandbox"
	"dangshi/bot/sandbox/fakeapi"
	"dangshi/bot/setup"
)

// simulator is what plays WeChat in the sandbox: its API, on a port of its own
// that only this machine reaches, and the phones of its members.
type simulator struct {
	clock *sandbox.Clock
	api   *fakeapi.API
	phone *sandbox.Phone

	url    string // of the API
	server *http.Server
}

// simulatorPath is where the simulator's API is found on the product's own
// address, too: for other programs of this machine.
const simulatorPath = "/sandbox/api"

// newSimulator starts the clock and the API. openPhone follows.
func (a *app) newSimulator(ctx context.Context, d *data) (*simulator, error) {
	s := &simulator{}
	var err error
	if s.clock, err = sandbox.NewClock(ctx, a.time, d); err != nil {
		return nil, err
	}
	account := a.simulated()
	account.Now, account.Store, account.Logger = s.clock.Now, d.Simulator(), a.logger
	account.Followers = func(ctx context.Context) ([]string, error) { return s.phone.Followers(ctx) }
	account.Event = func(ctx context.Context, e fakeapi.Event) { s.event(ctx, a, e) }
	if s.api, err = fakeapi.New(account); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.url = "http://" + listener.Addr().String()
	s.server = &http.Server{Handler: sandbox.LoopbackOnly(s.api), ReadHeaderTimeout: readTimeout, ErrorLog: serverLog(a.logger)}
	go func() {
		if err := s.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			a.logger.Error("the simulator's API has ended", "error", err)
		}
	}()
	return s, nil
}

// openPhone gives the members their phones. webhook is the host and port where the
// product is reached; ledger is what the page tells of the push, and may be nil.
func (s *simulator) openPhone(a *app, d *data, webhook string, ledger func(context.Context) (any, error)) (err error) {
	s.phone, err = sandbox.NewPhone(sandbox.PhoneConfig{
		Webhook: "http://" + webhook + "/wechat", Token: a.token(), AppID: a.appID(), AESKey: a.WechatAeskey,
		Clock: s.clock, PushAt: a.PushAt, Shelf: d.Simulator(), API: s.api, Ledger: ledger, Logger: a.logger,
	})
	if err != nil {
		return usageError{err}
	}
	return nil
}

// event brings what WeChat tells of its own to the webhook.
func (s *simulator) event(ctx context.Context, a *app, e fakeapi.Event) {
	fields := maps.Clone(e.Fields)
	fields["FromUserName"] = e.OpenID
	if err := s.phone.Deliver(ctx, fields); err != nil {
		a.logger.WarnContext(ctx, "the simulator could not deliver an event", "event", fields["Event"], "error", err)
	}
}

// routes are what a browser of this machine sees; with open, of others too.
func (s *simulator) routes(mux *http.ServeMux, due sandbox.Due, open bool) {
	guard := sandbox.LoopbackOnly
	if open {
		guard = sandbox.SameOrigin
	}
	mux.Handle("/sandbox/", guard(s.phone.Handler()))
	mux.Handle("/sandbox/clock", guard(sandbox.ClockHandler(s.clock, due)))
	mux.Handle("/sandbox/outbox", guard(sandbox.OutboxHandler(s.api)))
	mux.Handle(simulatorPath+"/", guard(http.StripPrefix(simulatorPath, s.api)))
	mux.Handle("GET /sandbox", http.RedirectHandler("/sandbox/", http.StatusSeeOther))
}

// close ends the API once the events of the calls made so far are delivered.
func (s *simulator) close() error {
	s.api.Wait()
	return s.server.Close()
}

// installMenu gives the sandbox's account the menu of the settings, as an operator
// would, unless it has that one already. A real account's menu is never touched
// unasked.
func (s *service) installMenu(ctx context.Context) error {
	_, err := setup.Install(ctx, s.api, s.app.menu(), true)
	return err
}
