package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"dangshi/admin/account"
	"dangshi/admin/work"
	"dangshi/bot"
	"dangshi/bot/picture"
	"dangshi/bot/push"
	"dangshi/bot/sandbox"
	"dangshi/bot/wechat"
	"dangshi/quiz"
	"dangshi/store"
	"dangshi/web/certificate"
	"dangshi/web/today"
)

// service is everything that runs while serve does.
type service struct {
	app       *app
	data      *data
	now       func() time.Time // wall time, or the sandbox's
	bot       *bot.Bot
	simulator *simulator      // nil: a real account
	api       *wechat.API     // nil: the account's secret is not set
	push      *push.Push      // nil where api is
	reminders *push.Reminders // nil where api is
	schedule  *schedule
	server    *http.Server
	clients   open
	maker     *certificate.Maker
	pictures  *picture.Pictures // nil where api is
	activity  *activity
	accounts  *account.Desk // who may use the console
	admin     http.Handler  // the console
	works     *work.Desk    // what runs behind its pages
	draining  atomic.Bool   // a signal has told serve to stop
}

// clock is the sandbox's; nil: a real account.
func (s *service) clock() *sandbox.Clock {
	if s.simulator == nil {
		return nil
	}
	return s.simulator.clock
}

// newService wires the rooms together. It will be reached at address.
func (a *app) newService(d *data, address net.Addr) (*service, error) {
	s := &service{app: a, data: d, now: a.time, works: work.NewDesk(d, time.Now, a.logger)}
	metrics := newMetrics()
	metrics.watchRedis(d.Client()) // before anybody uses it
	wording, err := a.wording()
	if err != nil {
		return nil, err
	}
	if !a.real() {
		if s.simulator, err = a.newSimulator(a.ctx, d); err != nil {
			return nil, err
		}
		s.now = s.simulator.clock.Now
	}
	s.bot = a.newBot(d, wording, s.now, metrics.count)
	s.bot.MassSent = s.massSent
	s.activity = &activity{add: d.AddActivity, logger: a.logger}
	s.bot.Happened = s.activity.happened
	s.bot.DataLink = a.dataLink(d)
	hook, err := wechat.New(wechat.Config{
		Token: a.token(), AppID: a.appID(), AESKey: a.WechatAeskey,
		Timeout: answerTimeout, Sorry: wording.Fault.String(), Logger: a.logger, Observe: metrics.observe,
		MaxBody: maxBody, Most: a.MaxMessages, Busy: wording.Busy.String(), Shed: func() { metrics.count("shed") },
	}, s.bot.Handle)
	if err != nil {
		return nil, errors.Join(usageError{err}, s.close())
	}
	if err = s.bot.Prepare(a.ctx); err == nil {
		err = s.speak(metrics)
	}
	if err == nil {
		err = s.award()
	}
	if err == nil {
		s.schedule, err = newSchedule(a.logger, s.jobs()...)
	}
	if err == nil && s.simulator != nil {
		err = s.simulator.openPhone(a, d, loopback(address.String()), s.ledger)
	}
	if err == nil && s.push != nil {
		// Before anything can move the clock: what is due from now on is pushed.
		err = s.push.Begin(a.ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	s.accounts = newDesk(d)
	if s.admin, err = s.console(); err != nil {
		return nil, errors.Join(err, s.close())
	}
	before, err := parseProxies(a.TrustedProxies)
	if err != nil {
		return nil, errors.Join(usageError{err}, s.close())
	}
	metrics.watch(hook.UnderWay, &s.clients)
	metrics.watchGaps(s.gaps)
	s.server = &http.Server{
		ConnState:         s.clients.changed,
		Handler:           before.handler(s.routes(hook, metrics)),
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout + a.pageLimit, IdleTimeout: idleTimeout,
		MaxHeaderBytes: 16 << 10,
		ErrorLog:       serverLog(a.logger),
	}
	return s, nil
}

// newBot is the conversation over the data.
func (a *app) newBot(d *data, wording *bot.Wording, now func() time.Time, count func(string)) *bot.Bot {
	cfg := bot.Config{
		Members: d, Boards: d, Papers: d, Library: d, Practice: d, Objections: d,
		Wording: wording, Now: now, Secret: d.Secret(),
		Seasons: a.file.Seasons, Weights: a.weights(), Questions: a.Questions, Branches: d.merged,
		Answers: a.file.Answers, Otherwise: a.file.Otherwise,
		Notice: bot.NoticeKind{Template: a.notices().Template, LongTerm: a.notices().LongTerm},
		Limit:  bot.Limit{Burst: a.MemberBurst, Second: a.MemberRate},
		Page:   func(day quiz.Day) string { return today.Link(a.BaseURL, day) },
		Media:  func(path string) string { return today.Beneath(a.BaseURL, path) },
		Logger: a.logger, Count: count,
	}
	if a.file.Units {
		cfg.Units = d
	}
	return bot.New(cfg)
}

// speak makes all by which the account speaks unasked. A real account without its
// secret only answers.
func (s *service) speak(m *metrics) (err error) {
	var simulator string
	if s.simulator != nil {
		simulator = s.simulator.url
	} else if s.app.WechatSecret == "" {
		return nil
	}
	if s.api, err = s.app.newAPI(s.data, simulator, m); err != nil {
		return err
	}
	if s.push, err = s.app.newPush(s.data, s.api, s.bot, s.now, m.pushed); err != nil {
		return err
	}
	s.reminders = s.app.newReminders(s.data, s.api, s.bot, s.now, m.pushed)
	return nil
}

// massSent takes WeChat's report on a mass message.
func (s *service) massSent(ctx context.Context, r bot.MassResult) error {
	if s.push == nil {
		return nil
	}
	return s.push.Finished(ctx, r)
}

// gaps is how many of the coming days have no approved item.
func (s *service) gaps(ctx context.Context) (int, error) {
	library, err := s.data.Library(ctx)
	if err != nil {
		return 0, err
	}
	return len(quiz.Gaps(library, nil, quiz.DayOf(s.now()), soon)), nil
}

// ledger is what the phone page shows of the push.
func (s *service) ledger(ctx context.Context) (any, error) { return s.push.Status(ctx, ledgerDays) }

func (s *service) routes(hook http.Handler, m *metrics) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/wechat", hook)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", s.ready)
	mux.Handle("GET /metrics", m.handler())
	mux.Handle("/admin/", s.admin)
	mux.Handle("/verify/", s.verify())
	mux.Handle("/data/", s.ownData())
	s.pages(mux)
	if s.simulator != nil {
		s.simulator.routes(mux, s.schedule, s.app.SandboxOpen)
	}
	return s.leaving(mux)
}

// leaving lets go of the connections that a balancer keeps open, each with an
// answer, once serve is about to stop: closed while idle, one might just be used.
func (s *service) leaving(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.draining.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// notReady says why this replica cannot answer.
func (s *service) notReady(err error) string {
	switch {
	case errors.Is(err, store.ErrNoData):
		s.app.logger.Error("the data are gone: Redis was emptied")
		return "Redis 里的数据不见了，请恢复数据后重新启动"
	case errors.Is(err, store.ErrOtherData):
		s.app.logger.Error("the data are gone: Redis holds others")
		return store.ErrOtherData.Error()
	case errors.Is(err, store.ErrPassword):
		return "Redis 的密码不对"
	}
	return "Redis 连不上"
}

// ready tells a balancer whether this replica can answer.
func (s *service) ready(w http.ResponseWriter, r *http.Request) {
	if s.draining.Load() {
		http.Error(w, "正在停止", http.StatusServiceUnavailable)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), time.Second)
	defer cancel()
	if err := s.data.Ping(ctx); err != nil {
		http.Error(w, s.notReady(err), http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}
