// Command benchmark measures the whole answer path — a signed WeChat message
// over HTTP, the rules, one atomic commit in a real Redis, the reply — against a
// bare handler that does no more than check the signature, parse the same XML
// with encoding/xml and run one script.
//
//	go run ./cmd/benchmark         the answer path
//	go run ./cmd/benchmark -start  time to the first answer, memory when idle
//
// It builds the product, starts a redis-server on loopback and runs both servers
// in turn, several rounds each, so that a machine that is faster one moment and
// slower the next does not decide the ratio. Quote the ratio, not the rates.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
)

// options of a run.
type options struct {
	members     int // in all; each takes part in one round of each server
	connections int
	rounds      int
	start       bool
	other       string // another build of the product
	dir         string
	out         io.Writer
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "bare" { // the child process: see servers.go
		if err := serveBare(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	o := options{out: os.Stdout}
	flag.IntVar(&o.members, "members", 50_000, "members; each sends 答题 and five answers")
	flag.IntVar(&o.connections, "connections", 64, "connections at a time")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds of each server")
	flag.BoolVar(&o.start, "start", false, "measure the start of serve instead")
	flag.StringVar(&o.other, "other", "", "another build of dangshi that is measured as well")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "benchmark:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	if o.dir, err = os.MkdirTemp("", "dangshi-benchmark"); err != nil {
		return err
	}
	defer os.RemoveAll(o.dir)
	product := filepath.Join(o.dir, "dangshi")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", product, "./cmd/dangshi").CombinedOutput(); err != nil {
		return fmt.Errorf("go build (run it in the repository): %w\n%s", err, out)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	redis, err := startRedis(ctx, o.dir)
	if err != nil {
		return err
	}
	defer redis.stop()
	if o.start {
		return runStart(ctx, o.dir, product, redis)
	}
	bare, err := startServer(ctx, o.dir, bareName, redis, 0, self, "bare")
	if err != nil {
		return err
	}
	defer bare.stop()
	whole, err := startServer(ctx, o.dir, wholeName, redis, 1, product, "serve")
	if err != nil {
		return err
	}
	defer whole.stop()
	servers := []*server{bare, whole}
	if o.other != "" {
		other, err := startServer(ctx, o.dir, otherName, redis, 3, o.other, "serve")
		if err != nil {
			return err
		}
		defer other.stop()
		servers = append(servers, other)
	}
	p, err := runPath(ctx, o, redis, servers...)
	if err != nil {
		return err
	}
	p.print(o.out)
	return nil
}
