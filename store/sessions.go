package store

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
)

// Sessions keeps the sessions of the console for scs; it is an scs.CtxStore. Losing
// one means to sign in again.
type Sessions struct{ store *Store }

// Sessions are those of the console.
func (s *Store) Sessions() Sessions { return Sessions{s} }

// sessionEnded is how long it is remembered that a session was ended.
const sessionEnded = 10 * time.Minute

// sessionTimeout bounds what scs does without a context.
const sessionTimeout = 3 * time.Second

// FindCtx reads a session; ok is false where there is none. Errors:
// quiz.ErrUnavailable.
func (x Sessions) FindCtx(ctx context.Context, token string) (b []byte, ok bool, err error) {
	b, err = x.store.client.Get(ctx, sessionKey(token)).Bytes()
	if errors.Is(err, redis.Nil) || err == nil && len(b) == 0 {
		return nil, false, nil
	}
	return b, err == nil, unavailable(err)
}

// CommitCtx writes a session, to be kept until expiry; one that was ended stays so.
// Errors: quiz.ErrUnavailable.
func (x Sessions) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	life := max(time.Until(expiry), time.Second)
	return unavailable(x.store.client.Eval(ctx, sessionLua, []string{sessionKey(token)}, b, life.Milliseconds()).Err())
}

// DeleteCtx ends a session, also for requests that are under way with it: they take less
// than sessionEnded. Errors: quiz.ErrUnavailable.
func (x Sessions) DeleteCtx(ctx context.Context, token string) error {
	err := x.store.client.SetArgs(ctx, sessionKey(token), "", redis.SetArgs{Mode: "XX", TTL: sessionEnded}).Err()
	if errors.Is(err, redis.Nil) {
		return nil // there is none
	}
	return unavailable(err)
}

// Find is FindCtx.
func (x Sessions) Find(token string) ([]byte, bool, error) {
	ctx, cancel := context.WithTimeout(context.Background(), sessionTimeout)
	defer cancel()
	return x.FindCtx(ctx, token)
}

// Commit is CommitCtx.
func (x Sessions) Commit(token string, b []byte, expiry time.Time) error {
	ctx, cancel := context.WithTimeout(context.Background(), sessionTimeout)
	defer cancel()
	return x.CommitCtx(ctx, token, b, expiry)
}

// Delete is DeleteCtx.
func (x Sessions) Delete(token string) error {
	ctx, cancel := context.WithTimeout(context.Background(), sessionTimeout)
	defer cancel()
	return x.DeleteCtx(ctx, token)
}
