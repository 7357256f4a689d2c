package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// reply is an error as go-redis reads it from a server.
type reply string

func (r reply) Error() string { return string(r) }
func (reply) RedisError()     {}

func TestOutcome(t *testing.T) {
	const in = " script: 1f0e, on @user_script:54."
	for _, c := range []struct {
		err  error
		want error // nil: written
	}{
		{nil, nil},

		// Redis refused before it began.
		{reply("MOVED 866 127.0.0.1:6381"), quiz.ErrUnavailable},
		{reply("ASK 866 127.0.0.1:6381"), quiz.ErrUnavailable},
		{reply("TRYAGAIN Multiple keys request during rehashing of slot"), quiz.ErrUnavailable},
		{reply("CLUSTERDOWN The cluster is down"), quiz.ErrUnavailable},
		{reply("CLUSTERDOWN Hash slot not served"), quiz.ErrUnavailable},
		{reply("CROSSSLOT Keys in request don't hash to the same slot"), quiz.ErrUnavailable},
		{reply("READONLY You can't write against a read only replica."), quiz.ErrUnavailable},
		{reply("READONLY You can't write against a read only replica." + in), quiz.ErrUnavailable},
		{reply("NOREPLICAS Not enough good replicas to write." + in), quiz.ErrUnavailable},
		{reply("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."), quiz.ErrUnavailable},
		{reply("LOADING Redis is loading the dataset in memory"), quiz.ErrUnavailable},
		{reply("OOM command not allowed when used memory > 'maxmemory'." + in), quiz.ErrUnavailable},
		{reply("MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk." + in), quiz.ErrUnavailable},
		{reply("BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE."), quiz.ErrUnavailable},
		{reply("NOAUTH Authentication required."), quiz.ErrUnavailable},
		{reply("WRONGPASS invalid username-password pair or user is disabled."), quiz.ErrUnavailable},
		{reply("NOPERM this user has no permissions to run the 'evalsha' command"), quiz.ErrUnavailable},
		{reply("EXECABORT Transaction discarded because of previous errors."), quiz.ErrUnavailable},
		{reply("ERR max number of clients reached"), quiz.ErrUnavailable},
		{reply("WRONGTYPE Operation against a key holding the wrong kind of value"), quiz.ErrUnavailable},
		{reply("ERR unknown command 'EVALSHA'"), quiz.ErrUnavailable},

		// It never left.
		{dialError{os.ErrDeadlineExceeded}, quiz.ErrUnavailable},
		{fmt.Errorf("in a pipeline: %w", dialError{io.EOF}), quiz.ErrUnavailable},
		{redis.ErrPoolTimeout, quiz.ErrUnavailable},
		{redis.ErrPoolExhausted, quiz.ErrUnavailable},
		{redis.ErrClosed, quiz.ErrUnavailable},

		// It left, and nobody says what became of it; or it broke off in the middle.
		{reply("WRONGTYPE Operation against a key holding the wrong kind of value" + in), quiz.ErrUnknown},
		{reply("ERR Script attempted to access a non local key in a cluster node" + in), quiz.ErrUnknown},
		{io.EOF, quiz.ErrUnknown},
		{io.ErrUnexpectedEOF, quiz.ErrUnknown},
		{os.ErrDeadlineExceeded, quiz.ErrUnknown},
		{context.DeadlineExceeded, quiz.ErrUnknown},
		{context.Canceled, quiz.ErrUnknown},
		{net.ErrClosed, quiz.ErrUnknown},
		{&net.OpError{Op: "read", Err: errors.New("connection reset by peer")}, quiz.ErrUnknown},
		{errors.New("MOVED said by somebody else"), quiz.ErrUnknown},
	} {
		got := outcome(c.err)
		if c.want == nil && got != nil || !errors.Is(got, c.want) ||
			errors.Is(got, quiz.ErrUnavailable) && errors.Is(got, quiz.ErrUnknown) {
			t.Errorf("%v: %v, want %v", c.err, got, c.want)
		}
		if c.err != nil && !errors.Is(got, c.err) {
			t.Errorf("%v: the cause is lost: %v", c.err, got)
		}
	}
}

// What a real server says of a commit that it refuses, and that nothing of it was
// written.
func TestRefusals(t *testing.T) {
	server := servers.Redis(t)
	node := nodeOf(t, server.Addr)
	config := func(t *testing.T, name, value, after string) {
		t.Helper()
		if err := node.ConfigSet(t.Context(), name, value).Err(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { node.ConfigSet(context.Background(), name, after) })
	}
	for _, c := range []struct {
		code string
		make func(t *testing.T)
	}{
		{"NOREPLICAS", func(t *testing.T) { config(t, "min-replicas-to-write", "1", "0") }},
		{"OOM", func(t *testing.T) { config(t, "maxmemory", "1", "0") }},
		{"READONLY", func(t *testing.T) {
			if err := node.ReplicaOf(t.Context(), "127.0.0.1", "1").Err(); err != nil { // nobody is there
				t.Fatal(err)
			}
			t.Cleanup(func() { node.ReplicaOf(context.Background(), "NO", "ONE") })
		}},
	} {
		t.Run(c.code, func(t *testing.T) {
			s := openTest(t, server.URL)
			get[quiz.Loaded](t)(s.Commit(t.Context(), "before "+c.code, change(quiz.Record{}, 1, 1)))
			c.make(t)
			_, err := s.Commit(t.Context(), "refused", change(quiz.Record{}, 1, 1))
			if !errors.Is(err, quiz.ErrUnavailable) || !strings.Contains(err.Error(), c.code) {
				t.Fatal(err)
			}
		})
		if n := get[int64](t)(node.Exists(t.Context(), memberKey(0, "refused")).Result()); n != 0 {
			t.Errorf("%s: it was written", c.code)
		}
	}
}
