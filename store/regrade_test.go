package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store/storetest"
)

// ruling is a correction of a question of testPaper.
func ruling(place int, r quiz.Ruling, before quiz.Ruling, seasons ...quiz.Season) Regrade {
	return Regrade{Seasons: seasons, Correction: quiz.Correction{
		AskedAs: quiz.AskedAs{Question: fmt.Sprint("q", place), Revision: 1},
		Ruling:  r, Before: before, By: "test", Why: "the key was wrong", Day: testDay, Place: place + 1,
	}}
}

// differentRulings are what can be ruled of a question whose key is A.
var differentRulings = []quiz.Ruling{
	{Keys: []content.Letters{1}}, {Keys: []content.Letters{2}}, {Void: true}, {Keys: []content.Letters{1, 4}}, {Keys: []content.Letters{8}},
}

// inForce is what the key of a question of testPaper is now.
func inForce(t tester, s *Store, place int) quiz.Ruling {
	t.Helper()
	s.changed()
	rulings := get[*quiz.Rulings](t)(s.Rulings(t.Context()))
	if now, ok := rulings.Of(quiz.AskedAs{Question: fmt.Sprint("q", place), Revision: 1}); ok {
		return now
	}
	return differentRulings[0]
}

// otherRuling is one that is not in force.
func otherRuling(pick int, now quiz.Ruling) quiz.Ruling {
	for i := range differentRulings {
		if r := differentRulings[(pick+i)%len(differentRulings)]; !r.Equal(now) {
			return r
		}
	}
	panic("all rulings are the same")
}

// amended is a member's record with what was published.
func amended(t tester, s *Store, id string) quiz.Member {
	t.Helper()
	rulings := get[*quiz.Rulings](t)(s.Rulings(t.Context()))
	return get[quiz.Loaded](t)(s.Load(t.Context(), id, 0)).Record.Member.Amended(rulings.Published())
}

// checkRegraded: everything is as if the rulings had been known from the start.
func checkRegraded(t tester, s *Store, season quiz.Season, players []*player) {
	t.Helper()
	s.changed()
	checkBoard(t, s, season, players, nil)
	for _, p := range players {
		if got, want := amended(t, s, p.id).Totals, p.totals(t, s, nil); want.Days > 0 && got != want {
			t.Errorf("%s has the totals %+v, the log gives %+v", p.id, got, want)
		}
	}
	if v := get[Verification](t)(s.Verify(t.Context(), season, VerifyOptions{})); len(v.Differences) > 0 {
		t.Errorf("Verify: %+v", v.Differences)
	}
	if _, pending, err := s.Staged(t.Context()); pending || err != nil {
		t.Errorf("a regrade is left: %v, %v", pending, err)
	}
}

// forget removes the players of a run, or every later one would replay them.
func forget(t tester, s *Store, players []*player) {
	t.Helper()
	for _, p := range players {
		shard := s.shard(p.id)
		if err := s.client.Del(context.Background(), memberKey(shard, p.id), logKey(shard, p.season.ID, p.id)).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// Rulings that come at any time between the days, each taking back or changing
// what was ruled before: in the end nothing tells them from a key that was right
// from the start. What members are told adds up.
func TestRegradeIsAsGradedFromTheStart(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s, other := openTest(t, url), openTest(t, url)
		const days = 8
		freezePapers(t, s, days)
		run := 0
		rapid.Check(t, func(rt *rapid.T) {
			run++
			season := quiz.Season{ID: fmt.Sprint("regrade", run), From: testDay, To: testDay + days}
			players := drawPlayers(rt, season, s, other)
			plan := drawDays(rt, len(players), days)
			for day := range days {
				for i, p := range players {
					for _, a := range plan[i] {
						if a.day == testDay+quiz.Day(day) {
							play(rt, p, []attempt{a})
						}
					}
				}
				if day%3 != 2 {
					continue
				}
				place := rapid.IntRange(0, 2).Draw(rt, "question")
				now := inForce(rt, s, place)
				next := otherRuling(rapid.IntRange(0, len(differentRulings)-1).Draw(rt, "ruling"), now)
				before := map[string]quiz.Member{}
				for _, p := range players {
					before[p.id] = amended(rt, s, p.id)
				}
				if err := s.PublishRegrade(rt.Context(), ruling(place, next, now, season), RebuildOptions{}); err != nil {
					rt.Fatal(err)
				}
				other.changed()
				for _, p := range players {
					checkTold(rt, before[p.id], amended(rt, s, p.id))
				}
			}
			checkRegraded(rt, s, season, players)
			forget(rt, s, players)
		})
	})
}

