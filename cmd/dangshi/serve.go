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
	"sync"
	"time"

	"dangshi/admin"
	"dangshi/quiz"
	"dangshi/store"
)

// Time limits of the server. An answer has 3.6 s, so that it reaches WeChat
// before the 5 s are over after which it delivers the message again.
const (
	answerTimeout = 3600 * time.Millisecond
	headerTimeout = 5 * time.Second // WeChat waits no longer
	readTimeout   = 10 * time.Second
	writeTimeout  = 15 * time.Second
	idleTimeout   = 2 * time.Minute
	stopTimeout   = 10 * time.Second
)

// gcPercent trades memory for time: little is alive between two answers, so
// collecting four times less often costs some megabytes and saves a tenth of
// the processor time.
const gcPercent = 400

// collectSeldom applies gcPercent, unless the operator chose otherwise.
func collectSeldom() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}

// memoryLimit is from where on memory is collected more often than gcPercent says,
// in bytes: a crowd of 10,000 connections must not cost five times what is alive.
const memoryLimit = 640 << 20

// serveCmd answers WeChat until it is told to stop.
type serveCmd struct{}

// Run is the command.
func (c *serveCmd) Run(a *app) (err error) {
	a.serves = true
	collectSeldom()
	d, err := a.openData(a.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	listener, err := net.Listen("tcp", a.Addr)
	if err != nil {
		return usagef("--addr：不能监听 %s：%w", a.Addr, err)
	}
	defer listener.Close() // serve closes it, unless it is not reached
	s, err := a.newService(d, listener.Addr())
	if err != nil {
		return err
	}
	if err := a.announce(s, listener.Addr()); err != nil {
		return err
	}
	if a.Pprof != "" {
		p, err := startProfiles(a.Pprof, a.logger)
		if err != nil {
			return errors.Join(err, s.close())
		}
		defer p.Close()
		fmt.Fprintf(a.out, "性能剖析 pprof：http://%s/debug/pprof/，只给本机。\n", p.addr)
	}
	go rest(a.ctx, restEvery) // ends with the signal that ends serve
	return s.serve(a.ctx, listener)
}

// serve runs until ctx ends, then finishes the answers in flight.
func (s *service) serve(ctx context.Context, listener net.Listener) error {
	// Jobs and answers under way are not cut off by the signal that ends ctx.
	work := context.WithoutCancel(ctx)
	failed := make(chan error, 1)
	most, _ := s.app.connections(fileLimit())
	go func() { failed <- s.server.Serve(limited(listener, most)) }()
	stopJobs := s.startJobs(ctx)
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
		err = s.drain(failed)
		s.app.logger.Info("stopping: answers in flight are finished")
		stopping, cancel := context.WithTimeout(work, stopTimeout)
		err = errors.Join(err, s.server.Shutdown(stopping))
		cancel()
	}
	stopJobs()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, s.close())
}

// drain tells balancers to go elsewhere and answers as before until they have
// noticed: whoever closes the listener at once refuses what they still send.
func (s *service) drain(failed <-chan error) error {
	s.draining.Store(true)
	select {
	case err := <-failed:
		return err
	case <-time.After(s.app.Drain):
		return nil
	}
}

// startJobs starts what is periodic, and makes up for what was due while nothing
// ran. Stop waits for what is under way.
func (s *service) startJobs(ctx context.Context) (stop func()) {
	work := context.WithoutCancel(ctx)
	var stopSchedule func()
	if clock := s.clock(); clock != nil {
		stopSchedule = s.schedule.startSandbox(work, clock)
		s.server.RegisterOnShutdown(clock.Stop) // a long move is answered before the time to stop is over
	} else {
		stopSchedule = s.schedule.start(work)
	}
	behind, stopBehind := context.WithCancel(work)
	var running sync.WaitGroup
	running.Go(func() { s.activity.run(behind) })
	running.Go(func() { s.followLibrary(behind) })
	starting, cancel := context.WithCancel(ctx)
	started := make(chan struct{})
	go func() {
		defer close(started)
		var all sync.WaitGroup
		if s.push != nil {
			all.Go(func() { s.startPush(starting) })
		}
		all.Go(func() { s.takeOver(starting) })
		all.Wait()
	}()
	return func() {
		cancel() // what is staged is resolved all the same
		stopSchedule()
		<-started
		stopBehind() // all answers have been given by now
		running.Wait()
	}
}

// followLibrary keeps the library of this replica new while nobody asks for it, so that
// the first message of a morning need not wait for what was changed overnight.
func (s *service) followLibrary(ctx context.Context) {
	ticker := time.NewTicker(store.LibraryStaleness / 3)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			_, _ = s.data.Library(ctx) // where it cannot be read, who needs it says so
		}
	}
}

