//go:build linux

package main

import (
	"encoding/json"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"dangshi/quiz"
	"dangshi/store"
)

// TestMillionTrends measures the count of trends of a million members:
//
//	DANGSHI_TEST_MILLION=1000000 go test ./cmd/dangshi -run TestMillionTrends -v -timeout 30m
func TestMillionTrends(t *testing.T) {
	members, err := strconv.Atoi(os.Getenv("DANGSHI_TEST_MILLION"))
	if err != nil {
		t.Skip("set DANGSHI_TEST_MILLION to a number of members to measure the count of trends")
	}
	r := trendReplica(t)
	var samples []string
	for i := range 26 {
		samples = append(samples, "oTrend"+strconv.Itoa(100 + i)[1:])
	}
	fillMembers(t, r, samples, members)
	season, _ := quiz.Seasons(nil).At(quiz.DayOf(r.now()))
	patient, err := store.Open(t.Context(), store.Options{URL: r.app.RedisURL, Existing: true, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer patient.Close()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	most := uint64(0)
	begun := time.Now()
	if err := patient.CountTrends(t.Context(), season, r.now(), store.TrendOptions{Progress: func(n int) {
		if n%(100<<10) == 0 {
			runtime.ReadMemStats(&after)
			most = max(most, after.HeapAlloc)
		}
	}}); err != nil {
		t.Fatal(err)
	}
	took := time.Since(begun)
	n, err := patient.Trends(t.Context(), season.ID)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d members, %d finished papers: %.1f s, %d MB of heap at most, %d before; the document has %d bytes",
		n.Members, n.Sum(season.From, season.To).Finished, took.Seconds(), most>>20, before.HeapAlloc>>20, len(text))
}
