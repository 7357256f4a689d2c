package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"dangshi/quiz"
)

// CloseRequest is what an operator says at the end of a season.
type CloseRequest struct {
	Season  quiz.Season
	Entropy string // see quiz.CleanEntropy
	Prizes  quiz.Prizes
	Now     time.Time // by the product's clock
	By      string
	Damaged bool // close although the logs of some cannot be read

	// Ledger is handed what writes the ledger, perhaps several times: each time
	// from the beginning. nil: it is not kept.
	Ledger func(write func(io.Writer) error) error
}

// Closed is a season that is closed.
type Closed struct {
	Honours quiz.Honours
	File    []byte // the list as it is published
	Now     bool   // it was closed by this call
	Ledger  error  // why the ledger could not be written again: ErrLedgerGone; nil: it was
}

// lateAnswers is for how long after a season's end its close waits for answers that
// are on their way.
const lateAnswers = 2 * time.Minute

// CloseSeason ends a season: it
//
//  1. stages the close: the public number, the prizes and the rulings by which the
//     season counts are decided from here on;
//  2. freezes: every member is read once more;
//  3. draws, and writes ledger, list and who is behind the places; the list is what
//     makes the season a closed one.
//
// A kill at any moment leaves a season that is not closed, or one that is; the same
// call, or ResumeClose, goes on and gives the same. Called again it gives what was
// published, byte by byte. Errors: ErrNotBegun, ErrSeasonOpen, ErrNotCommitted,
// ErrOtherEntropy, ErrRegrading, ErrRekeying, UnlistedError, DamagedError, ErrSuperseded
// (another process is closing it), quiz.ErrUnavailable; after quiz.ErrUnknown the
// same call finds out.
func (s *Store) CloseSeason(ctx context.Context, r CloseRequest, o RebuildOptions) (Closed, error) {
	if r.Ledger == nil {
		r.Ledger = func(write func(io.Writer) error) error { return write(io.Discard) }
	}
	done, closed, err := s.closedBefore(ctx, r, o)
	if err != nil || closed {
		return done, err
	}
	c, err := s.stageClose(ctx, r, o)
	if err != nil {
		return Closed{}, err
	}
	run, err := s.claimClose(ctx, r.Season.ID)
	if err != nil {
		return Closed{}, err
	}
	// Another run may have finished before the claim; after it none can.
	if done, closed, err := s.closedBefore(ctx, r, o); err != nil || closed {
		return done, err
	}
	// Soon after the end an answer of the last minute may still be on its way, from a
	// machine whose clock is late as well.
	if r.Now.Before((c.Season.To + 1).Start().Add(quiz.Grace + lateAnswers)) {
		if err := s.waitFor(ctx, o); err != nil {
			return Closed{}, err
		}
	}
	for range maxTurns {
		done, err := s.finishClose(ctx, r, c, run, o)
		if !errors.Is(err, errSheetMoved) {
			return done, err
		}
	}
	return Closed{}, fmt.Errorf("%w: members are being erased", quiz.ErrUnavailable)
}

// closedBefore gives what was published, where the season is closed.
func (s *Store) closedBefore(ctx context.Context, r CloseRequest, o RebuildOptions) (Closed, bool, error) {
	one, closed, err := s.readHonours(ctx, r.Season.ID)
	if err != nil || !closed {
		return Closed{}, false, err
	}
	if one.honours.Entropy != r.Entropy {
		return Closed{}, true, ErrOtherEntropy
	}
	done := Closed{Honours: one.honours, File: one.file}
	if err := s.sweepWinners(ctx, r.Season.ID); err != nil {
		return Closed{}, true, err
	}
	_, err = s.writeClosedLedger(ctx, one, r.Ledger, o.Progress)
	if errors.Is(err, ErrLedgerGone) {
		done.Ledger, err = err, nil
	}
	return done, true, err
}

// stageClose decides by what the season is closed. A crash after it leaves a close
// that is resumed.
func (s *Store) stageClose(ctx context.Context, r CloseRequest, o RebuildOptions) (closing, error) {
	for range maxTurns {
		c, err := s.readClosing(ctx, r.Season.ID)
		if err != nil {
			return c, err
		}
		if c.Entropy == "" {
			if err := s.mayClose(ctx, &r, c, o); err != nil {
				return c, err
			}
			c.Entropy, c.Began, c.By, c.Season, c.Prizes = r.Entropy, r.Now.Unix(), r.By, r.Season, r.Prizes
			done, err := s.saveClosing(ctx, r.Season.ID, c, Audited{})
			if err != nil {
				return c, err
			}
			if !done {
				continue
			}
		}
		if c.Entropy != r.Entropy {
			return c, ErrOtherEntropy
		}
		if done, err := s.freezeRulings(ctx, r.Season.ID); err != nil || done {
			return c, err
		}
	}
	return closing{}, fmt.Errorf("%w: rulings change all the time", quiz.ErrUnavailable)
}

