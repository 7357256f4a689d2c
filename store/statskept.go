package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"dangshi/quiz"
)

// CountQuestions keeps how the questions of a season did, for QuestionFigures. It
// reads every member's log, and is meant for the background. Errors:
// quiz.ErrUnavailable; after quiz.ErrUnknown the call may be made again.
func (s *Store) CountQuestions(ctx context.Context, season quiz.Season, now time.Time) error {
	stats, err := s.QuestionStats(ctx, season, StatisticsOptions{})
	if err != nil {
		return err
	}
	all := quiz.AllFigures{At: now.Unix(), Season: season.ID}
	for i := range stats {
		all.Questions = append(all.Questions, stats[i].Figures())
	}
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return outcome(s.client.Set(ctx, qstatsKey(season.ID), text, 0).Err())
}

// QuestionFigures are those that were counted last; ok is false where none were yet.
// Errors: quiz.ErrUnavailable.
func (s *Store) QuestionFigures(ctx context.Context, season string) (all quiz.AllFigures, ok bool, err error) {
	text, err := s.client.Get(ctx, qstatsKey(season)).Bytes()
	if err := unavailable(err); err != nil || len(text) == 0 {
		return all, false, err
	}
	if err := json.Unmarshal(text, &all); err != nil {
		return all, false, fmt.Errorf("%w: %s: %w", ErrRecord, qstatsKey(season), err)
	}
	return all, true, nil
}
