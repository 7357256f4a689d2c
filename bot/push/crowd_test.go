package push_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"dangshi/bot/push"
	"dangshi/quiz"
	"dangshi/store"
	"dangshi/store/storetest"
)

// crowdSize is how many members the tests of runs have. DANGSHI_TEST_MEMBERS makes it
// another number.
func crowdSize(t testing.TB, usual int) int {
	t.Helper()
	text := os.Getenv("DANGSHI_TEST_MEMBERS")
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("DANGSHI_TEST_MEMBERS is %q", text)
	}
	return n
}

// crowdStation has its data in this process and sends in small batches, or for a big
// crowd in a real Redis, since each page of a list costs the other one a look at all of
// its keys, and in batches of the usual size.
func crowdStation(t testing.TB, n, batch, atOnce int) *station {
	t.Helper()
	url := ""
	if n > 10_000 {
		url, batch, atOnce = servers.Redis(t).URL, 0, 0
	}
	s := newStation(t, url, false)
	s.channel, s.batch, s.atOnce = []string{"custom"}, batch, atOnce
	return s
}

func crowdID(i int) string { return fmt.Sprintf("oCrowd%022d", i) }

// crowd makes so many members, all of whom have just written.
func (s *station) crowd(n int) {
	s.t.Helper()
	now := s.Now()
	there, err := s.store.Load(s.t.Context(), crowdID(0), 0)
	if err != nil {
		s.t.Fatal(err)
	}
	record := quiz.Record{
		Version: there.Record.Version, Member: quiz.Member{Joined: quiz.DayOf(now)},
		Recent: []quiz.Delivery{{Key: 1, Sent: now.Unix()}},
	}
	if _, err := s.store.Commit(s.t.Context(), crowdID(0), quiz.Change{Record: record}); err != nil {
		s.t.Fatal(err)
	}
	// The others are copies of the first, as a server writes them.
	client := s.store.Client()
	key := func(i int) string { return "{s00}:member:" + crowdID(i) }
	raw, err := client.Get(s.t.Context(), key(0)).Result()
	if err != nil {
		s.t.Fatal(err)
	}
	for from := 1; from < n; from += 1000 {
		p := client.Pipeline()
		for i := from; i < min(from+1000, n); i++ {
			p.Set(s.t.Context(), key(i), raw, 0)
		}
		if _, err := p.Exec(s.t.Context()); err != nil {
			s.t.Fatal(err)
		}
	}
}

// within is the nearest instant at which today's push may be made.
func (s *station) within(at time.Time) time.Time {
	day := quiz.DayOf(s.Now())
	if from := s.at.On(day); at.Before(from) {
		return from
	}
	if until := day.Start().Add(11 * time.Hour); at.After(until) {
		return until
	}
	return at
}

// post takes customer messages and counts them by member. It may lose some before and
// after the deed.
type post struct {
	mu   sync.Mutex
	got  map[string]int
	rng  *rand.Rand
	lose float64 // of all calls, half of them before the deed
}

func newPost(lose float64) *post {
	return &post{got: map[string]int{}, rng: rand.New(rand.NewPCG(7, 11)), lose: lose}
}

func (p *post) CustomText(_ context.Context, openid, _ string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	luck := p.rng.Float64()
	if luck < p.lose/2 {
		return judged(errLostIt)
	}
	p.got[openid]++
	if luck < p.lose {
		return judged(errLostIt)
	}
	return nil
}

// unknown reads who is listed as perhaps sent to.
func (s *station) unknown() map[[8]byte]bool {
	s.t.Helper()
	listed := map[[8]byte]bool{}
	runs := s.store.PushRuns()
	for part := range 1000 {
		marks, err := runs.Marks(s.t.Context(), 0, quiz.DayOf(s.Now()).String(), part)
		if err != nil {
			s.t.Fatal(err)
		}
		for i := 0; i < len(marks); i += 8 {
			mark := [8]byte(marks[i : i+8])
			if listed[mark] {
				s.t.Errorf("somebody is listed twice")
			}
			listed[mark] = true
		}
	}
	return listed
}

