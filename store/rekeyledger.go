package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
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

// saveRekeyRun writes a run over what is known of the same table. After
// quiz.ErrUnknown it may be called again.
func (s *Store) saveRekeyRun(ctx context.Context, run RekeyRun) error {
	for range maxSteps {
		runs, version, err := s.rekeyRuns(ctx)
		if err != nil {
			return err
		}
		kept := runs[:0:0]
		for _, r := range runs {
			if r.File != run.File {
				kept = append(kept, r)
			} else if r.Begun < run.Begun {
				run.Begun, run.By = r.Begun, r.By
			}
		}
		value, err := json.Marshal(append(kept, run))
		if err != nil {
			return err
		}
		answer, err := s.run(ctx, s.commit, []string{movesKey()}, string(version), string(newVersion())+string(value), "", "0")
		if err != nil {
			return err
		}
		if status, _, err := commitAnswer(answer); err != nil || status == statusOK {
			return err
		}
	}
	return fmt.Errorf("%w: the ledger keeps changing", quiz.ErrUnavailable)
}

// finishRekey notes that nothing is left, first in the audit log: a crash in
// between leaves a second line, never none.
func (s *Store) finishRekey(ctx context.Context, run RekeyRun, plan RekeyPlan, act Act) error {
	run.Finished, run.Skipped = time.Now().Unix(), plan.Count[Conflict]
	if !act.At.IsZero() {
		run.Finished = act.At.Unix()
	}
	err := s.Audit(ctx, Audited{
		At: act.At, By: act.By, Did: "member.rekey", On: run.File, Why: act.Why,
		More: fmt.Sprintf("%d moves, %d skipped", run.Moves, run.Skipped),
	})
	if err != nil && !errors.Is(err, quiz.ErrUnknown) {
		return err
	}
	return s.saveRekeyRun(ctx, run)
}

// notClosing reports a close that was begun and is not published: ErrClosing.
func (s *Store) notClosing(ctx context.Context) error {
	begun, err := s.begunSeasons(ctx)
	if err != nil {
		return err
	}
	for _, season := range begun {
		c, err := s.readClosing(ctx, season.ID)
		if err != nil || c.Entropy == "" {
			if err != nil {
				return err
			}
			continue
		}
		n, err := s.client.Exists(ctx, honoursKey(season.ID)).Result()
		if err != nil {
			return unavailable(err)
		}
		if n == 0 {
			return ErrClosing
		}
	}
	return nil
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
