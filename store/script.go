package store

import (
	"context"
	"crypto/sha1"
	_ "embed"
	"encoding/hex"
	"fmt"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// The scripts. What they take and give is written above each.
var (
	//go:embed commit.lua
	commitLua string
	//go:embed freeze.lua
	freezeLua string
	//go:embed put.lua
	putLua string
	//go:embed turn.lua
	turnLua string
	//go:embed help.lua
	helpLua string
	//go:embed append.lua
	appendLua string
	//go:embed practice.lua
	practiceLua string
	//go:embed erase.lua
	eraseLua string
	//go:embed remind.lua
	remindLua string
	//go:embed due.lua
	dueLua string
	//go:embed switch.lua
	switchLua string
	//go:embed move.lua
	moveLua string
	//go:embed pace.lua
	paceLua string
	//go:embed session.lua
	sessionLua string
	//go:embed claim.lua
	claimLua string
	//go:embed draft.lua
	draftLua string
	//go:embed note.lua
	noteLua string
	//go:embed keep.lua
	keepLua string
	//go:embed sweep.lua
	sweepLua string
	//go:embed undo.lua
	undoLua string
)

type script struct {
	source, sha string
	bySHA       any // sha as an argument
}

func newScript(source string) script {
	sum := sha1.Sum([]byte(source)) // the name under which Redis keeps a script
	sha := hex.EncodeToString(sum[:])
	return script{source, sha, sha}
}

// once is a command that the client library never sends a second time after it
// may have reached Redis. It still follows the redirects of a cluster, which
// say that nothing was done.
type once struct{ *redis.Cmd }

// NoRetry is asked by the library before it repeats a command.
func (once) NoRetry() bool { return true }

// run runs a script. Errors are quiz.ErrUnavailable where nothing was written
// and quiz.ErrUnknown where that cannot be told.
func (s *Store) run(ctx context.Context, sc script, keys []string, args ...any) (any, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%w: %w", quiz.ErrUnavailable, err)
	}
	answer, err := s.eval(ctx, keys[0], evalArgs("evalsha", sc.bySHA, keys, args))
	if err != nil && redis.HasErrorPrefix(err, "NOSCRIPT") { // nothing was done: a server that started anew, or took over
		answer, err = s.eval(ctx, keys[0], evalArgs("eval", sc.source, keys, args))
	}
	return answer, outcome(err)
}

func (s *Store) eval(ctx context.Context, key string, args []any) (any, error) {
	cmd := once{redis.NewCmd(ctx, args...)}
	if err := s.send(ctx, key, cmd); err != nil {
		return nil, err // the command may still be under way: not to be looked at
	}
	return cmd.Val(), nil
}

// evalArgs are the arguments of EVAL or EVALSHA. Keys go as pointers, which need no
// copy each.
func evalArgs(command string, script any, keys []string, args []any) []any {
	all := make([]any, 0, 3+len(keys)+len(args))
	all = append(all, command, script, len(keys))
	for i := range keys {
		all = append(all, &keys[i])
	}
	return append(all, args...)
}

// argTexts are texts as arguments, in one piece of memory instead of one for each.
type argTexts []string

// arg adds a text, as an argument.
func (t *argTexts) arg(text string) *string {
	*t = append(*t, text)
	return &(*t)[len(*t)-1]
}
