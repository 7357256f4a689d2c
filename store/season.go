package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"dangshi/quiz"
)

// BeginSeason gives the terms of a season, and freezes those proposed where it
// has none yet: a season keeps the first day and the weights with which it began,
// whatever the settings say later. Errors: quiz.ErrUnavailable, quiz.ErrUnknown.
func (s *Store) BeginSeason(ctx context.Context, id string, proposed quiz.Terms) (quiz.Terms, error) {
	text, err := json.Marshal(proposed)
	if err != nil {
		return quiz.Terms{}, err
	}
	// Set only where absent, then read: of several replicas that begin a season
	// at once the first decides.
	if err := s.client.HSetNX(ctx, seasonsKey(), id, text).Err(); err != nil {
		return quiz.Terms{}, outcome(err)
	}
	stored, err := s.client.HGet(ctx, seasonsKey(), id).Result()
	if err != nil {
		return quiz.Terms{}, unavailable(err)
	}
	return parseTerms(id, stored)
}

// Seasons are the seasons that have begun, with their terms. Errors:
// quiz.ErrUnavailable.
func (s *Store) Seasons(ctx context.Context) (map[string]quiz.Terms, error) {
	stored, err := s.client.HGetAll(ctx, seasonsKey()).Result()
	if err != nil {
		return nil, unavailable(err)
	}
	seasons := make(map[string]quiz.Terms, len(stored))
	for id, text := range stored {
		if seasons[id], err = parseTerms(id, text); err != nil {
			return nil, err
		}
	}
	return seasons, nil
}

// Totals are a member's totals of a season, replayed from the log. Errors:
// quiz.ErrUnavailable, quiz.ErrLog.
func (s *Store) Totals(ctx context.Context, season quiz.Season, id string) (quiz.Totals, error) {
	t, err := s.truth(ctx, season)
	if err != nil {
		return quiz.Totals{}, err
	}
	states, err := t.readMembers(ctx, []string{id})
	if err != nil {
		return quiz.Totals{}, err
	}
	return states[0].totals, nil
}

// BoardLost reports whether a season has answer logs and nobody on its board, as
// after a file of the embedded store was piped into a Redis: then Rebuild is due.
// Errors: quiz.ErrUnavailable.
func (s *Store) BoardLost(ctx context.Context, season string) (bool, error) {
	if _, total, err := s.Rank(ctx, season, 0); err != nil || total > 0 {
		return false, err
	}
	found := false
	errFound := errors.New("found")
	err := s.eachPage(ctx, func(ids []string) error {
		for _, id := range ids {
			n, err := s.client.Exists(ctx, logKey(s.shard(id), season, id)).Result()
			if err != nil {
				return unavailable(err)
			}
			if n > 0 {
				return errFound
			}
		}
		return nil
	})
	if errors.Is(err, errFound) {
		found, err = true, nil
	}
	return found, err
}

func parseTerms(id, text string) (t quiz.Terms, err error) {
	if err = json.Unmarshal([]byte(text), &t); err == nil {
		err = t.Weights.Check()
	}
	if err != nil {
		err = fmt.Errorf("stored terms of season %s: %w", id, err)
	}
	return t, err
}
