package store

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"dangshi/quiz"
)

// TestBoardPage: pages put together are the whole board, once each, in order, with
// the ranks of the whole, also where thousands are equal; and each member is found
// where it stands.
func TestBoardPage(t *testing.T) {
	for name, url := range map[string]string{"redis": servers.Redis(t).URL, "cluster": servers.Cluster(t).URL} {
		for kind, score := range map[string]func(n int) int64{
			"scattered": func(int) int64 { return 1 + rand.Int64N(1<<46) },
			"few":       func(int) int64 { return 1 + rand.Int64N(3) },
			"one":       func(int) int64 { return 1 << 40 },
			"mixed": func(n int) int64 {
				if n%3 == 0 {
					return 1 << 45
				}
				return 1 + rand.Int64N(1<<20)
			},
		} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				s := openTest(t, url)
				const members = 3000
				season := "board-" + kind
				scores := map[string]int64{}
				must(t, s.FillBoard(t.Context(), season, 0, members, func(n int) (string, int64) {
					id := fmt.Sprintf("oPage%05d", n)
					scores[id] = score(n)
					return id, scores[id]
				}))
				var all []quiz.Standing
				for offset := 0; offset < members; offset += 700 {
					page, total, err := s.BoardPage(t.Context(), season, offset, 700)
					if err != nil || total != members || len(page) != min(700, members-offset) {
						t.Fatalf("at %d: %d of %d, %v", offset, len(page), total, err)
					}
					all = append(all, page...)
				}
				higher := slices.SortedFunc(func(yield func(int64) bool) {
					for _, score := range scores {
						if !yield(score) {
							return
						}
					}
				}, func(a, b int64) int { return cmp.Compare(b, a) })
				seen := map[string]bool{}
				for i, st := range all {
					rank := 1 + slices.IndexFunc(higher, func(score int64) bool { return score == st.Score })
					if st.Score != scores[st.ID] || seen[st.ID] || st.Score != higher[i] || st.Rank != rank {
						t.Fatalf("at %d: %+v, twice %v, want score %d and rank %d", i, st, seen[st.ID], higher[i], rank)
					}
					seen[st.ID] = true
				}
				for _, i := range []int{0, 1, members / 3, members/2 + 1, members - 1} {
					page, _, err := s.BoardPage(t.Context(), season, i, 1)
					if err != nil || len(page) != 1 || page[0] != all[i] {
						t.Errorf("the one at %d: %+v, %v; want %+v", i, page, err, all[i])
					}
					if at, ok, err := s.BoardOffset(t.Context(), season, all[i].ID); err != nil || !ok || at != i {
						t.Errorf("%s stands at %d, %v, %v; want %d", all[i].ID, at, ok, err, i)
					}
				}
				if _, ok, err := s.BoardOffset(t.Context(), season, "oNobody"); err != nil || ok {
					t.Errorf("nobody stands on the board: %v, %v", ok, err)
				}
				for _, offset := range []int{-1, members, members + 5} {
					if page, total, err := s.BoardPage(t.Context(), season, offset, 10); err != nil || len(page) > 0 || total != members {
						t.Errorf("at %d: %d of %d, %v", offset, len(page), total, err)
					}
				}
			})
		}
	}
}
