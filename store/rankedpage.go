package store

import (
	"context"

	"dangshi/quiz"
)

// RankedPage is n places of a season's ranking from the one at offset on, 0 is the
// first, and how many are on the board. Places are those of the board: equal members
// share one, and who has a place on the honours list has it in Honour. Errors:
// quiz.ErrUnavailable.
func (s *Store) RankedPage(ctx context.Context, season quiz.Season, offset, n int) (page []Ranked, total int, err error) {
	standings, total, err := s.BoardPage(ctx, season.ID, offset, n)
	if err != nil {
		return nil, 0, err
	}
	page, err = s.RankedOf(ctx, season, standings)
	return page, total, err
}

// RankedOf are members of a season's board as staff see them. Errors:
// quiz.ErrUnavailable.
func (s *Store) RankedOf(ctx context.Context, season quiz.Season, standings []quiz.Standing) ([]Ranked, error) {
	h, err := s.honoured(ctx)
	if err != nil {
		return nil, err
	}
	t, err := s.truth(ctx, season)
	if err != nil {
		return nil, err
	}
	r := ranking{truth: t, closed: h.seasons[season.ID]}
	honours := map[string]int32{}
	for i, p := range r.closed.honours.Places {
		if id, ok := r.closed.winners[p.Place]; ok {
			honours[id] = int32(i + 1)
		}
	}
	places := make([]place, len(standings))
	for i, st := range standings {
		places[i] = place{score: st.Score, id: st.ID, rank: int32(st.Rank), honour: honours[st.ID]}
	}
	return r.page(ctx, places)
}
