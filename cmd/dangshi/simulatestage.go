package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strconv"
	"time"

	"dangshi/bot/sandbox/population"
	"dangshi/quiz"
	"dangshi/store"
)

// stage is where a simulation takes place: data of its own, and serve over them on a
// loopback port, in this process.
type stage struct {
	app     *app // of the product; see staged
	shown   *app // whose bar shows the progress
	leaving []func() error
}

// Names of the account in a simulation. The key makes safe mode.
const (
	stageToken = "simulate"
	stageAppID = "wx0000000000000000"
	stageKey   = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
)

// stage readies data that are empty: those of the command, or of a server that ends with
// it.
func (a *app) stage(c *simulateCmd) (*stage, error) {
	secret := sha256.Sum256([]byte("simulate " + strconv.FormatUint(c.Seed, 10)))
	s := &stage{shown: a, app: &app{
		Settings: a.Settings.staged(c), ctx: a.ctx, in: bytes.NewReader(nil), out: io.Discard, errs: io.Discard, serves: true, dial: a.dial,
		logger: slog.New(slog.DiscardHandler), rehearsal: secret[:],
	}}
	folder, err := os.MkdirTemp("", "dangshi-simulate-")
	if err != nil {
		return nil, err
	}
	s.leaving = append(s.leaving, func() error { return os.RemoveAll(folder) })
	s.app.Data = folder
	if c.Redis != "" {
		err = s.borrow(c)
	} else {
		err = s.hire(folder)
	}
	if err != nil {
		return nil, errors.Join(err, s.leave())
	}
	return s, nil
}

// staged are the settings for a simulation: the limits of the installation, and nothing
// by which it is known, or by which one year would differ from another.
func (s Settings) staged(c *simulateCmd) Settings {
	s.file = fileSettings{Branches: population.Branches()}
	s.Addr, s.BaseURL, s.VerifyFiles, s.Wording, s.WechatAPI = "", "", "", "", ""
	s.BackupAt, s.Drain = noBackups, 0
	s.Sandbox, s.SandboxOpen = true, false
	s.WechatToken, s.WechatAppid, s.WechatSecret, s.WechatAeskey = stageToken, stageAppID, stageToken, ""
	if c.Safe {
		s.WechatAeskey = stageKey
	}
	if s.RedisURL = c.Redis; c.Redis == "" {
		s.RedisWait = 0 // a server of its own has no replicas
	}
	return s
}

// borrow readies the Redis of the command.
func (s *stage) borrow(c *simulateCmd) error {
	err := store.Rehearse(s.app.ctx, c.Redis)
	if errors.Is(err, store.ErrOccupied) {
		return usagef("--redis：%w，里面有别的数据。simulate 绝不碰已有的数据：请用一个空的 Redis，或同一个 Redis 里空的数据库，例如在地址最后写 /9", err)
	}
	if err == nil && !c.Keep {
		s.leaving = append(s.leaving, func() error { return store.EndRehearsal(context.WithoutCancel(s.app.ctx), c.Redis) })
	}
	return err
}

// hire starts a redis-server that ends with the simulation. Where there is none, the
// embedded store in the folder must do.
func (s *stage) hire(folder string) error {
	program, err := exec.LookPath("redis-server")
	if err != nil {
		fmt.Fprintln(s.shown.errs, "没有安装 redis-server，用内置存储代替：慢得多，内存用量只按长度估计。")
		return nil
	}
	socket := folder + "/redis.sock"
	cmd := exec.Command(program, "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", folder)
	gone, err := startChild(cmd)
	if err != nil {
		return fmt.Errorf("不能启动 redis-server：%w", err)
	}
	s.leaving = append(s.leaving, func() error {
		_ = cmd.Process.Kill() // it may have ended
		<-gone
		return nil
	})
	// A socket in a folder of our own: no other process meets it, and no port is taken.
	s.app.RedisURL = "redis://simulate:6379/0"
	s.app.dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}
	for range 200 {
		conn, err := net.Dial("unix", socket)
		if err == nil {
			return conn.Close()
		}
		time.Sleep(25 * time.Millisecond)
	}
	return errors.New("临时的 redis-server 没有启动")
}

// leave gives back what was taken, the last thing first.
func (s *stage) leave() (err error) {
	for i := len(s.leaving) - 1; i >= 0; i-- {
		err = errors.Join(err, s.leaving[i]())
	}
	return err
}

// play lives the days over a serve in this process, and measures what they cost.
func (s *stage) play(c *simulateCmd, from quiz.Day) (report *population.Report, err error) {
	a := s.app
	eve := from.Start().Add(-time.Minute)
	a.wall = func() time.Time { return eve } // it stands still: only the simulation moves it
	d, err := a.openData(a.ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer listener.Close() // serve closes it, unless it is not reached
	service, err := a.newService(d, listener.Addr())
	if err != nil {
		return nil, err
	}
	if c.between != nil {
		service.server.Handler = c.between(service.server.Handler)
	}
	serving, stop := context.WithCancel(context.WithoutCancel(a.ctx))
	ended := make(chan error, 1)
	go func() { ended <- service.serve(serving, listener) }()
	defer func() {
		stop()
		err = errors.Join(err, <-ended)
	}()
	m := meter{data: d}
	if err := m.start(a.ctx); err != nil {
		return nil, err
	}
	report, err = population.Run(a.ctx, s.config(c, from, service, "http://"+listener.Addr().String()+"/wechat"))
	if err != nil {
		return nil, err
	}
	measured, err := m.stop(a.ctx)
	if err == nil {
		report.Cost(measured)
	}
	return report, err
}
