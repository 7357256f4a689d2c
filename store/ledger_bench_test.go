package store

import (
	"fmt"
	"io"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// BenchmarkLedger commits, closes and checks a season of 200,000 members with 30
// days each, and tells what it holds in memory beside Redis.
//
//	go test -run '^$' -bench Ledger -benchtime 1x ./store
func BenchmarkLedger(b *testing.B) {
	const members, days = 200_000, 30
	s := openTest(b, servers.Redis(b).URL)
	freezePapers(b, s, days)
	season := quiz.Season{ID: "2026", From: testDay, To: testDay + days - 1}
	get[quiz.Terms](b)(s.BeginSeason(b.Context(), season.ID, quiz.Terms{From: testDay, Weights: quiz.DefaultWeights}))
	fillLedger(b, s, members, days)
	get[[]quiz.Commitment](b)(s.CommitSeason(b.Context(), season, 1, "test", nil))
	for b.Loop() {
		var most atomic.Uint64
		stop := watchHeap(&most)
		r, w := io.Pipe()
		checked := make(chan *quiz.LedgerCheck)
		var bytes atomic.Int64
		go func() {
			check, err := CheckLedger(io.TeeReader(r, counting{&bytes}), func(f quiz.LedgerFault) { b.Error(f) })
			if err != nil {
				b.Error(err)
			}
			checked <- check
		}()
		began := time.Now()
		done, err := s.CloseSeason(b.Context(), CloseRequest{
			Season: season, Entropy: "1", Prizes: quiz.DefaultPrizes, Now: season.To.Start().AddDate(0, 0, 2),
			Ledger: func(write func(io.Writer) error) error { return write(w) },
		}, RebuildOptions{Alone: true})
		w.Close()
		if err != nil {
			b.Fatal(err)
		}
		for _, c := range done.Honours.CheckLedger(<-checked) {
			if !c.OK() {
				b.Errorf("%s: %s", c.What, c.Why)
			}
		}
		stop()
		b.ReportMetric(float64(members)/time.Since(began).Seconds(), "members/s")
		b.ReportMetric(float64(most.Load())/members, "heap-bytes/member")
		b.ReportMetric(float64(bytes.Load())/members, "file-bytes/member")
	}
}

type counting struct{ n *atomic.Int64 }

func (c counting) Write(p []byte) (int, error) {
	c.n.Add(int64(len(p)))
	return len(p), nil
}

// watchHeap notes the most that is alive or not yet collected.
func watchHeap(most *atomic.Uint64) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most.Store(max(most.Load(), m.HeapInuse))
			select {
			case <-done:
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	return func() { close(done); <-ended }
}

// fillLedger writes records and logs of members who answered every day.
func fillLedger(b *testing.B, s *Store, members, days int) {
	b.Helper()
	p := s.client.Pipeline()
	for i := range members {
		id := fmt.Sprintf("oABCD-efgh_1234567890%07d", i)
		var log []byte
		for day := range quiz.Day(days) {
			e := quiz.Entry{Day: testDay + day, Version: 1}
			for q := range 1 + int(testDay+day)%10 {
				e.Given = append(e.Given, quiz.Given{Letters: content.Letters(1 << ((i>>q ^ int(day)) & 1))})
			}
			log = quiz.AppendEntry(log, testDay, e)
		}
		r := quiz.Record{Member: quiz.Member{Joined: testDay, Name: "张三"}, Version: newVersion()}
		p.Set(b.Context(), memberKey(s.shard(id), id), encodeRecord(r), 0)
		p.Set(b.Context(), logKey(s.shard(id), "2026", id), log, 0)
		if i%1000 == 999 || i == members-1 {
			if _, err := p.Exec(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	}
}
