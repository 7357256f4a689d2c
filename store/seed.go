package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"dangshi/content"
)

// starterVersion is the field of the starter hash that names the version that
// was seeded; every other field begins with the prefix of a shelf.
const starterVersion = "version"

// Seed puts the starter material into the library: what is missing is added,
// what nobody has touched since it was seeded is brought up to date, what the
// organisation changed or took away stays as it is. Where this version was seeded
// already it does nothing, so every replica may call it at every start. A crash
// before the version is written makes the next start go through it again, which
// finds nothing left to do for what was written. Errors: quiz.ErrUnavailable,
// quiz.ErrUnknown.
func (s *Store) Seed(ctx context.Context, version string, items []content.Item, questions []content.Question) error {
	seeded, err := s.readEntries(ctx, starterKey(), []string{starterVersion})
	if err != nil || seeded[0] == version {
		return err
	}
	if err := seedAll(ctx, s, shelfItems, items); err != nil {
		return err
	}
	if err := seedAll(ctx, s, shelfQuestions, questions); err != nil {
		return err
	}
	return outcome(s.client.HSet(ctx, starterKey(), starterVersion, version).Err())
}

func seedAll[T content.Material](ctx context.Context, s *Store, sh shelf, all []T) error {
	fields := ids(all)
	for i := range fields {
		fields[i] = sh.prefix + fields[i]
	}
	for range maxPuts {
		current, err := s.readEntries(ctx, sh.key, ids(all))
		if err != nil {
			return err
		}
		digests, err := s.readEntries(ctx, starterKey(), fields)
		if err != nil {
			return err
		}
		var entries []entry
		for i, m := range all {
			if digests[i] != digest(current[i]) {
				continue // changed, taken away, or there before the starter material
			}
			if unedited(current[i], m) {
				continue // it goes on as it is, whatever the state of new material
			}
			e, err := revise(sh, m, current[i], content.Hand{})
			if err != nil {
				return err
			}
			if e.next != e.expected {
				e.seeded = fields[i]
				e.digest = digest(e.next)
				entries = append(entries, e)
			}
		}
		if done, err := s.putEntries(ctx, entries, Audited{}, nil, true); done || err != nil {
			return err
		}
	}
	return errRestless
}

// unedited reports whether an entry says the same as m; in which state, is another
// matter.
func unedited[T content.Material](stored string, m T) bool {
	var sheet content.Sheet[T]
	return stored != "" && json.Unmarshal([]byte(stored), &sheet) == nil && content.Unedited(sheet.Value, m)
}

// digest tells whether an entry is still what was seeded; nothing has the empty
// digest, as what was never seeded.
func digest(text string) string {
	if text == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}
