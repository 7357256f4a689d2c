package account

import (
	"context"
	"slices"
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
	attemptAccount = "account" // for an account, from where it never signed in
	attemptPlace   = "place"   // for an account, from where it did
	attemptAddress = "address"
	attemptChoose  = "choose" // of the old password, by who is signed in
)

// maxPlaces is how many addresses of sign-ins are remembered.
const maxPlaces = 5

// counter is what counts an attempt to sign in to an account. Those from a place where
// its owner has signed in are counted apart: strangers who try without end shut
// themselves out, and not the owner.
func (a Account) counter(name, address string) (kind, who string) {
	if slices.Contains(a.Places, address) {
		return attemptPlace, name + " " + address
	}
	return attemptAccount, name
}

// forgive forgets all attempts for an account.
func (d *Desk) forgive(ctx context.Context, a Account) error {
	for _, place := range a.Places {
		kind, who := a.counter(a.Name, place)
		if err := d.attempts.ForgetAttempts(ctx, kind, who); err != nil {
			return err
		}
	}
	for _, kind := range []string{attemptAccount, attemptChoose} {
		if err := d.attempts.ForgetAttempts(ctx, kind, a.Name); err != nil {
			return err
		}
	}
	return nil
}
