package store

import (
	"context"

	"dangshi/quiz"
)

// Left is what is left to be done before a season can be closed.
type Left struct {
	Commits  int      // commitments that were made
	Ranked   int      // members of the ranking
	Unlisted int      // of them, who are not on the list that was committed last
	Damaged  []string // pseudonyms of those whose logs cannot be read
}

// Unlisted finds what of the ranking would keep a season from being closed. It reads
// every member; progress is told how many were read, may be nil. Errors: ErrNotBegun,
// ErrRekeying, quiz.ErrUnavailable.
func (s *Store) Unlisted(ctx context.Context, season quiz.Season, progress func(n int)) (Left, error) {
	if err := s.begunSeason(ctx, season.ID); err != nil {
		return Left{}, err
	}
	c, err := s.readClosing(ctx, season.ID)
	if err != nil {
		return Left{}, err
	}
	return s.left(ctx, season, c, progress)
}

func (s *Store) left(ctx context.Context, season quiz.Season, c closing, progress func(n int)) (Left, error) {
	left := Left{Commits: len(c.Commits)}
	listed, err := s.readRoll(ctx, season.ID, c.List)
	if err != nil {
		return left, err
	}
	unlisted := map[string]bool{} // a scan may show a member twice
	sh, err := s.sheet(ctx, season, func(pseudonym []byte, st state) bool {
		if st.ranked() == 0 {
			return false
		}
		if !listed.holds(pseudonym) {
			unlisted[string(pseudonym)] = true
		}
		return true
	}, progress)
	if err != nil {
		return left, err
	}
	left.Ranked, left.Unlisted, left.Damaged = len(sh.members), len(unlisted), sh.damaged
	return left, nil
}
