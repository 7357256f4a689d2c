package store

import (
	"context"

	"dangshi/quiz"
)

// Explanation is why a member stands where it does: its season day by day, its
// place, and those next to it.
type Explanation struct {
	Dossier
	Rank, Of   int          // of the board; 0: not on it
	Honour     *quiz.Honour // of the honours list, where the season is closed and the member is on it
	Neighbours []Neighbour  // best first, the member itself among them; none where it is not on the board
}

// Neighbour is one place near the member.
type Neighbour struct {
	quiz.Standing
	Pseudonym string
	Itself    bool
	Decides   quiz.Deciding // what tells it from the member
}

// Explain reads one member's season and up to each neighbours above and below it.
// known is false where there is no record. Those who answer meanwhile may be seen
// before or after it. Errors: quiz.ErrUnavailable; a paper that is lost is a Fault.
func (s *Store) Explain(ctx context.Context, season quiz.Season, id string, each int) (x Explanation, known bool, err error) {
	if x.Dossier, known, err = s.Dossier(ctx, season, id); err != nil || !known {
		return x, known, err
	}
	won, err := s.AwardsOf(ctx, id)
	if err != nil {
		return x, false, err
	}
	for i := range won {
		if won[i].Season.ID == season.ID {
			x.Honour = &won[i].Honour
		}
	}
	if x.Board == 0 {
		return x, true, nil
	}
	around, err := s.Around(ctx, season.ID, id, x.Board, each)
	if err != nil {
		return x, false, err
	}
	if _, x.Of, err = s.Rank(ctx, season.ID, x.Board); err != nil {
		return x, false, err
	}
	ids := make([]string, len(around))
	for i, st := range around {
		ids[i] = st.ID
	}
	selves, err := s.Selves(ctx, ids)
	if err != nil {
		return x, false, err
	}
	for i, st := range around {
		n := Neighbour{Standing: st, Itself: st.ID == id, Decides: quiz.Decides(st.Score, x.Board), Pseudonym: quiz.Pseudonym(s.pin.Secret, season.ID, selves[i])}
		if n.Itself {
			x.Rank = st.Rank
		}
		x.Neighbours = append(x.Neighbours, n)
	}
	return x, true, nil
}
