package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/alecthomas/kong"

	"dangshi/content"
)

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1 // it was tried and did not work
	exitUsage  = 2 // the command line, a setting or a file is wrong; nothing was done
)

// cli are the commands and the settings that all of them share.
type cli struct {
	Settings

	Serve serveCmd `cmd:"" help:"启动服务：微信消息、定时任务。没有公众号凭据时启动沙盒。"`
	Board struct {
		Export boardExportCmd `cmd:"" help:"导出排行榜(XLSX 或 CSV)。"`
		Verify boardVerifyCmd `cmd:"" help:"由答题日志重新计算排行榜并逐人比较。"`
	} `cmd:"" help:"排行榜。"`
}

// app is what a command runs in.
type app struct {
	Settings
	ctx    context.Context
	out    io.Writer
	errs   io.Writer
	logger *slog.Logger
	serves bool // the command is serve: other commands may use its embedded store
}

// usageError is the fault of the command line, a setting or a file.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errExit ends the parse of a command line that asked for help.
var errExit = errors.New("exit")

// Run is the whole program: it parses the command line, runs one command and
// returns the exit code. Cancelling ctx ends it gracefully.
func Run(ctx context.Context, args []string, out, errs io.Writer) (code int) {
	defer func() {
		if r := recover(); r != nil {
			if r != errExit {
				panic(r)
			}
			code = exitDone // the help was printed
		}
	}()
	var c cli
	var file configFile
	parser, err := kong.New(&c,
		kong.Name("dangshi"),
		kong.Description("党史上的今天：微信公众号每日答题后台。\n每个选项都可以用环境变量 DANGSHI_… 或在 dangshi.yaml 里设置。"),
		kong.DefaultEnvars("DANGSHI"),
		kong.Writers(out, errs),
		kong.Exit(func(int) { panic(errExit) }),
		kong.Resolvers(&file),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		panic(err) // the command table itself is wrong
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	path, chosen := configPath(args)
	if err := file.load(path, chosen, parser.Model); err != nil {
		return report(errs, usageError{err})
	}
	command, err := parser.Parse(args)
	if err != nil {
		return report(errs, usageError{err})
	}
	c.Settings.file = file.more
	if err := c.Settings.check(); err != nil {
		return report(errs, usageError{err})
	}
	logger := slog.New(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: slog.LevelInfo}))
	return report(errs, command.Run(&app{Settings: c.Settings, ctx: ctx, out: out, errs: errs, logger: logger}))
}

// report prints what went wrong, for people, and gives the exit code.
func report(errs io.Writer, err error) int {
	if err == nil {
		return exitDone
	}
	fmt.Fprintln(errs, "错误:"+strings.TrimSpace(err.Error()))
	var usage usageError
	var faults content.Faults
	if errors.As(err, &usage) || errors.As(err, &faults) {
		return exitUsage
	}
	return exitFailed
}