// judgeCrowd: each of the members got it once, or is listed as unknown, and nobody
// got it twice; and the ledger's numbers are those.
func (s *station) judgeCrowd(n int, post *post) push.Reach {
	s.t.Helper()
	d := s.today()
	if d.Outcome != push.DaySent || len(d.Sends) != 1 || d.Sends[0].Each == nil {
		s.t.Fatalf("the ledger says %+v", d)
	}
	reach, listed := *d.Sends[0].Each, s.unknown()
	arrived := 0
	for i := range n {
		id := crowdID(i)
		times := post.got[id]
		arrived += times
		unknown := listed[s.store.PushRuns().Mark(id)]
		switch {
		case times > 1:
			s.t.Errorf("%s got it %d times", id, times)
		case times == 0 && !unknown:
			s.t.Errorf("%s got nothing, and the ledger does not know", id)
		}
	}
	if reach.Total != n || reach.Seen != n || reach.Unknown != len(listed) || reach.Reached()+reach.Unknown != n {
		s.t.Errorf("of %d members %d got it and %d are listed, the ledger says %+v", n, arrived, len(listed), reach)
	}
	return reach
}

// TestMembersKilled: replicas die at a hundred random moments of one run, before and
// after each deed, WeChat loses calls before and after they took effect, and the clock
// jumps by up to an hour.
func TestMembersKilled(t *testing.T) {
	n := crowdSize(t, 2000)
	s := crowdStation(t, n, 8, 4)
	s.crowd(n)
	if err := s.process("first").start(); err != nil {
		t.Fatal(err)
	}
	s.setTime(s.at.On(quiz.DayOf(s.Now())))
	post := newPost(0.1)
	rng := rand.New(rand.NewPCG(3, 5))
	deaths := 0
	for i := 0; s.today().Outcome != push.DaySent; i++ {
		if rng.IntN(5) == 0 {
			s.setTime(s.within(s.Now().Add(time.Duration(rng.IntN(121)-60) * time.Minute)))
		}
		p := s.process(fmt.Sprint("replica ", i))
		p.customs = post
		left := 1 + rng.IntN(n/50) // points that it lives for
		after := rng.IntN(2) == 0
		var mu sync.Mutex
		p.fate = func(string) doom {
			mu.Lock()
			defer mu.Unlock()
			left--
			switch {
			case deaths >= 100 || left != 0:
				return lives
			case after:
				return diesAfter
			}
			return diesBefore
		}
		_ = p.run() // what came of it stands in the ledger
		if p.dead.Load() {
			deaths++
		}
		if i > 1000 {
			t.Fatalf("it does not end: %+v", s.today())
		}
	}
	reach := s.judgeCrowd(n, post)
	if deaths < 50 {
		t.Errorf("only %d replicas died", deaths)
	}
	t.Logf("%d deaths: %+v", deaths, reach)
}

// cutOff is the store behind connections that break, with a probability, before a
// request, and with the same after it.
func (s *station) cutOff(rate float64) *store.Store {
	s.t.Helper()
	proxy := storetest.FlakyProxy(s.t, s.server, 1)
	broken, err := store.Open(s.t.Context(), store.Options{URL: proxy.URL, Existing: true})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { broken.Close() })
	proxy.SetRates(rate, rate)
	return broken
}

// TestMembersTogether: three replicas at once, which take each other for dead and are
// cut off from the ledgers in between.
func TestMembersTogether(t *testing.T) {
	n := crowdSize(t, 2000)
	for name, lease := range map[string]time.Duration{"patient": time.Hour, "hasty": 2 * time.Second} {
		t.Run(name, func(t *testing.T) {
			s := crowdStation(t, n, 32, 8)
			s.lease, s.pace = lease, 200*time.Microsecond
			s.crowd(n)
			if err := s.process("first").start(); err != nil {
				t.Fatal(err)
			}
			s.setTime(s.at.On(quiz.DayOf(s.Now())))
			post := newPost(0.1)
			cut := s.cutOff(0.03)
			var replicas sync.WaitGroup
			for i := range 3 {
				p := s.process(fmt.Sprint("replica ", i))
				p.customs = post
				if name == "hasty" {
					p.through = cut
				}
				rng := rand.New(rand.NewPCG(uint64(i), 1))
				var mu sync.Mutex
				p.away = func() bool {
					mu.Lock()
					defer mu.Unlock()
					return name == "hasty" && rng.IntN(20) == 0
				}
				replicas.Go(func() {
					for range 50 {
						if p.run() == nil {
							return
						}
					}
					t.Errorf("%s gives up", p.name)
				})
			}
			replicas.Wait()
			t.Logf("%+v", s.judgeCrowd(n, post))
		})
	}
}
