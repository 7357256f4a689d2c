package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"dangshi/quiz"
)

// benchmarkOn runs a benchmark on a real Redis and a real cluster, with boards of 100,000.
func benchmarkOn(b *testing.B, run func(b *testing.B, s *Store)) {
	const members = 100_000
	for name, url := range map[string]string{"redis": servers.Redis(b).URL, "cluster": servers.Cluster(b).URL} {
		b.Run(name, func(b *testing.B) {
			s := openTest(b, url)
			fillBoards(b, s, members)
			b.ResetTimer()
			b.SetParallelism(32) // 64 at a time on two cores
			run(b, s)
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	benchmarkOn(b, func(b *testing.B, s *Store) {
		yearOfMember(b, s, anID, 5)
		b.ResetTimer()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := s.Load(b.Context(), anID, 1); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

// BenchmarkCommit finishes a day: record, reply, log and board.
func BenchmarkCommit(b *testing.B) {
	benchmarkOn(b, func(b *testing.B, s *Store) {
		var clients atomic.Int64
		b.RunParallel(func(pb *testing.PB) {
			id := fmt.Sprint("bench", clients.Add(1))
			loaded, err := s.Load(b.Context(), id, 0)
			for key := uint64(1); pb.Next(); key++ {
				if err != nil {
					b.Error(err)
					return
				}
				c := change(loaded.Record, key, int64(key))
				if key%300 == 0 {
					s.client.Del(b.Context(), logKey(s.shard(id), "2026", id)) // no longer than a year's
				}
				loaded, err = s.Commit(b.Context(), id, c)
			}
		})
	})
}

func BenchmarkRank(b *testing.B) {
	benchmarkReads(b, func(ctx context.Context, s *Store) error {
		_, _, err := s.Rank(ctx, "2026", rand.Int64N(1<<40))
		return err
	})
}

func BenchmarkTop10(b *testing.B) {
	benchmarkReads(b, func(ctx context.Context, s *Store) error {
		_, err := s.Top(ctx, "2026", 10)
		return err
	})
}

func BenchmarkTop100(b *testing.B) {
	benchmarkReads(b, func(ctx context.Context, s *Store) error {
		top, err := s.Top(ctx, "2026", 100)
		if len(top) != 100 {
			return fmt.Errorf("%d places: %w", len(top), quiz.ErrUnavailable)
		}
		return err
	})
}

func BenchmarkAround(b *testing.B) {
	benchmarkReads(b, func(ctx context.Context, s *Store) error {
		_, err := s.Around(ctx, "2026", "nobody", rand.Int64N(1<<40), 2)
		return err
	})
}

func benchmarkReads(b *testing.B, read func(context.Context, *Store) error) {
	benchmarkOn(b, func(b *testing.B, s *Store) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := read(b.Context(), s); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

// BenchmarkRecord is the record of a member in the middle of a paper, late in a year.
func BenchmarkRecord(b *testing.B) {
	r := quiz.Record{Version: newVersion(), Member: quiz.Member{
		Joined: testDay, Branch: "B0017", Begun: testDay + 300,
		Open:   quiz.Attempt{Day: testDay + 300, Version: 1, AskedAt: 1_790_000_000, Given: []quiz.Given{{Letters: 1, Pace: 3}, {Letters: 2, Pace: 4}}},
		Streak: quiz.Streak{Length: 300, Toward: 6, Freezes: 2, Last: testDay + 299},
		Totals: quiz.Totals{Season: "2026", Points: 300 * 240_000, Days: 300, Longest: 300, Run: 300, Last: testDay + 299, Correct: 1200, Asked: 1500},
		Last:   quiz.Result{Day: testDay + 299, Correct: 4, Questions: 5, Points: 240_000},
	}}
	for i := range quiz.RecentMessages {
		r.Recent = append(r.Recent, quiz.Delivery{Key: 24_000_000_000_000_000 + uint64(i), Sent: 1_790_000_000})
	}
	encoded := encodeRecord(r)
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			encodeRecord(r)
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := decodeRecord(encoded); err != nil {
				b.Fatal(err)
			}
		}
	})
}
