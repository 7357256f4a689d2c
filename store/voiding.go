package store

import (
	"context"
	"errors"
	"slices"

	"dangshi/quiz"
)

// While a day is being voided, which takes some seconds, what a member commits or
// is told must be that of before or that of after, like the boards. The log
// decides: it is read along with the record.

// in gives the season by its ID, where its boards are being replayed.
func (st *staged) in(season string) (quiz.Season, bool) {
	if st == nil || season == "" {
		return quiz.Season{}, false
	}
	i := slices.IndexFunc(st.Seasons, func(s quiz.Season) bool { return s.ID == season })
	if i < 0 {
		return quiz.Season{}, false
	}
	return st.Seasons[i], true
}

// loadedWhileVoiding is a record as it will be mended, where the void is in force
// and the replay has perhaps not come to it. What is damaged comes as it is. The
// void does not end between the read of the record and this: after the last record
// is mended it waits for longer than a message may take (see settleTime).
func (s *Store) loadedWhileVoiding(ctx context.Context, id string, r quiz.Record) (quiz.Record, error) {
	now, err := s.ruled(ctx)
	if err != nil {
		return r, err
	}
	season, concerned := now.void.in(r.Member.Totals.Season)
	if !concerned || !now.void.Published {
		return r, nil
	}
	t, err := s.truth(ctx, season)
	if err != nil {
		return r, err
	}
	states, err := t.readMembers(ctx, []string{id})
	if err != nil || states[0].fault != nil || states[0].raw == "" {
		return r, err
	}
	// Perhaps it was replaced meanwhile: record and log are of one moment.
	r = states[0].record
	r.Member = states[0].mended
	return r, nil
}

// committedWhileVoiding gives a change what the void that is about to be in force
// makes of its score. stale reports that it rests on a record that is still to be
// mended: it is to be made again, from what Load gives.
func (s *Store) committedWhileVoiding(ctx context.Context, id string, c quiz.Change) (with quiz.Change, stale bool, err error) {
	now, err := s.ruled(ctx)
	if err != nil {
		return c, false, err
	}
	season, concerned := now.void.in(c.Board.Season)
	if !concerned || c.Board.Remove {
		return c, false, nil
	}
	t, err := s.truth(ctx, season)
	if err != nil {
		return c, false, err
	}
	log, err := s.Log(ctx, id, season.ID)
	if err != nil {
		return c, false, err
	}
	if c.Log != nil && c.Log.Season == season.ID {
		log = append(log, c.Log.Entry...)
	}
	entries, err := quiz.ParseLog(log, season.From)
	if err != nil { // damaged before, or another answer came in between: the commit will tell
		return c, false, nil
	}
	totals, err := quiz.Replay(season, entries, t.past.Paper, now.void.Void.added(t.past.Voids))
	switch {
	case errors.Is(err, quiz.ErrUnavailable):
		return c, false, err
	case err != nil:
		return c, false, nil
	}
	next := int64(0)
	if totals.Days > 0 {
		next = totals.Rank()
	}
	if now.void.Published {
		return c, c.Board.Score != next, nil
	}
	board := *c.Board
	board.Amend = next - board.Score
	c.Board = &board
	return c, false, nil
}
