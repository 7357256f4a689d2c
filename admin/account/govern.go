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
	a, err := d.change(ctx, name, act, func(a *Account) (err error) {
		if a.Closed {
			return ErrClosed
		}
		had = *a
		password, err = d.issue(ctx, a, act.At)
		a.Places = nil
		return err
	})
	if err == nil {
		err = d.forgive(ctx, had)
	}
	if err == nil {
		err = d.note(ctx, act, "account.reset", a, "")
	}
	return password, err
}

// SetRole gives an account another role and ends its sessions. Errors: ErrNobody,
// Misnamed, ErrSame, ErrLast, ErrMoved, those of Book.
func (d *Desk) SetRole(ctx context.Context, name string, role Role, act Act) (was Role, err error) {
	if !role.Valid() {
		return "", Misnamed{errors.New("没有这种角色")}
	}
	a, err := d.weaken(ctx, name, act, func(a *Account) error {
		if was = a.Role; was == role {
			return ErrSame
		}
		a.Role = role
		return nil
	})
	if err != nil {
		return was, err
	}
	return was, d.note(ctx, act, "account.role", a, was.Word()+" → "+role.Word())
}

// Close ends an account's sessions and lets it sign in no more; the name stays taken.
// Errors: ErrNobody, ErrSame, ErrLast, ErrMoved, those of Book.
func (d *Desk) Close(ctx context.Context, name string, act Act) error {
	a, err := d.weaken(ctx, name, act, func(a *Account) error {
		if a.Closed {
			return ErrSame
		}
		a.Closed = true
		return nil
	})
	if err != nil {
		return err
	}
	return d.note(ctx, act, "account.close", a, "")
}

// Reopen takes a Close back: the password is the one from before. Errors: ErrNobody,
// ErrSame, ErrMoved, those of Book.
func (d *Desk) Reopen(ctx context.Context, name string, act Act) error {
	a, err := d.change(ctx, name, act, func(a *Account) error {
		if !a.Closed {
			return ErrSame
		}
		a.Closed = false
		return nil
	})
	if err != nil {
		return err
	}
	return d.note(ctx, act, "account.reopen", a, "")
}

func (d *Desk) note(ctx context.Context, act Act, did string, a Account, more string) error {
	return d.book.Note(ctx, Deed{At: act.At, By: act.By, Did: did, On: a.Name, More: more})
}

// tries bounds how often a change is made anew because its account signed in
// meanwhile.
const tries = 5

// change edits an account and ends its sessions.
func (d *Desk) change(ctx context.Context, name string, act Act, edit func(*Account) error) (a Account, err error) {
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
		if err := edit(&a); err != nil {
			return a, err
		}
		a.Epoch++
		if err = d.book.SaveAccount(ctx, a, v); !isConflict(err) {
			return a, err
		}
	}
	return a, err
}

// weaken is change where an administrator may be lost. Two who do it to each other at
// the same moment both find nobody left afterwards, and each takes it back.
func (d *Desk) weaken(ctx context.Context, name string, act Act, edit func(*Account) error) (Account, error) {
	var was Account
	a, err := d.change(ctx, name, act, func(a *Account) error {
		was = *a
		if err := edit(a); err != nil {
			return err
		}
		if !was.governs() || a.governs() {
			return nil
		}
		return d.governed(ctx, was.Name)
	})
	if err != nil || !was.governs() || a.governs() {
		return a, err
	}
	if err := d.governed(ctx, ""); !errors.Is(err, ErrLast) {
		return a, err
	}
	_, err = d.change(ctx, name, Act{Seen: a.Epoch}, func(a *Account) error {
		a.Role, a.Closed = was.Role, was.Closed
		return nil
	})
	return a, errors.Join(ErrLast, err)
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
