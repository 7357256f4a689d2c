package account

import (
	"context"
	"errors"
	"time"

	"dangshi/quiz"
)

// Act is who does something to an account, when, and what of it they saw.
type Act struct {
	By   string
	At   time.Time
	Seen int // its Epoch as it was shown; Any: whatever it is
}

// Any is the epoch of who takes an account as it is.
const Any = -1

// Accounts are all, by name. Errors: quiz.ErrUnavailable.
func (d *Desk) Accounts(ctx context.Context) ([]Account, error) { return d.book.Accounts(ctx) }

// Account finds one. Errors: ErrNobody, quiz.ErrUnavailable.
func (d *Desk) Account(ctx context.Context, name string) (Account, error) {
	a, _, ok, err := d.book.Account(ctx, CleanName(name))
	if err == nil && !ok {
		err = ErrNobody
	}
	return a, err
}

// Reset gives an account a new one-time password, ends its sessions and forgets all
// attempts to sign in to it. Errors: ErrNobody, ErrClosed, ErrMoved, those of Book.
func (d *Desk) Reset(ctx context.Context, name string, act Act) (password string, err error) {
	var had Account
	_, err = d.change(ctx, name, act, "account.reset", func(a *Account) (more string, err error) {
		if a.Closed {
			return "", ErrClosed
		}
		had = *a
		password, err = d.issue(ctx, a, act.At)
		a.Places = nil
		return "", err
	})
	if err == nil {
		err = d.forgive(ctx, had)
	}
	return password, err
}

// SetRole gives an account another role and ends its sessions. Errors: ErrNobody,
// Misnamed, ErrSame, ErrLast, ErrMoved, those of Book.
func (d *Desk) SetRole(ctx context.Context, name string, role Role, act Act) (was Role, err error) {
	if !role.Valid() {
		return "", Misnamed{errors.New("没有这种角色")}
	}
	err = d.weaken(ctx, name, act, "account.role", func(a *Account) (more string, err error) {
		if was = a.Role; was == role {
			return "", ErrSame
		}
		a.Role = role
		return was.Word() + " → " + role.Word(), nil
	})
	return was, err
}

// Close ends an account's sessions and lets it sign in no more; the name stays taken.
// Errors: ErrNobody, ErrSame, ErrLast, ErrMoved, those of Book.
func (d *Desk) Close(ctx context.Context, name string, act Act) error {
	return d.weaken(ctx, name, act, "account.close", func(a *Account) (more string, err error) {
		if a.Closed {
			return "", ErrSame
		}
		a.Closed = true
		return "", nil
	})
}

// Reopen takes a Close back: the password is the one from before. Errors: ErrNobody,
// ErrSame, ErrMoved, those of Book.
func (d *Desk) Reopen(ctx context.Context, name string, act Act) error {
	_, err := d.change(ctx, name, act, "account.reopen", func(a *Account) (more string, err error) {
		if !a.Closed {
			return "", ErrSame
		}
		a.Closed = false
		return "", nil
	})
	return err
}

// tries bounds how often a change is made anew because its account signed in
// meanwhile.
const tries = 5

// change edits an account and ends its sessions. The log gets its line with it: did is
// its word, and edit says what more stands there.
func (d *Desk) change(ctx context.Context, name string, act Act, did string, edit func(*Account) (more string, err error)) (a Account, err error) {
	for range tries {
		var v quiz.Version
		var ok bool
		a, v, ok, err = d.book.Account(ctx, CleanName(name))
		switch {
		case err != nil:
			return a, err
		case !ok:
			return a, ErrNobody
		case act.Seen != Any && act.Seen != a.Epoch:
			return a, ErrMoved
		}
		more, err := edit(&a)
		if err != nil {
			return a, err
		}
		a.Epoch++
		if err = d.book.SaveAccount(ctx, a, v, Deed{At: act.At, By: act.By, Did: did, On: a.Name, More: more}); !isConflict(err) {
			return a, err
		}
	}
	return a, quiz.ErrConflict
}

// weaken is change where an administrator may be lost. Two who do it to each other at
// the same moment both find nobody left afterwards, and each takes it back: the log has
// a line for both.
func (d *Desk) weaken(ctx context.Context, name string, act Act, did string, edit func(*Account) (more string, err error)) error {
	var was Account
	a, err := d.change(ctx, name, act, did, func(a *Account) (more string, err error) {
		was = *a
		if more, err = edit(a); err != nil {
			return "", err
		}
		if !was.governs() || a.governs() {
			return more, nil
		}
		return more, d.governed(ctx, was.Name)
	})
	if err != nil || !was.governs() || a.governs() {
		return err
	}
	if err := d.governed(ctx, ""); !errors.Is(err, ErrLast) {
		return err
	}
	back := "account.role"
	if a.Closed != was.Closed {
		back = "account.reopen"
	}
	_, err = d.change(ctx, name, Act{By: act.By, At: act.At, Seen: a.Epoch}, back, func(a *Account) (more string, err error) {
		a.Role, a.Closed = was.Role, was.Closed
		return "最后一个管理员，收回", nil
	})
	return errors.Join(ErrLast, err)
}

// governs reports whether the account can name who may sign in.
func (a Account) governs() bool { return !a.Closed && a.Role.May(Govern) }

// governed is ErrLast unless an account other than this one governs.
func (d *Desk) governed(ctx context.Context, without string) error {
	all, err := d.book.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.Name != without && a.governs() {
			return nil
		}
	}
	return ErrLast
}
