package store

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
	"dangshi/store/storetest"
)

// TestRefusedConnection: a server does not take a new connection, here since its
// password was changed. Each command of a pipeline has that error, none an empty
// answer: nobody takes a member for absent or a write for done.
func TestRefusedConnection(t *testing.T) {
	server := storetest.Redis(t)
	must(t, nodeOf(t, server.Addr).ConfigSet(t.Context(), "requirepass", "before").Err())
	s := get[*Store](t)(Open(t.Context(), Options{URL: "redis://:before@" + server.Addr, Sandbox: true, Timeout: patience, Wait: 1}))
	t.Cleanup(func() { s.Close() })
	must(t, s.client.ConfigSet(t.Context(), "requirepass", "after").Err())
	must(t, s.client.ClientKillByFilter(t.Context(), "TYPE", "normal", "SKIPME", "no").Err())
	_ = s.client.Ping(t.Context()) // meets the connection that was closed

	read, write := redis.NewSliceCmd(t.Context(), "mget", "a", "b"), once{redis.NewCmd(t.Context(), "set", "a", "b")}
	for name, commands := range map[string][]redis.Cmder{"reads": {read}, "both": {redis.NewSliceCmd(t.Context(), "mget", "a", "b"), write}} {
		pipe(t.Context(), s.client, commands)
		for _, c := range commands {
			if !wrongPassword(c.Err()) || !errors.Is(outcome(c.Err()), quiz.ErrUnavailable) {
				t.Errorf("%s: %s: %v", name, c.Name(), c.Err())
			}
		}
	}
	if _, err := s.askVersions(t.Context()); !errors.Is(err, ErrPassword) {
		t.Errorf("the versions: %v", err)
	}
	if _, err := s.Commit(t.Context(), "m", change(quiz.Record{}, 1, 1)); !errors.Is(err, quiz.ErrUnavailable) || errors.Is(err, errUnacknowledged) {
		t.Errorf("Commit: %v", err)
	}
}

// TestBrokenAfterMoved: a write that was sent a second time, after MOVED, and whose
// connection broke then may have been done: nothing of MOVED is left.
func TestBrokenAfterMoved(t *testing.T) {
	cut := func(context.Context, string, string) (net.Conn, error) { return nil, io.ErrUnexpectedEOF }
	node := redis.NewClient(&redis.Options{Dialer: cut, MaxRetries: -1, DialerRetries: 1, MaintNotificationsConfig: withoutMaintenance()})
	t.Cleanup(func() { node.Close() })
	cmd := once{redis.NewCmd(t.Context(), "set", "a", "b")}
	cmd.SetErr(reply("MOVED 866 127.0.0.1:6381"))
	err := (&Store{wait: 1}).sendAndWait(t.Context(), node, cmd)
	if !errors.Is(err, io.ErrUnexpectedEOF) || !errors.Is(outcome(err), quiz.ErrUnknown) {
		t.Error(err)
	}
}
