package store

import (
	"context"
	"errors"
	"maps"

	"dangshi/quiz"
)

// Voiding is a day that is voided, or that is to stand again.
type Voiding struct {
	Day quiz.Day  `json:"day"`
	How quiz.Void `json:"how"`
	At  int64     `json:"at"` // Unix seconds
	By  string    `json:"by,omitempty"`
	Why string    `json:"why,omitempty"`

	Work string `json:"-"` // see Regrade
}

// into brings the day into voids.
func (v Voiding) into(voids quiz.Voids) {
	if v.How == quiz.Stands {
		delete(voids, v.Day)
		return
	}
	voids[v.Day] = v.How
}

// ErrVoided means that the day is voided just like this already, or stands.
var ErrVoided = errors.New("the day is so already")

// VoidDay voids a day, or lets it stand again, in the seasons to which the day
// belongs:
//
//  1. it is staged in the ledger of rulings; from then on commits write into new
//     boards what their members will have;
//  2. every member is replayed into these boards, and no record is touched;
//  3. one step brings it into force and moves all readers to the new boards; from
//     then on a record is read together with its log;
//  4. Rebuild's replay mends the records, and the day is stored as voided.
//
// Until step 3 members see what was, after it what is, whichever of them is mended
// already. A kill at any moment leaves one of the two, and the same call or
// ResumeRegrade goes on. What was begun before is finished first. Errors: ErrVoided,
// ErrSeasonClosed, ErrRekeying, ErrSuperseded (another process goes on with it),
// quiz.ErrUnavailable; after quiz.ErrUnknown the same call finds out.
func (s *Store) VoidDay(ctx context.Context, v Voiding, seasons []quiz.Season, o RebuildOptions) error {
	if _, err := s.ResumeRegrade(ctx, o); err != nil {
		return err
	}
	l, err := s.readLedger(ctx)
	if err != nil {
		return err
	}
	if l.Staged != nil {
		return ErrSuperseded
	}
	if err := s.mayVoid(ctx, v, seasons, l); err != nil {
		return err
	}
	if err := s.intend(ctx, l, staged{Void: &v, Seasons: seasons, Work: v.Work}); err != nil {
		return err
	}
	_, err = s.ResumeRegrade(ctx, o)
	return err
}

// mayVoid looks whether there is anything to do, and no season closed.
func (s *Store) mayVoid(ctx context.Context, v Voiding, seasons []quiz.Season, l ledger) error {
	for _, season := range seasons {
		if _, closed := l.Closed[season.ID]; closed {
			return ErrSeasonClosed
		}
	}
	voids, err := s.readVoids(ctx)
	if err == nil && voids[v.Day] == v.How {
		err = ErrVoided
	}
	return err
}

// PreviewVoid computes what voiding a day would change in a season, whose first
// places are watched, and writes nothing. It costs what PreviewRegrade does.
// Errors: ErrVoided, ErrSeasonClosed, quiz.ErrUnavailable.
func (s *Store) PreviewVoid(ctx context.Context, v Voiding, season quiz.Season, first int, progress func(n int)) (quiz.Impact, error) {
	l, err := s.readLedger(ctx)
	if err == nil {
		err = s.mayVoid(ctx, v, []quiz.Season{season}, l)
	}
	if err != nil {
		return quiz.Impact{}, err
	}
	t, err := s.truth(ctx, season)
	if err != nil {
		return quiz.Impact{}, err
	}
	t.voids = v.added(t.past.Voids)
	return t.foresee(ctx, first, func(e quiz.Entry) bool { return e.Day == v.Day }, progress)
}

// added are voids with the day; they themselves are not changed.
func (v Voiding) added(voids quiz.Voids) quiz.Voids {
	next := maps.Clone(voids)
	if next == nil {
		next = quiz.Voids{}
	}
	v.into(next)
	return next
}

// resumeVoid goes on with a day that is being voided, to its end.
func (s *Store) resumeVoid(ctx context.Context, l ledger, o RebuildOptions) error {
	if !l.Staged.Published {
		voids, err := s.readVoids(ctx)
		if err != nil {
			return err
		}
		t, err := s.refill(ctx, l.Staged.Seasons, o, refilling{voids: l.Staged.Void.added(voids)})
		if err != nil {
			return err
		}
		next, published := l, *l.Staged
		published.Published = true
		next.Staged = &published
		done, err := s.switchOver(ctx, l.version, &next, t.over())
		if err == nil && !done {
			err = s.superseded(ctx)
		}
		if err != nil || !done {
			return err
		}
		if l, err = s.readLedger(ctx); err != nil || l.Staged == nil {
			return err
		}
	}
	// The old boards go with the replay that mends the records.
	if err := s.rebuild(ctx, l.Staged.Seasons, o); err != nil {
		return err
	}
	v := l.Staged.Void
	if err := s.SetVoid(ctx, v.Day, v.How); err != nil {
		return err
	}
	next := l
	next.Staged = nil
	did := map[quiz.Void]string{quiz.Stands: "season.stand", quiz.Dropped: "season.drop", quiz.Kept: "season.keep"}[v.How]
	line := Audited{At: unixTime(v.At), By: v.By, Did: did, On: v.Day.String(), Why: v.Why}
	done, err := s.switchOver(ctx, l.version, &next, turnover{line: line})
	if err == nil && !done {
		err = s.superseded(ctx)
	}
	return err
}
