package main

import (
	"context"
	"net/http"
	"path/filepath"

	"dangshi/admin"
	"dangshi/admin/accounts"
	"dangshi/admin/audit"
	"dangshi/admin/frame"
	"dangshi/admin/today"
	"dangshi/content"
	"dangshi/store"
	"dangshi/web"
)

// console is the console over the data, with its sections in the order of the
// navigation.
func (s *service) console() (http.Handler, error) {
	return admin.New(admin.Config{
		Desk: s.accounts, Sessions: s.data.Sessions(), Caller: web.Address,
		Now: s.now, Sandbox: s.data.Sandbox(), Logger: s.app.logger, PageLimit: s.app.pageLimit,
		Spool:    filepath.Join(s.app.Data, "downloads"),
		Sections: s.sections(),
	})
}

// sections are the pages of the console, each with what it needs of the data.
func (s *service) sections() []frame.Section {
	people := s.membersSection()
	bank := s.banks()
	return []frame.Section{
		today.New(newTodayData(s, people)).Section(),
		bank.Section(),
		s.calendar(bank).Section(),
		s.ranking().Section(),
		s.trends().Section(),
		s.pushSection().Section(),
		people.Section(),
		accounts.New(s.accounts).Section(),
		audit.New(auditLog{s.data.Store, s.accounts}).Section(),
	}
}

// libraryNow is the library for those who look after it: with what they have just
// changed, on this replica or on another one.
func libraryNow(ctx context.Context, s *store.Store) (*content.Library, error) {
	l, _, err := s.LibraryNow(ctx)
	return l, err
}
