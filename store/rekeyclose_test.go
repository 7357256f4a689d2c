package store

import (
	"errors"
	"io"
	"testing"

	"dangshi/quiz"
)

// TestNothingIsDecidedWhileMembersMove: as long as a table of moves was begun and
// is not finished, nothing that reads all members for good begins, and a close that
// meets one ends without a list.
func TestNothingIsDecidedWhileMembersMove(t *testing.T) {
	w := newRekeyed(t, servers.Redis(t).URL, 6)
	ctx, s := t.Context(), w.s
	must(t, s.client.Del(ctx, winnersKey("2026")).Err())
	run := RekeyRun{File: "a table", Moves: 6, Begun: 1}
	request := CloseRequest{
		Season: w.season, Entropy: "1 2 3", Prizes: quiz.Prizes{Top: 3, Ties: quiz.TiesDraw}, Now: (w.season.To + 2).Start(), By: "test",
	}
	refused := func(when string) {
		t.Helper()
		before := everything(t, s, nil)
		_, committed := s.CommitSeason(ctx, w.season, 1, "test", nil)
		_, closed := s.CloseSeason(ctx, request, RebuildOptions{})
		_, written := s.WriteLedger(ctx, w.season, func(write func(io.Writer) error) error { return write(io.Discard) }, nil)
		regraded := s.PublishRegrade(ctx, ruling(0, differentRulings[1], differentRulings[0], w.season), RebuildOptions{})
		voided := s.VoidDay(ctx, Voiding{Day: testDay, How: quiz.Dropped}, []quiz.Season{w.season}, RebuildOptions{})
		for i, err := range []error{committed, closed, written, regraded, voided} {
			if !errors.Is(err, ErrRekeying) && (i != 1 || !errors.Is(err, ErrNotCommitted)) {
				t.Errorf("%s: %d: %v", when, i, err)
			}
		}
		if everything(t, s, nil) != before {
			t.Errorf("%s: something was written", when)
		}
	}
	must(t, s.saveRekeyRun(ctx, run))
	refused("before the season is committed")
	run.Finished = 2
	must(t, s.saveRekeyRun(ctx, run))
	get[[]quiz.Commitment](t)(s.CommitSeason(ctx, w.season, 1, "test", nil))

	// Another table, begun and finished between the freeze and the list.
	moves := w.moves(0)
	request.Ledger = func(write func(io.Writer) error) error {
		if err := write(io.Discard); err != nil {
			return err
		}
		must(t, s.saveRekeyRun(ctx, RekeyRun{File: movesDigest(moves), Moves: len(moves), Begun: 3}))
		_, err := s.Rekey(ctx, moves, RekeyOptions{}) // a run that goes on is let through
		return err
	}
	if _, err := s.CloseSeason(ctx, request, RebuildOptions{}); !errors.Is(err, ErrRekeying) {
		t.Fatal("members moved under a close:", err)
	}
	if _, closed, err := s.readHonours(ctx, "2026"); closed || err != nil {
		t.Fatal("it was closed all the same", err)
	}
	request.Ledger = nil
	done := get[Closed](t)(s.CloseSeason(ctx, request, RebuildOptions{}))
	if awards := get[[]quiz.Award](t)(s.Awards(ctx, "2026")); len(awards) != 3 || awards[0].Erased || !done.Now {
		t.Errorf("%+v", awards)
	}
}

// TestRekeyMeetsAClose: a close that begins just when a rekeying does is seen, and
// of the rekeying nothing is left that would keep it waiting.
func TestRekeyMeetsAClose(t *testing.T) {
	url := servers.Redis(t).URL
	w := newRekeyed(t, url, 3)
	ctx, s, moves := t.Context(), w.s, w.moves(0)
	mover, begun := openTest(t, url), false
	mover.client.AddHook(beforeEach(func() {
		if begun {
			return
		}
		if _, there, err := s.rekeyRun(ctx, movesDigest(moves)); err != nil || !there {
			must(t, err)
			return
		}
		begun = true
		c := get[closing](t)(s.readClosing(ctx, "2026"))
		c.Entropy = "1 2 3"
		if done, err := s.saveClosing(ctx, "2026", c); !done || err != nil {
			t.Error(done, err)
		}
	}))
	if _, err := mover.Rekey(ctx, moves, RekeyOptions{}); !errors.Is(err, ErrClosing) || !begun || !w.has(t, w.ids[0]) {
		t.Error(begun, err)
	}
	if _, err := s.notRekeying(ctx); err != nil {
		t.Error(err)
	}
}

// TestRekeyUnread: where it cannot be read whether a table was moved, that is no
// answer.
func TestRekeyUnread(t *testing.T) {
	w := newRekeyed(t, servers.Redis(t).URL, 3)
	must(t, w.s.client.Set(t.Context(), movesKey(), "damaged.", 0).Err())
	if plan, err := w.s.Rekey(t.Context(), w.moves(0), RekeyOptions{}); err == nil || plan.Before != nil {
		t.Errorf("%+v, %v", plan, err)
	}
}
