package main

import (
	"context"
	"errors"
	"time"

	"dangshi/admin/trends"
	"dangshi/admin/work"
	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store"
)

// trendSource is where pages and commands take trends from: the last count.
type trendSource struct {
	app  *app
	data *data
}

// Branches is of report.Source.
func (t trendSource) Branches(ctx context.Context) (*quiz.Branches, error) {
	return t.data.merged.Branches(ctx)
}

// Seasons is of report.Source.
func (t trendSource) Seasons(ctx context.Context) ([]quiz.Season, error) {
	all, err := t.app.begunSeasons(ctx, t.data)
	for i, s := range all {
		if s.To < s.From { // the settings no longer name it
			all[i].To = s.From + quiz.MaxSeasonDays
		}
	}
	return all, err
}

// Trends is of report.Source. What cannot be read is counted anew.
func (t trendSource) Trends(ctx context.Context, season string) (quiz.Trends, error) {
	last, err := t.data.Trends(ctx, season)
	if errors.Is(err, store.ErrRecord) {
		return quiz.Trends{}, nil
	}
	return last, err
}

// Library is of report.Source.
func (t trendSource) Library(ctx context.Context) (*content.Library, error) {
	return libraryNow(ctx, t.data.Store)
}

// Organisation is of report.Source.
func (t trendSource) Organisation() string { return t.app.file.Certificate.Organisation }

// trendData is the data of the pages on trends.
type trendData struct {
	trendSource
	service *service
}

func (s *service) trends() *trends.Pages {
	return trends.New(trendData{trendSource{s.app, s.data}, s})
}

// Font is of trends.Data.
func (t trendData) Font() string { return t.app.Font }

// awaitTrends is how long who begins a count waits for one that is over soon.
const awaitTrends = 300 * time.Millisecond

// Recount is of trends.Data.
func (t trendData) Recount(ctx context.Context, season quiz.Season, by string) error {
	id := trendWork(season.ID)
	if err := t.service.works.Start(ctx, id, by, t.service.countTrends(season, t.service.now())); err != nil {
		return err
	}
	_, _, err := t.service.works.Await(ctx, id, awaitTrends)
	return err
}

// Recounting is of trends.Data.
func (t trendData) Recounting(ctx context.Context, season string) (work.Work, bool, error) {
	return t.service.works.Find(ctx, trendWork(season))
}
