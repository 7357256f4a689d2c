package store

import (
	"context"

	"github.com/redis/go-redis/v9"
)

// notTaken is a hook of the library. Where a server does not take a new connection,
// with an answer of its own (its password was changed, it has too many), Exec gives
// that error and no command of the pipeline does: each would look like one that was
// answered with nothing, so that a member is absent or a write is done.
// (generalProcessPipeline of go-redis 9.23)
type notTaken struct{}

func (notTaken) DialHook(next redis.DialHook) redis.DialHook          { return next }
func (notTaken) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }

func (notTaken) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, commands []redis.Cmder) error {
		err := next(ctx, commands)
		if err == nil {
			return nil
		}
		for _, c := range commands {
			if c.Err() != nil {
				return err // they were sent, or were told
			}
		}
		for _, c := range commands {
			c.SetErr(err)
		}
		return err
	}
}
