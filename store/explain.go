package store

import (
	"cmp"
	"context"
	"slices"

	"dangshi/quiz"
)

// Explanation is why a member stands where it does: its season day by day, its
// place, and those next to it.
type Explanation struct {
	Dossier
	Of         int          // members on the board
	Closed     bool         // the season is: places are those of the draw
	Honour     *quiz.Honour // of the honours list, where the member is on it
	Neighbours []Neighbour  // best first, the member itself among them; none where it is not on the board
}

// Own is the member's own place; ok is false where it has none.
func (x Explanation) Own() (own Neighbour, ok bool) {
	i := slices.IndexFunc(x.Neighbours, func(n Neighbour) bool { return n.Itself })
	if i < 0 {
		return Neighbour{}, false
	}
	return x.Neighbours[i], true
}

// Neighbour is one place near the member.
type Neighbour struct {
	ID        string
	Place     int // as Ranked.Place
	Pseudonym string
	Score     int64
	Lot       string // as Ranked.Lot
	Itself    bool
}

// Explain reads one member's season and up to each neighbours above and below it.
// known is false where there is no record. Those who answer meanwhile may be seen
// before or after it. Errors: quiz.ErrUnavailable; a paper that is lost is a Fault.
func (s *Store) Explain(ctx context.Context, season quiz.Season, id string, each int) (x Explanation, known bool, err error) {
	if x.Dossier, known, err = s.Dossier(ctx, season, id); err != nil || !known {
		return x, known, err
	}
	h, err := s.honoured(ctx)
	if err != nil {
		return x, false, err
	}
	closed, ok := h.seasons[season.ID]
	x.Closed = ok
	for _, won := range h.byID[id] {
		if won.season == season.ID {
			a := h.award(s.pin.Secret, won)
			x.Honour = &a.Honour
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
		n := Neighbour{ID: st.ID, Place: st.Rank, Pseudonym: quiz.Pseudonym(s.pin.Secret, season.ID, selves[i]), Score: st.Score, Itself: st.ID == id}
		closed.drawn(&n)
		x.Neighbours = append(x.Neighbours, n)
	}
	slices.SortStableFunc(x.Neighbours, func(a, b Neighbour) int { return cmp.Compare(a.Place, b.Place) })
	return x, true, nil
}

// drawn puts a place where the honours list has it: those for whom a lot was drawn
// in vain come after those who were named.
func (h honouredSeason) drawn(n *Neighbour) {
	for _, p := range h.honours.Places {
		if p.Pseudonym == n.Pseudonym {
			n.Place, n.Lot = p.Place, p.Lot
			return
		}
	}
	line := h.honours.Line
	if line == nil || n.Score != (quiz.Totals{Points: line.Points, Days: line.Days, Longest: line.Longest}).Rank() {
		return
	}
	n.Place += line.Named
	if i := slices.IndexFunc(line.Drawn, func(d quiz.Drawn) bool { return d.Pseudonym == n.Pseudonym }); i >= 0 {
		n.Lot = line.Drawn[i].Lot
	}
}
