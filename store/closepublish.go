package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"dangshi/quiz"
)

// publishClose writes who was ranked and who is behind the places, and last the
// list. A crash before it leaves what the next run writes again.
func (s *Store) publishClose(ctx context.Context, sh *sheet, done Closed, run string, line Audited) error {
	season := done.Honours.Season.ID
	if err := sh.unmoved(ctx); err != nil {
		return err
	}
	name, err := s.saveRoll(ctx, season, sh.roll())
	if err != nil {
		return err
	}
	c, err := s.readClosing(ctx, season)
	if err != nil {
		return err
	}
	c.Frozen = &name
	winners := map[int]string{}
	for _, p := range done.Honours.Places {
		winners[p.Place] = sh.member(p.Pseudonym)
	}
	stored, err := s.client.Get(ctx, winnersKey(season)).Result()
	if unavailable(err) != nil {
		return unavailable(err)
	}
	_, version, err := parseWinners(stored)
	if err != nil {
		return fmt.Errorf("%w: season %s: %w", errHonours, season, err)
	}
	claim := map[string]string{closeField(season): run}
	for _, write := range []struct {
		key      string
		expected quiz.Version
		value    any
		line     Audited // the season is closed with the last one
	}{{closingKey(season), c.version, c, Audited{}}, {winnersKey(season), version, winners, Audited{}}, {honoursKey(season), "", done.File, line}} {
		if err := s.saveClaimed(ctx, write.key, write.expected, write.value, claim, write.line); err != nil {
			return s.notClaimed(ctx, season, run, err)
		}
	}
	return nil
}

// notClaimed is the error of a write that found something else than expected: a
// member may have been erased meanwhile, which is no other run.
func (s *Store) notClaimed(ctx context.Context, season, run string, err error) error {
	if !errors.Is(err, ErrSuperseded) {
		return err
	}
	now, unread := s.client.HGet(ctx, versionKey(), closeField(season)).Result()
	if unavailable(unread) != nil {
		return unavailable(unread)
	}
	if now == run {
		return errSheetMoved
	}
	return err
}

// ResumeClose goes on with every close that was begun, to its end. resumed are the
// seasons that it has closed. Errors as of CloseSeason.
//
// keep is handed what writes a season's ledger, see CloseRequest.Ledger: who is
// erased after the close is in no ledger that is written later. nil: none is kept.
func (s *Store) ResumeClose(ctx context.Context, now time.Time, keep func(season string, write func(io.Writer) error) error, o RebuildOptions) (resumed []string, err error) {
	begun, err := s.client.HKeys(ctx, seasonsKey()).Result()
	if err != nil {
		return nil, unavailable(err)
	}
	for _, season := range begun {
		c, err := s.readClosing(ctx, season)
		if err != nil || c.Entropy == "" {
			if err != nil {
				return resumed, err
			}
			continue
		}
		n, err := s.client.Exists(ctx, honoursKey(season)).Result()
		if err != nil {
			return resumed, unavailable(err)
		}
		if n > 0 { // only this may be left
			if err := s.sweepWinners(ctx, season); err != nil {
				return resumed, err
			}
			continue
		}
		r := CloseRequest{Season: c.Season, Entropy: c.Entropy, Now: now, Damaged: true}
		if keep != nil {
			r.Ledger = func(write func(io.Writer) error) error { return keep(season, write) }
		}
		done, err := s.CloseSeason(ctx, r, o)
		if err != nil {
			return resumed, fmt.Errorf("season %s: %w", season, err)
		}
		if done.Now {
			resumed = append(resumed, season)
		}
	}
	return resumed, nil
}
