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
	Issued  time.Time `json:"issued,omitzero"`    // when a one-time password was
	Closed  bool      `json:"closed,omitempty"`   // signing in is no longer possible; the name stays taken
	Made    time.Time `json:"made"`
	MadeBy  string    `json:"made_by"`
	SignIn  time.Time `json:"sign_in,omitzero"` // the last one
	Epoch   int       `json:"epoch"`            // counted up when sessions from before must end: another password or role, closed
	Places  []string  `json:"places,omitempty"` // addresses of the last sign-ins, the latest first
}

// OneTimeLife is how long a one-time password can be used.
const OneTimeLife = 7 * 24 * time.Hour

// Expired reports whether the password is a one-time one that was not used in time.
func (a Account) Expired(now time.Time) bool { return a.OneTime && now.Sub(a.Issued) > OneTimeLife }

// State is how the account is, as people see it.
func (a Account) State(now time.Time) string {
	switch {
	case a.Closed:
		return "停用"
	case a.Expired(now):
		return "一次性密码过期"
	case a.OneTime:
		return "等本人改密码"
	}
	return "在用"
}

// Deed is a line for the log of changes: who did what to which account.
type Deed struct {
	At                time.Time
	By, Did, On, More string
}

// Book keeps the accounts, and the log of what was done to them.
type Book interface {
	// Account finds one; ok is false where there is none. Errors: quiz.ErrUnavailable.
	Account(ctx context.Context, name string) (a Account, v quiz.Version, ok bool, err error)
	// SaveAccount writes one that still has the version, "" where there must be none,
	// and with it the line of the log, both or neither; a deed of nobody's is none.
	// Errors: quiz.ErrConflict, quiz.ErrUnavailable, quiz.ErrUnknown.
	SaveAccount(ctx context.Context, a Account, expected quiz.Version, d Deed) error
	// Accounts are all, by name. Errors: quiz.ErrUnavailable.
	Accounts(ctx context.Context) ([]Account, error)
}

// Errors of signing in and of what is done to accounts; what they say is for people.
var (
	ErrWrong   = errors.New("名字或密码不对")
	ErrExpired = errors.New("这个一次性密码过了期，请管理员再发一个")
	ErrTaken   = errors.New("这个名字已经有了")
	ErrNobody  = errors.New("没有叫这个名字的账号")
	ErrClosed  = errors.New("这个账号停用了，请先恢复")
	ErrSame    = errors.New("本来就是这样，什么也没有改")
	ErrLast    = errors.New("这是最后一个能用的管理员账号：没有它，就没有人能管账号了。请先另开一个管理员")
	ErrMoved   = errors.New("这个账号刚刚被别人改过，这次什么也没有改。请看一看它现在的样子再做")
)
