package main

import (
	"context"
	"errors"
	"time"

	"dangshi/quiz"
	"dangshi/store"
)

// trendsSpec is when the trends of the season are counted, beside other work of the
// night: after the half hour in which yesterday's papers may be finished.
const trendsSpec = "30 3 * * *"

// errCounting means that somebody else counts the trends, or died over it less than an
// hour ago.
var errCounting = errors.New("the trends are being counted")

// countTrends counts a season's trends, unless another replica has done so since. It
// ends with serve, too: a night's count is no reason to be killed at the stop. Errors:
// errCounting, those of store.CountTrends.
func (s *service) countTrends(ctx context.Context, season quiz.Season, since time.Time, progress func(int)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.app.ctx, cancel)()
	mine, err := s.data.ClaimTrends(ctx, season.ID, holder(), since, time.Now())
	if err != nil {
		return err
	}
	if !mine {
		n, err := s.data.Trends(ctx, season.ID)
		if err == nil && n.Counting(time.Now()) {
			err = errCounting
		}
		return err
	}
	tree, err := s.data.merged.Branches(ctx)
	if err == nil {
		err = s.data.CountTrends(ctx, season, s.now(), store.TrendOptions{Branches: tree, Progress: progress, Damaged: s.app.damaged})
	}
	if err == nil {
		return nil
	}
	// The signal that ends serve must not leave the claim behind for an hour.
	leaving, left := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer left()
	return errors.Join(err, s.data.LeaveTrends(leaving, season.ID, holder()))
}

// nightlyTrends counts the season of yesterday.
func (s *service) nightlyTrends(ctx context.Context, due time.Time) error {
	season, ok := s.app.file.Seasons.At(quiz.DayOf(due) - 1)
	if !ok {
		return nil
	}
	err := s.countTrends(ctx, season, due, nil)
	if errors.Is(err, errCounting) || s.app.ctx.Err() != nil {
		err = nil // another replica does, or the next night
	}
	return err
}

// quietTrends says until when nothing new is to be counted: where the sandbox's clock is
// moved over weeks, one count in each will do.
func (s *service) quietTrends(t time.Time) (until time.Time) {
	season, ok := s.app.file.Seasons.At(quiz.DayOf(t))
	if !ok {
		return t
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	n, err := s.data.Trends(ctx, season.ID)
	if err != nil || n.Trends.Season == "" {
		return t
	}
	return time.Unix(n.Trends.At, 0).AddDate(0, 0, 7).Add(-time.Hour)
}
