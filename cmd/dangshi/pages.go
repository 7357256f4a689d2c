package main

import (
	"net/http"
	"os"

	"dangshi/content"
	"dangshi/web/media"
	"dangshi/web/proof"
	"dangshi/web/today"
)

// pages are what anyone may read: the day's item, and what proves the domain to
// WeChat.
func (s *service) pages(mux *http.ServeMux) {
	item := today.New(today.Config{
		Library: s.data, Question: s.bot.Teaser, Paper: s.data.CurrentPaper, Now: s.now, BaseURL: s.app.BaseURL, Logger: s.app.logger,
	})
	mux.Handle("/today", item)
	mux.Handle(today.Path, item)
	mux.Handle(content.MediaPath, media.New(s.data, s.app.logger))
	mux.Handle("/{file}", proof.Handler(os.DirFS(s.app.verifyFiles()), s.app.logger))
}
