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
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"
)

// options of a run.
type options struct {
	members     int // in all; each takes part in one round of each server
	connections int
	rounds      int
	start       bool
	dir         string
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "bare" { // the child process: see servers.go
		if err := serveBare(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	var o options
	flag.IntVar(&o.members, "members", 50_000, "members; each sends 答题 and five answers")
	flag.IntVar(&o.connections, "connections", 64, "connections at a time")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds of each server")
	flag.BoolVar(&o.start, "start", false, "measure the start of serve instead")
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
	bare, err := startServer(ctx, o.dir, "bare", redis, self, "bare")
	if err != nil {
		return err
	}
	defer bare.stop()
	full, err := startServer(ctx, o.dir, "whole path", redis, product, "serve")
	if err != nil {
		return err
	}
	defer full.stop()

	fmt.Printf("%d members × 6 messages, %d connections, %d rounds of each\n", o.members, o.connections, o.rounds)
	var bares, fulls []figures
	for round := range o.rounds {
		first, last := o.members*round/o.rounds, o.members*(round+1)/o.rounds
		for _, side := range []struct {
			server *server
			to     *[]figures
		}{{bare, &bares}, {full, &fulls}} {
			f, err := measure(ctx, side.server, redis, o.connections, first, last)
			if err != nil {
				return fmt.Errorf("%s, round %d: %w", side.server.name, round+1, err)
			}
			*side.to = append(*side.to, f)
		}
		fmt.Printf("round %d of %d: %.0f and %.0f requests/s, ratio %.2f\n", round+1, o.rounds, bares[round].rate, fulls[round].rate, fulls[round].rate/bares[round].rate)
	}
	print(bares, fulls)
	return nil
}

// print shows the medians over the rounds, and the ratio round by round.
func print(bares, fulls []figures) {
	ratios := make([]float64, len(bares))
	for i := range bares {
		ratios[i] = fulls[i].rate / bares[i].rate
	}
	slices.Sort(ratios)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "server\trequests/s\tp50 ms\tp99 ms\tp99.9 ms\tCPU µs/request\tRedis CPU µs/request\t")
	for _, side := range []struct {
		name string
		f    figures
	}{{"bare handler", median(bares)}, {"whole path", median(fulls)}} {
		f := side.f
		fmt.Fprintf(w, "%s\t%.0f\t%.2f\t%.2f\t%.2f\t%.0f\t%.0f\t\n", side.name, f.rate, ms(f.p50), ms(f.p99), ms(f.p999), f.cpu, f.redisCPU)
	}
	w.Flush()
	fmt.Printf("ratio of the whole path to the bare handler: median %.2f (%.2f to %.2f)\n", ratios[len(ratios)/2], ratios[0], ratios[len(ratios)-1])
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// median takes each figure's median by itself.
func median(fs []figures) figures {
	return figures{
		rate: mid(fs, func(f figures) float64 { return f.rate }),
		p50:  time.Duration(mid(fs, func(f figures) float64 { return float64(f.p50) })),
		p99:  time.Duration(mid(fs, func(f figures) float64 { return float64(f.p99) })),
		p999: time.Duration(mid(fs, func(f figures) float64 { return float64(f.p999) })),
		cpu:  mid(fs, func(f figures) float64 { return f.cpu }), redisCPU: mid(fs, func(f figures) float64 { return f.redisCPU }),
	}
}

func mid(fs []figures, of func(figures) float64) float64 {
	values := make([]float64, len(fs))
	for i, f := range fs {
		values[i] = of(f)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
