package store

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"dangshi/quiz"
)

// BenchmarkRegrade corrects a key that all of so many members met, each with 100
// days in the log: seconds of a preview, of a publishing without the waits for other
// replicas, and of the statistics; and how much memory was in use at most.
//
//	go test -run '^$' -bench Regrade -benchtime 1x ./store
func BenchmarkRegrade(b *testing.B) {
	const days = 100
	for _, members := range []int{20_000, 200_000} {
		b.Run(fmt.Sprint(members), func(b *testing.B) {
			s := openTest(b, servers.Redis(b).URL)
			freezePapers(b, s, days)
			season := quiz.Season{ID: "2026", From: testDay, To: testDay + days}
			fillMembers(b, s, season, members, days)
			for b.Loop() {
				peak, stop := watchMemory()
				r := ruling(0, otherRuling(1, inForce(b, s, 0)), inForce(b, s, 0), season)
				for name, do := range map[string]func(ctx context.Context) error{
					"preview": func(ctx context.Context) error { _, err := s.PreviewRegrade(ctx, r, season, 100, nil); return err },
					"stats": func(ctx context.Context) error {
						_, err := s.QuestionStats(ctx, season, StatisticsOptions{})
						return err
					},
				} {
					began := time.Now()
					if err := do(b.Context()); err != nil {
						b.Fatal(err)
					}
					b.ReportMetric(time.Since(began).Seconds(), name+"-s")
				}
				began := time.Now()
				if err := s.PublishRegrade(b.Context(), r, RebuildOptions{}); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(time.Since(began).Seconds(), "publish-s")
				stop()
				b.ReportMetric(float64(peak.Load())/1e6, "peak-MB")
			}
		})
	}
}

// fillMembers writes members with whole logs directly.
func fillMembers(b *testing.B, s *Store, season quiz.Season, members, days int) {
	b.Helper()
	p := s.client.Pipeline()
	for i := range members {
		var log []byte
		for day := range quiz.Day(days) {
			e := quiz.Entry{Day: testDay + day, Version: 1}
			for k := range testPaper(e.Day).Questions {
				e.Given = append(e.Given, quiz.Given{Letters: 1 << ((i + k*int(day)) % 4), Pace: 5})
			}
			log = quiz.AppendEntry(log, season.From, e)
		}
		id := fmt.Sprintf("oABCD-efgh_1234567890%07d", i)
		r := quiz.Record{Version: newVersion(), Member: quiz.Member{Joined: testDay, Totals: quiz.Totals{Season: season.ID}}}
		p.MSet(b.Context(), memberKey(s.shard(id), id), encodeRecord(r), logKey(s.shard(id), season.ID, id), log)
		if i%2000 == 1999 || i == members-1 {
			if _, err := p.Exec(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := s.Rebuild(b.Context(), season, RebuildOptions{}); err != nil {
		b.Fatal(err)
	}
}

// watchMemory looks at the heap now and then.
func watchMemory() (peak *atomic.Uint64, stop func()) {
	peak = new(atomic.Uint64)
	done := make(chan struct{})
	go func() {
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapInuse))
			select {
			case <-done:
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	return peak, func() { close(done) }
}
