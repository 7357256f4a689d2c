// Command benchmark measures the whole answer path — a signed WeChat message
// over HTTP, the rules, one atomic commit in a real Redis, the reply — against a
// bare handler that does no more than check the signature, parse the same XML
// with encoding/xml and run one script.
//
//	go run ./cmd/benchmark         the answer path, at full load and at a steady rate, and each of its hot parts
//	go run ./cmd/benchmark growth  what a commit and the ranking cost with 1,000 to 10,000,000 members
//	go run ./cmd/benchmark trips   the ways in which commits may share trips to Redis
//	go run ./cmd/benchmark burst   ten times the steady rate, by the clock, and what comes after
//	go run ./cmd/benchmark start   time to the first answer, memory when idle
//
// -write puts the figures into BENCHMARKS.md. It builds the product, starts a redis-server
// on loopback and runs both servers in turn, several rounds each, so that a machine
// that is faster one moment and slower the next does not decide the ratio. Quote the
// ratio, not the rates.
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
	"time"
)

// options of a run.
type options struct {
	members     int // in all; each takes part in one round of each server
	connections int
	crowd       int // connections of burst
	rounds      int
	rate        int    // messages a second of the steady run
	seconds     int    // of it
	parts       string // how long each part is measured, as go test's -benchtime; empty: not at all
	times       int    // each operation of growth
	most        int    // members of growth
	write       bool   // the figures into the document
	other       string // another build of the product
	root        string // of the repository
	dir         string // for this run
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
	o := options{out: os.Stdout, root: "."}
	flag.IntVar(&o.members, "members", 150_000, "members; each sends 答题 and five answers")
	flag.IntVar(&o.connections, "connections", 64, "connections at a time")
	flag.IntVar(&o.crowd, "crowd", 4000, "connections of burst: more than the messages that serve has under way at most, so that what is too much reaches it, too")
	flag.IntVar(&o.rounds, "rounds", 15, "rounds of each server: the shorter each is and the more there are, the less the hour of the machine decides")
	flag.IntVar(&o.rate, "rate", 2000, "messages a second of the steady run")
	flag.IntVar(&o.seconds, "seconds", 30, "length of the steady run and of each phase of burst; 0: no steady run")
	flag.StringVar(&o.parts, "parts", "1s", "how long each hot part and each way of trips is measured; empty: no parts")
	flag.IntVar(&o.times, "times", 2000, "how often growth does each operation")
	flag.IntVar(&o.most, "most", 10_000_000, "members up to which growth goes")
	flag.BoolVar(&o.write, "write", false, "put the figures into "+document)
	flag.StringVar(&o.other, "other", "", "another build of dangshi that is measured as well")
	what, args := "", os.Args[1:]
	if len(args) > 0 && len(args[0]) > 0 && args[0][0] != '-' {
		what, args = args[0], args[1:]
	}
	_ = flag.CommandLine.Parse(args) // it exits by itself
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, what, o); err != nil {
		fmt.Fprintln(os.Stderr, "benchmark:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, what string, o options) (err error) {
	if o.dir, err = os.MkdirTemp("", "dangshi-benchmark"); err != nil {
		return err
	}
	defer os.RemoveAll(o.dir)
	redis, err := startRedis(ctx, o.dir)
	if err != nil {
		return err
	}
	defer redis.stop()
	switch what {
	case "":
		return path(ctx, o, redis)
	case "growth":
		return growth(ctx, o, redis)
	case "trips":
		return trips(ctx, o)
	case "burst":
		return burst(ctx, o, redis)
	case "start":
		product, err := build(ctx, o.dir)
		if err != nil {
			return err
		}
		return runStart(ctx, o.dir, product, redis)
	}
	return fmt.Errorf("what is %q? There are growth, trips, burst, start and, without a word, the answer path", what)
}

// build builds the product.
func build(ctx context.Context, dir string) (product string, err error) {
	product = filepath.Join(dir, "dangshi")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", product, "dangshi/cmd/dangshi").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build (run it in the repository): %w\n%s", err, out)
	}
	return product, nil
}

// path measures the answer path and its parts.
func path(ctx context.Context, o options, redis *server) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	product, err := build(ctx, o.dir)
	if err != nil {
		return err
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
	atRate := ""
	if o.seconds > 0 { // first: two minutes after a round Redis is busy with letting go of its replies
		s, err := runSteady(ctx, o, o.members, redis, servers...)
		if err != nil {
			return err
		}
		s.print(o.out)
		atRate = "\n" + s.table()
	}
	p, err := runPath(ctx, o, redis, servers...)
	if err != nil {
		return err
	}
	p.print(o.out)
	text := stamp(time.Now()) + p.table() + atRate
	if o.write {
		if err := rewrite(filepath.Join(o.root, document), "path", text); err != nil {
			return err
		}
	}
	if o.parts == "" {
		return nil
	}
	costs, err := runParts(ctx, o.parts)
	if err != nil {
		return err
	}
	fmt.Fprint(o.out, partsTable(costs))
	if !o.write {
		return nil
	}
	return rewrite(filepath.Join(o.root, document), "parts", stamp(time.Now())+partsTable(costs))
}

// growth measures what members cost, and draws it.
func growth(ctx context.Context, o options, redis *server) error {
	sizes, err := runGrowth(ctx, o, redis)
	if err != nil {
		return err
	}
	fmt.Fprint(o.out, growthTable(sizes))
	if !o.write {
		return nil
	}
	if err := os.WriteFile(filepath.Join(o.root, "docs", "growth.svg"), []byte(chart(sizes)), 0o644); err != nil {
		return err
	}
	return rewrite(filepath.Join(o.root, document), "growth", stamp(time.Now())+growthTable(sizes))
}
