package main

import (
	"context"
	"errors"
	"time"

	"dangshi/admin/trends"
	"dangshi/admin/work"
	"dangshi/quiz"
	"dangshi/store"
)

// trendData is the data of the pages on trends.
type trendData struct{ *service }

// Branches is of trends.Data.
func (t trendData) Branches(ctx context.Context) (*quiz.Branches, error) {
	return t.branches.Branches(ctx)
}

// Seasons is of trends.Data.
func (t trendData) Seasons(ctx context.Context) ([]quiz.Season, error) {
	all, err := t.app.begunSeasons(ctx, t.data)
	for i, s := range all {
		if s.To < s.From { // the settings no longer name it
			all[i].To = s.From + quiz.MaxSeasonDays
		}
	}
	return all, err
}

// Count is of trends.Data. What cannot be read is counted anew.
func (t trendData) Count(ctx context.Context, season string) (trends.Count, error) {
	n, err := t.data.Trends(ctx, season)
	if errors.Is(err, store.ErrRecord) {
		return trends.Count{}, nil
	}
	return trends.Count{Trends: n.Trends, Took: n.Took}, err
}

func trendWork(season string) string { return "trends-" + season }

// awaitTrends is how long a page waits for a count that is over soon.
const awaitTrends = 300 * time.Millisecond

// Recount is of trends.Data.
func (t trendData) Recount(ctx context.Context, season quiz.Season, by string) error {
	return t.works.Start(ctx, trendWork(season.ID), by, func(ctx context.Context, tell func(done, of int)) (any, error) {
		return nil, t.countTrends(ctx, season, t.now(), func(n int) { tell(n, 0) })
	})
}

// Recounting is of trends.Data.
func (t trendData) Recounting(ctx context.Context, season string) (work.Work, bool, error) {
	return t.works.Await(ctx, trendWork(season), awaitTrends)
}