// checkTold: what a member is to be told leads from what they were told last to
// what they have.
func checkTold(t tester, before, after quiz.Member) {
	t.Helper()
	was := before.Totals.Points
	if r, untold := before.Regraded(); untold {
		was = r.Before
	}
	r, untold := after.Regraded()
	switch {
	case untold != (was != after.Totals.Points):
		t.Errorf("told %d points, has %d: to be told %v", was, after.Totals.Points, untold)
	case untold && (r.Before != was || r.After != after.Totals.Points):
		t.Errorf("told %d points, has %d: to be told %+v", was, after.Totals.Points, r)
	}
}

// A regrade is killed at 50 random moments, before or after a command reached
// Redis, while members go on answering and readers look: they see the old board
// or the new one, and the same call by a new process ends as if nothing had been.
func TestRegradeKilled(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		w := &killed{url: url, s: openTest(t, url), writer: openTest(t, url)}
		freezePapers(t, w.s, killedDays)
		w.commands = w.run(t, 0, 0) // as long as it takes
		for i := range storetest.Rounds(50) {
			w.run(t, i+1, 1+rand.Int64N(w.commands))
		}
	})
}

const killedDays = 7

// killed is the world of TestRegradeKilled.
type killed struct {
	url       string
	s, writer *Store
	commands  int64
}

// run lets one regrade be killed at a command (0: never) and gives how many it took.
func (w *killed) run(t *testing.T, n int, at int64) int64 {
	season := quiz.Season{ID: fmt.Sprint("killed", n), From: testDay, To: testDay + killedDays}
	place := n % 2
	now := inForce(t, w.s, place)
	r := ruling(place, otherRuling(n, now), now, season)
	still := players(w.writer, season, "still", 6)
	for i, p := range still {
		play(t, p, []attempt{{testDay + 1, []int{i % 4}}, {testDay + 3, []int{(i + n) % 4}}})
	}
	writing := players(w.writer, season, "writing", 3)

	// under is held by whoever acts by what it has read before; waiting for them
	// stands for the seconds that are waited in the field.
	var under sync.RWMutex
	settle := func(context.Context) error {
		w.writer.changed()
		under.Lock()
		defer under.Unlock()
		return nil
	}
	look := regradeLooks(t, w, season, still, r)
	stop := make(chan struct{})
	var others sync.WaitGroup
	for i, p := range writing {
		others.Go(func() {
			for day := range quiz.Day(killedDays) {
				under.RLock()
				play(t, p, []attempt{{testDay + day, []int{i, int(day) % 4, 0}}})
				under.RUnlock()
			}
		})
	}
	others.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				under.RLock()
				look.once(t)
				under.RUnlock()
			}
		}
	})
	sent, err := w.process(t, r, settle, at, n%2 == 0)
	if err != nil {
		if at == 0 {
			t.Fatal(err)
		}
		if _, err := w.process(t, r, settle, 0, false); err != nil && !errors.Is(err, ErrRuled) {
			t.Fatalf("killed at command %d: the next process: %v", at, err)
		}
	}
	close(stop)
	others.Wait()
	w.writer.changed()
	look.once(t)
	if look.seen[1] == 0 {
		t.Error("nobody has seen the new board")
	}
	all := append(still, writing...)
	checkRegraded(t, w.s, season, all)
	if history := get[[]quiz.Correction](t)(w.s.Corrections(t.Context())); len(history) != n+1 || !history[n].Ruling.Equal(r.Correction.Ruling) {
		t.Errorf("killed at command %d: the history has %d entries, the last %+v", at, len(history), history[len(history)-1])
	}
	forget(t, w.s, all)
	return sent
}

func players(s *Store, season quiz.Season, name string, n int) (all []*player) {
	for i := range n {
		all = append(all, &player{store: s, season: season, id: fmt.Sprint(season.ID, name, i)})
	}
	return all
}

