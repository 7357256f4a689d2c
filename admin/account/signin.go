package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"dangshi/quiz"
)

// Desk signs people in and does what is done to accounts.
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
// Errors: ErrWrong, ErrExpired, TooMany, those of Book and Attempts.
func (d *Desk) SignIn(ctx context.Context, name, password, address string, now time.Time) (Account, error) {
	name = CleanName(name)
	a, v, ok, err := d.book.Account(ctx, name)
	if err != nil {
		return Account{}, err
	}
	if err := d.count(ctx, attemptAddress, address, addressTries); err != nil {
		return Account{}, err
	}
	kind, who := a.counter(name, address)
	if err := d.count(ctx, kind, who, accountTries); err != nil {
		return Account{}, err
	}
	if !ok || a.Closed {
		a = Account{}
	}
	switch fits, err := d.hasher.Fits(ctx, a, password); {
	case err != nil:
		return Account{}, err
	case !fits:
		return Account{}, ErrWrong
	case a.Expired(now):
		return Account{}, ErrExpired
	}
	if err := d.attempts.ForgetAttempts(ctx, kind, who); err != nil {
		return Account{}, err
	}
	a.SignIn = now
	a.Places = append([]string{address}, slices.DeleteFunc(a.Places, func(p string) bool { return p == address })...)
	a.Places = a.Places[:min(len(a.Places), maxPlaces)]
	// Somebody who changes the account at the same time has the better reason; the
	// session ends by itself where that was one.
	if err := d.book.SaveAccount(ctx, a, v, Deed{}); err != nil && !isConflict(err) {
		return Account{}, err
	}
	return a, nil
}

// count counts one more attempt; TooMany where it is one too many.
func (d *Desk) count(ctx context.Context, kind, who string, most int64) error {
	n, left, err := d.attempts.Attempt(ctx, kind, who, attemptWindow)
	if err == nil && n > most {
		err = TooMany{left}
	}
	return err
}

// Choose replaces somebody's password by one that they chose. Sessions from before
// end. Errors: ErrWrong where the old one does not fit, TooMany, that of CheckPassword
// as Weak, ErrMoved, those of Book.
func (d *Desk) Choose(ctx context.Context, name, old, chosen string, now time.Time) (Account, error) {
	a, v, ok, err := d.book.Account(ctx, name)
	if err != nil {
		return Account{}, err
	}
	if !ok || a.Closed {
		return Account{}, ErrWrong
	}
	// Whoever has somebody's open browser before them knows no password yet: their
	// tries shut nobody out who signs in.
	if err := d.count(ctx, attemptChoose, name, accountTries); err != nil {
		return Account{}, err
	}
	fits, err := d.hasher.Fits(ctx, a, old)
	switch {
	case err != nil:
		return Account{}, err
	case !fits:
		return Account{}, ErrWrong
	}
	if err := CheckPassword(name, chosen); err != nil {
		return Account{}, Weak{err}
	}
	if plain(old) == plain(chosen) || a.OneTime && copied(old) == copied(chosen) {
		return Account{}, Weak{errors.New("新密码和原来的一样")}
	}
	if a.Hash, err = d.hasher.Hash(ctx, chosen); err != nil {
		return Account{}, err
	}
	a.OneTime, a.Issued = false, time.Time{}
	a.Epoch++
	switch err := d.book.SaveAccount(ctx, a, v, Deed{At: now, By: name, Did: "account.password", On: name}); {
	case isConflict(err):
		return Account{}, ErrMoved
	case err != nil:
		return Account{}, err
	}
	return a, d.attempts.ForgetAttempts(ctx, attemptChoose, name)
}

// Weak says what is wrong with a chosen password.
type Weak struct{ error }

// Current finds who a session belongs to; ok is false where it has ended since.
func (d *Desk) Current(ctx context.Context, name string, epoch int) (a Account, ok bool, err error) {
	a, _, ok, err = d.book.Account(ctx, name)
	return a, ok && !a.Closed && a.Epoch == epoch, err
}

// CleanName is a name as it is kept, however the keyboard wrote it.
func CleanName(name string) string { return strings.Join(strings.Fields(norm.NFKC.String(name)), " ") }

func isConflict(err error) bool { return errors.Is(err, quiz.ErrConflict) }
