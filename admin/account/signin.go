package account

import (
	"context"
	"fmt"
	"strings"
	"time"

)

// Desk signs people in.
type Desk struct {
	book     Book
	attempts Attempts
	hasher   *Hasher
}

// NewDesk makes a desk.
func NewDesk(book Book, attempts Attempts) *Desk { return &Desk{book, attempts, NewHasher()} }

// TooMany says that somebody has tried too often, and for how long nothing is tried.
type TooMany struct{ Wait time.Duration }

func (e TooMany) Error() string {
	return fmt.Sprintf("试得太多了，请过 %d 分钟再试；忘了密码，请技术人员运行 dangshi admin reset", int(e.Wait.Minutes())+1)
}

// SignIn checks a name and a password given from an address. An attempt is counted
// before the password is looked at: many at once get no more tries than one by one.
// Errors: ErrWrong, TooMany, those of Book and Attempts.
func (d *Desk) SignIn(ctx context.Context, name, password, address string, now time.Time) (Account, error) {
	name = CleanName(name)
	for _, by := range []struct {
		kind, who string
		most      int64
	}{{attemptAddress, address, addressTries}, {attemptAccount, name, accountTries}} {
		n, left, err := d.attempts.Attempt(ctx, by.kind, by.who, attemptWindow)
		if err != nil {
			return Account{}, err
		}
		if n > by.most {
			return Account{}, TooMany{left}
		}
	}
	a, v, ok, err := d.book.Account(ctx, name)
	if err != nil {
		return Account{}, err
	}
	if !ok || a.Closed {
		a = Account{}
	}
	fits, err := d.hasher.Fits(a, password)
	if err != nil {
		return Account{}, err
	}
	if !fits {
		return Account{}, ErrWrong
	}
	if err := d.attempts.ForgetAttempts(ctx, attemptAccount, name); err != nil {
		return Account{}, err
	}
	a.SignIn = now
	// Somebody who changes the account at the same time has the better reason.
	if err := d.book.SaveAccount(ctx, a, v); err != nil && !isConflict(err) {
		return Account{}, err
	}
	return a, nil
}

// Choose replaces somebody's password by one that they chose. Sessions from before
// end. Errors: ErrWrong where the old one does not fit, that of CheckPassword as
// Weak, those of Book.
func (d *Desk) Choose(ctx context.Context, name, old, chosen string) (Account, error) {
	a, v, ok, err := d.book.Account(ctx, name)
	if err != nil {
		return Account{}, err
	}
	if !ok || a.Closed {
		return Account{}, ErrWrong
	}
	if n, left, err := d.attempts.Attempt(ctx, attemptAccount, name, attemptWindow); err != nil || n > accountTries {
		if err == nil {
			err = TooMany{left}
		}
		return Account{}, err
	}
	fits, err := d.hasher.Fits(a, old)
	switch {
	case err != nil:
		return Account{}, err
	case !fits:
		return Account{}, ErrWrong
	}
	if err := CheckPassword(name, chosen); err != nil {
		return Account{}, Weak{err}
	}
	if old == chosen {
		return Account{}, Weak{fmt.Errorf("新密码和原来的一样")}
	}
	if a.Hash, err = d.hasher.Hash(chosen); err != nil {
		return Account{}, err
	}
	a.OneTime = false
	a.Epoch++
	if err := d.book.SaveAccount(ctx, a, v); err != nil {
		return Account{}, err
	}
	return a, d.attempts.ForgetAttempts(ctx, attemptAccount, name)
}

// Weak says what is wrong with a chosen password.
type Weak struct{ error }

// Current finds who a session belongs to; ok is false where it has ended since.
func (d *Desk) Current(ctx context.Context, name string, epoch int) (a Account, ok bool, err error) {
	a, _, ok, err = d.book.Account(ctx, name)
	return a, ok && !a.Closed && a.Epoch == epoch, err
}

// CleanName is a name as it is kept.
func CleanName(name string) string { return strings.Join(strings.Fields(name), " ") }
