// Command dangshi is the backend of a WeChat official account on which members
// learn a piece of Party history each day and answer a short quiz. See README.md.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/redis/go-redis/v9"
)

// noLog keeps go-redis from writing to the terminal by itself: each failed
// command comes back as an error, which is logged once, where it matters.
type noLog struct{}

func (noLog) Printf(context.Context, string, ...any) {}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	redis.SetLogger(noLog{})
	code := Run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
