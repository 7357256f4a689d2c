package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"dangshi/quiz"
)

// ledger is all that was ruled of wrong keys, oldest first, and the regrade that
// is under way. History only ever grows.
type ledger struct {
	History []quiz.Correction `json:"history,omitempty"`
	Staged  *staged           `json:"staged,omitempty"`
	Closed  map[string]int    `json:"closed,omitempty"` // seasons whose close was begun → rulings in force then: later ones leave them alone

	version quiz.Version // as it was read
}

// staged is a regrade, or a day that is voided, which was begun and is not
// finished.
type staged struct {
	Correction quiz.Correction `json:"correction"`          // of a regrade
	Void       *Voiding        `json:"void,omitempty"`      // instead of it
	Seasons    []quiz.Season   `json:"seasons"`             // whose boards are replayed
	Work       string          `json:"work,omitempty"`      // see Regrade
	Published  bool            `json:"published,omitempty"` // it is in force; the shards, and records after a void, are still to be told
}

// rulings are what the ledger says to the rules; nil where nothing was ever ruled.
func (l ledger) rulings() *quiz.Rulings {
	switch {
	case l.Staged != nil && l.Staged.Void == nil && !l.Staged.Published:
		return quiz.NewRulings(l.History, &l.Staged.Correction).Closed(l.Closed)
	case len(l.History) > 0:
		return quiz.NewRulings(l.History, nil).Closed(l.Closed)
	}
	return nil
}

// errLedger means that the stored ledger of rulings cannot be read.
var errLedger = errors.New("the stored rulings cannot be read")

// readLedger reads the ledger as it is now, not from the cache.
func (s *Store) readLedger(ctx context.Context) (ledger, error) {
	stored, err := s.client.Get(ctx, rulingsKey()).Result()
	if err := unavailable(err); err != nil {
		return ledger{}, err
	}
	return parseLedger(stored)
}

func parseLedger(stored string) (l ledger, err error) {
	value, version, err := cutVersion(stored)
	if err == nil && len(value) > 0 {
		err = json.Unmarshal(value, &l)
	}
	if err != nil {
		return ledger{}, fmt.Errorf("%w: %w", errLedger, err)
	}
	l.version = version
	return l, nil
}

// Rulings are what was ruled of keys that were wrong, nil for nothing; see
// Staleness. Nobody may change them, all callers share them. Errors:
// quiz.ErrUnavailable.
func (s *Store) Rulings(ctx context.Context) (*quiz.Rulings, error) {
	now, err := s.ruled(ctx)
	return now.rulings, err
}

// ruled is what the ledger says to those who only look.
type ruled struct {
	version string // field of the version hash under which it says so
	rulings *quiz.Rulings
	void    *staged // a day that is being voided; nil: none is
}

// ruled is the ledger of the very versions by which boards are chosen, as it was at
// most Staleness ago: a newer one would be told beside the boards of before.
func (s *Store) ruled(ctx context.Context) (ruled, error) {
	for range maxTurns {
		v, err := s.versions(ctx)
		if err != nil {
			return ruled{}, err
		}
		version := v[versionRulings]
		if now, ok := s.rulings.at(version); ok && now.version == version {
			return now, nil
		}
		now, err := s.rulings.get(ctx, version, s.timeout, s.readRuled)
		if err != nil || now.version == version {
			return now, err
		}
		s.changed() // written meanwhile
	}
	return ruled{}, fmt.Errorf("%w: the rulings keep changing", quiz.ErrUnavailable)
}

// readRuled reads ledger and version in one step.
func (s *Store) readRuled(ctx context.Context) (r ruled, err error) {
	var stored, version *redis.SliceCmd
	_, err = s.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
		stored, version = p.MGet(ctx, rulingsKey()), p.HMGet(ctx, versionKey(), versionRulings)
		return nil
	})
	if err != nil {
		return r, unavailable(err)
	}
	text, _ := stored.Val()[0].(string)
	l, err := parseLedger(text)
	if err != nil {
		return r, err
	}
	r.version, _ = version.Val()[0].(string)
	r.rulings = l.rulings()
	if l.Staged != nil && l.Staged.Void != nil {
		r.void = l.Staged
	}
	return r, nil
}

// Corrections are all rulings, oldest first: who, when, why, before and after.
// Errors: quiz.ErrUnavailable.
func (s *Store) Corrections(ctx context.Context) ([]quiz.Correction, error) {
	l, err := s.readLedger(ctx)
	return l.History, err
}

// turnover is what switch.lua does beside writing a ledger.
type turnover struct {
	claims map[string]string // season → the Rebuild that must still be the last one
	fields map[string]any    // of the version hash, to be set
	moves  *quiz.Version     // which moves of openids must still be the last ones; nil: whichever
	line   Audited           // for the audit log, in the same step; of nothing: none
}

// switchOver writes a ledger (nil: it stays) and what readers look at, in one
// step; done is false where the ledger, a claim or the moves are not as expected.
func (s *Store) switchOver(ctx context.Context, expected quiz.Version, next *ledger, t turnover) (done bool, err error) {
	value := ""
	if next != nil {
		text, err := json.Marshal(next)
		if err != nil {
			return false, err
		}
		value = string(newVersion()) + string(text)
	}
	noted, err := t.line.text()
	if err != nil {
		return false, err
	}
	args := []any{string(expected), value, versionRulings, noted, len(t.claims)}
	for season, claim := range t.claims {
		args = append(args, claimField(season), claim)
	}
	for field, value := range t.fields {
		args = append(args, field, value)
	}
	keys := []string{rulingsKey(), versionKey(), auditKey()}
	if t.moves != nil {
		keys, args = append(keys, movesKey()), append(args, string(*t.moves))
	}
	answer, err := s.run(ctx, s.pointers, keys, args...)
	s.changed()
	return answer == int64(1), err
}
