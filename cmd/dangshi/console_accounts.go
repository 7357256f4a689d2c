package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"dangshi/admin/account"
	"dangshi/admin/audit"
	"dangshi/quiz"
	"dangshi/store"
)

// newDesk is the desk of the accounts of the data.
func newDesk(d *data) *account.Desk { return account.NewDesk(accountBook{d.Store}, d) }

// accountBook keeps accounts in the store.
type accountBook struct{ store *store.Store }

// Account is of account.Book.
func (b accountBook) Account(ctx context.Context, name string) (a account.Account, v quiz.Version, ok bool, err error) {
	value, v, err := b.store.Person(ctx, name)
	if err != nil || value == nil {
		return a, v, false, err
	}
	a, err = readAccount(name, value)
	return a, v, err == nil, err
}

func readAccount(name string, value []byte) (a account.Account, err error) {
	if err := json.Unmarshal(value, &a); err != nil {
		return a, fmt.Errorf("%w: account %q: %w", store.ErrRecord, name, err)
	}
	return a, nil
}

// SaveAccount is of account.Book.
func (b accountBook) SaveAccount(ctx context.Context, a account.Account, expected quiz.Version, d account.Deed) error {
	value, err := json.Marshal(a)
	if err != nil {
		return err
	}
	line := store.Audited{At: d.At, By: d.By, Did: d.Did, On: d.On, More: d.More}
	return b.store.SavePerson(ctx, store.Person{Name: a.Name, Value: value}, expected, line)
}

// Accounts is of account.Book.
func (b accountBook) Accounts(ctx context.Context) ([]account.Account, error) {
	people, err := b.store.People(ctx)
	all := make([]account.Account, 0, len(people))
	for _, p := range people {
		a, err := readAccount(p.Name, p.Value)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, err
}

// auditLog is the audit log as the console reads it.
type auditLog struct {
	store    *store.Store
	accounts *account.Desk
}

// EachLine is of audit.Log.
func (l auditLog) EachLine(ctx context.Context, before int64, take func(audit.Line) bool) error {
	return l.store.EachAuditedBefore(ctx, before, func(place int64, a store.Audited) bool {
		return take(audit.Line{Place: place, At: a.At, By: a.By, Did: a.Did, On: a.On, Why: a.Why, More: a.More})
	})
}

// Exported is of audit.Log.
func (l auditLog) Exported(ctx context.Context, x audit.Line) error {
	return l.store.Audit(ctx, store.Audited{At: x.At, By: x.By, Did: x.Did, On: x.On, Why: x.Why, More: x.More})
}

// Named is of audit.Log.
func (l auditLog) Named(ctx context.Context, name string) (bool, error) {
	a, err := l.accounts.Account(ctx, name)
	if errors.Is(err, account.ErrNobody) {
		return false, nil
	}
	return err == nil && a.Name == name, err
}
