package store

import (
	"slices"
	"testing"

	"dangshi/quiz"
)

// TestExplain: the days are the member's, the neighbours those of the board with
// what tells them apart; who left the ranking has no place.
func TestExplain(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		season := quiz.Season{ID: "2026", From: testDay, To: testDay + 99}
		freezePapers(t, s, 4)
		players := answered(t, s, season, 24, 4)
		all := sorted(t, s, players, nil)
		name := func(st quiz.Standing) string { return quiz.Pseudonym(s.Secret(), season.ID, quiz.Self(st.ID)) }
		for i, own := range all {
			x, known, err := s.Explain(t.Context(), season, own.ID, 2)
			if err != nil || !known || x.Fault != nil || !x.Agree || x.Of != len(all) || x.Board != own.Score || x.Honour != nil || x.Closed {
				t.Fatalf("%s: %+v, %v, %v; want %+v of %d", own.ID, x, known, err, own, len(all))
			}
			if last := x.Days[len(x.Days)-1]; last.Sum != x.Totals.Points || x.Totals.Rank() != own.Score {
				t.Errorf("%s: the days come to %d, the totals to %+v", own.ID, last.Sum, x.Totals)
			}
			if mine, ok := x.Own(); !ok || mine.Place != own.Rank || mine.Pseudonym != name(own) {
				t.Errorf("%s stands at %+v, want %+v", own.ID, mine, own)
			}
			for _, n := range x.Neighbours {
				at := slices.IndexFunc(all, func(st quiz.Standing) bool { return name(st) == n.Pseudonym })
				if at < 0 || n.Place != all[at].Rank || n.Score != all[at].Score || n.Lot != "" || n.Itself != (at == i) {
					t.Errorf("beside %s: %+v", own.ID, n)
				}
			}
			if i > 0 && i+1 < len(all) && len(x.Neighbours) < 3 {
				t.Errorf("%s has the neighbours %+v", own.ID, x.Neighbours)
			}
		}
		for _, p := range players {
			if !p.optOut {
				continue
			}
			if x, known, err := s.Explain(t.Context(), season, p.id, 2); err != nil || !known || len(x.Neighbours) != 0 || len(x.Days) == 0 {
				t.Errorf("who left: %+v, %v, %v", x, known, err)
			}
		}
		if _, known, err := s.Explain(t.Context(), season, "nobody", 2); known || err != nil {
			t.Errorf("nobody: %v, %v", known, err)
		}
	})
}
