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

// print shows the medians over the rounds, and the ratios round by round.
func (p paired) print(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "server\trequests/s\tp50 ms\tp99 ms\tp99.9 ms\tCPU µs/request\tRedis CPU µs/request\t")
	for i, s := range p.servers {
		f := median(p.figures[i])
		fmt.Fprintf(w, "%s\t%.0f\t%.2f\t%.2f\t%.2f\t%.0f\t%.0f\t\n", s.name, f.rate, ms(f.p50), ms(f.p99), ms(f.p999), f.cpu, f.redisCPU)
	}
	w.Flush()
	for i, s := range p.servers[1:] {
		r := p.ratios(i + 1)
		fmt.Fprintf(out, "ratio of the %s to the %s: median %.2f (%.2f to %.2f)\n", s.name, p.servers[0].name, r[len(r)/2], r[0], r[len(r)-1])
	}
}
