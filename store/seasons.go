package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"dangshi/quiz"
)

// SeasonState is how far a season is that has begun.
type SeasonState struct {
	ID      string
	Terms   quiz.Terms
	Commits []quiz.Commitment // published before the draw, oldest first
	Entropy string            // empty: its close was not begun
	Began   int64             // Unix seconds: of the close
	Honours *quiz.Honours     // nil: it is not closed
	Revoked []quiz.Revoked    // what was revoked and given back since, oldest first
}

// SeasonStates are all seasons that have begun, the earliest first. The seed of a
// draw that is still to come is not in them. Errors: quiz.ErrUnavailable.
func (s *Store) SeasonStates(ctx context.Context) ([]SeasonState, error) {
	begun, err := s.Seasons(ctx)
	if err != nil {
		return nil, err
	}
	var all []SeasonState
	for id, terms := range begun {
		c, err := s.readClosing(ctx, id)
		if err != nil {
			return nil, err
		}
		one, closed, err := s.readHonours(ctx, id)
		if err != nil {
			return nil, err
		}
		st := SeasonState{ID: id, Terms: terms, Commits: c.Commits, Entropy: c.Entropy, Began: c.Began, Revoked: c.Revoked}
		if closed {
			st.Honours = &one.honours
		}
		all = append(all, st)
	}
	slices.SortFunc(all, func(a, b SeasonState) int {
		return cmp.Or(cmp.Compare(a.Terms.From, b.Terms.From), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}

// ClosedSeasons are the seasons that are closed, with the dates that they had then.
// Errors: quiz.ErrUnavailable.
func (s *Store) ClosedSeasons(ctx context.Context) (map[string]quiz.Season, error) {
	h, err := s.honoured(ctx)
	if err != nil {
		return nil, err
	}
	closed := make(map[string]quiz.Season, len(h.seasons))
	for id, one := range h.seasons {
		closed[id] = one.honours.Season
	}
	return closed, nil
}

// What keeps an honour from being revoked or given back.
var (
	ErrNotClosed = errors.New("the season is not closed")
	ErrNoPlace   = errors.New("the honours list has no such place")
	ErrRevoked   = errors.New("it is so already")
)

// Revoke takes the honour of a place back, or with restore gives it back again. The
// published list stays as it is; certificates say so at once. Errors: ErrNotClosed,
// ErrNoPlace, ErrRevoked (nothing changes), ErrNames, quiz.ErrUnavailable; after
// quiz.ErrUnknown the same call finds out.
func (s *Store) Revoke(ctx context.Context, season string, place int, r quiz.Revocation, restore bool) error {
	for range maxTurns {
		one, closed, err := s.readHonours(ctx, season)
		if err != nil {
			return err
		}
		if !closed {
			return ErrNotClosed
		}
		if place < 1 || place > len(one.honours.Places) {
			return ErrNoPlace
		}
		c, err := s.readClosing(ctx, season)
		if err != nil {
			return err
		}
		if (quiz.RevokedNow(c.Revoked, place) == nil) == restore {
			return ErrRevoked
		}
		if err := s.mustNotNameWinner(ctx, one.winners[place], r.Reason); err != nil {
			return err
		}
		c.Revoked = append(c.Revoked, quiz.Revoked{Place: place, Restored: restore, Revocation: r})
		did := map[bool]string{false: "season.revoke", true: "season.restore"}[restore]
		line := Audited{At: unixTime(r.At), By: r.By, Did: did, On: season, Why: r.Reason, More: fmt.Sprintf("place %d", place)}
		if done, err := s.saveClosing(ctx, season, c, line); done || err != nil {
			return err
		}
	}
	return fmt.Errorf("%w: others change the season all the time", quiz.ErrUnavailable)
}

// mustNotNameWinner refuses a reason that names who is behind a place: it is kept,
// and shown at the certificate, when the person was erased.
func (s *Store) mustNotNameWinner(ctx context.Context, id, reason string) error {
	if id == "" {
		return nil // erased
	}
	loaded, err := s.Load(ctx, id, 0)
	if err != nil && !errors.Is(err, ErrRecord) { // a damaged record tells no name
		return err
	}
	return Act{Why: reason}.mustNotName(id, loaded.Record.Member)
}