// close ends what newService has started.
func (s *service) close() (err error) {
	if s.works != nil { // a command makes only a part of the service
		s.works.Close()
	}
	if s.pictures != nil {
		s.pictures.Close()
	}
	if s.maker != nil {
		err = s.maker.Close()
	}
	if s.api != nil {
		s.api.Close()
	}
	if s.simulator != nil {
		err = errors.Join(err, s.simulator.close())
	}
	return err
}

// announce says what was started, and what an operator must know of it.
func (a *app) announce(s *service, addr net.Addr) error {
	say := func(format string, args ...any) { fmt.Fprintf(a.out, format+"\n", args...) }
	_, port, _ := net.SplitHostPort(addr.String())
	say("党史上的今天：已启动，消息地址 http://localhost:%s/wechat", port)
	if s.simulator != nil {
		say("沙盒：没有公众号凭据，或设了 DANGSHI_SANDBOX。请打开 http://localhost:%s/sandbox/ 在手机页里试用。", port)
		say("沙盒的令牌 %s，现在是 %s。", a.token(), s.now().In(quiz.Zone).Format("2006-01-02 15:04"))
	} else if err := a.announceAccount(s, say); err != nil {
		return err
	}
	if _, warning := a.connections(fileLimit()); warning != "" {
		say("警告：%s", warning)
	}
	if err := a.announceConsole(s, port, say); err != nil {
		return err
	}
	if err := a.announceSeason(s, say); err != nil {
		return err
	}
	if a.RedisURL == "" {
		say("内置存储：数据在 %s，适合试用和单个支部；人多请设置 DANGSHI_REDIS_URL。", a.Data)
	} else {
		durable, err := store.Durability(a.ctx, s.data.Client())
		if err != nil {
			return err
		}
		mute, err := s.data.Unanswerable(a.ctx)
		if err != nil {
			return err
		}
		for _, warning := range []string{durable, mute} {
			if warning != "" {
				say("警告：%s", strings.TrimSpace(warning))
			}
		}
	}
	return a.announceStarter(s, say)
}

// announceConsole says where the console is, and how the first account is made.
func (a *app) announceConsole(s *service, port string, say func(format string, args ...any)) error {
	at := "http://localhost:" + port
	if a.BaseURL != "" {
		at = strings.TrimRight(a.BaseURL, "/")
	}
	accounts, err := s.accounts.Accounts(a.ctx)
	if err != nil {
		return err
	}
	text := "管理台：" + at + admin.Path
	if len(accounts) == 0 {
		text += "，还没有账号：先运行 dangshi admin add 名字"
	}
	say("%s。", text)
	return nil
}

// announceStarter says what of the starter pack nobody of the organisation has
// answered for, and what members get meanwhile.
func (a *app) announceStarter(s *service, say func(format string, args ...any)) error {
	items, questions, err := s.data.Unreviewed(a.ctx)
	if err != nil {
		return err
	}
	library, err := s.data.Library(a.ctx)
	if err != nil {
		return err
	}
	if items+questions > 0 {
		say("题库和“今天”里有自带的入门内容，还有 %d 条条目、%d 道题没有审核，请本单位审核后再正式使用：%s", items, questions, approveStarter)
		if !s.data.Sandbox() {
			say("审核批准以前，新放入的自带内容不会发给学员；以前就在用的照旧。")
		}
	}
	if len(library.Questions()) == 0 {
		say("警告：现在没有已批准的题。学员发“答题”，会收到“题目还在准备”。")
	}
	return nil
}

// approveStarter is how an organisation makes the starter pack its own.
const approveStarter = "dangshi content approve --starter --by 姓名，dangshi bank approve --starter --by 姓名（先用 bank export 看一遍；有错的改好再载入，不要的停用）。"

// announceAccount says what an operator must know of a real account.
func (a *app) announceAccount(s *service, say func(format string, args ...any)) error {
	if a.WechatAeskey == "" {
		say("警告：没有设置 DANGSHI_WECHAT_AESKEY。明文模式的签名不保护消息正文，请在公众号后台改用安全模式。")
	}
	if s.push == nil {
		say("没有设置 DANGSHI_WECHAT_SECRET：只回答消息，不推送，也不发提醒。")
		return nil
	}
	setting, err := s.push.Setting(a.ctx)
	if err != nil {
		return err
	}
	if setting.On {
		say("每日推送：已打开，每天 %s。", a.PushAt)
	} else {
		say("每日推送：没有打开。确认内容后用 dangshi push on 打开。")
	}
	return nil
}
