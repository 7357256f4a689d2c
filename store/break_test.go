package store

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// breaking fails one script call: before it is sent, before it is carried out
// though it was sent, or after it was carried out.
type breaking struct{ mode atomic.Int32 }

const (
	breakNothing int32 = iota
	breakBeforeSending
	breakBeforeWriting
	breakAfterWriting
)

func (b *breaking) DialHook(next redis.DialHook) redis.DialHook { return next }

func (b *breaking) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func (b *breaking) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if !strings.HasPrefix(cmd.Name(), "eval") {
			return next(ctx, cmd)
		}
		err := io.ErrUnexpectedEOF
		switch b.mode.Swap(breakNothing) {
		case breakBeforeSending:
			cmd.SetErr(dialError{err})
			return cmd.Err()
		case breakBeforeWriting:
			cmd.SetErr(err)
			return err
		case breakAfterWriting:
			_ = next(ctx, cmd)
			cmd.SetErr(err)
			return err
		}
		return next(ctx, cmd)
	}
}

func contractUnavailable(t *testing.T, s *Store) {
	var b breaking
	s.client.AddHook(&b)
	b.mode.Store(breakBeforeSending)
	c := change(quiz.Record{}, 1, 1)
	if _, err := s.Commit(t.Context(), "unavailable", c); !errors.Is(err, quiz.ErrUnavailable) {
		t.Errorf("Commit: %v", err)
	}
	if all := stored(t, s, "unavailable", 1); all[0] != nil || all[2] != nil {
		t.Errorf("it was written: %v", all)
	}
	get[quiz.Loaded](t)(s.Commit(t.Context(), "unavailable", c)) // the same later works
}

func contractUnknown(t *testing.T, s *Store) {
	var b breaking
	s.client.AddHook(&b)
	for id, mode := range map[string]int32{"unknown, lost": breakBeforeWriting, "unknown, kept": breakAfterWriting} {
		c := change(quiz.Record{}, 1, 1)
		b.mode.Store(mode)
		if _, err := s.Commit(t.Context(), id, c); !errors.Is(err, quiz.ErrUnknown) {
			t.Errorf("%s: %v", id, err)
		}
		loaded := get[quiz.Loaded](t)(s.Load(t.Context(), id, 1))
		kept := mode == breakAfterWriting
		if loaded.Record.Seen(1) != kept || (loaded.Reply == c.Reply) != kept {
			t.Errorf("%s: %+v", id, loaded)
		}
		now, err := s.Commit(t.Context(), id, c) // sent once more: counted once
		if kept != errors.Is(err, quiz.ErrConflict) || now.Reply != c.Reply {
			t.Errorf("%s, sent again: %+v, %v", id, now, err)
		}
		if log, _ := s.Log(t.Context(), id, "2026"); len(log) != 2 {
			t.Errorf("%s: the log has %d bytes", id, len(log))
		}
	}
}
