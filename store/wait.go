package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// waitTimeout is how long a write waits for its replicas (see Options.Wait). With
// the look that follows, and its pauses, it fits into the time of an answer.
const waitTimeout = 500 * time.Millisecond

// maxMoves bounds how often a write follows a slot to another master.
const maxMoves = 4

// errUnacknowledged means that a master has written and too few replicas have said
// so: should the master die now, the write may be lost.
var errUnacknowledged = errors.New("too few replicas have acknowledged the write")

// Unanswerable says in Chinese which masters have too few replicas for Options.Wait,
// so that nobody of theirs would be told anything; empty: none. A server that does
// not let itself be asked is left out. An error means that one was not reached.
func (s *Store) Unanswerable(ctx context.Context) (warning string, err error) {
	if s.wait == 0 {
		return "", nil
	}
	nodes, err := masters(ctx, s.client)
	if err != nil {
		return "", err
	}
	var short []string
	for _, node := range nodes {
		info, err := node.Info(ctx, "replication").Result()
		if err != nil && !isRefusal(err) {
			return "", err
		}
		_, after, asked := strings.Cut(info, "connected_slaves:")
		count, _, _ := strings.Cut(after, "\r\n")
		if n, err := strconv.Atoi(count); asked && err == nil && n < s.wait {
			short = append(short, fmt.Sprintf("%s 只有 %d 个", node.Options().Addr, n))
		}
	}
	if len(short) == 0 {
		return "", nil
	}
	return fmt.Sprintf("DANGSHI_REDIS_WAIT 是 %d，从节点却不够：%s。那里的学员答了题只会收到“开小差了”，请补上从节点，或改小这个设置", s.wait, strings.Join(short, "，")), nil
}

// send sends a command that writes, and with Options.Wait comes back only when
// that many replicas have what it wrote. key is one that it writes.
func (s *Store) send(ctx context.Context, key string, cmd once) error {
	if s.wait == 0 {
		if err := s.lanes.send(ctx, key, cmd); err != nil {
			return err
		}
		return cmd.Err()
	}
	for range maxMoves {
		node, err := s.master(ctx, key)
		if err != nil {
			return err
		}
		err = s.sendAndWait(ctx, node, cmd)
		if _, moved := redis.IsMovedError(err); moved || redis.IsReadOnlyError(err) {
			if err := s.follow(ctx); err != nil {
				return err
			}
			continue
		}
		if _, ask := redis.IsAskError(err); ask { // half of the slot is over there: rare, and over soon
			if err := s.client.Process(ctx, cmd); err != nil {
				return err
			}
			return errUnacknowledged // WAIT speaks of its own connection only
		}
		return err
	}
	return cmd.Err()
}

// master is the server that holds a key. WAIT has no key by which a cluster's
// client could send it to the right one.
func (s *Store) master(ctx context.Context, key string) (*redis.Client, error) {
	switch c := s.client.(type) {
	case *redis.ClusterClient:
		return c.MasterForKey(ctx, key)
	case *redis.Client:
		return c, nil
	}
	return nil, fmt.Errorf("a client of type %T", s.client)
}

// follow looks anew where the slots are. The nodes may need a moment to agree.
func (s *Store) follow(ctx context.Context) error {
	if _, err := masters(ctx, s.client); err != nil { // which asks the cluster first
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(20 * time.Millisecond):
		return nil
	}
}

// sendAndWait sends both in one go: WAIT is about what its own connection wrote.
func (s *Store) sendAndWait(ctx context.Context, node *redis.Client, cmd once) error {
	cmd.SetErr(nil) // of a node that had the slot before: the library would leave it where a connection breaks
	p := node.Pipeline()
	_ = p.Process(ctx, cmd)
	wait := redis.NewIntCmd(ctx, "wait", s.wait, waitTimeout.Milliseconds())
	_ = p.Process(ctx, wait)
	_, _ = p.Exec(ctx) // each has its own error
	if err := cmd.Err(); err != nil {
		return err
	}
	// A crash of the master here: the write may be lost, and nobody was told yet.
	if n, err := wait.Result(); err != nil || n < int64(s.wait) {
		return fmt.Errorf("%w: %d of %d (%v)", errUnacknowledged, n, s.wait, err) // not %w: what Redis says of WAIT says nothing of the write
	}
	return nil
}

// acknowledged makes sure that what is told of a message that was counted before
// lies on the replicas, too: its commit may have gone unacknowledged, or still be
// waiting. To keep the reply for longer is a write after it, in the same slot; a
// replica that has this one has that one. Errors: quiz.ErrUnavailable.
func (s *Store) acknowledged(ctx context.Context, id string, key uint64, l quiz.Loaded) error {
	if s.wait == 0 || l.Reply == "" {
		return nil
	}
	reply := replyKey(s.shard(id), id, key)
	return unavailable(s.send(ctx, reply, once{redis.NewCmd(ctx, "pexpire", reply, replyLife.Milliseconds())}))
}
