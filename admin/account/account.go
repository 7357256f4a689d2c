// Package account is who may use the console: names, roles, passwords. It knows
// nothing of HTTP and of Redis.
package account

import (
	"context"
	"errors"
	"time"

	"dangshi/quiz"
)

// Account is one person who may sign in.
type Account struct {
	Name    string    `json:"name"` // also the name under which changes are logged
	Role    Role      `json:"role"`
	Hash    string    `json:"hash"`               // argon2id of the password, in PHC form
	OneTime bool      `json:"one_time,omitempty"` // the password was handed over: a new one must be chosen
	Closed  bool      `json:"closed,omitempty"`   // signing in is no longer possible; the name stays taken
	Made    time.Time `json:"made"`
	MadeBy  string    `json:"made_by"`
	SignIn  time.Time `json:"sign_in,omitzero"` // the last one
	Epoch   int       `json:"epoch"`            // counted up when sessions from before must end: another password or role, closed
}

// Book keeps the accounts.
type Book interface {
	// Account finds one; ok is false where there is none. Errors: quiz.ErrUnavailable.
	Account(ctx context.Context, name string) (a Account, v quiz.Version, ok bool, err error)
	// SaveAccount writes one that still has the version, "" where there must be none.
	// Errors: quiz.ErrConflict, quiz.ErrUnavailable, quiz.ErrUnknown.
	SaveAccount(ctx context.Context, a Account, expected quiz.Version) error
	// Accounts are all, by name. Errors: quiz.ErrUnavailable.
	Accounts(ctx context.Context) ([]Account, error)
}

// Errors of signing in; what they say is for people.
var (
	ErrWrong = errors.New("名字或密码不对")
	ErrTaken = errors.New("这个名字已经有了")
)
