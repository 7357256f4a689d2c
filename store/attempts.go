package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Attempt counts an attempt of somebody within a window that begins with the first
// one, and tells how many there were, this one included, and how long the window
// lasts yet. Who it was cannot be told from what is kept. Errors:
// quiz.ErrUnavailable: it may be counted or not.
func (s *Store) Attempt(ctx context.Context, kind, who string, window time.Duration) (n int64, left time.Duration, err error) {
	key := attemptKey(kind, hashed(who))
	p := s.client.TxPipeline()
	count := p.Incr(ctx, key)
	p.ExpireNX(ctx, key, window)
	life := p.PTTL(ctx, key)
	if _, err := p.Exec(ctx); err != nil {
		return 0, 0, unavailable(err)
	}
	return count.Val(), life.Val(), nil
}

// ForgetAttempts begins anew for somebody. Errors: quiz.ErrUnavailable.
func (s *Store) ForgetAttempts(ctx context.Context, kind, who string) error {
	return unavailable(s.client.Del(ctx, attemptKey(kind, hashed(who))).Err())
}

// hashed is a name that cannot be read again, of signs that fit a key.
func hashed(who string) string {
	sum := sha256.Sum256([]byte(who))
	return hex.EncodeToString(sum[:12])
}
