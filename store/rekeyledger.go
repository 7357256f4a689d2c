package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"dangshi/content"
	"dangshi/quiz"
)

// RekeyRun is one table of moves that was begun, perhaps to its end. How far each
// member is, their keys say; here stands only whether there is anything left.
type RekeyRun struct {
	File     string `json:"file"` // digest of the moves, in their order
	Moves    int    `json:"moves"`
	By       string `json:"by"`
	Begun    int64  `json:"begun"`              // Unix seconds
	Finished int64  `json:"finished,omitempty"` // Unix seconds; 0: not yet
	Skipped  int    `json:"skipped,omitempty"`  // conflicts that were left alone
}

// movesDigest names a table of moves from which nobody can tell them.
func movesDigest(moves []content.Move) string {
	h := sha256.New()
	for _, m := range moves {
		fmt.Fprintf(h, "%d %s %d %s\n", len(m.Old), m.Old, len(m.New), m.New)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func (s *Store) rekeyRuns(ctx context.Context) (runs []RekeyRun, version quiz.Version, err error) {
	stored, err := s.client.Get(ctx, movesKey()).Result()
	if err := unavailable(err); err != nil {
		return nil, "", err
	}
	value, version, err := cutVersion(stored)
	if err == nil && version != "" {
		err = json.Unmarshal(value, &runs)
	}
	return runs, version, err
}

func (s *Store) rekeyRun(ctx context.Context, file string) (run RekeyRun, ok bool, err error) {
	runs, _, err := s.rekeyRuns(ctx)
	for _, r := range runs {
		if r.File == file {
			return r, true, err
		}
	}
	return RekeyRun{}, false, err
}

// ErrRekeying means that moves were begun and are not finished: who is being moved
// may be seen twice or not at all.
var ErrRekeying = errors.New("有一份新旧 openid 的表格还没有搬完，请先用同一份表格再运行一次 member rekey")

// notRekeying refuses where a table of moves was begun and is not finished.
// Whoever reads all members for something that lasts looks before and after: the
// version that it gives changes with every run.
func (s *Store) notRekeying(ctx context.Context) (quiz.Version, error) {
	runs, version, err := s.rekeyRuns(ctx)
	if err == nil && slices.ContainsFunc(runs, func(r RekeyRun) bool { return r.Finished == 0 }) {
		err = ErrRekeying
	}
	return version, err
}

// saveRekeyRun writes a run over what is known of the same table, with a line of the audit
// log; a line of nothing is none. After quiz.ErrUnknown it may be called again: what is
// finished already is neither written nor noted twice.
func (s *Store) saveRekeyRun(ctx context.Context, run RekeyRun, line Audited) error {
	return s.changeRekeyRun(ctx, run.File, line, func(before *RekeyRun) *RekeyRun {
		if before != nil && before.Finished != 0 {
			return before
		}
		if before != nil && before.Begun < run.Begun {
			run.Begun, run.By = before.Begun, before.By
		}
		return &run
	})
}

// dropRekeyRun forgets a run that has moved nobody yet. A crash before it leaves
// one that the same table finishes.
func (s *Store) dropRekeyRun(ctx context.Context, file string) error {
	return s.changeRekeyRun(ctx, file, Audited{}, func(*RekeyRun) *RekeyRun { return nil })
}

// changeRekeyRun puts what change makes of the run of a table at the end, with a line of
// the audit log in the same step; nil: there is none. What it leaves as it is is not
// written.
func (s *Store) changeRekeyRun(ctx context.Context, file string, line Audited, change func(before *RekeyRun) *RekeyRun) error {
	for range maxSteps {
		runs, version, err := s.rekeyRuns(ctx)
		if err != nil {
			return err
		}
		var before *RekeyRun
		if i := slices.IndexFunc(runs, func(r RekeyRun) bool { return r.File == file }); i >= 0 {
			found := runs[i]
			before, runs = &found, slices.Delete(runs, i, i+1)
		}
		after := change(before)
		if after == before {
			return nil
		}
		if after != nil {
			runs = append(runs, *after)
		}
		value, err := json.Marshal(runs)
		if err != nil {
			return err
		}
		if _, err = s.saveNoted(ctx, movesKey(), value, version, line); !errors.Is(err, quiz.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("%w: the ledger keeps changing", quiz.ErrUnavailable)
}

// finishRekey notes that nothing is left, in the audit log, too.
func (s *Store) finishRekey(ctx context.Context, run RekeyRun, plan RekeyPlan, act Act) error {
	run.Finished, run.Skipped = time.Now().Unix(), plan.Count[Conflict]
	if !act.At.IsZero() {
		run.Finished = act.At.Unix()
	}
	return s.saveRekeyRun(ctx, run, Audited{
		At: act.At, By: act.By, Did: "member.rekey", On: run.File, Why: act.Why,
		More: fmt.Sprintf("%d moves, %d skipped", run.Moves, run.Skipped),
	})
}

// notClosing refuses where the close of a season was begun and is not published:
// ErrClosing.
func (s *Store) notClosing(ctx context.Context) error {
	closing, err := s.Closing(ctx)
	if err == nil && len(closing) > 0 {
		err = ErrClosing
	}
	return err
}

// moveWinners gives places that an older dump brought back under old openids to the
// new ones.
func (s *Store) moveWinners(ctx context.Context, moves []content.Move) error {
	now := make(map[string]string, len(moves))
	for _, m := range moves {
		now[m.Old] = m.New
	}
	return s.changeWinners(ctx, func(winners map[int]string) (changed bool) {
		for place, id := range winners {
			if to, moved := now[id]; moved {
				winners[place], changed = to, true
			}
		}
		return changed
	})
}
