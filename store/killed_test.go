package store

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"

	"github.com/redis/go-redis/v9"
)

// killing ends a process at one command: before it is sent or after it was
// carried out, and with it all that would follow.
type killing struct {
	sent  atomic.Int64
	at    int64 // the command that is the last; 0: none
	after bool
}

var errKilled = errors.New("the process was killed")

// dead reports whether a command is no longer sent, and whether its answer is no
// longer seen.
func (k *killing) dead() (before, after bool) {
	n := k.sent.Add(1)
	if k.at == 0 || n < k.at {
		return false, false
	}
	return n > k.at || !k.after, true
}

func (k *killing) DialHook(next redis.DialHook) redis.DialHook { return next }

func (k *killing) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		before, after := k.dead()
		if before {
			cmd.SetErr(errKilled)
			return errKilled
		}
		err := next(ctx, cmd)
		if after {
			cmd.SetErr(errKilled)
			return errKilled
		}
		return err
	}
}

func (k *killing) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		before, after := k.dead()
		part := cmds
		switch {
		case before:
			part = nil
		case !after:
			return next(ctx, cmds)
		case cmds[0].Name() != "multi": // of a pipeline that is cut off the server has carried out a part
			part = cmds[:rand.IntN(len(cmds)+1)]
		}
		if len(part) > 0 {
			_ = next(ctx, part)
		}
		for _, cmd := range cmds {
			cmd.SetErr(errKilled)
		}
		return errKilled
	}
}
