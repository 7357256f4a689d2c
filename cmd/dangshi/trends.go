package main

import (
	"context"
	"errors"
	"time"

	"dangshi/admin/work"
	"dangshi/quiz"
	"dangshi/store"
)

// trendsSpec is when the trends of the season are counted, beside other work of the
// night: after the half hour in which yesterday's papers may be finished.
const trendsSpec = "30 3 * * *"

func trendWork(season string) string { return "trends-" + season }

// countTrends counts a season's trends, unless that was done since then, by another
// replica.
func (s *service) countTrends(season quiz.Season, since time.Time) work.Do {
	return func(ctx context.Context, tell func(done, of int)) (any, error) {
		last, err := trendSource{s.app, s.data}.Trends(ctx, season.ID)
		if err != nil || !time.Unix(last.At, 0).Before(since) {
			return nil, err
		}
		tree, err := s.data.merged.Branches(ctx)
		if err != nil {
			return nil, err
		}
		return nil, s.data.CountTrends(ctx, season, s.now(), store.TrendOptions{Branches: tree, Progress: func(n int) { tell(n, 0) }, Damaged: s.app.damaged})
	}
}

// nightly is a count of the night, which the pages show as one that somebody has asked
// for. The other replicas wait: where the one that counts dies, the next does it, and else
// it finds that it was just done. It ends with serve, too: it is no reason to be killed at
// the stop.
func (s *service) nightly(ctx context.Context, id string, count work.Do) error {
	ctx, cancel := s.untilStop(ctx)
	defer cancel()
	err := s.app.quiet(ctx).awaitTurn(s.data, store.WorkClaim(id), func() (ran bool, err error) { return s.works.Run(ctx, id, "", count) })
	if ctx.Err() != nil {
		err = nil // the next night, or another replica
	}
	return err
}

// nightlyTrends counts the season of yesterday, and those before it of which a day was
// voided or a key corrected since they were counted.
func (s *service) nightlyTrends(ctx context.Context, due time.Time) error {
	all, err := s.trendsDue(ctx, due)
	for _, season := range all {
		err = errors.Join(err, s.nightly(ctx, trendWork(season.ID), s.countTrends(season, due)))
	}
	return err
}

// trendsDue are the seasons that are counted in a night.
func (s *service) trendsDue(ctx context.Context, due time.Time) (all []quiz.Season, err error) {
	present, ok := s.app.file.Seasons.At(quiz.DayOf(due) - 1)
	if ok {
		all = append(all, present)
	}
	begun, err := trendSource{s.app, s.data}.Seasons(ctx)
	for _, season := range begun {
		if ok && season.ID == present.ID {
			continue
		}
		again, e := s.data.TrendsOverruled(ctx, season)
		if again {
			all = append(all, season)
		}
		err = errors.Join(err, e)
	}
	return all, err
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
	last, err := s.data.Trends(ctx, season.ID)
	if err != nil || last.Season == "" {
		return t
	}
	return time.Unix(last.At, 0).AddDate(0, 0, 7).Add(-time.Hour)
}
