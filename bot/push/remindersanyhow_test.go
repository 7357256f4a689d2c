package push_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"dangshi/bot/push"
	"dangshi/quiz"
	"dangshi/store"
	"dangshi/store/storetest"
)

// TestRemindersAnyhow: evenings with a store that breaks before and after writes and
// replicas that die at random. Nobody is reminded twice a day; missed are only
// those whom a dying replica, or a call that failed, had marked.
func TestRemindersAnyhow(t *testing.T) {
	const members = 6
	direct := storetest.Miniredis(t)
	s := evening(t, "redis://"+direct.Addr(), members)
	proxy := storetest.FlakyProxy(t, direct.Addr(), 3)
	broken, err := store.Open(t.Context(), store.Options{URL: proxy.URL, Existing: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { broken.Close() })
	proxy.SetRates(0.1, 0.1)
	rng := rand.New(rand.NewPCG(5, 6))
	var mu sync.Mutex // of the draws: members are reminded at the same time
	reminded, deaths := 0, 0
	const evenings = 15
	for range evenings {
		due := instants(t, []string{push.ReminderSpec}, s.Now(), s.Now().Add(31*time.Minute))
		for i, at := range due {
			if at.After(s.Now()) {
				s.setTime(at)
			}
			p := s.process("a")
			p.ledger = broken.PushLedger()
			if i < 4 {
				left := rng.IntN(25)
				p.fate = func(string) doom {
					mu.Lock()
					defer mu.Unlock()
					if left--; left == 0 {
						return doom(1 + rng.IntN(2))
					}
					return lives
				}
			}
			_ = p.remind() // the next one goes on
			if p.dead.Load() {
				deaths++
			}
		}
		reminded += len(s.reminded())
		day := quiz.DayOf(s.Now()) + 1
		s.setTime(day.Start().Add(9 * time.Hour))
		for i := range members { // who says nothing for two days cannot be reminded
			if err := s.member(fmt.Sprintf("member%d", i)).writes("答题"); err != nil {
				t.Fatal(err)
			}
		}
		s.setTime(eight.On(day))
	}
	if reminded < evenings*members-8*deaths || reminded < evenings || deaths < 5 {
		t.Errorf("%d were reminded in %d evenings, %d replicas died", reminded, evenings, deaths)
	}
}
