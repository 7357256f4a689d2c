package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"dangshi/admin"
	"dangshi/admin/account"
	"dangshi/admin/frame"
	"dangshi/admin/today"
	"dangshi/quiz"
	"dangshi/store"
)

// console is the console over the data, with its sections in the order of the
// navigation.
func (s *service) console() (http.Handler, error) {
	return admin.New(admin.Config{
		Accounts: accountBook{s.data.Store}, Attempts: s.data, Sessions: s.data.Sessions(),
		Now: s.now, Wall: time.Now, Sandbox: s.data.Sandbox(), Logger: s.app.logger,
		Sections: s.sections(),
	})
}

// sections are the pages of the console, each with what it needs of the data.
func (s *service) sections() []frame.Section {
	return []frame.Section{
		today.New(newTodayData(s)).Section(),
		s.calendar().Section(),
		s.ranking().Section(),
	}
}

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
func (b accountBook) SaveAccount(ctx context.Context, a account.Account, expected quiz.Version) error {
	value, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return b.store.SavePerson(ctx, store.Person{Name: a.Name, Value: value}, expected)
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
