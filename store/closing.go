package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"dangshi/quiz"
)

// closing is how far the close of a season is, and what was revoked afterwards.
type closing struct {
	Seed    []byte            `json:"seed,omitempty"` // secret until the close
	Commits []quiz.Commitment `json:"commits,omitempty"`
	List    *rollName         `json:"list,omitempty"` // the pseudonyms that were committed last

	Entropy string      `json:"entropy,omitempty"` // not empty: the close was begun
	Began   int64       `json:"began,omitempty"`   // Unix seconds
	By      string      `json:"by,omitempty"`
	Season  quiz.Season `json:"season,omitzero"` // as the settings had it then
	Prizes  quiz.Prizes `json:"prizes,omitzero"`
	Frozen  *rollName   `json:"frozen,omitempty"` // the pseudonyms that were ranked

	Revoked []quiz.Revoked `json:"revoked,omitempty"`

	version quiz.Version // as it was read
}

// rollName names a list of pseudonyms.
type rollName struct {
	Name  string `json:"name"`
	Parts int    `json:"parts"`
}

func parseClosing(stored string) (c closing, err error) {
	value, version, err := cutVersion(stored)
	if err == nil && version != "" {
		err = json.Unmarshal(value, &c)
	}
	c.version = version
	return c, err
}

func (s *Store) readClosing(ctx context.Context, season string) (closing, error) {
	stored, err := s.client.Get(ctx, closingKey(season)).Result()
	if unavailable(err) != nil {
		return closing{}, unavailable(err)
	}
	c, err := parseClosing(stored)
	if err != nil {
		return c, fmt.Errorf("%w: season %s: %w", errHonours, season, err)
	}
	return c, nil
}

// Closing are the seasons whose close was begun and is not published. Errors:
// quiz.ErrUnavailable.
func (s *Store) Closing(ctx context.Context) (seasons []string, err error) {
	begun, err := s.client.HKeys(ctx, seasonsKey()).Result()
	if err != nil {
		return nil, unavailable(err)
	}
	for _, season := range begun {
		c, err := s.readClosing(ctx, season)
		if err != nil {
			return nil, err
		}
		if c.Entropy == "" {
			continue
		}
		published, err := s.client.Exists(ctx, honoursKey(season)).Result()
		if err != nil {
			return nil, unavailable(err)
		}
		if published == 0 {
			seasons = append(seasons, season)
		}
	}
	return seasons, nil
}

// saveClosing writes what was read as c before, with a line of the audit log, if
// any; done is false where it was changed meanwhile.
func (s *Store) saveClosing(ctx context.Context, season string, c closing, line Audited) (done bool, err error) {
	value, err := json.Marshal(c)
	if err != nil {
		return false, err
	}
	return s.saveUnder(ctx, closingKey(season), c.version, value, versionHonours, nil, line)
}

// What keeps a season from being committed or closed.
var (
	ErrNotBegun     = errors.New("nobody has taken part in the season")
	ErrSeasonClosed = errors.New("the season is closed")
	ErrSeasonOpen   = errors.New("the season is not over")
	ErrNotCommitted = errors.New("nothing was committed before")
	ErrOtherEntropy = errors.New("the close was begun with another public number")
	ErrRegrading    = errors.New("a regrade or a voided day is being published")
)

// UnlistedError says how many of the ranking are not on the list that was
// committed last: it is to be committed again.
type UnlistedError struct{ Members int }

func (e UnlistedError) Error() string {
	return fmt.Sprintf("%d members of the ranking are not on the committed list", e.Members)
}

// DamagedError names those whose log cannot be read, so that they would be left
// out of the ranking.
type DamagedError struct{ Pseudonyms []string }

func (e DamagedError) Error() string {
	return fmt.Sprintf("%d members' logs are damaged", len(e.Pseudonyms))
}

// CommitSeason makes what is to be published before the draw: the hash of its
// secret seed, which is made here, and that of the present list of pseudonyms. The
// same list again adds nothing; a newer one is added to the history, under the
// same seed. now is in Unix seconds. Errors: ErrNotBegun, ErrSeasonClosed (its
// close was begun), ErrRekeying, quiz.ErrUnavailable; after quiz.ErrUnknown the same call finds
// out.
func (s *Store) CommitSeason(ctx context.Context, season quiz.Season, now int64, by string, progress func(n int)) ([]quiz.Commitment, error) {
	if err := s.begunSeason(ctx, season.ID); err != nil {
		return nil, err
	}
	for range maxTurns {
		c, err := s.readClosing(ctx, season.ID)
		if err != nil {
			return nil, err
		}
		if c.Entropy != "" {
			return nil, ErrSeasonClosed
		}
		sh, err := s.sheet(ctx, season, func(_ []byte, st state) bool { return st.ranked() > 0 }, progress)
		if err != nil {
			return nil, err
		}
		list := sh.roll()
		name, err := s.saveRoll(ctx, season.ID, list)
		if err != nil {
			return nil, err
		}
		if n := len(c.Commits); n > 0 && c.Commits[n-1].List == list.sum() {
			return c.Commits, nil
		}
		next := c
		if len(next.Seed) == 0 {
			next.Seed = make([]byte, quiz.SeedBytes)
			rand.Read(next.Seed) // never fails
		}
		next.List = &name
		next.Commits = append(slices.Clip(c.Commits), quiz.Commitment{At: now, Seed: quiz.SeedHash(next.Seed), List: list.sum(), Members: list.len()})
		done, err := s.saveClosing(ctx, season.ID, next, Audited{At: unixTime(now), By: by, Did: "season.commit", On: season.ID, More: list.sum()})
		if err != nil {
			return nil, err
		}
		if !done {
			continue
		}
		if c.List != nil && *c.List != name {
			// A crash before this leaves a list that nobody reads.
			if err := s.dropRoll(ctx, season.ID, *c.List); err != nil {
				return nil, err
			}
		}
		return next.Commits, nil
	}
	return nil, fmt.Errorf("%w: others commit the season all the time", quiz.ErrUnavailable)
}

func (s *Store) begunSeason(ctx context.Context, season string) error {
	begun, err := s.client.HExists(ctx, seasonsKey(), season).Result()
	if err == nil && !begun {
		return ErrNotBegun
	}
	return unavailable(err)
}