// mayClose looks whether the close may begin; the season's last day is set where
// the settings no longer name it.
func (s *Store) mayClose(ctx context.Context, r *CloseRequest, c closing, o RebuildOptions) error {
	if err := s.begunSeason(ctx, r.Season.ID); err != nil {
		return err
	}
	last := r.Season.To
	if err := s.eachPaper(ctx, quiz.Season{ID: r.Season.ID, From: r.Season.From}, func(p *quiz.Paper) { last = max(last, p.Day) }); err != nil {
		return err
	}
	if r.Season.To < r.Season.From {
		r.Season.To = last
	}
	if !last.Lapsed(r.Now) {
		return ErrSeasonOpen
	}
	if len(c.Commits) == 0 {
		return ErrNotCommitted
	}
	if l, err := s.readLedger(ctx); err != nil || l.Staged != nil {
		return errors.Join(err, staging(l))
	}
	left, err := s.left(ctx, r.Season, c, o.Progress)
	switch {
	case err != nil:
		return err
	case left.Unlisted > 0:
		return UnlistedError{left.Unlisted}
	case len(left.Damaged) > 0 && !r.Damaged:
		return DamagedError{left.Damaged}
	}
	return nil
}

func staging(l ledger) error {
	if l.Staged != nil {
		return ErrRegrading
	}
	return nil
}

// freezeRulings makes the present rulings those of the season for ever; done is
// false where they were changed meanwhile.
func (s *Store) freezeRulings(ctx context.Context, season string) (done bool, err error) {
	l, err := s.readLedger(ctx)
	if err != nil {
		return false, err
	}
	if _, frozen := l.Closed[season]; frozen {
		return true, nil
	}
	if l.Staged != nil {
		return false, ErrRegrading
	}
	next := l
	next.Closed = map[string]int{season: len(l.History)}
	for other, n := range l.Closed {
		next.Closed[other] = n
	}
	return s.switchOver(ctx, l.version, &next, turnover{})
}

// claimClose makes this run the one that may finish: of two at the same time, the
// one that came last.
func (s *Store) claimClose(ctx context.Context, season string) (run string, err error) {
	run = rand.Text()
	return run, outcome(s.client.HSet(ctx, versionKey(), closeField(season), run).Err())
}

// finishClose freezes, draws and writes.
func (s *Store) finishClose(ctx context.Context, r CloseRequest, c closing, run string, o RebuildOptions) (Closed, error) {
	listed, err := s.readRoll(ctx, c.Season.ID, c.List)
	if err != nil {
		return Closed{}, err
	}
	// Who has come back into the ranking since the close was begun is not on the
	// list that was committed: too late.
	sh, err := s.sheet(ctx, c.Season, func(pseudonym []byte, st state) bool { return st.ranked() > 0 && listed.holds(pseudonym) }, o.Progress)
	if err != nil {
		return Closed{}, err
	}
	h, err := s.draw(ctx, sh, c)
	if err != nil {
		return Closed{}, err
	}
	err = r.Ledger(func(w io.Writer) (err error) {
		h.Ledger, err = sh.write(ctx, w, listed)
		return err
	})
	if err != nil {
		return Closed{}, err
	}
	done := Closed{Honours: h, Now: true}
	if done.File, err = h.Encode(); err != nil {
		return Closed{}, err
	}
	if done.Honours, err = quiz.ParseHonours(done.File); err != nil {
		return Closed{}, err
	}
	line := Audited{At: r.Now, By: c.By, Did: "season.close", On: c.Season.ID, More: h.Ledger}
	if err := s.publishClose(ctx, sh, done, run, line); err != nil {
		return Closed{}, err
	}
	if err := s.sweepWinners(ctx, c.Season.ID); err != nil {
		return Closed{}, err
	}
	return done, nil
}

// draw makes the list, but for the hash of the ledger.
func (s *Store) draw(ctx context.Context, sh *sheet, c closing) (quiz.Honours, error) {
	begun, err := s.Seasons(ctx)
	if err != nil {
		return quiz.Honours{}, err
	}
	h := quiz.Honours{
		Format: quiz.HonoursFormat, Season: c.Season, Weights: begun[c.Season.ID].Weights, Top: c.Prizes.Top, Ties: c.Prizes.Ties,
		Commits: c.Commits, Seed: hex.EncodeToString(c.Seed), Entropy: c.Entropy, Began: c.Began, Ranked: len(sh.members),
	}
	h.Rule = quiz.HonoursRule(h.Weights, c.Prizes)
	h.Places, h.Line = c.Prizes.Award(sh.candidates(), quiz.NewUrn(c.Seed, c.Entropy))
	return h, nil
}
