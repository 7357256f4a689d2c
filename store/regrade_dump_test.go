package store

import (
	"context"
	"testing"

	"dangshi/quiz"
	"dangshi/store/storetest"
)

// A backup holds the rulings, and a regrade that was on its way: boards that are
// computed anew elsewhere are those of the rulings, and what was begun goes on.
func TestRulingsAreBackedUp(t *testing.T) {
	from := "redis://" + storetest.Miniredis(t).Addr() + "/0"
	s := openTest(t, from)
	const days = 6
	freezePapers(t, s, days)
	season := quiz.Season{ID: "2026", From: testDay, To: testDay + days}
	players := answered(t, s, season, 300, days)
	published := ruling(0, quiz.Ruling{Void: true}, differentRulings[0], season)
	if err := s.PublishRegrade(t.Context(), published, RebuildOptions{}); err != nil {
		t.Fatal(err)
	}
	k := &killing{}
	s.client.AddHook(k)
	s.settle = func(context.Context) error {
		if k.at == 0 {
			k.at = k.sent.Load() + 7 // some pages later, when the records of some say what is to come
		}
		return nil
	}
	begun := ruling(1, differentRulings[1], differentRulings[0], season)
	if err := s.PublishRegrade(t.Context(), begun, RebuildOptions{}); err == nil {
		t.Fatal("it was not killed")
	}
	sound := openTest(t, from)
	if _, pending, err := sound.Staged(t.Context()); !pending || err != nil {
		t.Fatalf("nothing was begun: %v", err)
	}
	noted := 0
	for _, p := range players {
		if p.store = sound; get[quiz.Loaded](t)(sound.Load(t.Context(), p.id, 0)).Record.Member.Amends.Ruling == 2 {
			noted++
		}
	}
	if noted == 0 || noted == len(players) {
		t.Errorf("%d of %d records say what is to come", noted, len(players))
	}

	elsewhere := servers.Redis(t)
	mustRestoreBackup(t, elsewhere.URL, mustBackUp(t, sound))
	there := openTest(t, elsewhere.URL)
	for _, p := range players {
		p.store = there
	}
	if err := there.Rebuild(t.Context(), season, RebuildOptions{Alone: true}); err != nil {
		t.Fatal(err)
	}
	if history := get[[]quiz.Correction](t)(there.Corrections(t.Context())); len(history) != 2 || !history[1].Ruling.Equal(begun.Correction.Ruling) {
		t.Errorf("the history is %+v", history)
	}
	checkRegraded(t, there, season, players)
}
