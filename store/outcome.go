package store

import (
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// refusals are the errors with which Redis says that it has not begun. From inside
// a script they come before its first write only: after it Redis lets the script
// go on, whatever it lacks. (processCommand in server.c, scriptPrepareForRun and
// scriptVerify… in script.c of Redis 7.0)
var refusals = [...]string{
	"MOVED ", "ASK ", "TRYAGAIN ", "CLUSTERDOWN ", "CROSSSLOT ", // a cluster: another node, a slot on its way, no master
	"READONLY ", "NOREPLICAS ", "MASTERDOWN ", "LOADING ", // a replica, a master without replicas, one that starts
	"OOM ", "MISCONF ", "BUSY ", // memory or disk are full, a script that does not end
	"NOSCRIPT ", "EXECABORT ", "NOAUTH ", "WRONGPASS ", "NOPERM ", "ERR max number of clients reached",
}

// dialError marks that no connection was made, so that nothing was written.
type dialError struct{ error }

func (e dialError) Unwrap() error { return e.error }

// outcome says what became of a write: quiz.ErrUnavailable where it certainly did
// not happen, quiz.ErrUnknown where it may have. Whatever is not known to be
// harmless is unknown; that costs a look, the other mistake an answer.
func outcome(err error) error {
	switch {
	case err == nil:
		return nil
	case unsent(err), declined(err):
		return fmt.Errorf("%w: %w", quiz.ErrUnavailable, err)
	}
	return fmt.Errorf("%w: %w", quiz.ErrUnknown, err)
}

// unsent reports whether a command never left this program.
func unsent(err error) bool {
	var dial dialError
	var waited stayed
	return errors.As(err, &dial) || errors.As(err, &waited) || errors.Is(err, redis.ErrPoolTimeout) || errors.Is(err, redis.ErrPoolExhausted) || errors.Is(err, redis.ErrClosed)
}

// declined reports whether Redis has answered that nothing was done. A command that
// fails does nothing; a script may fail after it has written, on a key of the
// wrong type: nothing is undone then.
func declined(err error) bool {
	var reply redis.Error
	if !errors.As(err, &reply) {
		return false
	}
	text := reply.Error()
	for _, code := range refusals {
		if strings.HasPrefix(text, code) {
			return true
		}
	}
	return !strings.Contains(text, "user_script")
}

// unavailable is the error of a read that failed: absent is none.
func unavailable(err error) error {
	if err == nil || errors.Is(err, redis.Nil) {
		return nil
	}
	return fmt.Errorf("%w: %w", quiz.ErrUnavailable, err)
}
