package store

import (
	"context"
	"errors"
	"sync"

	"github.com/redis/go-redis/v9"
)

// lanes are the lanes to each server.
type lanes struct {
	client redis.UniversalClient
	single *lane // to the only server; nil: a cluster

	mu sync.Mutex
	to map[*redis.Client]*lane // to each master
}

// maxLanes bounds the masters that are remembered: a cluster whose nodes come and
// go makes new ones.
const maxLanes = 256

func newLanes(client redis.UniversalClient) *lanes {
	l := &lanes{client: client}
	if one, ok := client.(*redis.Client); ok {
		l.single = l.newLane(one)
	}
	return l
}

// send sends commands whose keys lie in the slot of key; see lane.send.
func (l *lanes) send(ctx context.Context, key string, commands ...redis.Cmder) error {
	if l.single != nil {
		_, err := l.single.send(ctx, commands)
		return err
	}
	master, err := l.client.(*redis.ClusterClient).MasterForKey(ctx, key)
	if err != nil { // the library knows how to go on, and what to say if it can't
		l.alone(ctx, commands)
		return nil
	}
	shared, err := l.lane(master).send(ctx, commands)
	if err != nil || !shared {
		return err
	}
	for _, c := range commands {
		if misdirected(c.Err()) {
			l.alone(ctx, []redis.Cmder{c})
		}
	}
	return nil
}

func (l *lanes) lane(master *redis.Client) *lane {
	l.mu.Lock()
	defer l.mu.Unlock()
	known, ok := l.to[master]
	if !ok {
		if l.to == nil || len(l.to) >= maxLanes {
			l.to = map[*redis.Client]*lane{}
		}
		known = l.newLane(master)
		l.to[master] = known
	}
	return known
}

func (l *lanes) newLane(server *redis.Client) *lane {
	return &lane{
		alone:    l.alone,
		patience: lanePatience,
		together: func(commands []redis.Cmder) { pipe(context.Background(), server, commands) },
	}
}

// misdirected reports whether a node has done nothing of what another one may do:
// a pipeline to one node follows no redirect, and the library does for a command
// that is sent again by itself.
func misdirected(err error) bool {
	return errors.Is(err, redis.ErrClosed) || declined(err) && !errors.Is(err, redis.Nil)
}

// alone sends one caller's commands as if there were no others.
func (l *lanes) alone(ctx context.Context, commands []redis.Cmder) {
	if len(commands) == 1 {
		_ = l.client.Process(ctx, commands[0]) // the command holds it
		return
	}
	pipe(ctx, l.client, commands)
}

// pipe sends commands in one pipeline; each holds its own answer.
func pipe(ctx context.Context, client redis.UniversalClient, commands []redis.Cmder) {
	p := client.Pipeline()
	for _, c := range commands {
		_ = p.Process(ctx, c) // queues it
	}
	_, _ = p.Exec(ctx)
}
