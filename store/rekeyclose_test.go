package store

import (
	"errors"
	"io"
	"sync"
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
	must(t, s.saveRekeyRun(ctx, run, Audited{}))
	refused("before the season is committed")
	run.Finished = 2
	must(t, s.saveRekeyRun(ctx, run, Audited{}))
	get[[]quiz.Commitment](t)(s.CommitSeason(ctx, w.season, 1, "test", nil))

	// Another table, begun and finished between the freeze and the list.
	moves := w.moves(0)
	request.Ledger = func(write func(io.Writer) error) error {
		if err := write(io.Discard); err != nil {
			return err
		}
		must(t, s.saveRekeyRun(ctx, RekeyRun{File: movesDigest(moves), Moves: len(moves), Begun: 3}, Audited{}))
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
		if done, err := s.saveClosing(ctx, "2026", c, Audited{}); !done || err != nil {
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

// TestRekeyMeetsARegrade: a rekeying that begins at any moment of a regrade, or of a
// day that is voided, finds it, or is found: never are members moved while they are
// replayed.
func TestRekeyMeetsARegrade(t *testing.T) {
	onBackends(t, func(t *testing.T, url string) {
		w := newRekeyed(t, url, 3)
		ctx, s := t.Context(), w.s
		run := RekeyRun{File: "a table", Moves: 3, Begun: 1}
		found, moved, last := 0, 0, 0
		for at := 1; last == 0; at++ {
			actor := openTest(t, url)
			sent, moves := 0, false
			var mu sync.Mutex
			actor.client.AddHook(beforeEach(func() {
				mu.Lock()
				defer mu.Unlock()
				if sent++; sent != at {
					return
				}
				must(t, s.saveRekeyRun(ctx, run, Audited{}))
				switch err := s.mayRekey(ctx, false); {
				case err == nil:
					moves = true
				case errors.Is(err, ErrRegrading):
					must(t, s.dropRekeyRun(ctx, run.File))
				default:
					t.Error(err)
				}
			}))
			now := inForce(t, s, 0)
			act := func() error {
				if at%2 == 0 {
					how := quiz.Dropped
					if get[quiz.Voids](t)(s.readVoids(ctx))[testDay] == how {
						how = quiz.Stands
					}
					return actor.VoidDay(ctx, Voiding{Day: testDay, How: how, At: 1}, []quiz.Season{w.season}, RebuildOptions{})
				}
				return actor.PublishRegrade(ctx, ruling(0, otherRuling(at, now), now, w.season), RebuildOptions{})
			}
			switch err := act(); {
			case moves && errors.Is(err, ErrRekeying):
				found++
			case err == nil && !moves:
				moved++
			default:
				t.Fatalf("begun at command %d of %d: members move: %v; %v", at, sent, moves, err)
			}
			if sent < at || at == 15 {
				last = at
			}
			if moves {
				must(t, s.dropRekeyRun(ctx, run.File))
			}
		}
		if found == 0 || moved == 0 {
			t.Errorf("found %d times, refused %d times", found, moved)
		}
	})
}
