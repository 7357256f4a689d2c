package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"dangshi/quiz"
)

// BenchmarkMillion reads boards of 1,000,000 members one read at a time, as a
// member waits for it: on one Redis, and on the 64 shards of a real cluster of
// three masters.
//
//	go test -run '^$' -bench Million -benchtime 2000x ./store
func BenchmarkMillion(b *testing.B) {
	const members = 1_000_000
	for _, backend := range []struct{ name, url string }{
		{"redis", servers.Redis(b).URL},
		{"cluster64", servers.Cluster(b).URL},
	} {
		s := openTest(b, backend.url)
		fillBoards(b, s, members)
		for _, read := range []struct {
			name string
			of   func(ctx context.Context) error
		}{
			{"rank", func(ctx context.Context) error {
				_, _, err := s.Rank(ctx, "2026", rand.Int64N(1<<40))
				return err
			}},
			{"top10", func(ctx context.Context) error { _, err := s.Top(ctx, "2026", 10); return err }},
			{"top100", func(ctx context.Context) error { _, err := s.Top(ctx, "2026", 100); return err }},
			{"around", func(ctx context.Context) error {
				_, err := s.Around(ctx, "2026", "nobody", rand.Int64N(1<<40), 2)
				return err
			}},
			{"page", func(ctx context.Context) error {
				page, _, err := s.BoardPage(ctx, "2026", rand.IntN(members-50), 50)
				if err == nil && len(page) != 50 {
					err = fmt.Errorf("%d places: %w", len(page), quiz.ErrUnavailable)
				}
				return err
			}},
		} {
			b.Run(backend.name+"/"+read.name, func(b *testing.B) {
				for b.Loop() {
					if err := read.of(b.Context()); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// fillBoards puts members with random scores on the boards directly.
func fillBoards(t testing.TB, s *Store, members int) {
	t.Helper()
	must(t, s.FillBoard(t.Context(), "2026", 0, members, func(n int) (string, int64) {
		return fmt.Sprintf("oABCD-efgh_1234567890%07d", n), 1 + rand.Int64N(1<<40)
	}))
}
