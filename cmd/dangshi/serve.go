package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"dangshi/bot"
	"dangshi/bot/sandbox"
	"dangshi/bot/wechat"
	"dangshi/quiz"
	"dangshi/store"
)

// Time limits of the server. An answer has 3.6 s, so that it reaches WeChat
// before the 5 s are over after which it delivers the message again.
const (
	answerTimeout = 3600 * time.Millisecond
	readTimeout   = 10 * time.Second
	writeTimeout  = 15 * time.Second
	idleTimeout   = 2 * time.Minute
	stopTimeout   = 10 * time.Second
)

// gcPercent trades memory for time: little is alive between two answers, so
// collecting four times less often costs some megabytes and saves a tenth of
// the processor time.
const gcPercent = 400

// serveCmd answers WeChat until it is told to stop.
type serveCmd struct{}

// Run is the command.
func (c *serveCmd) Run(a *app) (err error) {
	a.serves = true
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	d, err := a.openData(a.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	s, err := a.newService(d)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", a.Addr)
	if err != nil {
		return usagef("--addr：不能监听 %s:%w", a.Addr, err)
	}
	if err := a.announce(s, listener.Addr()); err != nil {
		return err
	}
	return s.serve(a.ctx, listener)
}

// service is everything that runs while serve does.
type service struct {
	app      *app
	data     *data
	bot      *bot.Bot
	clock    *sandbox.Clock // nil: a real account
	schedule *schedule
	server   *http.Server
}

// newService wires the rooms together.
func (a *app) newService(d *data) (*service, error) {
	s := &service{app: a, data: d}
	now := time.Now
	if !a.real() {
		var err error
		if s.clock, err = sandbox.NewClock(a.ctx, time.Now, d); err != nil {
			return nil, err
		}
		now = s.clock.Now
	}
	wording, err := a.wording()
	if err != nil {
		return nil, err
	}
	metrics := newMetrics()
	s.bot = bot.New(bot.Config{
		Members: d, Boards: d, Papers: d, Library: d,
		Wording: wording, Now: now, Secret: d.Secret(),
		Seasons: a.file.Seasons, Weights: a.weights(), Questions: a.Questions, Branches: a.file.Branches,
		Limit:  bot.Limit{Burst: a.MemberBurst, Second: a.MemberRate},
		Logger: a.logger, Count: metrics.count,
	})
	hook, err := wechat.New(wechat.Config{
		Token: a.token(), AppID: a.WechatAppid, AESKey: a.WechatAeskey,
		Timeout: answerTimeout, Sorry: wording.Fault.String(), Logger: a.logger, Observe: metrics.observe,
	}, s.bot.Handle)
	if err != nil {
		return nil, usageError{err}
	}
	if s.schedule, err = newSchedule(a.logger, s.jobs()...); err != nil {
		return nil, err
	}
	s.server = &http.Server{
		Handler:           s.routes(hook, metrics),
		ReadHeaderTimeout: readTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: 16 << 10,
		ErrorLog:       serverLog(a.logger),
	}
	return s, nil
}

// jobs are what is periodic.
func (s *service) jobs() []job {
	return []job{{
		// The first member of the day need not wait for the paper to be drawn.
		name: "paper", spec: "0 0 * * *",
		run: func(ctx context.Context, at time.Time) error {
			_, err := s.bot.IssuePaper(ctx, quiz.DayOf(at))
			return err
		},
	}}
}

func (s *service) routes(hook http.Handler, m *metrics) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/wechat", hook)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", s.ready)
	mux.Handle("GET /metrics", m.handler())
	if s.clock != nil {
		mux.Handle("/sandbox/clock", sandbox.LoopbackOnly(sandbox.ClockHandler(s.clock, s.schedule)))
	}
	return mux
}

// ready tells a balancer whether this replica can answer.
func (s *service) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), time.Second)
	defer cancel()
	if err := s.data.Ping(ctx); err != nil {
		text := "Redis 连不上"
		if errors.Is(err, store.ErrNoData) {
			text = "Redis 里的数据不见了，请恢复数据后重新启动"
			s.app.logger.Error("the data are gone: Redis was emptied or replaced")
		}
		http.Error(w, text, http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}

// serve runs until ctx ends, then finishes the answers in flight.
func (s *service) serve(ctx context.Context, listener net.Listener) error {
	// Jobs and answers under way are not cut off by the signal that ends ctx.
	work := context.WithoutCancel(ctx)
	var stopJobs func()
	if s.clock != nil {
		stopJobs = s.schedule.startSandbox(work, s.clock)
		s.server.RegisterOnShutdown(s.clock.Stop) // a long move is answered before the time to stop is over
	} else {
		stopJobs = s.schedule.start(work)
	}
	failed := make(chan error, 1)
	go func() { failed <- s.server.Serve(listener) }()
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
		s.app.logger.Info("stopping: answers in flight are finished")
		stopping, cancel := context.WithTimeout(work, stopTimeout)
		err = s.server.Shutdown(stopping)
		cancel()
	}
	stopJobs()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// announce says what was started, and what an operator must know of it.
func (a *app) announce(s *service, addr net.Addr) error {
	say := func(format string, args ...any) { fmt.Fprintf(a.out, format+"\n", args...) }
	_, port, _ := net.SplitHostPort(addr.String())
	say("党史上的今天：已启动，消息地址 http://localhost:%s/wechat", port)
	if s.clock != nil {
		say("沙盒：没有公众号凭据，或设了 DANGSHI_SANDBOX。令牌 %s，现在是 %s。", a.token(), s.clock.Now().In(quiz.Zone).Format("2006-01-02 15:04"))
	} else if a.WechatAeskey == "" {
		say("警告：没有设置 DANGSHI_WECHAT_AESKEY。明文模式的签名不保护消息正文，请在公众号后台改用安全模式。")
	}
	if a.RedisURL == "" {
		say("内置存储：数据在 %s，适合试用和单个支部；人多请设置 DANGSHI_REDIS_URL。", a.Data)
	} else {
		warning, err := store.Durability(a.ctx, s.data.Client())
		if err != nil {
			return err
		}
		if warning != "" {
			say("警告：%s", strings.TrimSpace(warning))
		}
	}
	say("题库和“今天”是自带的入门内容，请本单位审核后再正式使用。")
	return nil
}
