package report

import (
	"context"
	"errors"

	"dangshi/content"
	"dangshi/quiz"
)

// Source is where a report takes its figures from.
type Source interface {
	// Seasons are those that have begun, the earliest first. Errors: quiz.ErrUnavailable.
	Seasons(ctx context.Context) ([]quiz.Season, error)
	// Trends are those of a season as they were counted last; their Season is "" where
	// they never were. Errors: quiz.ErrUnavailable.
	Trends(ctx context.Context, season string) (quiz.Trends, error)
	// Branches are the tree as it is now. Errors: quiz.ErrUnavailable.
	Branches(ctx context.Context) (*quiz.Branches, error)
	// Library is what is in use. Errors: quiz.ErrUnavailable.
	Library(ctx context.Context) (*content.Library, error)
	// Organisation is who signs reports; "": none is set.
	Organisation() string
}

// Why there is no report.
var (
	ErrNoSeason   = errors.New("这段时间里没有赛季")
	ErrNotCounted = errors.New("这个赛季还没有统计过")
	ErrNotBegun   = errors.New("这段时间还没有开始")
)

// Gather makes the report of a month or a quarter, as of a day. Errors: ErrNoSeason,
// ErrNotCounted, ErrNotBegun, quiz.ErrUnavailable.
func Gather(ctx context.Context, from Source, p Period, today quiz.Day) (r Report, err error) {
	if p.First() > today {
		return r, ErrNotBegun
	}
	in := Input{Organisation: from.Organisation(), Made: today}
	seasons, err := from.Seasons(ctx)
	if err != nil {
		return r, err
	}
	tree, err := from.Branches(ctx)
	if err != nil {
		return r, err
	}
	of := func(p Period) (f Figures, err error) {
		season, ok := p.SeasonOf(seasons)
		if !ok {
			return f, ErrNoSeason
		}
		t, err := from.Trends(ctx, season.ID)
		if err == nil && t.Season == "" {
			err = ErrNotCounted
		}
		if err != nil {
			return f, err
		}
		return Of(t, tree, p), nil
	}
	if in.Now, err = of(p); err != nil {
		return r, err
	}
	// What went before is worth a comparison and no more: where it is not known there is none.
	if in.Before, err = of(p.Before()); err != nil && !errors.Is(err, ErrNoSeason) && !errors.Is(err, ErrNotCounted) {
		return r, err
	}
	library, err := from.Library(ctx)
	if err != nil {
		return r, err
	}
	in.Coming = ComingDays(library, p.After())
	return Make(in), nil
}
