package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// The servers that are compared.
const (
	bareName  = "bare handler"
	wholeName = "whole path"
	otherName = "other build"
)

// paired is what the servers made of the same load, round by round, in turn.
type paired struct {
	members, connections, rounds int

	servers []*server
	figures [][]figures // of each server
}

// runPath lets the servers answer in turn, several rounds each: the first of them is
// what the others are compared with.
func runPath(ctx context.Context, o options, redis *server, servers ...*server) (paired, error) {
	p := paired{o.members, o.connections, o.rounds, servers, make([][]figures, len(servers))}
	fmt.Fprintf(o.out, "%d members × %d messages, %d connections, %d rounds of each\n", o.members, len(script), o.connections, o.rounds)
	for round := range o.rounds {
		first, last := o.members*round/o.rounds, o.members*(round+1)/o.rounds
		fmt.Fprintf(o.out, "round %d of %d:", round+1, o.rounds)
		for i, s := range servers {
			f, err := measure(ctx, s, redis, o.connections, first, last)
			if err != nil {
				return p, fmt.Errorf("%s, round %d: %w", s.name, round+1, err)
			}
			p.figures[i] = append(p.figures[i], f)
			fmt.Fprintf(o.out, " %s %.0f/s (%.2f)", s.name, f.rate, f.rate/p.figures[0][round].rate)
		}
		fmt.Fprintln(o.out)
	}
	return p, nil
}

// ratios of server i to the first one, round by round, lowest first.
func (p paired) ratios(i int) []float64 {
	all := make([]float64, p.rounds)
	for round := range all {
		all[round] = p.figures[i][round].rate / p.figures[0][round].rate
	}
	slices.Sort(all)
	return all
}

// work is the processor time of a request, that of Redis included, against the first
// server's: the median of the rounds. It says less of queues than the rate does, and
// depends less on what else the machine does.
func (p paired) work(i int) float64 {
	all := make([]float64, p.rounds)
	for round := range all {
		ours, first := p.figures[i][round], p.figures[0][round]
		all[round] = (ours.cpu + ours.redisCPU) / (first.cpu + first.redisCPU)
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// print shows the medians over the rounds, and the ratios round by round.
func (p paired) print(out io.Writer) {
	medians := make([]figures, len(p.servers))
	for i := range p.servers {
		medians[i] = median(p.figures[i])
	}
	printFigures(out, p.servers, medians)
	for i, s := range p.servers[1:] {
		r := p.ratios(i + 1)
		fmt.Fprintf(out, "ratio of the %s to the %s: median %.2f (%.2f to %.2f), processor time %.2f\n", s.name, p.servers[0].name, r[len(r)/2], r[0], r[len(r)-1], p.work(i+1))
	}
}

// table is what the document says of the pair.
func (p paired) table() string {
	r := p.ratios(1)
	return fmt.Sprintf("满负荷：%d 个连接，%s 名学员，每人“答题”加五个答案，轮流测 %d 轮。**完整过程的速度是最小程序的 %.2f 倍**（各轮 %.2f 到 %.2f），每个请求用的处理器时间（连 Redis）是它的 %.2f 倍。\n\n",
		p.connections, grouped(p.members), p.rounds, r[len(r)/2], r[0], r[len(r)-1], p.work(1)) +
		figuresTable(median(p.figures[0]), median(p.figures[1]))
}

// printFigures shows what each server did.
func printFigures(out io.Writer, servers []*server, all []figures) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "server\trequests/s\tp50 ms\tp99 ms\tp99.9 ms\tCPU µs/request\tRedis CPU µs/request\t")
	for i, s := range servers {
		f := all[i]
		fmt.Fprintf(w, "%s\t%.0f\t%.2f\t%.2f\t%.2f\t%.0f\t%.0f\t\n", s.name, f.rate, ms(f.p50), ms(f.p99), ms(f.p999), f.cpu, f.redisCPU)
	}
	w.Flush()
}

// figuresTable is the same of the bare handler and the whole path.
func figuresTable(bare, whole figures) string {
	row := func(name string, f figures) []string {
		return []string{name, fmt.Sprintf("%.0f", f.rate), fmt.Sprintf("%.2f", ms(f.p50)), fmt.Sprintf("%.2f", ms(f.p99)), fmt.Sprintf("%.2f", ms(f.p999)),
			fmt.Sprintf("%.0f", f.cpu), fmt.Sprintf("%.0f", f.redisCPU)}
	}
	return table([]string{"程序", "请求/秒", "p50 毫秒", "p99 毫秒", "p99.9 毫秒", "处理器 µs/请求", "Redis 处理器 µs/请求"},
		[][]string{row("最小程序", bare), row("完整过程", whole)})
}