// process is a program that publishes, or goes on, and may be killed on the way.
func (w *killed) process(t *testing.T, r Regrade, settle func(context.Context) error, at int64, after bool) (sent int64, err error) {
	t.Helper()
	s, err := Open(t.Context(), Options{URL: w.url, Sandbox: true, Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.settle = settle
	k := &killing{at: at, after: after}
	s.client.AddHook(k)
	err = s.PublishRegrade(t.Context(), r, RebuildOptions{})
	return k.sent.Load(), err
}

// looks are what a reader may see of members who do not answer: their old scores,
// all of them, or their new ones.
type looks struct {
	s      *Store
	season quiz.Season
	boards [2]map[string]int64       // old, new
	totals [2]map[string]quiz.Totals // of the records
	seen   [2]int
}

// newLooks are looks of a reader at what totals gives, before (0) and after (1).
func newLooks(s *Store, season quiz.Season, still []*player, totals func(p *player, after int) quiz.Totals) *looks {
	l := &looks{s: s, season: season, boards: [2]map[string]int64{{}, {}}, totals: [2]map[string]quiz.Totals{{}, {}}}
	for i := range l.boards {
		for _, p := range still {
			now := totals(p, i)
			l.totals[i][p.id] = now
			if now.Days > 0 {
				l.boards[i][p.id] = now.Rank()
			}
		}
	}
	return l
}

func regradeLooks(t *testing.T, w *killed, season quiz.Season, still []*player, r Regrade) *looks {
	t.Helper()
	history := get[[]quiz.Correction](t)(w.s.Corrections(t.Context()))
	rulings := []*quiz.Rulings{quiz.NewRulings(history, nil), quiz.NewRulings(append(history, r.Correction), nil)}
	return newLooks(w.writer, season, still, func(p *player, after int) quiz.Totals {
		log := get[[]byte](t)(w.s.Log(t.Context(), p.id, season.ID))
		entries := get[[]quiz.Entry](t)(quiz.ParseLog(log, season.From))
		return get[quiz.Totals](t)(quiz.Replay(season, entries,
			func(day quiz.Day, _ int) (*quiz.Paper, error) { return testPaper(day).Under(rulings[after]), nil }, nil))
	})
}

func (l *looks) once(t *testing.T) {
	top, err := l.s.TopTied(t.Context(), l.season.ID, 1000)
	if err != nil {
		t.Errorf("looking at the board: %v", err)
		return
	}
	seen := map[string]int64{}
	for _, st := range top {
		if _, known := l.boards[0][st.ID]; known {
			seen[st.ID] = st.Score
		}
	}
	found := false
	for i, board := range l.boards {
		if reflect.DeepEqual(seen, board) {
			l.seen[i]++
			found = true
		}
	}
	if !found {
		t.Errorf("the board shows %v, neither the old one %v nor the new one %v", seen, l.boards[0], l.boards[1])
	}
}

// A question of two seasons, of which one has ended: both boards are replayed, the
// record of who is in the new season keeps the new season's sums, and the member
// is told of the season that changed.
func TestRegradeOfAnEndedSeason(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		ended := quiz.Season{ID: "2026", From: testDay, To: testDay + 3}
		season := quiz.Season{ID: "2027", From: testDay + 4, To: testDay + 8}
		for day := range quiz.Day(8) {
			p := testPaper(testDay + day)
			p.From = ended.From
			if day > 3 {
				p.Season, p.From = season.ID, season.From
			}
			get[*quiz.Paper](t)(s.Freeze(t.Context(), p, ""))
		}
		asked := get[[]Asked](t)(s.Asked(t.Context(), "q4", []quiz.Season{ended, season}))
		if len(asked) != 1 || len(asked[0].Times) != 6 || asked[0].Times[0] != (AskedIn{"2026", testDay, 1, 5}) {
			t.Fatalf("q4 was asked %+v", asked)
		}
		one := []*player{{store: s, season: ended, id: "both"}, {store: s, season: ended, id: "once"}}
		two := []*player{{store: s, season: season, id: "both"}}
		for _, p := range one { // q4 is asked on the first day, with 5 questions, and wrong
			play(t, p, []attempt{{testDay, []int{1, 1, 1, 1, 1}}})
		}
		play(t, two[0], []attempt{{testDay + 5, []int{0}}}) // 10 questions, some right
		before := amended(t, s, "both")

		plan, _, err := s.PlanRegrade(t.Context(), RegradeRequest{
			Question: "q4", Proposal: quiz.Proposal{Void: true}, Seasons: []quiz.Season{ended, season},
		})
		if err != nil || len(plan.Seasons) != 2 {
			t.Fatalf("%+v, %v", plan, err)
		}
		impact := get[quiz.Impact](t)(s.PreviewRegrade(t.Context(), plan, ended, 1, nil))
		if impact.Finished != 2 || impact.Gain > 2 || impact.Lose != 0 {
			t.Errorf("preview %+v", impact)
		}
		if err := s.PublishRegrade(t.Context(), plan, RebuildOptions{}); err != nil {
			t.Fatal(err)
		}
		checkBoard(t, s, ended, one, nil)
		checkRegraded(t, s, season, two)
		for _, p := range one {
			r, untold := amended(t, s, p.id).Regraded()
			total := p.totals(t, s, nil)
			if untold && p.id == "once" && (r.Season != "2026" || r.After != total.Points) {
				t.Errorf("%s is told %+v, has %d", p.id, r, total.Points)
			}
		}
		if after := amended(t, s, "both"); after.Totals.Days != before.Totals.Days || after.Totals.Season != "2027" {
			t.Errorf("the record of the new season: %+v, before %+v", after.Totals, before.Totals)
		}
	})
}

