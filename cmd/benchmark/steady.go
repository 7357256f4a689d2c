package main

import (
	"context"
	"fmt"
	"io"
	"time"
)

// steady is what the servers made of messages that come at a steady rate, by the
// clock.
type steady struct {
	rate    int // messages a second
	seconds int
	servers []*server
	figures []figures // of each server
}

const steadyConnections = 256

// runSteady lets each server answer members of its own, from number first on.
func runSteady(ctx context.Context, o options, first int, redis *server, servers ...*server) (steady, error) {
	s := steady{rate: o.rate, seconds: o.seconds, servers: servers, figures: make([]figures, len(servers))}
	for i, server := range servers {
		fmt.Fprintf(o.out, "%s: %d messages a second for %d s\n", server.name, s.rate, s.seconds)
		f, err := s.measure(ctx, server, redis, first)
		if err != nil {
			return s, fmt.Errorf("%s: %w", server.name, err)
		}
		s.figures[i] = f
	}
	return s, nil
}

func (s steady) measure(ctx context.Context, server, redis *server, first int) (figures, error) {
	messages := atRate(server, s.rate, s.seconds, first)
	used, err := usageOf(server, redis)
	if err != nil {
		return figures{}, err
	}
	begun := time.Now()
	answers, err := byTheClock(ctx, server, messages, steadyConnections)
	if err != nil {
		return figures{}, err
	}
	all := make([]time.Duration, len(answers))
	for i, a := range answers {
		all[i] = a.took
	}
	return figuresOf(all, time.Since(begun), used)
}

// atRate are the messages of members from number first on, in turn: as many as write
// in a second send their first message, then all of them the second, and so on.
func atRate(server *server, rate, seconds, first int) []due {
	all := make([]due, rate*seconds)
	for n := range all {
		turn, place := n/rate, n%rate
		member := first + turn/len(script)*rate + place
		all[n] = due{
			request: post(server.addr, member, turn%len(script), script[turn%len(script)]),
			at:      time.Duration(n) * time.Second / time.Duration(rate),
		}
	}
	return all
}

func (s steady) print(out io.Writer) { printFigures(out, s.servers, s.figures) }

// table is what the document says of the run.
func (s steady) table() string {
	return fmt.Sprintf("匀速：每秒 %s 条消息，共 %d 秒，不管前面的答完没有，到点就发，延迟从该发的那一刻算起。\n\n", grouped(s.rate), s.seconds) +
		figuresTable(s.figures[0], s.figures[1])
}
