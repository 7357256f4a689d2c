package account

import (
	"context"
	"time"
)

// Attempts counts attempts to sign in, for all replicas together.
type Attempts interface {
	// Attempt counts one within a window that begins with the first one: how many
	// there were, this one included, and how long the window lasts yet. Errors:
	// quiz.ErrUnavailable.
	Attempt(ctx context.Context, kind, who string, window time.Duration) (n int64, left time.Duration, err error)
	// ForgetAttempts begins anew. Errors: quiz.ErrUnavailable.
	ForgetAttempts(ctx context.Context, kind, who string) error
}

// How often somebody may try within a window: for one account, whoever tries, and
// from one address, whatever account. An office shares an address.
const (
	attemptWindow  = 15 * time.Minute
	accountTries   = 10
	addressTries   = 50
	attemptAccount = "account"
	attemptAddress = "address"
)