// The preview says what comes: ranks and points before and after are those of the
// boards, and nothing is written by it.
func TestPreviewIsWhatComes(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		s := openTest(t, url)
		const days = 6
		freezePapers(t, s, days)
		season := quiz.Season{ID: "2026", From: testDay, To: testDay + days}
		players := answered(t, s, season, 40, days)
		r := ruling(0, quiz.Ruling{Keys: []content.Letters{2}}, differentRulings[0], season)
		for day := range quiz.Day(days) {
			r.Times = append(r.Times, AskedIn{"2026", testDay + day, 1, 1})
		}
		places := func() map[string]quiz.Place {
			all := map[string]quiz.Place{}
			for _, st := range get[[]quiz.Standing](t)(s.TopTied(t.Context(), season.ID, 1000)) {
				all[quiz.Pseudonym(s.Secret(), season.ID, quiz.Self(st.ID))] = quiz.Place{Rank: st.Rank, Score: st.Score}
			}
			return all
		}
		before := places()
		impact := get[quiz.Impact](t)(s.PreviewRegrade(t.Context(), r, season, 5, nil))
		if now := places(); !reflect.DeepEqual(now, before) {
			t.Error("the preview changed the board")
		}
		if err := s.PublishRegrade(t.Context(), r, RebuildOptions{}); err != nil {
			t.Fatal(err)
		}
		after := places()
		checkRegraded(t, s, season, players)
		want := quiz.Impact{First: 5}
		for name, was := range before {
			is := after[name]
			switch {
			case is.Rank < was.Rank:
				want.Up++
			case is.Rank > was.Rank:
				want.Down++
			}
			if is.Rank <= 5 && was.Rank > 5 {
				want.Entering++
			}
			if is.Rank > 5 && was.Rank <= 5 {
				want.Leaving++
			}
		}
		if impact.Up != want.Up || impact.Down != want.Down || impact.Entering != want.Entering || impact.Leaving != want.Leaving || impact.Finished != len(players) || impact.First != want.First {
			t.Errorf("preview %+v, it came to %+v", impact, want)
		}
		if want.Up == 0 || want.Down == 0 || want.Entering == 0 {
			t.Errorf("nothing moved: %+v", want)
		}
		for _, m := range append(impact.Movers, impact.Enter...) {
			if before[m.Pseudonym] != m.Before || after[m.Pseudonym] != m.After {
				t.Errorf("%+v: was %+v, is %+v", m, before[m.Pseudonym], after[m.Pseudonym])
			}
		}
	})
}

// What cannot be published is refused, and leaves nothing.
func TestRegradeRefused(t *testing.T) {
	s := openTest(t, servers.Redis(t).URL)
	freezePapers(t, s, 2)
	season := quiz.Season{ID: "2026", From: testDay, To: testDay + 2}
	same := ruling(0, differentRulings[0], differentRulings[0], season)
	if err := s.PublishRegrade(t.Context(), same, RebuildOptions{}); !errors.Is(err, ErrRuled) {
		t.Errorf("the key as it is: %v", err)
	}
	r := ruling(0, quiz.Ruling{Void: true}, differentRulings[0], season)
	for i, want := range []error{nil, ErrRuled} {
		if err := s.PublishRegrade(t.Context(), r, RebuildOptions{}); !errors.Is(err, want) {
			t.Errorf("time %d: %v, want %v", i+1, err, want)
		}
	}
	old := ruling(0, differentRulings[1], differentRulings[0], season) // planned before the one above
	if err := s.PublishRegrade(t.Context(), old, RebuildOptions{}); !errors.Is(err, ErrRulingMoved) {
		t.Errorf("an old plan: %v", err)
	}
	for name, request := range map[string]RegradeRequest{
		"never asked":       {Question: "q99", Proposal: quiz.Proposal{Void: true}},
		"another revision":  {Question: "q0", Revision: 7, Proposal: quiz.Proposal{Void: true}},
		"no such option":    {Question: "q0", Proposal: quiz.Proposal{Key: "E"}},
		"two of one choice": {Question: "q0", Proposal: quiz.Proposal{Key: "AB"}},
		"two ways":          {Question: "q0", Proposal: quiz.Proposal{Key: "A", Void: true}},
		"no way":            {Question: "q0"},
	} {
		request.Seasons = []quiz.Season{season}
		if _, _, err := s.PlanRegrade(t.Context(), request); !errors.Is(err, ErrRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if history := get[[]quiz.Correction](t)(s.Corrections(t.Context())); len(history) != 1 {
		t.Errorf("the history is %+v", history)
	}
}
