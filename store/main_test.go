package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"dangshi/content"
	"dangshi/quiz"
	"dangshi/store/storetest"
)

var servers storetest.Shared

func TestMain(m *testing.M) { os.Exit(servers.Run(m)) }

// onBackends runs test on each kind of Redis, emptied before.
func onBackends(t *testing.T, test func(t *testing.T, url string)) {
	t.Run("miniredis", func(t *testing.T) { test(t, "redis://"+storetest.Miniredis(t).Addr()+"/0") })
	t.Run("redis", func(t *testing.T) { test(t, servers.Redis(t).URL) })
	t.Run("cluster", func(t *testing.T) { test(t, servers.Cluster(t).URL) })
}

// patience is longer than a busy machine ever pauses: how fast it is, is not the
// question of these tests.
const patience = time.Minute

// openTest opens one replica.
func openTest(t testing.TB, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), Options{URL: url, Sandbox: true, Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	s.settle = func(context.Context) error { return nil } // tests say themselves when there is something to wait for
	t.Cleanup(func() { s.Close() })
	return s
}

// tester is a *testing.T, a *testing.B or a *rapid.T.
type tester interface {
	Helper()
	Context() context.Context
	Errorf(format string, args ...any)
	Fatal(args ...any)
}

// get gives v, or ends the test.
func get[T any](t tester) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// testDay is the first day of the seasons of these tests.
const testDay = quiz.Day(20454) // 2026-01-01

// testPaper is the paper of a day: 1 to 10 questions, the right answer to each
// is A.
func testPaper(day quiz.Day) *quiz.Paper {
	p := &quiz.Paper{Day: day, Version: 1, Season: "2026", Weights: quiz.DefaultWeights}
	for i := range 1 + int(day)%10 {
		p.Questions = append(p.Questions, content.Question{
			ID: fmt.Sprint("q", i), Type: content.Single, Stem: "?", Options: []string{"a", "b", "c", "d"},
			Answer: content.Key{Letters: 1}, State: content.Approved, Revision: 1,
		})
		p.Fixed = append(p.Fixed, i%2 == 0)
	}
	return p
}

// freezePapers freezes the papers of the first days.
func freezePapers(t tester, s *Store, days int) {
	t.Helper()
	for d := range quiz.Day(days) {
		get[*quiz.Paper](t)(s.Freeze(t.Context(), testPaper(testDay+d), ""))
	}
}

// player is a member who answers by the rules of the quiz, in the loop of the bot.
type player struct {
	store  *Store
	season quiz.Season
	id     string
	optOut bool
}

// finish answers the whole paper of a day in one commit, each question with the
// next of letters as it is shown. It goes on through conflicts and unknown
// outcomes until the day is counted.
func (p *player) finish(ctx context.Context, day quiz.Day, letters []int) error {
	d := quiz.Delivery{Key: uint64(day), Sent: int64(day)}
	var last error
	for range 200 {
		if last = p.try(ctx, day, letters, d); last == nil || !isOutcome(last) {
			return last
		}
	}
	return fmt.Errorf("never got through: %w", last)
}

func isOutcome(err error) bool {
	return errors.Is(err, quiz.ErrConflict) || errors.Is(err, quiz.ErrUnknown) || errors.Is(err, quiz.ErrUnavailable)
}

func (p *player) try(ctx context.Context, day quiz.Day, letters []int, d quiz.Delivery) error {
	voids, err := p.store.Voids(ctx)
	if err != nil {
		return err
	}
	rulings, err := p.store.Rulings(ctx)
	if err != nil {
		return err
	}
	loaded, err := p.store.Load(ctx, p.id, d.Key)
	if err != nil || loaded.Record.Seen(d.Key) {
		return err
	}
	next := loaded.Record
	next.Recent = next.Remember(d)
	next.Member.OptOut = p.optOut
	paper := testPaper(day)
	paper.Season, paper.From = p.season.ID, p.season.From
	s := quiz.Situation{
		ID: quiz.Self(p.id), Now: day.Start().Add(9 * time.Hour), Today: paper, Open: paper,
		Voids: voids, Rulings: rulings,
	}
	m, out := quiz.Step(next.Member, quiz.Begin{}, s)
	for i := 0; out.Asked != nil; i++ {
		choice := quiz.Choice{Letters: 1 << letters[i%len(letters)]}
		m, out = quiz.Step(m, quiz.Answer{Choice: choice}, s)
	}
	if out.Status != quiz.Finished {
		return nil // voided before it could be answered, or finished before
	}
	next.Member = m
	c := quiz.Change{Record: next, Key: d.Key, Reply: fmt.Sprint("reply ", d.Key), Log: out.Log, Board: out.Board}
	_, err = p.store.Commit(ctx, p.id, c)
	return err
}

// totals replays what the store has of the player's log.
func (p *player) totals(t tester, s *Store, voids quiz.Voids) quiz.Totals {
	t.Helper()
	log := get[[]byte](t)(s.Log(context.Background(), p.id, p.season.ID))
	entries := get[[]quiz.Entry](t)(quiz.ParseLog(log, p.season.From))
	rulings := get[*quiz.Rulings](t)(s.Rulings(context.Background()))
	return get[quiz.Totals](t)(quiz.Replay(p.season, entries,
		func(day quiz.Day, _ int) (*quiz.Paper, error) { return testPaper(day).Under(rulings), nil }, voids))
}

// sorted is the board that the players' logs give, best first with ranks; equal
// scores are in the order of the store.
func sorted(t tester, s *Store, players []*player, voids quiz.Voids) []quiz.Standing {
	t.Helper()
	var all []quiz.Standing
	for _, p := range players {
		if totals := p.totals(t, s, voids); totals.Days > 0 && !p.optOut {
			all = append(all, quiz.Standing{ID: p.id, Score: totals.Rank()})
		}
	}
	slices.SortFunc(all, before)
	for i := range all {
		all[i].Rank = 1 + slices.IndexFunc(all, func(st quiz.Standing) bool { return st.Score == all[i].Score })
	}
	return all
}
