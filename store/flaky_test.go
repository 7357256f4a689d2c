package store

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"dangshi/quiz"
	"dangshi/store/storetest"
)

// Connections that break before and after the write, at random: every day of
// every member is counted exactly once.
func TestCountedOnceThroughBrokenConnections(t *testing.T) {
	t.Run("redis", func(t *testing.T) {
		server := servers.Redis(t)
		proxy := storetest.FlakyProxy(t, server.Addr, 7)
		countOnce(t, openTest(t, server.URL), Options{URL: proxy.URL, Sandbox: true}, proxy)
	})
	t.Run("cluster", func(t *testing.T) {
		cluster := servers.Cluster(t)
		proxies, dial := cluster.FlakyDialer(t, 8)
		countOnce(t, openTest(t, cluster.URL), Options{URL: cluster.URL, Sandbox: true, Dial: dial}, proxies...)
	})
}

// countOnce lets members answer over broken connections (broken) and looks at
// the result over sound ones.
func countOnce(t *testing.T, sound *Store, broken Options, proxies ...*storetest.Proxy) {
	const members, days = 12, 15
	freezePapers(t, sound, days)
	s, err := Open(t.Context(), broken)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, p := range proxies {
		p.SetRates(0.05, 0.1)
	}
	season := quiz.Season{ID: "2026", From: testDay, To: testDay + days}
	var players []*player
	var wg sync.WaitGroup
	for i := range members {
		p := &player{store: s, season: season, id: fmt.Sprint("flaky", i)}
		players = append(players, p)
		wg.Go(func() {
			for day := range quiz.Day(days) {
				letters := []int{rand.IntN(4), rand.IntN(4), rand.IntN(4)}
				if err := p.finish(t.Context(), testDay+day, letters); err != nil {
					t.Errorf("%s: %v", p.id, err)
					return
				}
			}
		})
	}
	wg.Wait()
	cuts := storetest.Cuts{}
	for _, p := range proxies {
		p.SetRates(0, 0)
		cuts.Before += p.Cuts().Before
		cuts.After += p.Cuts().After
	}
	if cuts.Before == 0 || cuts.After == 0 {
		t.Fatalf("nothing was broken: %+v", cuts)
	}
	for _, p := range players {
		if totals := p.totals(t, sound, nil); totals.Days != days {
			t.Errorf("%s: %d days were counted, not %d", p.id, totals.Days, days)
		}
	}
	checkBoard(t, sound, season, players, nil)
}
