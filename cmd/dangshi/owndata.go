package main

import (
	"context"
	"net/http"
	"strings"
	"time"

	"dangshi/store"
	"dangshi/web/mydata"
)

// dataLink makes links to members' own data; nil where there is no public address.
func (a *app) dataLink(d *data) func(ctx context.Context, id string, now time.Time) (string, error) {
	if a.BaseURL == "" {
		return nil
	}
	return func(ctx context.Context, id string, now time.Time) (string, error) {
		token, err := d.NewLink(ctx, id, now)
		return strings.TrimRight(a.BaseURL, "/") + "/data/" + token, err
	}
}

// ownData is the page at which members fetch their own data.
func (s *service) ownData() http.Handler {
	return mydata.New(mydata.Config{
		Links: s.data, Bad: store.ErrLink, Branch: s.app.branchNames(s.data), Now: s.now, Logger: s.app.logger,
	})
}
